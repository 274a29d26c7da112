"""New documents follow their neighbors, and fitted ones keep their topics."""

import numpy as np
import pytest

from corpora import sample
from themata import TopicModel
from themata.core.errors import InputError
from themata.pipeline.assignment import assign


@pytest.fixture(scope="module")
def known():
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(6, 20))
    topics = np.repeat(np.arange(6), 50)
    return (centers[topics] + 0.8 * rng.normal(size=(300, 20))).astype(np.float32), topics


def test_fitted_documents_get_their_own_topics_back(known):
    points, topics = known
    chosen, strength = assign(points, points, topics)
    assert (chosen == topics).all()
    assert ((strength >= 0) & (strength <= 1)).all()


def test_outliers_have_no_vote_and_stay_outliers(known):
    points, topics = known
    with_outliers = np.where(np.arange(300) % 10 == 0, -1, topics)
    chosen, strength = assign(points, points, with_outliers)
    assert (chosen == with_outliers).all()
    assert (strength[with_outliers < 0] == 0).all()
    moved, _ = assign(points + 0.01, points, with_outliers)
    assert (moved >= 0).all()


def test_new_documents_follow_their_neighbors(known):
    points, topics = known
    nearby = points + 0.2 * np.random.default_rng(1).normal(size=points.shape).astype(np.float32)
    chosen, strength = assign(nearby, points, topics)
    assert (chosen == topics).mean() > 0.97
    assert strength.mean() > 0.8


def test_a_document_like_nothing_known_gets_no_topic(known):
    points, topics = known
    chosen, strength = assign(np.zeros((1, 20), np.float32), points, topics)
    assert chosen.tolist() == [-1]
    assert strength.tolist() == [0]
    assert assign(points[:5], points, topics, min_similarity=1.1)[0].tolist() == topics[:5].tolist()


def test_nothing_known_gives_no_topic():
    chosen, strength = assign(np.ones((3, 4)), np.empty((0, 4)), np.empty(0, int))
    assert chosen.tolist() == [-1, -1, -1]
    assert strength.tolist() == [0, 0, 0]


def test_no_new_documents_give_no_topics(known):
    chosen, strength = assign(np.empty((0, 20)), *known)
    assert chosen.shape == strength.shape == (0,)


def test_transform_leaves_out_what_resembles_no_document_enough() -> None:
    corpus = sample()
    model = TopicModel().fit(corpus.texts, corpus.embeddings)
    far = -corpus.embeddings[:3] + 0.1 * np.random.default_rng(0).standard_normal(
        (3, corpus.embeddings.shape[1])
    )
    texts = [f"{text} again" for text in corpus.texts[:3]]
    points = np.vstack([corpus.embeddings[:3] * 1.01, far])
    loose, _ = model.transform([*texts, *texts], points, min_similarity=-1)
    strict, strength = model.transform([*texts, *texts], points, min_similarity=0.9)
    assert strict[:3] == model.topics_[:3] and strict[3:] == [-1] * 3 != loose[3:]
    assert not strength[3:].any()
    with pytest.raises(InputError, match="min_similarity must be a number from -1 to 1"):
        model.transform(texts, points[:3], min_similarity=2)
