"""Keywords that mean what the topic is about, after KeyBERT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from themata.core.documents import Documents
from themata.core.parameter_checks import whole
from themata.core.protocols import Embedder
from themata.core.topics import Aspect, Topics
from themata.represent.word_vectors import topic_points, word_points


@dataclass(eq=False, repr=False)
class KeyBERT:
    """Ranks a topic's candidates by their cosine to the mean of its exemplars.

    top_n_words : keywords kept
    n_exemplars : exemplars whose mean is the topic's point
    source : after KeyBERT (Grootendorst 2020)

    Without embeddings the candidates keep their order and weights.
    """

    top_n_words: int = 10
    n_exemplars: int = 5

    def check(self) -> None:
        """Raise what makes no sense."""
        whole("top_n_words", self.top_n_words)
        whole("n_exemplars", self.n_exemplars)

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : keywords and their cosines, nearest first"""
        words = sorted({word for candidates in topics.keywords for word, _ in candidates})
        centers = topic_points(topics, docs, embedder, self.n_exemplars)
        points = word_points(words, docs, embedder) if words and centers is not None else None
        if points is None or centers is None or points.shape[1] != centers.shape[1]:
            return tuple(candidates[: self.top_n_words] for candidates in topics.keywords)
        place = {word: row for row, word in enumerate(words)}
        aspect = []
        for row, candidates in enumerate(topics.keywords):
            rows = np.array([place[word] for word, _ in candidates], dtype=np.int64)
            cosines = points[rows] @ centers[row]
            best = np.argsort(-cosines, kind="stable")[: self.top_n_words]
            aspect.append(tuple((candidates[i][0], float(cosines[i])) for i in best))
        return tuple(aspect)
