"""Rows that groups have: numbered, sent elsewhere, counted and averaged. Pure functions of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.core.graph import BLOCK_MADE, is_lent


def in_rows(groups: Int1d) -> Int1d:
    """Groups as rows 0, 1, ... in their order; -1 stays -1.

    >>> in_rows(np.array([4, -1, 2, 4])).tolist()
    [1, -1, 0, 1]
    """
    return np.where(groups >= 0, np.searchsorted(np.unique(groups[groups >= 0]), groups), -1)


def sent(assignment: Int1d, target: Int1d) -> Int1d:
    """Topic rows after each went to its target."""
    return np.where(assignment >= 0, np.append(target, -1)[assignment], -1)


def regrouped(before: Int1d, after: Int1d) -> Any:
    """(n_docs,) whether the topic of each document holds other documents than it did, whatever its number."""
    pairs, place = np.unique(np.stack([before, after]), axis=1, return_inverse=True)
    alone = [np.bincount(side + 1)[side + 1] == 1 for side in pairs]
    return ~(alone[0] & alone[1])[place.ravel()]


def put(rows: tuple[Any, ...], place: int, value: Any) -> tuple[Any, ...]:
    """The rows with another value at one place."""
    return (*rows[:place], value, *rows[place + 1 :])


def carried(rows: Sequence[Any], alone: Sequence[int], missing: Any) -> tuple[Any, ...]:
    """What each group takes over of the one group it was, and what is missing where it was none, or several."""
    return tuple(rows[row] if row >= 0 else missing for row in alone)


def membership(assignment: Int1d, n_topics: int) -> Csr:
    """(n_topics, n) CSR with a 1 where a row belongs to a topic."""
    inside = np.flatnonzero(assignment >= 0)
    ones = np.ones(len(inside), dtype=np.int64)
    return sparse.csr_matrix((ones, (assignment[inside], inside)), shape=(n_topics, len(assignment)))


def summed(counts: Csr, assignment: Int1d, n_topics: int) -> Csr:
    """Counts of each group: the rows of its documents added up."""
    sums = sparse.csr_matrix(membership(assignment, n_topics) @ counts)
    sums.sort_indices()
    return sums


def means(points: Float2d, assignment: Int1d, n_topics: int, counts: Int1d | None = None) -> Float2d:
    """Mean of the points of each group, each point standing for `counts` of them; zeros for an empty group."""
    if counts is None and is_lent(points):
        return _means_in_blocks(points, assignment, n_topics)
    member = membership(assignment, n_topics).astype(np.float64)
    if counts is not None:
        member = sparse.csr_matrix(member @ sparse.diags(counts.astype(np.float64)))
    totals = np.asarray(member.sum(axis=1)).ravel()[:, None]
    sums = np.asarray(member @ np.asarray(points))
    return (sums / np.where(totals > 0, totals, 1)).astype(np.float32)


def _means_in_blocks(points: Float2d, assignment: Int1d, n_topics: int) -> Float2d:
    """The same without a second array of the size of the points, which their product with a sparse matrix would make."""
    sums = np.zeros((n_topics, points.shape[1]))
    for start in range(0, len(points), BLOCK_MADE):
        part = membership(assignment[start : start + BLOCK_MADE], n_topics).astype(np.float64)
        sums += part @ np.asarray(points[start : start + BLOCK_MADE], dtype=np.float64)
    totals = np.bincount(assignment[assignment >= 0], minlength=n_topics)[:, None]
    return (sums / np.where(totals > 0, totals, 1)).astype(np.float32)


def middle(points: Float2d) -> Float1d:
    """(dim,) the mean of all points, float32 whatever their precision."""
    return np.asarray(points.mean(axis=0, dtype=np.float32))
