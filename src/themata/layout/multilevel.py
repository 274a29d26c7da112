"""A map of the documents from their neighbor graph: topics placed first, then the documents in and around them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Float2d, Int1d, Int2d
from themata.core.documents import Documents
from themata.core.errors import AlignmentError
from themata.core.graph import NeighborGraph, go_on, is_lent, n_workers, stop_asked, unit_rows
from themata.core.membership import means, membership
from themata.core.progress_reports import report_share, share
from themata.core.topics import Topics

# UMAP's curve 1 / (1 + a d^2b) for min_dist 0.1 and spread 1
A, B = 1.577, 0.895
RADIUS = 10.0  # of the whole map
N_NEGATIVE = 3  # random documents each end of a drawn link is pushed from
ALL_PAIRS = 1_000  # groups of which all pairs are compared
STEP = 4.0  # longest move of a document in one epoch
# From so many documents each is pushed from a few others for all of its links together, rather than from some for each
# link: a fifth of the work for a map that keeps as many neighbors together
TOGETHER_FROM = 200_000
N_PUSHES = 5  # others that it is then pushed from in an epoch
DRAWN = 3.0  # links drawn for each document in such an epoch, at most
PUSHED = 1 << 16  # documents pushed at once by one thread
N_PARTS = 4  # of the links drawn, fixed, so that sums do not depend on the number of threads


@dataclass(eq=False, repr=False)
class Multilevel:
    """Coordinates by UMAP's objective (McInnes et al. 2018), from a start that is nearly right already.

    n_epochs : passes over the links; None: fewer for a large corpus
    random_state : the same seed, the same map, whatever the number of threads

    Nothing is compiled at first use. The start puts each topic where its centroid belongs among the others, in a disk
    as large as its share of the corpus, and spreads its documents there by diffusion along their links, so that few
    epochs are needed.
    """

    n_epochs: int | None = None
    random_state: int = 42

    def lay_out(self, docs: Documents, graph: NeighborGraph, topics: Topics) -> Float2d:
        """returns : (n_docs, 2) float32, centered, within about 10 of the middle"""
        n = graph.n_docs
        if topics.n_docs != n:
            raise AlignmentError(
                f"one row per document is needed: a graph of {n} and topics of {topics.n_docs}"
            )
        rng = np.random.default_rng(self.random_state)
        if n < 3:
            return np.array([[-1, 0], [1, 0]], dtype=np.float32)[:n]
        groups = _groups(graph, topics)
        with share(0.0, 0.1):
            start = _start(docs, graph.weights, groups, rng)
        epochs = self.n_epochs or int(np.clip(3e6 / n, 60, 300))
        with share(0.1, 1.0):
            placed = (optimize if n < TOGETHER_FROM else optimize_together)(start, graph.weights, epochs, rng)
        placed += 0.02 * rng.standard_normal(placed.shape)  # copies lie side by side, not on one point
        return _framed(placed)


def optimize(start: Float2d, weights: Csr, n_epochs: int, rng: np.random.Generator) -> Float2d:
    """Pull linked documents together and push random ones apart, each link drawn as often as it weighs."""
    links = sparse.triu(weights, k=1).tocoo()
    heads, tails = links.row.astype(np.int64), links.col.astype(np.int64)
    chance = (links.data / max(float(links.data.max(initial=0)), 1e-12)).astype(np.float32)
    placed = np.array(start, dtype=np.float32)
    for epoch in range(n_epochs):
        report_share(epoch / n_epochs)
        drawn = np.flatnonzero(rng.random(len(chance), dtype=np.float32) < chance)
        i, j = heads[drawn], tails[drawn]
        rate = np.float32(1 - epoch / n_epochs)
        move = _pull(placed, i, j)
        for _ in range(N_NEGATIVE):
            other = rng.integers(0, len(placed), len(i))
            move += _push(placed, i, other) + _push(placed, j, np.roll(other, 1))
        placed += rate * np.clip(move, -STEP, STEP)
    return placed


def optimize_together(start: Float2d, weights: Csr, n_epochs: int, rng: np.random.Generator) -> Float2d:
    """`optimize` for many documents: the same expected forces, the pushes of a document's links drawn together."""
    links = sparse.triu(weights, k=1).tocoo()
    heads, tails = links.row.astype(np.int32), links.col.astype(np.int32)
    n = weights.shape[0]
    chance = (links.data / max(float(links.data.max(initial=0)), 1e-12)).astype(np.float32)
    chance *= np.float32(min(1.0, DRAWN * n / max(float(chance.sum(dtype=np.float64)), 1e-12)))
    usual = np.bincount(heads, chance, minlength=n) + np.bincount(tails, chance, minlength=n)
    weight = (usual * N_NEGATIVE / N_PUSHES).astype(np.float32)[:, None]
    placed = np.array(start, dtype=np.float32)
    stop = stop_asked.get()
    with ThreadPoolExecutor(n_workers()) as pool:
        for epoch in range(n_epochs):
            report_share(epoch / n_epochs)
            go_on(stop)
            drawn = np.flatnonzero(rng.random(len(chance), dtype=np.float32) < chance)
            parts = np.array_split(drawn, N_PARTS)
            pulls = pool.map(lambda part, now=placed: _pull(now, heads[part], tails[part]), parts)
            move = sum(pulls, start=np.zeros_like(placed))
            others = rng.integers(0, n, (N_PUSHES, n), dtype=np.int32)
            blocks = [slice(first, first + PUSHED) for first in range(0, n, PUSHED)]
            pushes = pool.map(lambda rows, now=placed, those=others: _push_all(now, rows, those), blocks)
            move += weight * np.concatenate(list(pushes))
            placed += np.float32(1 - epoch / n_epochs) * np.clip(move, -STEP, STEP)
    return placed


