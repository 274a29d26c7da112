"""What BERTopic's users set and read on a model, and leave open."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer

from corpora import Sample
from themata import TopicModel
from themata.core.errors import AlignmentError, InputError, NotFittedError, UnknownTopicError
from themata.familiar import BERTopic
from themata.familiar.representation import KeyBERTInspired, MaximalMarginalRelevance
from themata.familiar.vectorizers import ClassTfidfTransformer

# Set


def test_topics_may_be_set_and_every_table_follows(fit: Any, few: Sample) -> None:
    model = fit()
    topics = [-1 if row < 6 else topic for row, topic in enumerate(model.topics_)]
    model.topics_ = topics
    assert model.topics_ == topics
    assert model.topic_sizes_[-1] == 6 == model.get_topic_info().Count[0]
    assert model.c_tf_idf_.shape[0] == 5
    model.topics_ = np.where(np.array(topics) < 0, 4, topics)  # a topic that there was none of
    assert model.topic_sizes_[4] == 6 and model.get_topic(4)
    model.undo().undo()
    assert -1 not in model.topics_ and len(model.get_topics()) == 4


def test_a_topic_is_set_on_from_the_last_one_without_gaps(fit: Any) -> None:
    model = fit()
    with pytest.raises(InputError, match=r"from 4 without gaps.*return_inverse"):
        model.topics_ = [9] * 120
    with pytest.raises(UnknownTopicError):
        model.topics_ = [-2] * 120
    with pytest.raises(AlignmentError):
        model.topics_ = [0] * 119


def test_the_last_topics_go_when_their_documents_do_and_the_others_keep_their_numbers(
    fit: Any, few: Sample
) -> None:
    model = fit()
    model.update_topics(few.texts, topics=[min(topic, 1) for topic in model.topics_])
    assert sorted(model.get_topics()) == [0, 1] and model.c_tf_idf_.shape[0] == 2
    assert len(model.get_topic_info()) == len(model.get_topic_freq()) == 2


def test_topics_that_a_guide_collects_batch_by_batch_may_be_set(few: Sample) -> None:
    model = BERTopic(umap_model=PCA(5), hdbscan_model=MiniBatchKMeans(4, n_init=1, random_state=0))
    topics: list[int] = []
    for rows in np.array_split(np.arange(120), 4):
        model.partial_fit([few.texts[row] for row in rows], few.embeddings[rows])
        topics.extend(model.topics_)
    before = model.topics_
    model.topics_ = topics
    assert model.topics_ == before and len(before) == 120
    model.topics_ = before
    assert model.topics_ == before
    assert len(model.hierarchical_topics(few.texts)) == len(set(before)) - 1


def test_words_names_and_documents_of_topics_may_be_set(fit: Any, few: Sample, tmp_path: Path) -> None:
    model = fit(outliers=True)
    model.topic_representations_ = {0: [("own", 1.0), ("words", 0.5)]}
    assert model.get_topic(0)[:2] == [("own", 1.0), ("words", 0.5)] and model.get_topic(1)[0][0] != "own"
    model.topic_aspects_ = {"Mine": {1: [("rocket", 1.0)]}}
    assert model.get_topic(1, full=True)["Mine"] == [("rocket", 1.0)]
    model.custom_labels_ = ["None", "A", "B", "C", "D"]
    assert model.get_topic_info().CustomName.tolist() == ["None", "A", "B", "C", "D"]
    shown = model._extract_representative_docs(
        model.c_tf_idf_,
        pd.DataFrame({"Document": few.texts, "Topic": model.topics_}),
        model.topic_representations_,
        nr_repr_docs=7,
    )[0]
    model.representative_docs_ = shown
    assert model.get_representative_docs() == shown and len(model.get_representative_docs(2)) == 7
    assert model.get_topic_info().Representative_Docs.tolist() == list(shown.values())
    model.save(tmp_path / "model")
    loaded = BERTopic.load(tmp_path / "model")
    assert loaded.get_topic(0)[0] == ("own", 1.0)
    assert loaded.get_representative_docs(2) == shown[2][:3]
    with pytest.raises(InputError, match="no documents of the fit"):
        model.representative_docs_ = {0: ["another text"]}
    model.custom_labels_ = None
    assert model.custom_labels_ is None


def test_points_and_strengths_may_be_set(fit: Any) -> None:
    model = fit(outliers=True)
    points = model.topic_embeddings_[::-1].copy()
    model.topic_embeddings_ = points
    assert model.topic_embeddings_[1:].tolist() == points[1:].tolist()
    with pytest.raises(AlignmentError, match="dimensions"):
        model.topic_embeddings_ = points[:, :3]
    model.probabilities_ = [0.5] * 120
    assert model.get_document_info().Probability.tolist() == [0.5] * 120
    with pytest.raises(AlignmentError, match="calculate_probabilities"):
        model.probabilities_ = np.ones((120, 4))


def test_an_embedding_model_that_is_set_embeds_new_texts(few: Sample) -> None:
    place = {text: row for row, text in enumerate(few.texts)}

    def embed(texts: list[str]) -> Any:
        return np.array([few.embeddings[place.get(text, 0)] for text in texts])

    model = BERTopic(
        embedding_model=embed, umap_model=PCA(5), hdbscan_model=KMeans(4, n_init=1, random_state=0)
    )
    model.fit(few.texts)
    asked: list[str] = []

    def other(texts: list[str]) -> Any:
        asked.extend(texts)
        return embed(texts)

    model.embedding_model = other
    assert model.transform(few.texts[1])[0] == [model.topics_[1]]
    assert few.texts[1] in asked
    assert model._extract_embeddings(few.texts[:2]).shape == (2, 24)
    assert model.embedding_model is other


def test_parts_set_on_the_model_describe_the_topics_at_the_next_update(fit: Any, few: Sample) -> None:
    model = fit()
    model.representation_model = {"MMR": MaximalMarginalRelevance(diversity=0.5)}
    model.vectorizer_model = CountVectorizer(stop_words="english")
    model.ctfidf_model = ClassTfidfTransformer(reduce_frequent_words=True)
    model.top_n_words = 4
    model.update_topics(few.texts)
    assert set(model.topic_aspects_) == {"MMR"}
    assert "the" not in model.vectorizer_model.get_feature_names_out()
    assert model.ctfidf_model.reduce_frequent_words
    assert len(model.get_topic(0)) == 4
    before = model.get_topics(full=True)
    model.update_topics(few.texts)
    assert model.get_topics(full=True) == before


@pytest.mark.parametrize("name", ["c_tf_idf_", "topic_sizes_", "topic_mapper_", "topic_labels_"])
def test_what_is_computed_from_the_rest_cannot_be_set(fit: Any, name: str) -> None:
    model = fit()
    with pytest.raises(AttributeError, match=name):
        setattr(model, name, getattr(model, name))


def test_a_copy_with_other_topics_leaves_the_model_as_it_was(fit: Any) -> None:
    model = fit()
    other = copy.deepcopy(model)
    other.topics_ = [0] * 120
    assert len(set(model.topics_)) == 4 and set(other.topics_) == {0}


# Left open


@pytest.mark.parametrize("batch_size", [None, 7, 1000])
def test_a_distribution_is_the_same_however_many_documents_are_handled_at_once(
    fit: Any, few: Sample, batch_size: int | None
) -> None:
    model = fit(outliers=True)
    shares, tokens = model.approximate_distribution(
        few.texts[:30], batch_size=batch_size, calculate_tokens=True
    )
    expected, _ = model.approximate_distribution(few.texts[:30])
    assert np.allclose(shares, expected) and len(tokens) == 30
    assert model.approximate_distribution([], batch_size=batch_size)[0].shape == (0, 4)


def test_a_model_that_is_not_fitted_is_saved_and_loaded_and_fitted(few: Sample, tmp_path: Path) -> None:
    model = BERTopic(language="Dutch", min_topic_size=7, n_gram_range=(1, 2), umap_model=PCA(5),
                     hdbscan_model=KMeans(4, n_init=1, random_state=0))  # fmt: skip
    model.save(tmp_path / "model", serialization="pickle")
    loaded = BERTopic.load(tmp_path / "model")
    assert type(loaded) is BERTopic and loaded.language == "Dutch" and loaded.min_topic_size == 7
    assert loaded.embedding_model is None
    with pytest.raises(NotFittedError):
        loaded.topics_  # noqa: B018
    loaded.fit(few.texts, few.embeddings)
    assert len(loaded.get_topics()) == 4
    native = TopicModel(n_topics=3, embedder="lexical")
    native.save(tmp_path / "native")
    assert TopicModel.load(tmp_path / "native").get_params() == native.get_params()


# Private, and used all the same


def test_the_steps_can_be_taken_one_by_one(fit: Any, few: Sample) -> None:
    model = BERTopic(umap_model=PCA(3), hdbscan_model=KMeans(4, n_init=1, random_state=0))
    points = model._reduce_dimensionality(few.embeddings)
    frame = pd.DataFrame({"Document": few.texts, "ID": range(120), "Topic": None})
    found, strength = model._cluster_embeddings(points, frame)
    assert points.shape == (120, 3) and found.Topic.nunique() == 4 and strength is None
    assert frame.Topic.isna().all()
    assert not model._is_zeroshot() and BERTopic(zeroshot_topic_list=["a"])._is_zeroshot()


def test_topics_of_a_frame_are_extracted_and_joined(fit: Any, few: Sample) -> None:
    model = fit()
    topics = np.random.default_rng(0).integers(-1, 3, 120)
    frame = pd.DataFrame({"Document": few.texts, "ID": range(120), "Topic": topics})
    model.vectorizer_model = CountVectorizer(ngram_range=(1, 2))
    model._update_topic_size(frame)
    model._extract_topics(frame)
    assert model.topics_ == topics.tolist()
    assert model.c_tf_idf_.shape == (4, len(model.vectorizer_model.get_feature_names_out()))
    assert any(" " in word for word in model.vectorizer_model.get_feature_names_out())
    model.nr_topics = 100
    assert model._reduce_topics(frame).equals(frame)  # none is joined, and none numbered anew
    model.nr_topics = 2
    assert set(model._reduce_topics(frame).Topic) == {-1, 0}
    joined = frame.groupby("Topic", as_index=False).agg({"Document": " ".join})
    weights, words = model._c_tf_idf(joined)
    assert weights.shape == (4, len(words))


# Shapes


def test_every_keybert_aspect_has_as_many_words_as_were_asked_for(fit: Any) -> None:
    model = fit(
        outliers=True,
        vectorizer_model=CountVectorizer(vocabulary=["rocket", "oven", "goal", "bank", "moon", "soup"]),
        representation_model={"Main": KeyBERTInspired(top_n_words=9), "MMR": MaximalMarginalRelevance(top_n_words=8),
                              "Chain": [KeyBERTInspired(), MaximalMarginalRelevance()]},
    )  # fmt: skip
    for topic in model.get_topics():
        words = model.get_topic(topic, full=True)
        assert [len(words[name]) for name in ("Main", "MMR", "Chain")] == [9, 8, 10]
        assert words["Main"][0][0] and words["Main"][-1] == ("", 0.0)


@pytest.mark.parametrize("outliers", [False, True])
def test_the_first_trace_is_of_what_has_no_topic_even_when_empty(
    fit: Any, few: Sample, outliers: bool
) -> None:
    model = fit(outliers=outliers)
    figure = model.visualize_documents(few.texts, reduced_embeddings=few.embeddings[:, :2])
    assert figure.data[0].name == "other" and len(figure.data[0].x) == (12 if outliers else 0)
    assert [trace.name.split(":")[0] for trace in figure.data[1:]] == ["0", "1", "2", "3"]
    some = model.visualize_documents(few.texts, reduced_embeddings=few.embeddings[:, :2], topics=[1, 2])
    assert [trace.name.split(":")[0] for trace in some.data] == ["other", "1", "2"]


def test_every_topic_has_its_trace_however_many_there_are(few: Sample) -> None:
    model = BERTopic(umap_model=PCA(5), hdbscan_model=KMeans(110, n_init=1, random_state=0))
    model.fit(few.texts, few.embeddings)
    figure = model.visualize_documents(few.texts, reduced_embeddings=few.embeddings[:, :2])
    assert {int(trace.name.split(":")[0]) for trace in figure.data[1:]} == set(model.topics_)


# Ask for what there is not


def test_the_table_of_an_unknown_topic_is_empty_and_a_warning_names_the_topics(
    fit: Any, few: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    model = fit(outliers=True)
    info = model.get_topic_info(200)
    assert len(info) == 0 and list(info.columns) == list(model.get_topic_info().columns)
    assert caplog.messages == ["no topic 200: this model's topics are -1, 0, 1, 2, 3"]
    caplog.clear()
    assert len(model.get_topic_info(-1)) == len(model.get_topic_info(3)) == 1 and not caplog.messages
    native = TopicModel(layout=None, labeler=None).fit(few.texts, few.embeddings)
    with pytest.raises(UnknownTopicError, match="no topic 200"):
        native.get_topic_info(200)
