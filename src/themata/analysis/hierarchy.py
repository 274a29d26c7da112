"""The tree of topics: which are joined first, and what each branch is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from themata.core import html_views
from themata.core.arrays import Bool1d, Csr, Float2d, Int1d
from themata.core.errors import InputError
from themata.core.graph import sparse_unit_rows, unit_rows
from themata.core.topics import Keywords, Topics
from themata.core.weighting import Weighting, top_terms

if TYPE_CHECKING:
    import pandas as pd

N_WORDS = 5


@dataclass(frozen=True)
class Hierarchy:
    """A binary tree over the topics; nodes 0 to n_topics-1 are the topics, the others the joins in order of height.

    linkage : (n_topics - 1, 4) as scipy's: the two nodes joined, their distance, the topics below
    keywords : of every node, 2 * n_topics - 1 of them
    labels : a readable name of every node: a topic's own, and for a branch that of the largest topic on either side
    members : the topics below every node
    """

    linkage: Float2d
    keywords: tuple[Keywords, ...]
    labels: tuple[str, ...]
    members: tuple[tuple[int, ...], ...]

    @property
    def n_topics(self) -> int:
        return len(self.keywords) - len(self.linkage)

    def to_frame(self, *, labels: bool = False) -> pd.DataFrame:
        """A row per join, the root first: Parent_ID, Parent_Name, Topics, Child_Left_ID, Child_Left_Name,
        Child_Right_ID, Child_Right_Name, Distance.

        labels : name nodes by their labels rather than by five keywords
        """
        import pandas as pd

        names = self.labels if labels else ["_".join(word for word, _ in words) for words in self.keywords]
        rows = []
        for place, (left, right, distance, _) in enumerate(self.linkage):
            parent = self.n_topics + place
            rows.append(
                {
                    "Parent_ID": str(parent),
                    "Parent_Name": names[parent],
                    "Topics": list(self.members[parent]),
                    "Child_Left_ID": str(int(left)),
                    "Child_Left_Name": names[int(left)],
                    "Child_Right_ID": str(int(right)),
                    "Child_Right_Name": names[int(right)],
                    "Distance": float(distance),
                }
            )
        columns = [
            "Parent_ID",
            "Parent_Name",
            "Topics",
            "Child_Left_ID",
            "Child_Left_Name",
            "Child_Right_ID",
            "Child_Right_Name",
            "Distance",
        ]
        return pd.DataFrame(rows[::-1], columns=columns)

    def _repr_html_(self) -> str:
        return html_views.text(self.tree())

    def tree(
        self, max_distance: float | None = None, *, tight_layout: bool = False, labels: bool = True
    ) -> str:
        """The tree as text; see tree_text."""
        if not len(self.linkage):
            names = self.labels if labels else ["_".join(w for w, _ in words) for words in self.keywords]
            return (
                "\n".join([".", *(f"└─■──{name} ── Topic: {row}" for row, name in enumerate(names))]) + "\n"
            )
        return tree_text(self.to_frame(labels=labels), max_distance, tight_layout=tight_layout)

    def cut(self, n_topics: int) -> Int1d:
        """(n_topics,) the row of each topic when joins are undone until n are left, for Topics.regroup."""
        if not n_topics >= 1:
            raise InputError(f"a tree is cut into 1 group or more, got {n_topics}")
        into = np.arange(self.n_topics + len(self.linkage))
        for place in range(max(0, self.n_topics - n_topics)):
            left, right = self.linkage[place, :2].astype(int)
            into[np.isin(into, [into[left], into[right]])] = self.n_topics + place
        return np.unique(_first_members(into[: self.n_topics]), return_inverse=True)[1]


def hierarchy(
    topics: Topics,
    weights: Csr,
    weighting: Weighting,
    *,
    by: str = "terms",
    linkage: Callable[[Any], Any] | None = None,
    distance: Callable[[Any], Any] | None = None,
    showable: Bool1d | None = None,
) -> Hierarchy:
    """Join the two topics, or groups of topics, that are nearest, until one is left.

    weights : (n_topics, n_terms) of keywords
    by : "terms", cosine distance of the keywords' weights, or "embeddings", of the centroids
    linkage : from condensed distances to a linkage matrix; Ward's by default
    distance : from (n_topics, n) weights or centroids to (n_topics, n_topics) distances, or condensed ones

    Keywords of a branch are those of all its documents together: sums of rows, no text is read again.
    """
    n = topics.n_topics
    if by not in ("terms", "embeddings"):
        raise InputError(f"by must be 'terms' or 'embeddings', got {by!r}")
    if by == "embeddings" and topics.centroids is None:
        raise InputError("this model has no embeddings: use by='terms'")
    points: Any = topics.centroids if by == "embeddings" else weights
    links = linkage_of(points, linkage, distance)
    members: list[tuple[int, ...]] = [(row,) for row in range(n)]
    for left, right in links[:, :2].astype(int):
        members.append(tuple(sorted(members[left] + members[right])))
    counts = _summed(topics.term_counts, members)
    heavy = weighting.of(counts, topics.term_counts, topics.background, topics.vocabulary)
    if showable is not None and len(showable) == heavy.shape[1]:
        heavy = sparse.csr_matrix(heavy @ sparse.diags(showable.astype(np.float64)))
    return Hierarchy(
        links, top_terms(heavy, topics.vocabulary, N_WORDS), _labels(topics, links), tuple(members)
    )


def linkage_of(
    points: Csr | Float2d,
    linkage: Callable[[Any], Any] | None = None,
    distance: Callable[[Any], Any] | None = None,
) -> Float2d:
    """(n - 1, 4) joins of n rows of weights or points, as scipy's linkage matrix; `linkage` and `distance` as in `hierarchy`."""
    from scipy.cluster import hierarchy as scipys

    n = points.shape[0]
    if n < 2:
        return np.empty((0, 4))
    distances = condensed((distance or cosine_distances)(points))
    join = linkage or (lambda distances: scipys.linkage(distances, "ward", optimal_ordering=True))
    links = np.asarray(join(distances), dtype=np.float64)
    if links.shape != (n - 1, 4):
        raise InputError(f"linkage must give {n - 1} joins of 4 numbers, got shape {links.shape}")
    return links