def _push_all(placed: Float2d, rows: slice, others: Int2d) -> Float2d:
    """What each of some documents is pushed by, by all of its others."""
    here = placed[rows]
    return np.asarray(sum(_push_steps(here - placed[other[rows]]) for other in others))


def _pull(placed: Float2d, i: Int1d, j: Int1d) -> Float2d:
    apart = placed[i] - placed[j]
    square = np.maximum(np.einsum("nd,nd->n", apart, apart), 1e-6)
    power = square ** np.float32(B - 1)
    force = np.float32(-2 * A * B) * power / (1 + np.float32(A) * power * square)
    step = np.clip(force[:, None] * apart, -STEP, STEP)
    return _added(i, step, len(placed)) - _added(j, step, len(placed))


def _push(placed: Float2d, i: Int1d, j: Int1d) -> Float2d:
    return _added(i, _push_steps(placed[i] - placed[j]), len(placed))


def _push_steps(apart: Float2d) -> Float2d:
    square = np.einsum("nd,nd->n", apart, apart)
    force = np.float32(2 * B) / ((np.float32(1e-3) + square) * (1 + np.float32(A) * square ** np.float32(B)))
    steps: Float2d = np.clip(force[:, None] * apart, -STEP, STEP)
    return steps


def _added(rows: Int1d, steps: Float2d, n: int) -> Float2d:
    """Sum the steps of each row, in the order given: the same bits every time."""
    return np.stack([np.bincount(rows, steps[:, axis], minlength=n) for axis in (0, 1)], axis=1).astype(
        np.float32
    )


def _groups(graph: NeighborGraph, topics: Topics) -> Int1d:
    """A group for every document: its topic in the finest layer, an outlier's that of its nearest neighbor."""
    finest = topics.layers[0] if topics.layers else topics.assignment
    groups = np.array(finest, dtype=np.int64)
    for _ in range(3):
        alone = groups < 0
        if not alone.any():
            break
        near = graph.neighbors[:, 0] if graph.neighbors.shape[1] else np.full(len(groups), -1)
        groups = np.where(alone & (near >= 0), groups[np.maximum(near, 0)], groups)
    groups[groups < 0] = groups.max() + 1
    return np.unique(groups, return_inverse=True)[1]


def _start(docs: Documents, weights: Csr, groups: Int1d, rng: np.random.Generator) -> Float2d:
    sizes = np.bincount(groups)
    radii = RADIUS * np.sqrt(sizes / sizes.sum()) * 0.9
    member = membership(groups, len(sizes))
    centers = _apart(_placed_groups(docs, weights, member, sizes, rng), radii)
    spread = _spread(weights, groups, member, sizes, rng)
    return np.asarray(centers[groups] + radii[groups][:, None] * spread, dtype=np.float32)


