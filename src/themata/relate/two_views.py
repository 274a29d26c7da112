"""Relate documents by what they mean and by the words they share: one neighbor graph from two views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Float2d, Int1d, Int2d
from themata.core.graph import (
    WEAKEST,
    NeighborGraph,
    UnitRows,
    fuzzy_weights,
    in_blocks,
    stronger,
    unit_points,
)
from themata.core.progress_reports import share
from themata.relate.lexical_view import fit_lexical
from themata.relate.neighbors import EXACT_UP_TO, neighbors_of

if TYPE_CHECKING:
    from themata.core.documents import Documents

# Weight of the lexical view where embeddings are estimated from words, of what it has beside a model's own: both views then see
# the same words, and errors of the one are the other's (docs/fast-embedding.md has figures)
BESIDE_ESTIMATES = 0.5


@dataclass(frozen=True)
class Near:
    """Who is near whom in meaning.

    origin : (n_docs,) first document that is the same as each
    kept : (n,) those that are first
    neighbors : (n, k) among these, nearest first, -1 for none
    similarities : (n, k) their cosines
    links : (n, n) the weights of `fuzzy_weights`
    """

    origin: Int1d
    kept: Int1d
    neighbors: Int2d
    similarities: Float2d
    links: Csr

    @property
    def graph(self) -> NeighborGraph:
        """Of all documents; without weights, which wait for the words."""
        n_docs = len(self.origin)
        spread = _spread(self.neighbors, self.similarities, self.kept, self.origin)
        return NeighborGraph(sparse.csr_matrix((n_docs, n_docs), dtype=np.float32), *spread, self.origin)


@dataclass(eq=False, repr=False)
class TwoViews:
    """A neighbor graph of the semantic view (embeddings) and the lexical one (terms), fused.

    n_neighbors : links sought per document and view; None: 30, and 15 above 25,000 documents, where more cost seconds
        and bring nothing (mean best AMI of 31 small corpora: 0.659 with 15, 0.664 with 30; of arXiv 0.35 with both).
        A corpus of fewer than n_neighbors squared documents gets the square root of its size
    lexical : weight of the lexical view beside the semantic one, 0 to leave it out. Each lexical link counts as far
        as the embeddings agree: not at all at the cosine of random pairs, fully at that of semantic neighbors
    random_state : seed of everything drawn at random

    A corpus with only one of the two is related by that one.
    """

    n_neighbors: int | None = None
    lexical: float = 0.6
    random_state: int = 42

    def foresee(self, docs: Documents) -> Near | None:
        """The neighbors in meaning, which need no words, where they take long to find."""
        if docs.embeddings is None or len(docs.embeddings) <= EXACT_UP_TO:
            return None
        origin = origins(docs, docs.n_docs)
        kept = np.flatnonzero(origin == np.arange(docs.n_docs))
        points = unit_points(docs.embeddings, kept)
        near = neighbors_of(points, self._n_neighbors(len(kept)), random_state=self.random_state)
        return Near(origin, kept, *near, fuzzy_weights(*near))

    def relate(
        self,
        docs: Documents,
        *,
        foreseen: Callable[[], Near | None] | None = None,
        estimated: bool = False,
    ) -> NeighborGraph:
        """Link every document to its neighbors.

        foreseen : gives what `foresee` answered for the same documents, once that is needed
        estimated : most embeddings are estimated from the documents' words
        """
        n_docs = len(docs.texts)
        origin = origins(docs, n_docs)
        kept = np.flatnonzero(origin == np.arange(n_docs))
        with share(0.0, 0.1):
            views = self._views(docs, kept)
        k = self._n_neighbors(len(kept))
        if not views:
            nobody = np.full((n_docs, k), -1)
            links = _with_copies(sparse.csr_matrix((len(kept), len(kept)), dtype=np.float32), kept, origin)
            return NeighborGraph(links, nobody.astype(np.int32), nobody.astype(np.float32), origin)
        # The last view first: the one of words is near at hand, while the one of meaning may still be looked for
        others = []
        for view in views[1:]:
            with share(0.1, 0.5):
                others.append(fuzzy_weights(*neighbors_of(view, k, random_state=self.random_state)))
        seen = None if foreseen is None else foreseen()
        if seen is None:
            with share(0.1 + 0.4 * len(others), 0.9):
                near = neighbors_of(views[0], k, random_state=self.random_state)
            links = fuzzy_weights(*near)
        else:
            near, links = (seen.neighbors, seen.similarities), seen.links
        weight = self.lexical * (BESIDE_ESTIMATES if estimated else 1.0)
        for lexical in others:
            links = self._fused(links, lexical, views[0], near[1], weight)
        return NeighborGraph(_with_copies(links, kept, origin), *_spread(*near, kept, origin), origin)

    def _n_neighbors(self, n_docs: int) -> int:
        most = self.n_neighbors or (30 if n_docs <= 25_000 else 15)
        return min(most, max(5, int(n_docs**0.5)))

    def _views(self, docs: Documents, kept: Int1d) -> list[Float2d | UnitRows]:
        views: list[Float2d | UnitRows] = []
        if docs.embeddings is not None:
            views.append(unit_points(docs.embeddings, kept))
        if docs.terms is not None and docs.terms.nnz and (self.lexical > 0 or not views):
            terms = docs.terms if len(kept) == docs.n_docs else docs.terms[kept]
            views.append(fit_lexical(terms, random_state=self.random_state).project(terms))
        return views

    def _fused(
        self, semantic: Csr, lexical: Csr, points: Float2d | UnitRows, cosines: Float2d, weight: float
    ) -> Csr:
        rng = np.random.default_rng(self.random_state)
        apart = pair_cosines(points, *rng.integers(0, len(points), (2, 20_000))).mean()
        near = np.median(cosines)
        pairs = sparse.triu(lexical, 1).tocoo()  # both directions of a link agree as far
        agreed = np.clip((pair_cosines(points, pairs.row, pairs.col) - apart) / max(near - apart, 1e-3), 0, 1)
        half = sparse.csr_matrix((pairs.data * agreed, (pairs.row, pairs.col)), shape=pairs.shape)
        fused = (semantic + weight * (half + half.T.tocsr())) / (1 + weight)
        return stronger(sparse.csr_matrix(fused, dtype=np.float32), WEAKEST / (1 + weight))


def pair_cosines(points: Float2d | UnitRows, rows: Int1d, columns: Int1d) -> Float1d:
    """(n_pairs,) cosine of each pair of rows of points of length 1; rows, columns : (n_pairs,)"""

    def of_block(block: slice) -> tuple[Int2d, Float2d]:
        first, of_first = np.unique(rows[block], return_inverse=True)  # of a graph each has many pairs
        cosines = np.einsum("nd,nd->n", points[first][of_first], points[columns[block]])
        return np.empty((len(cosines), 0), dtype=np.int32), cosines[:, None]

    return in_blocks(of_block, len(rows), 1, 1 << 12)[1].ravel()


def origins(docs: Documents, n_docs: int) -> Int1d:
    """First document with the same embedding (else the same terms) as each document."""
    first: dict[bytes, int] = {}
    origin = np.arange(n_docs, dtype=np.int32)
    asked: Sequence[int] = range(n_docs)
    if docs.embeddings is not None:
        asked = _perhaps_copies(docs.embeddings)
        rows = (docs.embeddings[i].tobytes() for i in asked)
    elif docs.terms is not None:
        terms = docs.terms
        ends = terms.indptr
        spans = (slice(ends[i], ends[i + 1]) for i in range(n_docs))
        rows = (terms.indices[s].tobytes() + terms.data[s].tobytes() for s in spans)
    else:
        rows = (text.encode("utf-8", "surrogatepass") for text in docs.texts)
    for i, row in zip(asked, rows, strict=True):
        origin[i] = first.setdefault(blake2b(row, digest_size=16).digest(), i)
    return origin


def _perhaps_copies(embeddings: Float2d) -> list[int]:
    """Rows whose first eight bytes are another's, too: of a million others no digest is made, which takes seconds."""
    beginnings = np.ascontiguousarray(embeddings[:, :8]).view(np.uint8)[:, :8]
    keys = np.zeros((len(embeddings), 8), dtype=np.uint8)
    keys[:, : beginnings.shape[1]] = beginnings
    _, key, sizes = np.unique(keys.view(np.uint64).ravel(), return_inverse=True, return_counts=True)
    return np.flatnonzero(sizes[key] > 1).tolist()


