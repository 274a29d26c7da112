"""Group documents into the communities of their neighbour graph, at a granularity found without being told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from themata.graph import Csr, Float1d, Float2d, Int1d, NeighbourGraph, unit_rows
from themata.parts.group.granularity import find_resolution
from themata.parts.group.leiden import Leiden, Network, by_size

if TYPE_CHECKING:
    from themata.documents import Documents
    from themata.protocols import Clusters


class Communities:
    """Communities by the Leiden algorithm on the neighbour graph.

    n_topics : exact number of topics wanted; None finds it. More than there are different documents cannot be had
    min_topic_size : no topic has fewer documents; None: 10, less in a corpus of under 500
    max_outliers : largest share of documents left without a topic; only those nothing resembles are
    resolution : of modularity, when known: higher gives more topics; None finds it
    random_state : the same seed gives the same topics

    Identical documents always share a topic.
    """

    def __init__(
        self,
        n_topics: int | None = None,
        min_topic_size: int | None = None,
        max_outliers: float = 0.05,
        resolution: float | None = None,
        random_state: int = 42,
    ) -> None:
        self.n_topics = n_topics
        self.min_topic_size = min_topic_size
        self.max_outliers = max_outliers
        self.resolution = resolution
        self.random_state = random_state

    def group(self, docs: Documents, graph: NeighbourGraph) -> Clusters:
        """Find the topics.

        returns : labels (n_docs,) 0.. by falling size and -1 for outliers; strength (n_docs,) share of a document's
            links that stay in its topic, 1 for copies; layers, from fine to coarse, each a nested labelling like
            `labels`, which is one of them
        """
        from themata.protocols import Clusters

        kept = np.flatnonzero(graph.origin == np.arange(graph.n_docs))
        place = np.searchsorted(kept, graph.origin)
        if not len(kept):
            return Clusters(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32), [])
        copies = np.bincount(place, minlength=len(kept))
        network = Network.of(graph.weights[kept][:, kept].tocsr())
        lonely = self._lonely(graph, copies)[kept]
        points = None if docs.embeddings is None else unit_rows(docs.embeddings[kept])
        groups = self._groups(network, points, copies)
        layers = [groups, *self._coarser(network, groups)]
        strength = inner_share(network.links, groups)
        labels = [_labelled(layer, lonely, copies)[place] for layer in layers]
        return Clusters(labels[0], np.where(lonely, 0, strength).astype(np.float32)[place], labels)

    def _lonely(self, graph: NeighbourGraph, copies: Int1d) -> Int1d:
        """Documents that nothing resembles, at most `max_outliers` of them."""
        nearest = graph.similarities.max(axis=1, initial=-1)
        alone = nearest <= 0
        budget = int(self.max_outliers * graph.n_docs)
        most_alone = np.argsort(nearest, kind="stable")[:budget]
        chosen = np.zeros(graph.n_docs, dtype=bool)
        chosen[most_alone] = True
        return chosen & alone

    def _groups(self, network: Network, points: Float2d | None, copies: Int1d) -> Int1d:
        """One group per document or origin of copies, numbered from 0."""
        smallest = self._smallest(int(copies.sum()))
        leiden = Leiden(network)
        if self.n_topics is not None:
            return self._exactly(leiden, min(self.n_topics, len(copies)), smallest, copies)
        resolution = self.resolution
        if resolution is None:
            resolution = find_resolution(network, points, self.random_state)
        groups = leiden.groups(resolution, seed=self.random_state)
        return absorb_small(network.links, groups, copies, smallest)

    def _smallest(self, n_docs: int) -> int:
        if self.min_topic_size is not None:
            return self.min_topic_size
        return max(2, min(10, n_docs // 50))

    def _exactly(self, leiden: Leiden, n_topics: int, smallest: int, copies: Int1d) -> Int1d:
        """Search the resolution that gives just enough groups, then join the closest until they are n_topics."""
        smallest = min(smallest, int(copies.sum()) // n_topics) if self.min_topic_size is None else smallest
        low, high, best = -7.0, 14.0, None
        for _ in range(12):
            middle = (low + high) / 2
            groups = leiden.groups(float(np.exp(middle)), seed=self.random_state)
            groups = absorb_small(leiden.network.links, groups, copies, smallest)
            if groups.max() + 1 < n_topics:
                low = middle
                continue
            high, best = middle, groups
            if groups.max() + 1 == n_topics:
                return groups
        if best is None:
            best = absorb_small(leiden.network.links, np.arange(len(copies)), copies, smallest)
        return join_closest(leiden.network, best, n_topics)

    def _coarser(self, network: Network, groups: Int1d) -> list[Int1d]:
        """Groups of groups, each level with at most half as many as the one before, down to two or more."""
        layers: list[Int1d] = []
        while groups.max() + 1 > 4:
            joined = Leiden(network.joined(groups))
            n_groups = groups.max() + 1
            for resolution in 2.0 ** np.arange(6, -6, -0.5):
                above = joined.groups(float(resolution), seed=self.random_state)
                if above.max() + 1 <= n_groups // 2:
                    break
            if not 1 < above.max() + 1 <= n_groups // 2:
                break
            groups = above[groups]
            layers.append(groups)
        return layers


def inner_share(links: Csr, groups: Int1d) -> Float1d:
    """Share of each node's links that stay in its group; 1 for a node without links."""
    pairs = links.tocoo()
    inside = np.bincount(
        pairs.row, pairs.data * (groups[pairs.row] == groups[pairs.col]), minlength=len(groups)
    )
    everywhere = np.bincount(pairs.row, pairs.data, minlength=len(groups))
    return np.where(everywhere > 0, inside / np.where(everywhere > 0, everywhere, 1), 1.0)


