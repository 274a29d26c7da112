"""Keywords that are relevant and unlike one another: maximal marginal relevance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.graph import unit_rows
from themata.core.parameter_checks import between, whole
from themata.core.protocols import Embedder
from themata.core.topics import Aspect, Topics
from themata.represent.word_vectors import word_points


@dataclass(eq=False, repr=False)
class MMR:
    """Chooses keywords one by one: near the topic, far from those already chosen (Carbonell & Goldstein 1998).

    diversity : 0 looks at relevance alone, 1 at difference alone
    top_n_words : keywords kept, in the order and with the weights they had
    """

    diversity: float = 0.3
    top_n_words: int = 10

    def check(self) -> None:
        """Raise what makes no sense."""
        between("diversity", self.diversity, 0, 1)
        whole("top_n_words", self.top_n_words)

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : a choice of each topic's candidates"""
        words = sorted({word for candidates in topics.keywords for word, _ in candidates})
        points = word_points(words, docs, embedder) if words else None
        if points is None:
            return tuple(candidates[: self.top_n_words] for candidates in topics.keywords)
        place = {word: row for row, word in enumerate(words)}
        aspect = []
        for candidates in topics.keywords:
            candidate_points = points[[place[word] for word, _ in candidates]] if candidates else points[:0]
            weights = np.array([weight for _, weight in candidates])
            kept = np.sort(
                marginal(
                    candidate_points, _relevance(candidate_points, weights), self.diversity, self.top_n_words
                )
            )
            aspect.append(tuple(candidates[i] for i in kept))
        return tuple(aspect)


def marginal(points: Float2d, relevance: Float1d, diversity: float, n: int) -> Int1d:
    """Rows chosen greedily, in the order of choice.

    >>> marginal(np.array([[1.0, 0], [1, 0], [0, 1]]), np.array([1.0, 0.9, 0.5]), 0.5, 2).tolist()
    [0, 2]
    """
    chosen: list[int] = []
    nearest = np.full(len(points), -1.0)
    left = np.ones(len(points), dtype=bool)
    for _ in range(min(n, len(points))):
        score = (1 - diversity) * relevance - (diversity * nearest if chosen else 0)
        best = int(np.argmax(np.where(left, score, -np.inf)))
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, points @ points[best])
    return np.array(chosen, dtype=np.int64)


def _relevance(points: Float2d, weights: Float1d) -> Float1d:
    """Cosine of each word to the topic's words together, the heavier for more."""
    if not len(points):
        return np.empty(0)
    return np.asarray(points @ unit_rows((weights[:, None] * points).sum(axis=0)[None])[0])
