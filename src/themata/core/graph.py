"""The neighbor graph: who is near whom, how strongly, seen from one or two views of the documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event

import numpy as np
import numpy.typing as npt
from scipy import sparse
from threadpoolctl import threadpool_limits

from themata.core.arrays import MANY, Csr, Float1d, Float2d, Int1d, Int2d
from themata.core.processor import usable_processors
from themata.core.progress_reports import report_share

# Set where searches run for somebody who may not want them any more
stop_asked: ContextVar[Event | None] = ContextVar("stop_asked", default=None)

# Similarities handled at once by one thread. Fixed, so that results never depend on the machine
BLOCK_ROWS, BLOCK_CELLS = 512, 1 << 23
FEW_BLOCKS = 2
ROWS_GATHERED = 64  # of which the candidates are gathered at once
BLOCK_MADE = 1 << 14  # rows of embeddings that are float32 at once
# Weaker links are left out: a third of them, with a sixteenth of their weight, which leave a search for communities as
# good and take a third of its time. Over 27 development corpora and ten seeds of 55,877 abstracts topics agree with
# people's classes as before (AMI 0.546 and 0.362)
WEAKEST = 0.05


@dataclass(frozen=True)
class NeighborGraph:
    """Documents linked to their neighbors.

    weights : (n_docs, n_docs) CSR float32, symmetric, zero diagonal; the views fused, weights in 0..1
    neighbors : (n_docs, k) int32, nearest first, in the semantic view (the lexical one if it is the only one);
        -1 where there are fewer than k other documents
    similarities : (n_docs, k) float32 cosines to `neighbors`; -1 where there is none
    origin : (n_docs,) int32, the first document identical to each one (itself, for most). A copy has one link, of
        weight 1, to its origin, so that a thousand copies cannot take each other's places among the neighbors
    """

    weights: Csr
    neighbors: Int2d
    similarities: Float2d
    origin: Int1d

    @property
    def n_docs(self) -> int:
        return len(self.origin)


def exact_neighbors(points: Float2d, k: int, queries: Float2d | None = None) -> tuple[Int2d, Float2d]:
    """Find the k most similar rows of `points` for each query, or for each other point when no queries are given.

    points : (n, dim) float32 with rows of length 1 (or 0)
    returns : (n_queries, k) int32 and their (n_queries, k) float32 cosines, most similar first, ties by index;
        -1 and -1 where fewer than k have anything in common with it (a cosine above 0)

    >>> exact_neighbors(unit_rows([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), 1)[0].ravel().tolist()
    [1, 0, 1]
    """
    asked = points if queries is None else queries
    n_near = min(len(points), k + 8)

    def search(rows: slice) -> tuple[Int2d, Float2d]:
        near = top(asked[rows] @ points.T, n_near)
        return rescored(asked, points, rows, near, k, itself=queries is None)

    return in_blocks(
        search, len(asked), k, min(BLOCK_ROWS, max(16, BLOCK_CELLS // max(1, len(points)))), tells=True
    )


def in_blocks(
    search: Callable[[slice], tuple[Int2d, Float2d]],
    n: int,
    k: int,
    step: int = BLOCK_ROWS,
    *,
    tells: bool = False,
) -> tuple[Int2d, Float2d]:
    """Run a search over fixed blocks of rows, each on one thread, and stack the answers.

    tells : how many rows are done

    One BLAS thread per fixed block gives the same bits whatever the number of threads; the blocks run side by side.
    """
    blocks = [slice(start, min(start + step, n)) for start in range(0, n, step)]
    nearest_rows = np.full((n, k), -1, dtype=np.int32)
    cosines = np.full((n, k), -1, dtype=np.float32)
    stop = stop_asked.get()
    with threadpool_limits(1), ThreadPoolExecutor(n_workers()) as pool:
        # Threads, and memory of their own, take as long as these
        run = pool.map if len(blocks) > FEW_BLOCKS else map
        try:
            for rows, (some, their) in zip(blocks, run(search, blocks), strict=True):
                nearest_rows[rows, : some.shape[1]], cosines[rows, : their.shape[1]] = some, their
                if tells:
                    report_share(rows.stop / n)
                go_on(stop)
        except BaseException:  # Ctrl-C among them: the blocks that have not begun are not waited for
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return nearest_rows, cosines


def go_on(stop: Event | None) -> None:
    """Nothing, unless a stop is asked for: then InterruptedError."""
    if stop is not None and stop.is_set():
        raise InterruptedError("a search was stopped")


def n_workers() -> int:
    """Processors this process may use."""
    return usable_processors()


def top(scores: Float2d, k: int, fold: int = 16) -> Int2d:
    """Columns of the k highest scores of each row, in no particular order.

    The k best lie in the k groups of columns with the best maxima: partitioning those maxima and then the members
    of k groups is 5 to 10 times faster than partitioning whole rows.
    """
    n_rows, n = scores.shape
    width = n // fold
    if width <= 4 * k:
        return _top_columns(scores, k)
    groups = _top_columns(scores[:, : width * fold].reshape(n_rows, fold, width).max(axis=1), k)
    columns = (groups[:, :, None] + width * np.arange(fold)).reshape(n_rows, -1)
    rest = np.broadcast_to(np.arange(width * fold, n), (n_rows, n - width * fold))
    columns = np.hstack([columns, rest])
    best = _top_columns(np.take_along_axis(scores, columns, axis=1), k)
    return np.take_along_axis(columns, best, axis=1)


def rescored(
    queries: Float2d, points: Float2d, rows: slice, near: Int2d, k: int, *, itself: bool
) -> tuple[Int2d, Float2d]:
    """Score each query's candidates exactly and keep the k best, by falling score and then by index.

    near : (n_rows, n_near) candidates of queries[rows], -1 for none; `itself` drops a row's own index
    """
    exact = products(queries[rows], points, near)
    return best_of(exact, near, k, np.arange(rows.start, rows.stop) if itself else None)


def products(asked: Float2d, points: Float2d, near: Int2d) -> Float2d:
    """(n_rows, n_near) products of each row with its candidates among the points.

    A few rows at a time: memory that stays in the processor's cache, and is not taken from the system anew for each block.
    """
    parts = [slice(start, start + ROWS_GATHERED) for start in range(0, len(near), ROWS_GATHERED)]
    scores = [np.einsum("nd,nkd->nk", asked[part], points[near[part]]) for part in parts]
    return np.concatenate([np.empty((0, near.shape[1]), dtype=asked.dtype), *scores])


def best_of(exact: Float2d, near: Int2d, k: int, self_rows: Int1d | None) -> tuple[Int2d, Float2d]:
    """The k candidates of the highest scores, by falling score and then by index.

    exact : (n_rows, n_near) scores of candidates; near : their numbers, -1 for none
    self_rows : (n_rows,) each row's own number, which is no neighbor of it; None where it has none
    """
    # 6 decimals: what is finer is noise of the embedder's batches, and must not decide who is a neighbor
    exact = np.round(exact, 6)
    exact[(near < 0) | (exact <= 0)] = -np.inf  # nothing in common is no neighbor
    if self_rows is not None:
        exact[near == self_rows[:, None]] = -np.inf
    order = np.lexsort((near, -exact), axis=1)[:, :k]
    exact = np.take_along_axis(exact, order, axis=1)
    nearest = np.where(np.isfinite(exact), np.take_along_axis(near, order, axis=1), -1)
    return nearest.astype(np.int32), np.where(nearest >= 0, exact, -1).astype(np.float32)


def fuzzy_weights(neighbors: Int2d, similarities: Float2d) -> Csr:
    """Turn each document's neighbors into symmetric weights: 1 for the nearest, falling at the local scale.

    The fuzzy simplicial set of UMAP (McInnes et al. 2018, section 3.1) over cosine distance: per document
    exp(-(d - rho) / sigma), with sigma such that the weights sum to log2(k); then a + b - ab of both directions.

    returns : (n_docs, n_docs) CSR float32, zero diagonal, no weight under WEAKEST
    """
    n_docs = len(neighbors)
    there = neighbors >= 0
    ends = np.append(0, np.cumsum(there.sum(axis=1)))
    links = (local_memberships(similarities)[there], neighbors[there], ends)
    directed = sparse.csr_matrix(links, shape=(n_docs, n_docs), dtype=np.float32)
    directed.sort_indices()
    return stronger(probabilistic_union(directed, directed.T.tocsr()), WEAKEST)


def stronger(links: Csr, weakest: float) -> Csr:
    """The links that weigh so much or more."""
    kept = links.copy()
    kept.data[kept.data < weakest] = 0
    kept.eliminate_zeros()
    return kept


def local_memberships(similarities: Float2d) -> Float2d:
    """Weights in 0..1 of each row's neighbors (nearest first), by the distance scale of that row."""
    if not similarities.size:
        return similarities
    if len(similarities) <= BLOCK_MADE:
        return _memberships(similarities)

    def of_block(rows: slice) -> tuple[Int2d, Float2d]:
        part = similarities[rows]
        return np.empty((len(part), 0), dtype=np.int32), _memberships(part)

    return in_blocks(of_block, len(similarities), similarities.shape[1], BLOCK_MADE)[1]


def _memberships(similarities: Float2d, n_steps: int = 24) -> Float2d:
    excess = np.maximum(similarities[:, :1] - similarities, 0.0).astype(np.float32)
    low, high = np.zeros((len(excess), 1), np.float32), np.full((len(excess), 1), 4.0, np.float32)
    for _ in range(n_steps):
        middle = (low + high) / 2
        too_wide = np.exp(-excess / middle).sum(axis=1, keepdims=True) > np.log2(max(2, excess.shape[1]))
        high, low = np.where(too_wide, middle, high), np.where(too_wide, low, middle)
    # A floor on the scale (MIN_K_DIST_SCALE of umap-learn) keeps ties from turning into a cliff
    floor = 1e-3 * np.maximum(excess.mean(axis=1, keepdims=True), 1e-3)
    return np.asarray(np.exp(-excess / np.maximum(high, floor)), dtype=np.float32)


def probabilistic_union(first: Csr, second: Csr) -> Csr:
    """Probabilistic union a + b - ab of two sets of weighted links; the diagonal is emptied."""
    both = (first + second - first.multiply(second)).tocsr().astype(np.float32)
    return without_loops(both)


def without_loops(links: Csr) -> Csr:
    """The same links, none from a document to itself and none of weight 0."""
    if not links.has_canonical_format:
        links = links.copy()
        links.sum_duplicates()
    rows = np.repeat(np.arange(links.shape[0], dtype=np.int32), np.diff(links.indptr))
    kept = (rows != links.indices) & (links.data > 0)
    ends = np.append(0, np.cumsum(kept))[links.indptr]
    return sparse.csr_matrix((links.data[kept], links.indices[kept], ends), shape=links.shape)


def unit_rows(points: npt.ArrayLike, rows: Int1d | None = None) -> Float2d:
    """Scale every row to length 1; rows of zeros stay zeros.

    rows : only these, of which no second copy is made

    >>> unit_rows([[3.0, 4.0], [0.0, 0.0]]).round(1).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    if rows is not None:
        return scale_rows(np.asarray(np.asarray(points)[rows], dtype=np.float32))
    all_rows = np.asarray(points, dtype=np.float32)
    return all_rows / _row_lengths(all_rows)


class UnitRows:
    """Rows of length 1 of embeddings that stay as they are, of half precision or in a file: made as they are asked for.

    embeddings : (n_docs, dim)
    rows : those that there are; None for all
    middle : (dim,) taken away from each before it is scaled again
    """

    def __init__(self, embeddings: Float2d, rows: Int1d | None = None, middle: Float1d | None = None) -> None:
        # Of a file mapped into memory, without the slow ways of its class
        self._embeddings = np.asarray(embeddings)
        self._rows = None if rows is None or len(rows) == len(embeddings) else rows
        self._middle = middle
        self.shape = (len(self._embeddings if self._rows is None else self._rows), embeddings.shape[1])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, place: slice | Int1d) -> Float2d:
        """Some rows, float32; place : of (n,) or (n, k) numbers"""
        rows = place if self._rows is None else self._rows[place]
        given = self._embeddings[rows]
        vectors = given.astype(np.float32, copy=np.may_share_memory(given, self._embeddings))
        flat = scale_rows(vectors.reshape(-1, self.shape[1]))
        if self._middle is not None:
            flat -= self._middle
            scale_rows(flat)
        return flat.reshape(vectors.shape)

    def blocks(self) -> Iterator[tuple[slice, Float2d]]:
        for start in range(0, len(self), BLOCK_MADE):
            rows = slice(start, min(start + BLOCK_MADE, len(self)))
            yield rows, self[rows]

    def centered(self) -> UnitRows:
        """The rows around their mean."""
        total = sum((part.sum(axis=0, dtype=np.float64) for _, part in self.blocks()), start=np.float64(0))
        return UnitRows(self._embeddings, self._rows, np.asarray(total / len(self), dtype=np.float32))


def is_lent(embeddings: Float2d) -> bool:
    """Whether embeddings are too many, or too narrow, to make another array of them."""
    return embeddings.dtype != np.float32 or len(embeddings) >= MANY


def unit_points(embeddings: Float2d, rows: Int1d) -> Float2d | UnitRows:
    """(n, dim) rows of length 1 of some embeddings; of very many an array of which the rows are made when asked for."""
    return UnitRows(embeddings, rows) if is_lent(embeddings) else unit_rows(embeddings, rows)


def scale_rows(rows: Float2d) -> Float2d:
    """Scale every row of an array of one's own to length 1 in place."""
    rows /= _row_lengths(rows)
    return rows


def _row_lengths(rows: Float2d) -> Float2d:
    lengths = np.sqrt(np.einsum("nd,nd->n", rows, rows))[:, None]
    # Single precision cannot hold the squares of these
    odd = np.flatnonzero(~((lengths > 1e-15) & (lengths < 1e15)))
    if len(odd):
        lengths[odd, 0] = np.linalg.norm(rows[odd].astype(np.float64), axis=1)
    return np.where(lengths > 0, lengths, 1)


def sparse_unit_rows(rows: Csr) -> Csr:
    """Scale every row of a sparse matrix to length 1, in float64; empty rows stay empty."""
    exact = sparse.csr_matrix(rows, dtype=np.float64)
    if not exact.has_canonical_format:
        exact = exact.copy()
        exact.sum_duplicates()
    there = (exact.indices, exact.indptr)
    squares = sparse.csr_matrix((exact.data**2, *there), exact.shape)
    lengths = np.sqrt(np.asarray(squares.sum(axis=1)).ravel())
    scaled = exact.data * np.repeat(1 / np.where(lengths > 0, lengths, 1), np.diff(exact.indptr))
    return sparse.csr_matrix((scaled, there[0].copy(), there[1].copy()), exact.shape)


def _top_columns(scores: Float2d, k: int) -> Int2d:
    n = scores.shape[1]
    if k >= n:
        return np.tile(np.arange(n), (len(scores), 1))
    parts = [scores[start : start + ROWS_GATHERED] for start in range(0, len(scores), ROWS_GATHERED)]
    best = [np.argpartition(part, n - k, axis=1)[:, n - k :] for part in parts]
    return np.concatenate([np.empty((0, k), dtype=np.int64), *best])