def _placed_groups(
    docs: Documents, weights: Csr, member: Csr, sizes: Int1d, rng: np.random.Generator
) -> Float2d:
    """Groups on a plane by classical scaling of their similarities, then by their own links."""
    n = len(sizes)
    if n == 1:
        return np.zeros((1, 2))
    if docs.embeddings is not None:
        if is_lent(docs.embeddings):
            centroids = means(docs.embeddings, np.asarray(member.argmax(axis=0)).ravel(), n)
        else:
            centroids = np.asarray(member @ docs.embeddings) / sizes[:, None]
        points = unit_rows(centroids - docs.center)
        alike = (points @ points.T).astype(np.float64)
    else:
        linked = (member @ weights @ member.T).toarray()
        alike = linked / np.sqrt(np.outer(linked.sum(axis=1), linked.sum(axis=1)) + 1e-12)
    # Signs and rounding of eigenvectors differ between machines; the largest entry of each is made positive
    values, vectors = np.linalg.eigh(
        np.round(alike - alike.mean(axis=0) - alike.mean(axis=1)[:, None] + alike.mean(), 6)
    )
    top = vectors[:, -2:][:, ::-1] * np.sqrt(np.maximum(values[-2:][::-1], 1e-9))
    top = top * np.sign(top[np.abs(top).argmax(axis=0), np.arange(top.shape[1])])
    start = np.zeros((n, 2))
    start[:, : top.shape[1]] = top
    start *= RADIUS / max(np.abs(start).max(), 1e-9) / 2
    np.fill_diagonal(alike, 0)
    near = np.where(alike >= np.sort(alike, axis=1)[:, [-min(6, n - 1)]], np.maximum(alike, 0), 0)
    links = sparse.csr_matrix(np.maximum(near, near.T))
    return optimize(start + 1e-3 * rng.standard_normal((n, 2)), links, 200, rng).astype(np.float64)


def _apart(centers: Float2d, radii: Float1d) -> Float2d:
    """Scale the groups to the map, then move those that overlap away from one another."""
    centers = centers - centers.mean(axis=0)
    centers *= RADIUS / max(float(np.sqrt((centers**2).sum(axis=1)).max(initial=0)), 1e-9)
    if len(centers) > ALL_PAIRS:
        return _near_apart(centers, radii)
    wanted = radii[:, None] + radii
    for _ in range(200):
        apart = centers[:, None] - centers
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        overlap = np.maximum(wanted - distance, 0)
        np.fill_diagonal(overlap, 0)
        if overlap.max() < 0.05:
            break
        centers = centers + 0.25 * (apart / distance[..., None] * overlap[..., None]).sum(axis=1)
    return centers


def _near_apart(centers: Float2d, radii: Float1d) -> Float2d:
    """The same where there are too many groups to compare all pairs: those near enough to overlap are."""
    from scipy.spatial import cKDTree

    for _ in range(200):
        i, j = cKDTree(centers).query_pairs(2 * float(radii.max()), output_type="ndarray").T
        apart = centers[i] - centers[j]
        distance = np.sqrt(np.einsum("nd,nd->n", apart, apart)) + 1e-9
        overlap = np.maximum(radii[i] + radii[j] - distance, 0)
        if overlap.max(initial=0) < 0.05:
            break
        step = 0.25 * apart * (overlap / distance)[:, None]
        centers = centers + _added(i, step, len(centers)) - _added(j, step, len(centers))
    return centers


def _spread(
    weights: Csr, groups: Int1d, member: Csr, sizes: Int1d, rng: np.random.Generator, n_steps: int = 12
) -> Float2d:
    """Places within each group's unit disk: random ones, smoothed along the links, so that neighbors meet."""
    places = rng.standard_normal((len(groups), 2)).astype(np.float32)
    degree = np.asarray(weights.sum(axis=1)).ravel()
    walk = sparse.diags((1 / np.where(degree > 0, degree, 1)).astype(np.float32)) @ weights
    for _ in range(n_steps):
        places = 0.5 * places + 0.5 * (walk @ places)
        places -= (np.asarray(member @ places) / sizes[:, None])[groups]
        scale = np.sqrt(np.asarray(member @ places**2) / sizes[:, None])
        places /= np.maximum(scale, 1e-6)[groups]
    return np.clip(places / 2, -1.5, 1.5)


def _framed(placed: Float2d) -> Float2d:
    """Centered, with all but the farthest hundredth of the documents within 10 of the middle."""
    middle = np.median(placed, axis=0)
    reach = np.quantile(np.abs(placed - middle).max(axis=1), 0.99)
    return ((placed - middle) * (RADIUS / max(float(reach), 1e-9))).astype(np.float32)
