from __future__ import annotations

import numpy as np
import pytest

from corpora import sample
from themata import TopicModel
from themata.core.errors import AlignmentError, InputError


@pytest.mark.parametrize("strategy", ["neighbors", "distributions", "c-tf-idf", "embeddings"])
def test_outliers_find_the_topic_of_their_like_and_nobody_else_moves(
    model: TopicModel, strategy: str
) -> None:
    before = model.result_.assignment.copy()
    found = model.reduce_outliers(strategy)
    assert (model.result_.assignment == before).all()
    assert set(found.moved.tolist()) <= set(np.flatnonzero(before < 0).tolist())
    labels = sample(n_docs=240).labels
    topic_of = {int(labels[before == row][0]): row for row in range(4)}
    right = [found.assignment[row] == topic_of[int(labels[row])] for row in found.moved]
    assert len(right) == 12 and np.mean(right) > 0.9
    assert list(found.to_frame().columns) == ["Row", "Topic", "Score"]
    assert (found.to_frame().Score > 0).all()


def test_a_threshold_keeps_outliers(model: TopicModel) -> None:
    assert model.reduce_outliers("embeddings", threshold=1.1).n_left == 12
    some = model.reduce_outliers("c-tf-idf", threshold=0.3)
    assert (some.score[some.moved] >= 0.3).all()


def test_probabilities_decide_when_they_are_given(model: TopicModel) -> None:
    chances = np.zeros((240, 4))
    chances[:, 2] = 0.6
    found = model.reduce_outliers("probabilities", 0.5, probabilities=chances)
    assert set(found.assignment[found.moved].tolist()) == {2}
    with pytest.raises(InputError, match=r"\(240, 4\) are needed"):
        model.reduce_outliers("probabilities")


def test_moving_is_an_edit_of_its_own() -> None:
    corpus = sample(n_docs=240)
    from themata.group.known_labels import Given

    rows = corpus.labels.copy()
    rows[::20] = -1
    model = TopicModel(embedder=None, grouper=Given(rows)).fit(corpus.texts, corpus.embeddings)
    model.reassign(model.reduce_outliers().assignment)
    assert model.result_.n_outliers == 0
    assert model.undo().result_.n_outliers == 12


def test_neighbors_vote_on_the_classic_road_too() -> None:
    from themata.cluster.kmeans import KMeans
    from themata.group.reduce_then_cluster import ReduceThenCluster
    from themata.reduce.pca import PCA

    corpus = sample(n_docs=240)
    road = ReduceThenCluster(PCA(5), KMeans(4))
    model = TopicModel(embedder=None, grouper=road, layout=None).fit(corpus.texts, corpus.embeddings)
    assert model.graph_ is None
    topics = np.array(model.topics_)
    model.reassign(np.where(np.arange(240) % 20, topics, -1))
    assert (model.reduce_outliers().assignment == topics).all()


def test_embeddings_of_another_width_are_refused(model: TopicModel) -> None:
    with pytest.raises(AlignmentError, match="24 dimensions are needed"):
        model.reduce_outliers("embeddings", embeddings=np.ones((240, 3)))


def test_an_unknown_strategy_is_refused(model: TopicModel) -> None:
    with pytest.raises(InputError, match="strategy must be one of neighbors"):
        model.reduce_outliers("luck")


def test_without_outliers_nothing_moves() -> None:
    corpus = sample(n_docs=80)
    model = TopicModel(embedder=None, n_topics=4, max_outliers=0.0).fit(corpus.texts, corpus.embeddings)
    for strategy in ("neighbors", "c-tf-idf", "embeddings", "distributions"):
        assert not len(model.reduce_outliers(strategy).moved)
