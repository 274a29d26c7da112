"""One test for each defect of BERTopic 0.17.4 that ours must not have: what is right, asserted on our side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from corpora import sample
from themata import Given, TopicModel

CORPUS = sample(n_docs=120)


@pytest.fixture
def porch_of() -> Callable[..., Any]:
    """A BERTopic of the same four topics and outliers, under the familiar names."""
    from sklearn.decomposition import PCA

    from themata.familiar import BERTopic
    from themata.familiar.cluster import BaseCluster

    def make(**parameters: Any) -> BERTopic:
        rows = CORPUS.labels.copy()
        rows[::10] = -1
        given = {"umap_model": PCA(5), "hdbscan_model": BaseCluster(), **parameters}
        return BERTopic(**given).fit(CORPUS.texts, CORPUS.embeddings, y=rows.tolist())

    return make


@pytest.fixture
def model_of() -> Callable[..., TopicModel]:
    """A model of four known topics, every tenth document an outlier."""

    def make(**parameters: Any) -> TopicModel:
        rows = CORPUS.labels.copy()
        rows[::10] = -1
        given = {"embedder": None, "grouper": Given(rows), "layout": None, **parameters}
        return TopicModel(**given).fit(CORPUS.texts, CORPUS.embeddings)

    return make