def cosine_distances(points: Any) -> Float2d:
    """1 - cosine of every two rows, dense or sparse: 0 to themselves, never below."""
    if sparse.issparse(points):
        rows = sparse_unit_rows(points)
        cosines = np.asarray((rows @ rows.T).todense())
    else:
        rows = unit_rows(points).astype(np.float64)
        cosines = rows @ rows.T
    distances = np.clip(1 - cosines, 0, None)
    np.fill_diagonal(distances, 0)
    return np.asarray((distances + distances.T) / 2)


def condensed(distances: Any) -> Any:
    """Distances of every two rows as scipy's linkage takes them."""
    from scipy.spatial.distance import squareform

    matrix = np.asarray(distances.todense() if sparse.issparse(distances) else distances, dtype=np.float64)
    return matrix if matrix.ndim == 1 else squareform(matrix, checks=False)


def tree_text(frame: pd.DataFrame, max_distance: float | None = None, *, tight_layout: bool = False) -> str:
    """The tree of a frame of joins, a line per node.

    frame : Hierarchy.to_frame's columns
    max_distance : topics that join at this distance or further are left out, and "O" stands in their place
    tight_layout : one character per level
    """
    if not len(frame):
        return ".\n"
    joins: dict[str, Any] = {str(row.Parent_ID): row for row in frame.itertuples()}
    wide = "│" if tight_layout else "│    "
    blank = " " if tight_layout else "     "
    lines = ["."]

    def children(row: Any, before: str) -> list[tuple[str, str, str, float, bool]]:
        left, right = (
            (str(row.Child_Left_ID), row.Child_Left_Name),
            (str(row.Child_Right_ID), row.Child_Right_Name),
        )
        return [(*right, before, row.Distance, True), (*left, before, row.Distance, False)]

    root = joins[str(frame.Parent_ID.iloc[int(np.argmax(frame.Parent_ID.astype(int)))])]
    stack = children(root, "")
    while stack:
        node, name, before, distance, last = stack.pop()
        branch = "└─" if last else "├─"
        if node in joins:
            lines.append(f"{before}{branch}{name}")
            stack += children(joins[node], before + (blank if last else wide))
        elif max_distance is not None and distance >= max_distance:
            lines.append(f"{before}{branch}O")
        else:
            lines.append(f"{before}{branch}■──{name} ── Topic: {node}")
    return "\n".join(lines) + "\n"


def _summed(counts: Csr, members: Sequence[Sequence[int]]) -> Csr:
    rows = np.repeat(np.arange(len(members)), [len(group) for group in members])
    columns = np.array([topic for group in members for topic in group], dtype=np.int64)
    member = sparse.csr_matrix(
        (np.ones(len(rows), dtype=np.int64), (rows, columns)), (len(members), counts.shape[0])
    )
    return sparse.csr_matrix(member @ counts)


def _labels(topics: Topics, links: Float2d) -> tuple[str, ...]:
    """Of every node. Two sides, and not the two largest topics, which would name branch after branch of them."""
    names, sizes = topics.names, topics.sizes
    largest = list(range(topics.n_topics))
    labels = list(names)
    for left, right in links[:, :2].astype(int):
        first, second = sorted((largest[left], largest[right]), key=lambda topic: (-sizes[topic], topic))
        largest.append(first)
        labels.append(f"{names[first]} · {names[second]}")
    return tuple(labels)


def _first_members(into: Int1d) -> Int1d:
    """Groups named by their first member, so that they keep the order of the topics."""
    first: dict[int, int] = {}
    return np.array([first.setdefault(int(group), row) for row, group in enumerate(into)], dtype=np.int64)
