from __future__ import annotations

import numpy as np

from themata.analysis.exemplars import exemplars
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.core.weighting import Weighting
from themata.words.vectorizer import Words


def test_the_most_central_document_comes_first() -> None:
    rng = np.random.default_rng(0)
    center = np.eye(8)[0]
    points = np.vstack([center + 0.02, center + 0.8 * rng.standard_normal((20, 8)), 9 * np.eye(8)[1:2]])
    docs = Documents([f"document number {i}" for i in range(22)], embeddings=points.astype(np.float32))
    assert exemplars(Topics.of(docs, [0] * 21 + [1]), docs, 5)[0][0] == 0


def test_copies_are_shown_once() -> None:
    docs = Documents(
        ["the same document"] * 6 + ["another document"], embeddings=np.ones((7, 3), dtype=np.float32)
    )
    shown = exemplars(Topics.of(docs, [0] * 7), docs, 5)[0]
    assert len({docs.texts[i] for i in shown}) == len(shown)


def test_documents_with_the_topics_words_win_without_embeddings() -> None:
    texts = ["something else entirely said", "cats and kittens purr", "cats purr loudly", "dogs bark loudly"]
    words = Words(min_df=1, keep_stop_words=False)
    docs = Documents(texts, terms=words.fit_transform(texts), vocabulary=words.get_feature_names_out())
    topics = Topics.of(docs, [0, 0, 0, 1])
    weights = Weighting().weigh(topics.term_counts, topics.background, topics.vocabulary)
    assert exemplars(topics, docs, 1, weights=weights)[0].tolist() != [0]


def test_an_exemplar_is_a_member_and_outliers_show_nothing() -> None:
    docs = Documents(["a document of some length"] * 3 + ["a different document here"])
    topics = Topics.of(docs, [0, -1, 1, -1])
    assert [rows.tolist() for rows in exemplars(topics, docs)] == [[0], [2]]


def test_the_unreadable_comes_last() -> None:
    docs = Documents(["", "a proper document about cats", "cat " * 20_000, "another document about cats"])
    assert exemplars(Topics.of(docs, [0] * 4), docs, 2)[0].tolist() == [1, 3]


def test_no_topics_have_no_exemplars() -> None:
    docs = Documents(["a"])
    assert exemplars(Topics.of(docs, [-1]), docs) == ()
