"""B9: saving lost examples, strengths, names, the words' settings and seeds; transform then took another road."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

from corpora import sample
from themata import TopicModel, Weighting


def test_what_comes_back_is_what_was_saved(model_of, tmp_path):
    weighting = Weighting(seed_words=("rocket",), seed_multiplier=3.0, reduce_frequent=True)
    vectorizer = CountVectorizer(stop_words="english", ngram_range=(1, 2), min_df=2)
    model = model_of(vectorizer=vectorizer, weighting=weighting, aspects={"MMR": "mmr"})
    model.set_topic_labels(["one", "two", "three", "four"])
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert again.get_representative_docs() == model.get_representative_docs()
    np.testing.assert_array_equal(again.probabilities_, model.probabilities_)
    assert again.result_.labels == model.result_.labels
    assert again.get_topics(full=True) == model.get_topics(full=True)
    assert all(isinstance(pair, tuple) for pair in again.get_topic(0))
    pd.testing.assert_frame_equal(again.get_topic_info(), model.get_topic_info())
    assert again.get_params()["weighting"] == weighting
    new = sample(160, seed=5)
    for one, other in zip(
        again.transform(new.texts, new.embeddings), model.transform(new.texts, new.embeddings), strict=True
    ):
        assert np.array_equal(one, other)


def test_an_edit_after_loading_is_the_edit_before_saving(model_of, tmp_path):
    weighting = Weighting(seed_words=("rocket",), seed_multiplier=3.0)
    model = model_of(
        vectorizer=CountVectorizer(ngram_range=(1, 2)), weighting=weighting, aspects={"MMR": "mmr"}
    )
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert again.merge([0, 1]).get_topics(full=True) == model.merge([0, 1]).get_topics(full=True)
    assert again.hierarchy().tree() == model.hierarchy().tree()
    assert (again.distribution().weights == model.distribution().weights).all()


def test_the_familiar_save_loses_nothing(porch_of, tmp_path):
    from themata.familiar import BERTopic

    model = porch_of(vectorizer_model=CountVectorizer(stop_words="english", ngram_range=(1, 2)))
    model.set_topic_labels({row: f"name {row}" for row in range(4)})
    model.save(tmp_path / "model", serialization="safetensors", save_ctfidf=True)
    again = BERTopic.load(tmp_path / "model")
    assert again.representative_docs_ == model.representative_docs_
    assert again.get_topics() == model.get_topics()
    assert again.custom_labels_ == model.custom_labels_
    assert type(again.topic_sizes_) is type(model.topic_sizes_) and again.topic_sizes_ == model.topic_sizes_
    new = sample(160, seed=5)
    assert list(again.transform(new.texts, new.embeddings)[0]) == list(
        model.transform(new.texts, new.embeddings)[0]
    )
