"""Choose how fine the topics are: where two halves of the evidence, asked apart, find the same groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits

from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.core.graph import UnitRows, exact_neighbors, fuzzy_weights, n_workers, unit_rows
from themata.core.html_views import ShownAsTable
from themata.group.agreement import adjusted_mutual_information
from themata.group.leiden import Leiden, Network

if TYPE_CHECKING:
    import pandas as pd

RESOLUTIONS = np.geomspace(1 / 8, 16, 15)
# Starting another process takes half a second, which a search among so many documents makes good
APART_FROM = 12_000
SAMPLE = 6_000  # documents that vote; a resolution found on them serves the whole corpus
FEWEST_DIMENSIONS = 8  # that have halves worth asking
# Weight of modularity beside agreement. Over 30 development corpora the chosen resolution was 0.018 of AMI from the
# best of the 15, 0.06 at worst; with weight 1.5 0.020 and 0.12, too coarse where there are 50 or 100 small classes;
# agreement alone 0.054. From 0.5 to 1 the mean hardly changes, but with 0.5 large corpora get more topics than one reads
MODULARITY = 1.0
# Share of the highest modularity under which no resolution is chosen, because its halves would have to agree by a fifth more
# than all others': of 500, 1,000 and 2,000 abstracts, questions and titles each, 27 samples, two fifths fewer searches
# chose the same, but for 0.0001 of AMI in one
ENOUGH_MODULARITY = 0.8
# Scores that differ by so little are about as good, and chance decides which is the highest. With 0 (the highest alone)
# eight seeds of 55,877 abstracts gave 38 to 65 topics, three seeds each of 27 development corpora 10 % more or fewer; with
# 0.01 39 to 55, and 6 %, for the same agreement with people's classes (AMI 0.361 for 0.360, 0.548 for 0.547)
ABOUT_AS_GOOD = 0.01


@dataclass(frozen=True)
class Granularity(ShownAsTable):
    """How good the groups are at each resolution.

    resolutions : (n,) rising
    n_groups : (n,) groups of `smallest` documents or more, among the documents that were looked at
    agreement : (n,) adjusted mutual information of two looks, 0 to 1
    modularity : (n,) of the groups of all that were looked at
    n_docs : how many that were
    """

    resolutions: Float1d
    n_groups: Int1d
    agreement: Float1d
    modularity: Float1d
    n_docs: int

    @property
    def score(self) -> Float1d:
        """(n,) what the resolution is chosen by."""
        return np.asarray(
            _smooth(self.agreement) + MODULARITY * self.modularity / max(self.modularity.max(), 1e-9)
        )

    @property
    def resolution(self) -> float:
        """The one chosen: the (geometric) mean of those whose scores are about as good as the highest."""
        weights = np.exp((self.score - self.score.max()) / ABOUT_AS_GOOD)
        return float(np.exp(np.average(np.log(self.resolutions), weights=weights)))

    @property
    def best(self) -> int:
        """The place of the resolution nearest to the one chosen."""
        return int(np.argmin(np.abs(np.log(self.resolutions / self.resolution))))

    def to_frame(self) -> pd.DataFrame:
        """Resolution, Topics, Agreement, Modularity, Score and whether it is nearest to the one chosen: a row for each."""
        import pandas as pd

        return pd.DataFrame(
            {
                "Resolution": self.resolutions,
                "Topics": self.n_groups,
                "Agreement": self.agreement,
                "Modularity": self.modularity,
                "Score": self.score,
                "Chosen": np.arange(len(self.resolutions)) == self.best,
            }
        )


def find_resolution(network: Network, points: Float2d | UnitRows | None, random_state: int) -> float:
    """The resolution at which independent looks at the documents agree best; 1 where there is little to look at."""
    seen = look(network, points, random_state)
    return 1.0 if seen is None else seen.resolution


def foresee_resolution(
    embeddings: Float2d, rows: Int1d, random_state: int, *, fewest: int | None = None
) -> float | None:
    """What `find_resolution` would answer for so many documents that a sample votes; None for fewer.

    Halves of the dimensions of estimated embeddings agree too well, because all come from the same words: 7,600 pieces of
    news were cut into 29 topics in place of 12. So documents with true embeddings vote for the others.

    embeddings : (n_docs, dim)
    rows : documents that may vote
    fewest : documents that must be there; None: more than vote
    """
    if len(rows) < (SAMPLE + 1 if fewest is None else fewest) or embeddings.shape[1] < FEWEST_DIMENSIONS:
        return None
    rng = np.random.default_rng(random_state)
    drawn = _drawn(rows, rng) if len(rows) > SAMPLE else rows
    with threadpool_limits(1):
        granularity = _granularity(_of_halves(None, unit_rows(embeddings[drawn]), rng), 1)
    return granularity.resolution


def look(
    network: Network, points: Float2d | UnitRows | None, random_state: int, *, smallest: int = 1
) -> Granularity | None:
    """How well independent looks at the documents agree at every resolution; None of too few, or of none linked.

    points : (n, dim) rows of length 1; each look sees a random half of the dimensions. Structure that is really there
        shows in both halves, while the cuts that Leiden makes through shapeless regions differ. Without points the
        looks are samples of the nodes, which agree too easily on shapeless regions and choose a little worse

    Modularity is added because groups of a few or of a handful of documents agree for trivial reasons, and it is low
    at both ends.
    """
    n = len(network.mass)
    if n < 4 or network.total == 0:
        return None
    rng = np.random.default_rng(random_state)
    with threadpool_limits(1):
        if points is None or points.shape[1] < FEWEST_DIMENSIONS:
            seen = _of_samples(network, rng)
        elif n > SAMPLE:
            seen = _of_halves(None, points[_drawn(np.arange(n), rng)], rng)
        else:
            seen = _of_halves(network, points[:], rng)
    return _granularity(seen, smallest)


@dataclass(frozen=True)
class _Groups:
    """What one search found at every resolution: the groups, and their modularity in the network searched."""

    levels: Sequence[Int1d]
    modularity: Float1d


# returns : how far the looks agree, and searches whose groups stand for those of the corpus
Look: TypeAlias = tuple[Float1d, Sequence[_Groups]]


def _granularity(seen: Look, smallest: int) -> Granularity:
    agreement, searches = seen
    n_groups = [
        [int((np.bincount(groups) >= smallest).sum()) for groups in search.levels] for search in searches
    ]
    modularity = np.mean([search.modularity for search in searches], axis=0)
    n_docs = len(searches[0].levels[0])
    return Granularity(
        RESOLUTIONS, np.rint(np.mean(n_groups, axis=0)).astype(int), agreement, modularity, n_docs
    )


def _drawn(rows: Int1d, rng: np.random.Generator) -> Int1d:
    """The documents that vote for all of them."""
    return rows[np.sort(rng.choice(len(rows), SAMPLE, replace=False))]


def _of_halves(network: Network | None, points: Float2d, rng: np.random.Generator) -> Look:
    """network : of the points; None searches none but those of the halves

    The halves are searched where the network has enough modularity; beyond, they are taken to agree as at the last one. Where a sample votes, a third search, of all dimensions, chose the same resolution for 17 of 18 samples of six
    corpora, and the next one for the last.
    """
    n, dim = points.shape
    halves: list[Float2d] = []
    for _ in range(int(np.clip(SAMPLE // n, 1, 5))):
        order = rng.permutation(dim)
        halves += [unit_rows(points[:, half]) for half in (order[: dim // 2], order[dim // 2 :])]
    seeds = [int(seed) for seed in rng.integers(1 << 30, size=len(halves) + 1)]
    whole = None if network is None else _search(network, seeds[-1])
    asked = slice(None) if whole is None else _in_question(whole.modularity)
    looks = _side_by_side(partial(_search, asked=asked), halves, seeds[:-1])
    pairs = zip(looks[::2], looks[1::2], strict=True)
    agreement = np.mean([_agreement(first.levels, other.levels) for first, other in pairs], axis=0)
    places = np.arange(len(RESOLUTIONS))
    return np.interp(places, places[asked], agreement), looks if whole is None else [whole]


def _in_question(modularity: Float1d) -> slice:
    """The resolutions that agreement may still choose, from the first to the last of enough modularity."""
    places = np.flatnonzero(modularity >= ENOUGH_MODULARITY * modularity.max())
    return slice(int(places[0]), int(places[-1]) + 1)


def _of_samples(network: Network, rng: np.random.Generator, n_looks: int = 3) -> Look:
    n = len(network.mass)
    if n > SAMPLE:
        network = network.part(np.sort(rng.choice(n, SAMPLE, replace=False)))
        n = SAMPLE
    whole = _search(network, int(rng.integers(1 << 30)))
    looks = []
    for _ in range(n_looks):
        nodes = np.sort(rng.choice(n, int(0.8 * n), replace=False))
        part = _search(network.part(nodes), int(rng.integers(1 << 30)))
        looks.append(_agreement([groups[nodes] for groups in whole.levels], part.levels))
    return np.mean(looks, axis=0), [whole]


def _links(points: Float2d) -> Csr:
    n = len(points)
    return fuzzy_weights(*exact_neighbors(points, min(30, max(5, int(n**0.5)))))


def _side_by_side(
    search: Callable[[Any, int], _Groups], seen: Sequence[Any], seeds: Sequence[int]
) -> list[_Groups]:
    """One search for each, in processes of their own where that is quicker: igraph lets one thread run at a time."""
    n = sum(len(half.mass) if isinstance(half, Network) else len(half) for half in seen)
    if n < APART_FROM or n_workers() == 1:
        return [search(half, seed) for half, seed in zip(seen, seeds, strict=True)]
    from joblib import Parallel, delayed

    return list(
        Parallel(n_jobs=n_workers())(
            delayed(search)(half, seed) for half, seed in zip(seen, seeds, strict=True)
        )
    )


def _search(seen: Network | Float2d, seed: int, *, asked: slice = slice(None)) -> _Groups:
    """Groups of a network, or of the neighbors of points, at those of the resolutions that are asked about."""
    network = seen if isinstance(seen, Network) else Network.of(_links(seen))
    leiden = Leiden(network)
    levels = [leiden.groups(float(resolution), seed=seed) for resolution in RESOLUTIONS[asked]]
    return _Groups(levels, _modularity(network, levels))


def _agreement(first: Sequence[Int1d], second: Sequence[Int1d]) -> Float1d:
    return np.array([_mutual(a, b) for a, b in zip(first, second, strict=True)])


def _mutual(a: Int1d, b: Int1d) -> float:
    """Adjusted mutual information; 0 when either sees a single group, which agrees with everything."""
    return 0.0 if min(a.max(), b.max()) == 0 else adjusted_mutual_information(a, b)


def _modularity(network: Network, levels: Sequence[Int1d]) -> Float1d:
    """Modularity (Newman 2006) at resolution 1 of each grouping; 0 where nothing is linked."""
    if network.total == 0:
        return np.zeros(len(levels))
    pairs = network.links.tocoo()
    scores = []
    for groups in levels:
        inside = pairs.data[groups[pairs.row] == groups[pairs.col]].sum(dtype=np.float64) / network.total
        expected = (np.bincount(groups, network.mass) ** 2).sum() / network.total**2
        scores.append(inside - expected)
    return np.array(scores)


def _smooth(values: Float1d) -> Float1d:
    """Mean with the neighboring resolutions, weights 1 4 6 4 1: a plateau counts for more than a peak."""
    once = np.convolve(np.pad(values, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
    return np.convolve(np.pad(once, 1, mode="edge"), [0.25, 0.5, 0.25], "valid")