def _with_copies(links: Csr, kept: Int1d, origin: Int1d) -> Csr:
    """Spread links over all documents, and link each copy to its origin."""
    n_docs = len(origin)
    if len(kept) == n_docs:
        return links
    pairs = links.tocoo()
    copies = np.setdiff1d(np.arange(n_docs), kept)
    rows = np.concatenate([kept[pairs.row], copies, origin[copies]])
    columns = np.concatenate([kept[pairs.col], origin[copies], copies])
    weights = np.concatenate([pairs.data, np.ones(2 * len(copies), dtype=np.float32)])
    return sparse.csr_matrix((weights, (rows, columns)), shape=(n_docs, n_docs), dtype=np.float32)


def _spread(near: Int2d, cosines: Float2d, kept: Int1d, origin: Int1d) -> tuple[Int2d, Float2d]:
    """Neighbors of all documents: those of their origin, after up to k/3 of the document's own copies."""
    if len(kept) == len(origin):
        return near, cosines
    place = np.empty(len(origin), dtype=np.int64)
    place[kept] = np.arange(len(kept))
    theirs = np.where(near >= 0, kept[near], -1).astype(np.int32)[place[origin]]
    alike = _fellow_copies(origin, max(1, near.shape[1] // 3))
    both = np.hstack([alike, theirs])
    scores = np.hstack([np.where(alike >= 0, 1, -2), np.where(theirs >= 0, cosines[place[origin]], -2)])
    order = np.argsort(-scores, axis=1, kind="stable")[:, : near.shape[1]]
    scores = np.take_along_axis(scores, order, axis=1)
    rows = np.where(scores > -2, np.take_along_axis(both, order, axis=1), -1)
    return rows.astype(np.int32), np.maximum(scores, -1).astype(np.float32)


def _fellow_copies(origin: Int1d, limit: int) -> Int2d:
    """Up to `limit` other documents with the same origin: (n_docs, limit), -1 where there are fewer."""
    order = np.argsort(origin, kind="stable")
    starts = np.searchsorted(origin[order], origin)
    sizes = np.bincount(origin, minlength=len(origin))[origin]
    offset = np.empty(len(origin), dtype=np.int64)
    offset[order] = np.arange(len(origin))
    steps = np.arange(1, limit + 1)
    turn = starts[:, None] + ((offset - starts)[:, None] + steps) % sizes[:, None]
    return np.where(steps < sizes[:, None], order[turn], -1).astype(np.int32)
