"""B10: with all documents matched, zero-shot names were not used; with nr_topics the sizes were empty."""

from __future__ import annotations

import numpy as np
import pytest

from corpora import sample
from themata import TopicModel, ZeroShot

CORPUS = sample(n_docs=80)
CENTERS = np.array([CORPUS.embeddings[CORPUS.labels == row].mean(axis=0) for row in range(4)])
NAMES = ["Space", "Cooking", "Football", "Money"]


@pytest.mark.parametrize("n_topics", [None, 4])
def test_names_are_used_when_every_document_matches(n_topics):
    seeder = ZeroShot(NAMES, -1.0, embeddings=CENTERS)
    model = TopicModel(embedder=None, layout=None, seeder=seeder, n_topics=n_topics)
    model.fit(CORPUS.texts, CORPUS.embeddings)
    assert set(model.result_.names) == set(NAMES)
    assert model.result_.sizes.sum() == 80 and (model.result_.sizes > 0).all()
    assert set(model.get_topic_info()["CustomName"]) == set(NAMES)
    model.reduce(2)
    assert model.get_topic_info()["Count"].sum() == 80
