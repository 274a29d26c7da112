"""Layers as the topics lie in them: which group of each coarser layer holds which topics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from themata.core.arrays import Int1d

# Of the documents that must share a group with their topic, for a layer to be one above the topics
MIN_SHARED = 0.7
FEWER = 0.8  # a level has at most so many groups for each one below it: one that hardly joins anything tells nothing


@dataclass(frozen=True)
class Level:
    """One layer above the topics.

    layer : its place in Topics.layers
    ids : (n_groups,) the layer's own number of each group
    into : (n_below,) the row in `ids` of the group that each group of the level below, or each topic, lies in, or -1
    groups : (n_topics,) the row in `ids` of the group that each topic lies in, or -1
    """

    layer: int
    ids: Int1d
    into: Int1d
    groups: Int1d

    def children(self, row: int) -> Int1d:
        """The groups of the level below, or topics, that lie in a group."""
        return np.flatnonzero(self.into == row)

    def topics(self, row: int) -> Int1d:
        """The topics that lie in a group."""
        return np.flatnonzero(self.groups == row)

    def of_documents(self, assignment: Int1d) -> Int1d:
        """(n_docs,) the layer's own number of the group that each document's topic lies in, -1 for none."""
        return np.asarray(np.append(self.ids, -1)[np.append(self.groups, -1)[assignment]])


def tree_levels(assignment: Int1d, n_topics: int, layers: Iterable[Int1d]) -> tuple[Level, ...]:
    """The layers that are coarser than the topics, from fine to coarse, each nested in the next.

    A topic, and a group, lies where most of its documents do. Layers that cut topics apart, or join hardly any of
    those below them, are left out.

    >>> halves = tree_levels(np.array([0, 0, 1, 2, 3]), 4, [np.array([7, 7, 7, 9, 9])])
    >>> halves[0].ids.tolist(), halves[0].groups.tolist()
    ([7, 9], [0, 0, 1, 1])
    """
    kept_levels: list[Level] = []
    rows, groups, n_rows = assignment, np.arange(n_topics), n_topics
    for place, layer in enumerate(layers):
        ids, into = _joined(rows, n_rows, np.asarray(layer))
        if not 0 < len(ids) <= FEWER * n_rows:
            continue
        groups = np.append(into, -1)[groups]
        rows, n_rows = np.append(into, -1)[rows], len(ids)
        kept_levels.append(Level(place, ids, into, groups))
    return tuple(kept_levels)


def of_topics(layer: Int1d, assignment: Int1d, n_topics: int) -> Int1d:
    """(n_topics,) the group of a layer that most documents of each topic lie in, -1 where none lies in any.

    >>> of_topics(np.array([7, 7, 9, -1]), np.array([0, 0, 0, 1]), 2).tolist()
    [7, -1]
    """
    groups = np.full(n_topics, -1, dtype=np.int64)
    for row in range(n_topics):
        inside = layer[(assignment == row) & (layer >= 0)]
        if len(inside):
            groups[row] = np.bincount(inside).argmax()
    return groups


def same_documents(before: Sequence[Int1d], after: Sequence[Int1d]) -> list[set[int]]:
    """For each labeling the groups that hold the same documents before and after.

    >>> same_documents([np.array([1, 1, 2, -1])], [np.array([1, 1, 3, 2])])
    [{1}]
    """
    pairs = []
    for earlier, other in zip(before, after, strict=True):
        changed = earlier != other
        touched = set(np.unique(np.r_[earlier[changed], other[changed]]).tolist())
        pairs.append(set(np.unique(earlier).tolist()) - touched - {-1})
    return pairs


def _joined(rows: Int1d, n_rows: int, layer: Int1d) -> tuple[Int1d, Int1d]:
    """The groups of a layer that rows lie in, and which each row lies in; none where the layer cuts rows apart."""
    nothing = np.empty(0, dtype=np.int64)
    inside = np.flatnonzero((rows >= 0) & (layer >= 0))
    if not len(inside):
        return nothing, nothing
    ids, columns = np.unique(layer[inside], return_inverse=True)
    if len(ids) > 4 * n_rows + 16:  # much finer than the rows
        return nothing, nothing
    pairs = np.bincount(rows[inside] * len(ids) + columns.ravel(), minlength=n_rows * len(ids))
    table = pairs.reshape(n_rows, len(ids))
    if table.max(axis=1).sum() < MIN_SHARED * len(inside):
        return nothing, nothing
    best = np.where(table.any(axis=1), table.argmax(axis=1), -1)
    kept = np.unique(best[best >= 0])
    return ids[kept], np.where(best >= 0, np.searchsorted(kept, best), -1)
