from __future__ import annotations

import numpy as np
import pytest

from corpora import sample
from themata import TopicModel
from themata.core.errors import InputError
from themata.group.known_labels import Given


@pytest.fixture
def halves() -> TopicModel:
    """Each of four subjects in two topics."""
    corpus = sample(n_docs=240)
    rows = corpus.labels * 2 + (np.arange(240) // 4) % 2
    return TopicModel(embedder=None, grouper=Given(rows), layout=None).fit(corpus.texts, corpus.embeddings)


@pytest.mark.parametrize("by", ["embeddings", "terms"])
def test_a_number_of_topics_is_met_exactly(halves: TopicModel, by: str) -> None:
    for n in (7, 4, 1):
        assert halves.reduce(n, by=by).result_.n_topics == n


@pytest.mark.parametrize("by", ["embeddings", "terms"])
def test_halves_of_a_subject_are_joined(halves: TopicModel, by: str) -> None:
    halves.reduce(4, by=by)
    labels = sample(n_docs=240).labels
    for row in range(4):
        assert len(np.unique(labels[halves.result_.assignment == row])) == 1


def test_auto_joins_what_is_nearly_one(halves: TopicModel) -> None:
    halves.reduce("auto")
    assert halves.result_.n_topics == 4
    assert halves.history == ["reduce to auto"]


def test_a_topic_falls_into_its_halves_again(halves: TopicModel) -> None:
    halves.merge([0, 1])
    n = halves.result_.n_topics
    halves.split(0, into=2)
    assert halves.result_.n_topics == n + 1
    assert all(halves.result_.labels)


def test_a_finer_layer_divides_a_topic() -> None:
    corpus = sample(n_docs=400)
    model = TopicModel(embedder=None, n_topics=2, layout=None).fit(corpus.texts, corpus.embeddings)
    assert model.result_.layers, "a corpus of four subjects has layers"
    coarse = model.result_.sizes.copy()
    if any(len(np.unique(layer)) > 2 for layer in model.result_.layers):
        model.split(0)
        assert model.result_.n_topics > 2
        assert model.result_.sizes.sum() == coarse.sum()


def test_impossible_wishes_are_refused(halves: TopicModel) -> None:
    with pytest.raises(InputError, match="n_topics must be"):
        halves.reduce(0)
    with pytest.raises(InputError, match="no finer layer"):
        halves.split(0)
    with pytest.raises(InputError, match="2 parts or more"):
        halves.split(0, into=1)
    with pytest.raises(InputError, match="different documents"):
        halves.split(0, into=10_000)


def test_splitting_is_the_same_every_time(halves: TopicModel) -> None:
    first = halves.split(0, into=3).topics_
    assert halves.undo().split(0, into=3).topics_ == first
