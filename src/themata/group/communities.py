"""Group documents into the communities of their neighbor graph, at a granularity found without being told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from themata.core.arrays import Bool1d, Csr, Float1d, Float2d, Int1d
from themata.core.errors import InputError
from themata.core.graph import NeighborGraph, UnitRows, unit_points, unit_rows
from themata.core.progress_reports import share
from themata.group.agglomeration import absorb_small, inner_share, join_closest
from themata.group.division import divided
from themata.group.granularity import Granularity, find_resolution, foresee_resolution, look
from themata.group.leiden import Leiden, Network
from themata.group.settle import centered, settled
from themata.relate.lexical_view import inverse_frequency, tfidf

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.protocols import Clusters

log = logging.getLogger(__name__)

Foreseen: TypeAlias = Callable[[], float | None]
FEWEST_VOTERS = 200  # that can tell how fine topics are
RESOLUTIONS = (1e-3, 1e6)  # between which an exact number of topics is looked for,
N_HALVINGS = 14  # until the logarithm of the resolution is known to 0.0013
FINER = 4  # times the resolution of the topics: that of the parts they are divided into
WORTH_A_LAYER = 1.5  # times as many groups, at least


@dataclass(eq=False, repr=False)
class Communities:
    """Communities by the Leiden algorithm on the neighbor graph, each document then settled in the topic it fits best.

    n_topics : exact number of topics wanted; None finds it. More than there are different documents cannot be had
    min_topic_size : no topic has fewer documents; None: 10, less in a corpus of under 500
    max_outliers : largest share of documents left without a topic; only those nothing resembles are
    resolution : of modularity, when known: higher gives more topics; None finds it
    random_state : the same seed gives the same topics
    source : Traag, Waltman & van Eck 2019; modularity by Newman & Girvan 2004, with the resolution of Reichardt &
        Bornholdt 2006

    Identical documents always share a topic.
    """

    n_topics: int | None = None
    min_topic_size: int | None = None
    max_outliers: float = 0.05
    resolution: float | None = None
    random_state: int = 42

    # Of the latest fit, for documents that come later
    resolution_: float | None = field(default=None, init=False)

    def foresee(self, docs: Documents, graph: NeighborGraph, *, voters: Int1d | None = None) -> float | None:
        """The resolution that `group` would look for, where that needs no words and would take long.

        graph : of neighbors in meaning; its weights are not looked at
        voters : rows of the documents whose embeddings are more than estimates, which decide alone, however few
        """
        if self.n_topics is not None or self.resolution is not None or docs.embeddings is None:
            return None
        rows = _different(graph, self._lonely(docs, graph))
        if voters is not None:
            return foresee_resolution(
                docs.embeddings, np.intersect1d(rows, voters), self.random_state, fewest=FEWEST_VOTERS
            )
        return foresee_resolution(docs.embeddings, rows, self.random_state)

    def group(
        self,
        docs: Documents,
        graph: NeighborGraph,
        *,
        foreseen: Foreseen | None = None,
        layered: bool = True,
    ) -> Clusters:
        """Find the topics.

        foreseen : gives what `foresee` answered for the same documents, once that is needed
        layered : look for finer and coarser layers, too
        returns : labels (n_docs,) 0.. by falling size, -1 for outliers; strength (n_docs,) share of a document's links
            that stay in its topic; layers, from fine to coarse, each a labeling like `labels`, which is one of them,
            and each group of a layer lies in one group of the next
        """
        from themata.core.protocols import Clusters

        lonely = self._lonely(docs, graph)
        kept = _different(graph, lonely)
        if not len(kept):
            nobody = np.full(graph.n_docs, -1, dtype=np.int64)
            return Clusters(nobody, np.zeros(graph.n_docs, dtype=np.float32), [nobody])
        place = np.where(lonely, 0, np.searchsorted(kept, graph.origin))
        copies = np.bincount(place[~lonely], minlength=len(kept))
        network = _part(graph, kept)
        leiden = Leiden(network)
        groups, resolution = self._groups(leiden, docs, kept, copies, foreseen)
        self.resolution_ = resolution
        with share(0.7, 0.85):
            groups = self._settled(network, groups, copies, docs, kept)
        layers = [groups]
        if layered:
            layers = [
                *self._finer(network, groups, copies, resolution),
                groups,
                *self._coarser(network, groups),
            ]
        labels = [np.where(lonely, -1, _by_documents(layer, copies)[place]) for layer in layers]
        strength = np.where(lonely, 0, inner_share(network.links, groups)[place]).astype(np.float32)
        return Clusters(np.where(lonely, -1, _by_documents(groups, copies)[place]), strength, labels)

    def look(self, docs: Documents, graph: NeighborGraph) -> Granularity | None:
        """How well topics hold at every resolution, and how many they are; None of too few documents."""
        rows = _different(graph, self._lonely(docs, graph))
        smallest = self._smallest(docs.n_docs)
        return look(_part(graph, rows), _points(docs, rows), self.random_state, smallest=smallest)

    def _lonely(self, docs: Documents, graph: NeighborGraph) -> Bool1d:
        """Documents that truly stand alone, the loneliest max_outliers at most.

        One does when even its nearest is no nearer than random pairs are, and much farther than is usual here.
        """
        nearest = graph.similarities.max(axis=1, initial=-1)
        lonely = np.zeros(graph.n_docs, dtype=bool)
        lonely[np.argsort(nearest, kind="stable")[: int(self.max_outliers * graph.n_docs)]] = True
        middle, spread = _median_and_spread(nearest)
        return np.asarray(
            lonely
            & (nearest < max(0.0, min(_unusual_cosine(docs, self.random_state), middle - 3 * spread)))
            & (np.bincount(graph.origin, minlength=graph.n_docs)[graph.origin] == 1)
        )

    def _groups(
        self, leiden: Leiden, docs: Documents, kept: Int1d, copies: Int1d, foreseen: Foreseen | None
    ) -> tuple[Int1d, float]:
        """One group per document or origin of copies, numbered from 0, and the resolution that gave them."""
        if self.n_topics is not None:
            return self._exactly(leiden, copies)
        network = leiden.network
        resolution = self.resolution
        if resolution is None and foreseen is not None:
            resolution = foreseen()
        if resolution is None:
            with share(0.0, 0.5):
                resolution = find_resolution(network, _points(docs, kept), self.random_state)
        # 10 iterations, not 2: +0.0025 of AMI, better on 23 of 31 development corpora, which are small. Of 55,877
        # abstracts 2 give 0.352, 4 and 10 0.354
        n_iterations = 10 if len(copies) <= 20_000 else 4
        with share(0.5, 0.7):
            groups = leiden.groups(resolution, seed=self.random_state, n_iterations=n_iterations)
        return absorb_small(network.links, groups, copies, self._smallest(int(copies.sum()))), resolution

    def _settled(self, network: Network, groups: Int1d, copies: Int1d, docs: Documents, kept: Int1d) -> Int1d:
        """The groups once documents have moved; as they were if an exact number of topics would be lost by it."""
        n_groups, smallest = int(groups.max()) + 1, self._smallest(int(copies.sum()))
        words = weighted_terms(
            docs, kept
        )  # before the points: the two are made with much memory of their own
        points = None if docs.embeddings is None else centered(docs.embeddings, kept)
        moved = settled(groups, network.links, points, words)
        moved = absorb_small(network.links, moved, copies, smallest)
        return moved if self.n_topics is None or int(moved.max()) + 1 == n_groups else groups

    def _smallest(self, n_docs: int) -> int:
        return self.min_topic_size or max(2, min(10, n_docs // 50))

    def _exactly(self, leiden: Leiden, copies: Int1d) -> tuple[Int1d, float]:
        """Search the resolution with just enough groups, then join the closest until they are n_topics."""
        n_docs = int(copies.sum())
        asked = self.n_topics or 1
        wanted = min(asked, len(copies))
        if wanted < asked:
            log.warning("%d topics cannot be had of %d different documents: each is one", asked, wanted)
        smallest = self._smallest(n_docs)
        if wanted * smallest > n_docs and self.min_topic_size is None:
            smallest = 1
        groups, resolution = self._just_enough(leiden, copies, wanted, smallest)
        if groups.max() + 1 < wanted and self.min_topic_size is None:
            groups, resolution = self._just_enough(leiden, copies, wanted, 1)
        if groups.max() + 1 < wanted:
            groups = divided(leiden.network.links, groups, copies, wanted, smallest)
        if groups.max() + 1 < wanted:
            alike = "" if n_docs == len(copies) else " (documents that are the same share a topic)"
            raise InputError(
                f"{wanted} topics of at least {smallest} documents cannot be made of {n_docs}{alike}: lower n_topics or "
                "min_topic_size"
            )
        return join_closest(leiden.network, groups, wanted), resolution

    def _just_enough(self, leiden: Leiden, copies: Int1d, wanted: int, smallest: int) -> tuple[Int1d, float]:
        """The fewest groups found that are at least `wanted`, by halving the range of resolutions."""
        links = leiden.network.links
        low, high = np.log(RESOLUTIONS)
        best, best_resolution = absorb_small(links, np.arange(len(copies)), copies, smallest), RESOLUTIONS[1]
        for _ in range(N_HALVINGS):
            resolution = float(np.exp((low + high) / 2))
            groups = absorb_small(links, leiden.groups(resolution, seed=self.random_state), copies, smallest)
            if groups.max() + 1 < wanted:
                low = np.log(resolution)
                continue
            high, best, best_resolution = np.log(resolution), groups, resolution
            if groups.max() + 1 == wanted:
                break
        return best, best_resolution

    def _finer(self, network: Network, groups: Int1d, copies: Int1d, resolution: float) -> list[Int1d]:
        """One level below: each topic divided where its links are thin, if that finds at least half as many more.

        Each topic's network is searched by itself: half the time of one search of all for the same modularity.
        """
        smallest = self._smallest(int(copies.sum()))
        parts, n_parts = np.empty(len(groups), dtype=np.int64), 0
        for nodes, inside in network.parts(groups):
            finer = Leiden(inside).groups(FINER * resolution, seed=self.random_state, n_iterations=4)
            finer = absorb_small(inside.links, finer, copies[nodes], smallest, only_linked=True)
            parts[nodes] = n_parts + finer
            n_parts += int(finer.max()) + 1
        return [parts] if n_parts >= WORTH_A_LAYER * (groups.max() + 1) else []

    def _coarser(self, network: Network, groups: Int1d) -> list[Int1d]:
        """Groups of groups, each level with at most half as many as the one before, down to two or more."""
        layers: list[Int1d] = []
        while groups.max() + 1 >= 4:
            above = self._halved(Leiden(network.joined(groups)), (int(groups.max()) + 1) // 2)
            if above.max() == 0:
                break
            groups = above[groups]
            layers.append(groups)
        return layers

    def _halved(self, leiden: Leiden, most: int) -> Int1d:
        """At most so many groups: of the highest resolution, of 64 down by steps of the root of 2, that has no more."""
        for resolution in 2.0 ** np.arange(6, -6, -0.5):
            groups = leiden.groups(float(resolution), seed=self.random_state)
            if groups.max() + 1 <= most:
                return groups
        return join_closest(leiden.network, np.arange(len(leiden.network.mass)), most)


def _different(graph: NeighborGraph, lonely: Bool1d) -> Int1d:
    """Rows of the documents that are grouped, one of those that are the same."""
    return np.flatnonzero((graph.origin == np.arange(graph.n_docs)) & ~lonely[graph.origin])


def _part(graph: NeighborGraph, rows: Int1d) -> Network:
    return Network.of(graph.weights[rows][:, rows].tocsr())


def _points(docs: Documents, rows: Int1d) -> Float2d | UnitRows | None:
    return None if docs.embeddings is None else unit_points(docs.embeddings, rows)


def _by_documents(groups: Int1d, copies: Int1d) -> Int1d:
    """Number the groups by falling number of documents."""
    sizes = np.bincount(groups, weights=copies)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return rank[groups]


def weighted_terms(docs: Documents, kept: Int1d) -> Csr | None:
    """(n_kept, n_terms) TF-IDF of some documents, rows of length 1 or 0; None without terms."""
    if docs.terms is None or not docs.terms.nnz:
        return None
    terms = docs.terms if len(kept) == docs.n_docs else docs.terms[kept]
    return tfidf(terms, inverse_frequency(terms))


def _unusual_cosine(docs: Documents, random_state: int) -> float:
    """Two standard deviations above the usual cosine of random pairs of documents; 0 without embeddings."""
    if docs.embeddings is None or not len(docs.embeddings):
        return 0.0
    pairs = np.random.default_rng(random_state).integers(0, len(docs.embeddings), (2, 10_000))
    first, second = (unit_rows(docs.embeddings, rows) for rows in pairs)
    cosines = np.einsum("nd,nd->n", first, second)
    middle, spread = _median_and_spread(cosines)
    return middle + 2 * spread


def _median_and_spread(values: Float1d) -> tuple[float, float]:
    """Median and spread (the median deviation, scaled to a standard deviation): a few large groups do not move them."""
    middle = float(np.median(values)) if len(values) else 0.0
    return middle, 1.4826 * float(np.median(np.abs(values - middle))) if len(values) else 0.0
