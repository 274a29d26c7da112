"""Layers above topics of the classic road."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans

from themata import TopicModel
from themata.familiar import BERTopic
from themata.familiar.part_mapping import ClassicRoad
from themata.group.coarser_layers import layers_of
from themata.group.reduce_then_cluster import ReduceThenCluster
from themata.reduce.pca import PCA

WORDS = [
    "rocket orbit moon",
    "rocket launch moon",
    "garlic soup oven",
    "garlic bread oven",
    "goal match team",
    "goal cup team",
]


def corpus() -> tuple[list[str], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Six subjects, two and two of them near each other; texts, embeddings, subjects."""
    rng = np.random.default_rng(0)
    subjects = np.repeat(np.arange(6), 12)
    pairs = np.eye(8)[np.arange(6) // 2]
    own = np.eye(8)[np.arange(6) % 2 + 4]
    points = (pairs + 0.3 * own)[subjects] + 0.02 * rng.standard_normal((72, 8))
    return (
        [f"{WORDS[s]} {s}{i}" for i, s in enumerate(subjects.tolist())],
        points.astype(np.float32),
        subjects,
    )


def six() -> Any:
    return KMeans(6, n_init=4, random_state=0)


@pytest.mark.parametrize("grouper", [ReduceThenCluster(PCA(5), six()), ClassicRoad(PCA(5), six())])
def test_topics_of_the_classic_road_stand_under_headings(grouper: Any) -> None:
    texts, points, subjects = corpus()
    model = TopicModel(embedder=None, grouper=grouper, layout=None).fit(texts, points)
    (halves,) = model.result_.levels
    assert halves.layer == 1 and len(halves.ids) == 3
    grouped = halves.of_documents(model.result_.assignment)
    assert all(len(set(grouped[subjects // 2 == pair].tolist())) == 1 for pair in range(3))
    assert len(model.result_.layer_labels[1]) == 3
    told = model.contents().entries
    assert [len(one.children) for one in told] == [2, 2, 2] and all(one.name for one in told)


def test_topics_that_are_joined_to_so_many_have_layers_of_their_own() -> None:
    texts, points, _ = corpus()
    found = ClassicRoad(PCA(5), KMeans(12, n_init=1, random_state=0), nr_topics=4)
    model = TopicModel(embedder=None, grouper=found, layout=None).fit(texts, points)
    assert model.result_.n_topics == 4 and [len(level.ids) for level in model.result_.levels] == [2]


def test_bertopics_users_have_headings_too() -> None:
    texts, points, _ = corpus()
    model = BERTopic(embedding_model=None, umap_model=PCA(5), hdbscan_model=six())
    model.fit(texts, points)
    assert [len(one.children) for one in model.contents().entries] == [2, 2, 2]


@pytest.mark.parametrize("n", [0, 1, 3, 4, 9, 40])
def test_layers_halve_and_nest_whatever_the_numbers_of_the_topics(n: int) -> None:
    rng = np.random.default_rng(n)
    labels = np.append(rng.integers(0, max(n, 1), 200) * 3 + 5, [-1, -1]) if n else np.full(4, -1)
    points = rng.standard_normal((len(labels), 6)).astype(np.float32)
    layers = layers_of(labels, points)
    sizes = [len(np.unique(layer[layer >= 0])) for layer in layers]
    assert layers[0].tolist() == labels.tolist() and sizes[1:] == [
        sizes[0] >> i for i in range(1, len(sizes))
    ]
    for fine, coarse in pairwise(layers):
        assert ((fine < 0) == (coarse < 0)).all()
        assert all(len(set(coarse[fine == group].tolist())) == 1 for group in np.unique(fine))
