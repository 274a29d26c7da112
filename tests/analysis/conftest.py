from __future__ import annotations

import pytest

from corpora import sample
from themata import TopicModel, Weighting
from themata.group.known_labels import Given


@pytest.fixture(scope="module")
def model() -> TopicModel:
    """Four known topics and twelve outliers, weighed by c-TF-IDF."""
    corpus = sample(n_docs=240)
    rows = corpus.labels.copy()
    rows[::20] = -1
    classes = ["day" if i % 3 else "night" for i in range(240)]
    columns = {"class": classes}
    return TopicModel(embedder=None, grouper=Given(rows), weighting=Weighting()).fit(
        corpus.texts, corpus.embeddings, columns=columns
    )
