"""Documents that say nothing have no topic."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pytest

from corpora import sample
from themata import Clusters, Documents, NeighborGraph, TopicModel

NONE = ["n/a", "-", "", "keine Angabe", "  ", "ninguno", "don't know"] * 6


@pytest.mark.parametrize("n_topics", [None, 3])
@pytest.mark.parametrize("road", ["points", "lexical"])
def test_what_says_nothing_has_no_topic_and_that_is_said(
    road: str, n_topics: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    given = sample(120)
    texts = [*NONE, *given.texts]
    rng = np.random.default_rng(0)
    alike = rng.normal(0, 0.01, (len(NONE), given.embeddings.shape[1])) + rng.normal(
        size=given.embeddings.shape[1]
    )
    points = np.vstack([alike, given.embeddings]).astype(np.float32) if road == "points" else None
    with caplog.at_level(logging.WARNING, "themata"):
        model = TopicModel(embedder="lexical", n_topics=n_topics).fit(texts, points)
    assert {*model.topics_[: len(NONE)]} == {-1}
    assert "42 of 162 documents say nothing, the first is 'n/a': they have no topic" in caplog.text
    if n_topics:
        assert model.result_.n_topics == n_topics
    alone = TopicModel(embedder="lexical", n_topics=n_topics).fit(
        given.texts, given.embeddings if road == "points" else None
    )
    if road == "points":
        assert model.topics_[len(NONE) :] == alone.topics_
    assert model.transform(["N/A", "nothing to add"], None if points is None else alike[:2])[0] == [-1, -1]


def test_a_corpus_of_nothing_else_is_taken_as_it_is() -> None:
    assert len(TopicModel(embedder=None).fit(["n/a", "-"] * 10).topics_) == 20


def test_a_class_known_for_a_non_answer_is_kept() -> None:
    given = sample(40)
    texts, classes = ["n/a", *given.texts], [3, *given.labels.tolist()]
    points = np.vstack([given.embeddings[:1], given.embeddings])
    model = TopicModel().fit(texts, points, y=classes)
    assert model.topics_[0] >= 0


def test_later_documents_that_say_nothing_join_no_topic() -> None:
    given = sample(160)
    model = TopicModel().fit(given.texts[:120], given.embeddings[:120])
    points = given.embeddings[
        [0, 0, 5, 5]
    ]  # where a topic is, so that neighbors alone would place them there
    new = ["n/a", "no comment", "-", "keine Angabe"]
    assert model.transform(new, points)[0] == [-1] * 4
    n_topics = model.result_.n_topics
    model.partial_fit([*given.texts[120:], *new * 5], np.vstack([given.embeddings[120:], *[points] * 5]))
    assert {*model.topics_[-20:]} == {-1} and -1 not in model.topics_[120:160]
    assert model.result_.n_topics == n_topics


@pytest.mark.parametrize("embedder", [None, "lexical"])
def test_documents_of_which_half_the_dimensions_know_nothing_cost_no_warning(embedder: str | None) -> None:
    texts = ["word " * 200, "short one", "another short one", "x" * 1000]
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        TopicModel(embedder=embedder).fit(texts)


def test_clusters_that_share_a_topic_are_remembered_beside_non_answers() -> None:
    class Paired:
        def group(self, docs: Documents, graph: NeighborGraph) -> Clusters:
            labels = np.arange(docs.n_docs) % 2
            return Clusters(labels, np.ones(docs.n_docs, dtype=np.float32), [labels], {7: 0, 8: 0, 9: 1})

    given = sample(41)
    topics = (
        TopicModel(grouper=Paired())
        .fit(["n/a", *given.texts], np.vstack([given.embeddings[:1], given.embeddings]))
        .result_
    )
    assert topics.assignment[0] == -1 and dict(topics.origin) == {7: 0, 8: 0, 9: 1}
