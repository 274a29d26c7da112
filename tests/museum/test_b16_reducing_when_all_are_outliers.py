"""B16: reducing to "auto" raised when every document was an outlier."""

from __future__ import annotations

import pytest

from corpora import sample
from themata import Given


@pytest.mark.parametrize("n_topics", ["auto", 1, 3])
@pytest.mark.parametrize("n_groups", [0, 1, 2, 3])
def test_few_or_no_topics_can_be_reduced(model_of, n_topics, n_groups):
    rows = [i % n_groups if n_groups and i % 7 else -1 for i in range(120)]
    model = model_of(grouper=Given(rows))
    before = model.result_.n_outliers
    model.reduce(n_topics)
    assert model.result_.n_outliers == before
    assert model.result_.n_topics <= n_groups
    if n_topics != "auto":
        assert model.result_.n_topics == min(n_groups, n_topics)


def test_the_familiar_nr_topics_auto_takes_a_corpus_of_outliers():
    from sklearn.decomposition import PCA

    from themata.familiar import BERTopic
    from themata.familiar.cluster import BaseCluster

    corpus = sample(n_docs=120)
    model = BERTopic(nr_topics="auto", umap_model=PCA(5), hdbscan_model=BaseCluster())
    model.fit(corpus.texts, corpus.embeddings, y=[-1] * 120)
    assert set(model.topics_) == {-1}
    assert len(model.get_topic_info()) == 1
