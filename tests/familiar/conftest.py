from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from corpora import Sample, sample
from themata.familiar import BERTopic


@pytest.fixture(scope="session")
def few() -> Sample:
    return sample(120)


@pytest.fixture
def fit(few: Sample) -> Any:
    """A BERTopic fitted in a moment; with `outliers`, every tenth document has no topic."""

    def made(*, outliers: bool = False, **options: Any) -> BERTopic:
        given = {"umap_model": PCA(5), "hdbscan_model": KMeans(4, n_init=2, random_state=0), **options}
        model = BERTopic(**given).fit(few.texts, few.embeddings)
        if outliers:
            moved = np.where(np.arange(120) % 10 == 0, -1, model.topics_)
            model.update_topics(few.texts, topics=moved.tolist())
        return model

    return made
