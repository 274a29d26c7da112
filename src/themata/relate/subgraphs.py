"""Neighbor graphs of other documents than those they were built from: some of them, groups as one, or more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Float2d, Int1d, Int2d
from themata.core.graph import (
    NeighborGraph,
    exact_neighbors,
    local_memberships,
    probabilistic_union,
    unit_rows,
    without_loops,
)
from themata.relate.lexical_view import fit_lexical
from themata.relate.two_views import origins, pair_cosines

if TYPE_CHECKING:
    from themata.core.documents import Documents


def subgraph(graph: NeighborGraph, rows: Int1d) -> NeighborGraph:
    """The graph of some of the documents, rising rows. A copy whose origin is gone takes its place and its links."""
    n = len(rows)
    _, first, which = np.unique(graph.origin[rows], return_index=True, return_inverse=True)
    origin = first[which.ravel()]
    heads = np.unique(origin)
    source = rows.copy()
    source[heads] = graph.origin[rows[heads]]
    links = sparse.csr_matrix(graph.weights[source][:, source])
    place = np.full(graph.n_docs, -1, dtype=np.int64)
    place[rows] = np.arange(n)
    near = np.where(graph.neighbors[rows] >= 0, place[graph.neighbors[rows]], -1)
    there = np.where(near >= 0, graph.similarities[rows], -1)
    order = np.argsort(near < 0, axis=1, kind="stable")  # those that are gone come last
    near, there = np.take_along_axis(near, order, axis=1), np.take_along_axis(there, order, axis=1)
    return NeighborGraph(
        without_loops(links), near.astype(np.int32), there.astype(np.float32), origin.astype(np.int32)
    )


def contracted(graph: NeighborGraph, groups: Int1d) -> NeighborGraph:
    """The graph with each group as if its documents were copies of its first one, which has all their links.

    groups : (n_docs,) 0 or more, -1 for documents of no group, who join that of a document they are a copy of
    """
    n = graph.n_docs
    groups = of_copies(graph, groups)
    _, first, which = np.unique(
        np.where(groups >= 0, n + groups, graph.origin), return_index=True, return_inverse=True
    )
    origin = first[which.ravel()]
    into = np.where(groups >= 0, origin, np.arange(n))
    member = sparse.csr_matrix((np.ones(n, dtype=np.float32), (np.arange(n), into)), shape=(n, n))
    links = sparse.csr_matrix(member.T @ graph.weights @ member, dtype=np.float32)
    return NeighborGraph(without_loops(links), graph.neighbors, graph.similarities, origin.astype(np.int32))


def of_copies(graph: NeighborGraph, groups: Int1d) -> Int1d:
    """The groups, and those of known documents for their copies of which nothing is known."""
    of_origin = np.full(graph.n_docs, -1, dtype=np.int64)
    inside = np.flatnonzero(groups >= 0)[::-1]  # the first known copy speaks last
    of_origin[graph.origin[inside]] = groups[inside]
    return np.where(groups >= 0, groups, of_origin[graph.origin])


def grown_graph(
    graph: NeighborGraph, docs: Documents, *, lexical: float = 0.6, random_state: int = 42
) -> NeighborGraph:
    """The graph of all documents, the first of which it has already: new ones are linked to their neighbors.

    docs : old and new documents, in this order
    lexical : weight of the lexical view beside the semantic one, as the relater's

    Links among old documents stay as they are, so that a batch costs as much as it has documents.
    """
    n_docs, n_old = docs.n_docs, graph.n_docs
    k = graph.neighbors.shape[1]
    origin = origins(docs, n_docs)
    fresh = np.flatnonzero(origin[n_old:] == np.arange(n_old, n_docs)) + n_old
    heads = np.flatnonzero(origin == np.arange(n_docs))
    views = _views(docs, lexical, random_state)
    near = [_nearest(view, heads, fresh, k) for view in views]
    links = _directed(*near[0], fresh, n_docs)
    if len(views) > 1:
        said = _gated(_directed(*near[1], fresh, n_docs), views[0], near[0][1], random_state)
        links = sparse.csr_matrix((links + lexical * said) / (1 + lexical), dtype=np.float32)
    old = graph.weights.tocoo()
    copies = np.setdiff1d(np.arange(n_old, n_docs), fresh)
    rows = np.concatenate([old.row, copies, origin[copies]])
    columns = np.concatenate([old.col, origin[copies], copies])
    data = np.concatenate([old.data, np.ones(2 * len(copies), dtype=np.float32)])
    known = sparse.csr_matrix((data, (rows, columns)), shape=(n_docs, n_docs), dtype=np.float32)
    weights = without_loops(sparse.csr_matrix(known + probabilistic_union(links, links.T.tocsr())))
    nearest = np.full((n_docs, k), -1, dtype=np.int32), np.full((n_docs, k), -1, dtype=np.float32)
    for all_rows, of_old, of_new in zip(nearest, (graph.neighbors, graph.similarities), near[0], strict=True):
        all_rows[:n_old], all_rows[fresh] = of_old, of_new
        all_rows[copies] = all_rows[origin[copies]]
    return NeighborGraph(weights, *nearest, origin.astype(np.int32))


def _views(docs: Documents, lexical: float, random_state: int) -> list[Float2d]:
    views = [] if docs.embeddings is None else [unit_rows(docs.embeddings)]
    if docs.terms is not None and docs.terms.nnz and (lexical > 0 or not views):
        views.append(fit_lexical(docs.terms, random_state=random_state).project(docs.terms))
    return views or [np.zeros((docs.n_docs, 1), dtype=np.float32)]


def _nearest(points: Float2d, heads: Int1d, fresh: Int1d, k: int) -> tuple[Int2d, Float2d]:
    """Neighbors among the heads of new ones, themselves left out."""
    near, cosines = exact_neighbors(points[heads], k + 1, points[fresh])
    near = np.where(near >= 0, heads[near], -1)
    is_itself = near == fresh[:, None]
    order = np.argsort(is_itself | (near < 0), axis=1, kind="stable")
    near = np.take_along_axis(np.where(is_itself, -1, near), order, axis=1)
    cosines = np.take_along_axis(np.where(is_itself, -1, cosines), order, axis=1)
    wide = np.full((len(fresh), k), -1), np.full((len(fresh), k), -1, dtype=np.float32)
    n = min(k, near.shape[1])
    wide[0][:, :n], wide[1][:, :n] = near[:, :n], cosines[:, :n]
    return wide[0].astype(np.int32), wide[1]


def _directed(near: Int2d, cosines: Float2d, fresh: Int1d, n_docs: int) -> Csr:
    there = near >= 0
    rows = np.repeat(fresh, near.shape[1]).reshape(near.shape)[there]
    links = (local_memberships(cosines)[there], (rows, near[there]))
    return sparse.csr_matrix(links, shape=(n_docs, n_docs), dtype=np.float32)


def _gated(links: Csr, points: Float2d, cosines: Float2d, random_state: int) -> Csr:
    """Each lexical link as far as the embeddings agree, as TwoViews has it."""
    pairs = links.tocoo()
    rng = np.random.default_rng(random_state)
    apart = pair_cosines(points, *rng.integers(0, len(points), (2, 20_000))).mean()
    near = float(np.median(cosines)) if cosines.size else 1.0
    agreed: Float1d = np.clip(
        (pair_cosines(points, pairs.row, pairs.col) - apart) / max(near - apart, 1e-3), 0, 1
    )
    return sparse.csr_matrix((pairs.data * agreed, (pairs.row, pairs.col)), shape=pairs.shape)
