"""Topics for documents that have none: where each outlier could go, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from themata.analysis.distribution import cosines_to
from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.core.errors import AlignmentError
from themata.core.graph import unit_rows
from themata.core.html_views import ShownAsTable
from themata.core.membership import membership

if TYPE_CHECKING:
    import pandas as pd

STRATEGIES = ("neighbors", "probabilities", "distributions", "c-tf-idf", "embeddings")


@dataclass(frozen=True)
class Moves(ShownAsTable):
    """Where outliers go. Nothing is moved until the assignment is handed to `reassign`.

    before, assignment : (n_docs,) topics as they were and as they would be; only outliers differ
    score : (n_docs,) float32 of the topic an outlier would go to, 0 for the others
    strategy : what they were compared by
    """

    before: Int1d
    assignment: Int1d
    score: Float1d
    strategy: str

    @property
    def moved(self) -> Int1d:
        """Rows of the documents that would move."""
        return np.flatnonzero(self.before != self.assignment)

    @property
    def n_left(self) -> int:
        """Outliers that stay outliers."""
        return int((self.assignment < 0).sum())

    def to_frame(self) -> pd.DataFrame:
        """Row, Topic, Score of every document that would move."""
        import pandas as pd

        rows = self.moved
        return pd.DataFrame({"Row": rows, "Topic": self.assignment[rows], "Score": self.score[rows]})


def moves(before: Int1d, scores: Float2d, strategy: str, threshold: float = 0.0) -> Moves:
    """Send each outlier to the topic of its highest score, where that is above 0 and not below the threshold.

    before : (n_docs,) topics, -1 for outliers
    scores : (n_outliers, n_topics), a row for each outlier in order
    """
    outliers = np.flatnonzero(before < 0)
    if len(scores) != len(outliers):
        raise AlignmentError(
            f"a row of scores for each of {len(outliers)} outliers is needed, got {len(scores)}"
        )
    assignment, score = before.copy(), np.zeros(len(before), dtype=np.float32)
    if scores.size:
        best = scores.argmax(axis=1)
        height = scores[np.arange(len(best)), best]
        sure = (height > 0) & (height >= threshold)
        assignment[outliers[sure]] = best[sure]
        score[outliers[sure]] = height[sure]
    return Moves(before, assignment, score, strategy)


def votes(before: Int1d, n_topics: int, links: Csr) -> Float2d:
    """Share of each outlier's links that lead to each topic, links to other outliers left out.

    before : (n_docs,) topics, -1 for outliers
    links : (n_docs, n_docs) weights of the neighbor graph
    """
    counted = np.asarray((links[before < 0] @ membership(before, n_topics).T).todense())
    totals = counted.sum(axis=1, keepdims=True)
    return counted / np.where(totals > 0, totals, 1)


def by_terms(counts: Csr, weights: Csr) -> Float2d:
    """Cosine of each outlier's weighted terms with each topic's."""
    return cosines_to(weights)(counts)


def by_embeddings(points: Float2d, centroids: Float2d) -> Float2d:
    """Cosine of each outlier's embedding with each topic's centroid."""
    return unit_rows(points) @ unit_rows(centroids).T