def absorb_small(links: Csr, groups: Int1d, copies: Int1d, smallest: int) -> Int1d:
    """Join every group of fewer than `smallest` documents to the group it has most links to, smallest first."""
    groups = by_size(groups)
    sizes = np.bincount(groups, weights=copies)
    tied = _between(links, groups)
    into = np.arange(len(sizes))
    alive = np.ones(len(sizes), dtype=bool)
    while alive.sum() > 1:
        small = np.flatnonzero(alive & (sizes < smallest))
        if not len(small):
            break
        this = small[np.argmin(sizes[small])]
        other = _closest(tied, this, sizes, alive)
        into[into == this] = other
        sizes[other] += sizes[this]
        alive[this] = False
        tied[other] = _added(tied[other], tied.pop(this))
        for neighbor in list(tied[other]):
            if neighbor in (this, other):
                del tied[other][neighbor]
                continue
            moved = tied[neighbor].pop(this, 0.0)
            tied[neighbor][other] = tied[neighbor].get(other, 0.0) + moved
    return by_size(into[groups])


def join_closest(network: Network, groups: Int1d, n_groups: int) -> Int1d:
    """Join the two groups with most links for their sizes, again and again, until there are n_groups."""
    joined = network.joined(groups)
    links, mass = joined.links.toarray().astype(float), joined.mass.astype(float)
    mass = np.where(mass > 0, mass, mass[mass > 0].min(initial=1.0))
    into = np.arange(len(mass))
    alive = list(range(len(mass)))
    while len(alive) > n_groups:
        pull = links[np.ix_(alive, alive)] / np.minimum.outer(mass[alive], mass[alive])
        pull -= 1e-9 * np.maximum.outer(mass[alive], mass[alive])  # without links, the smallest first
        np.fill_diagonal(pull, -np.inf)
        a, b = sorted(np.unravel_index(np.argmax(pull), pull.shape))
        first, second = alive[a], alive[b]
        links[first] += links[second]
        links[:, first] += links[:, second]
        mass[first] += mass[second]
        into[into == second] = first
        del alive[b]
    return by_size(into[groups])


def _between(links: Csr, groups: Int1d) -> dict[int, dict[int, float]]:
    """Summed links from each group to each other one."""
    n = int(groups.max()) + 1
    member = sparse.csr_matrix(
        (np.ones(len(groups)), (groups, np.arange(len(groups)))), shape=(n, len(groups))
    )
    joined = (member @ links @ member.T).tocoo()
    tied: dict[int, dict[int, float]] = {group: {} for group in range(n)}
    for row, column, weight in zip(
        joined.row.tolist(), joined.col.tolist(), joined.data.tolist(), strict=True
    ):
        if row != column:
            tied[row][column] = weight
    return tied


def _closest(tied: dict[int, dict[int, float]], this: int, sizes: Float1d, alive: Int1d) -> int:
    """The group with most links to this one; without any, the smallest other."""
    if tied[this]:
        return min(tied[this], key=lambda other: (-tied[this][other], other))
    others = np.flatnonzero(alive)
    others = others[others != this]
    return int(others[np.argmin(sizes[others])])


def _added(first: dict[int, float], second: dict[int, float]) -> dict[int, float]:
    return {key: first.get(key, 0.0) + second.get(key, 0.0) for key in {**first, **second}}


def _labelled(groups: Int1d, lonely: Int1d, copies: Int1d) -> Int1d:
    """Number the groups by falling number of documents, -1 for the lonely."""
    labels = np.where(lonely, -1, groups)
    sizes = np.bincount(groups[~lonely], weights=copies[~lonely], minlength=int(groups.max()) + 1)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return np.where(labels >= 0, rank[labels], -1)
