"""A small corpus whose topics are known, for checks of parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from themata.core.arrays import Float2d, Int1d
from themata.core.documents import Documents
from themata.core.graph import NeighborGraph, exact_neighbors, fuzzy_weights, unit_rows
from themata.core.topics import MAIN, Topics
from themata.core.weighting import BY_CONTRAST, top_terms

SUBJECTS = (
    "rocket orbit moon launch satellite astronaut planet telescope gravity shuttle crater lander",
    "recipe oven garlic butter soup bread pepper onion simmer dough skillet roast",
    "goal striker referee penalty stadium league coach midfield defender keeper match corner",
)
ODD = [
    "",
    " ",
    "😀 🎉",
    "word " * 3000,
    "<script>alert(1)</script>",
    "nul \x00 byte",
    "Ünïcode ＷＩＤＥ 漢字",
]


@dataclass(frozen=True)
class Sample:
    """Documents with embeddings and counts, their topics with keywords, and the graph between them.

    labels : (n_docs,) subject of each document
    """

    documents: Documents
    topics: Topics
    graph: NeighborGraph
    labels: Int1d


def sample(n_docs: int = 90, *, n_topics: int = 3, dim: int = 12, seed: int = 0) -> Sample:
    """Sentences about up to three subjects, with embeddings around as many points; some copies among them.

    >>> sample(12).topics.sizes.tolist()
    [4, 4, 4]
    """
    from sklearn.feature_extraction.text import CountVectorizer

    rng = np.random.default_rng(seed)
    labels = np.arange(n_docs) % max(1, min(n_topics, len(SUBJECTS)))
    words = [subject.split() for subject in SUBJECTS]
    texts = [f"The {' and the '.join(rng.choice(words[label], 5, replace=False))}." for label in labels]
    points = 4 * np.random.default_rng(99).standard_normal((len(SUBJECTS), dim))[labels]
    points = (points + rng.standard_normal((n_docs, dim))).astype(np.float32)
    if n_docs > 20:  # a copy, as corpora have them
        texts[-3], points[-3] = texts[0], points[0]
    counter = CountVectorizer()
    terms = counter.fit_transform(texts)
    docs = Documents(texts, points, terms, np.asarray(counter.get_feature_names_out(), dtype=object))
    return Sample(docs, _described(docs, labels, n_topics), sample_graph(docs), labels)


def sample_graph(docs: Documents, k: int = 8) -> NeighborGraph:
    """The graph of the documents' embeddings alone."""
    assert docs.embeddings is not None
    neighbors, cosines = exact_neighbors(unit_rows(docs.embeddings), k)
    itself = np.arange(docs.n_docs, dtype=np.int32)
    return NeighborGraph(fuzzy_weights(neighbors, cosines), neighbors, cosines, itself)


class Letters:
    """An embedder that counts letters, into as many columns as the sample's embeddings have, and tells if it was asked."""

    asked = False

    def encode(self, texts: Sequence[str]) -> Float2d:
        self.asked = True
        letters = "abcdefghijkl"
        return np.array(
            [[text.lower().count(letter) + 0.1 for letter in letters] for text in texts], dtype=np.float32
        )


def untouched(*arrays: Any) -> list[bytes]:
    """The bytes of arrays, to see that a part left its caller's alone."""
    return [np.ascontiguousarray(array).tobytes() for array in arrays]


def promise(kept: Any, part: object, method: str, came: str, expected: str) -> None:
    """Raise an AssertionError that says which part broke which promise."""
    if not bool(kept):
        raise AssertionError(f"{type(part).__name__}.{method} gave {came}, expected {expected}")


def promised(part: object, method: str) -> Callable[[Any, str, str], None]:
    """`promise` about one method of a part: holds(kept, came, expected)."""

    def holds(kept: Any, came: str, expected: str) -> None:
        promise(kept, part, method, came, expected)

    return holds


def _described(docs: Documents, labels: Int1d, n_topics: int) -> Topics:
    topics = Topics.of(docs, labels if n_topics else np.full(docs.n_docs, -1), n_topics=n_topics)
    weights = BY_CONTRAST.weigh(topics.term_counts, topics.background, topics.vocabulary)
    shown = tuple(np.flatnonzero(topics.assignment == row)[:5] for row in range(n_topics))
    words = top_terms(weights, topics.vocabulary, 30)
    return topics.with_aspect(MAIN, words).having(exemplars=shown)
