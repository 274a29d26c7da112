"""What a notebook of BERTopic's calls, called on ours."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from corpora import Sample
from themata import AlignmentError, InputError, NotFittedError, TopicModel, UnknownTopicError
from themata.familiar import BERTopic
from themata.familiar.backend import BaseEmbedder, WordDocEmbedder
from themata.familiar.cluster import BaseCluster
from themata.familiar.dimensionality import BaseDimensionalityReduction
from themata.familiar.language_embedders import embedder_asked_for
from themata.familiar.representation import KeyBERTInspired, MaximalMarginalRelevance
from themata.familiar.vectorizers import ClassTfidfTransformer, OnlineCountVectorizer
from themata.pipeline.lazy_embedder import embedder_of


@pytest.mark.umap
def test_it_takes_the_classic_road_by_itself(few: Sample) -> None:
    pytest.importorskip("umap")
    pytest.importorskip("hdbscan")
    model = BERTopic()
    assert model.umap_model.n_neighbors == 15 and model.umap_model.n_components == 5
    assert model.hdbscan_model.min_cluster_size == 10 and model.hdbscan_model.prediction_data
    topics, probabilities = model.fit_transform(few.texts, few.embeddings)
    assert len(set(topics) - {-1}) == 4 and probabilities.shape == (120,)
    assert BERTopic(min_topic_size=25).hdbscan_model.min_cluster_size == 25
    again = model.transform(few.texts, few.embeddings)[0]
    assert again == topics


@pytest.mark.umap
def test_the_users_own_umap_and_hdbscan_work_as_they_are(few: Sample) -> None:
    umap, hdbscan = pytest.importorskip("umap"), pytest.importorskip("hdbscan")
    reducer = umap.UMAP(n_neighbors=10, n_components=5, min_dist=0.0, metric="cosine", random_state=42)
    clusterer = hdbscan.HDBSCAN(min_cluster_size=10, prediction_data=True)
    model = BERTopic(umap_model=reducer, hdbscan_model=clusterer).fit(few.texts, few.embeddings)
    assert model.umap_model is reducer and reducer.embedding_.shape == (120, 5)
    assert model.hdbscan_model is clusterer and len(set(clusterer.labels_) - {-1}) == len(model.get_topics())


def test_any_estimator_of_scikit_learn_clusters(fit: Any) -> None:
    assert len(fit(hdbscan_model=AgglomerativeClustering(5)).get_topics()) == 5
    assert len(fit(umap_model=BaseDimensionalityReduction()).get_topics()) == 4


def test_known_topics_are_kept_and_a_classifier_learns_them(few: Sample) -> None:
    manual = BERTopic(umap_model=BaseDimensionalityReduction(), hdbscan_model=BaseCluster())
    topics, _ = manual.fit_transform(few.texts, few.embeddings, y=few.labels)
    there = manual.topic_mapper_.get_mappings()
    assert [there[label] for label in few.labels.tolist()] == topics
    known = np.where(np.arange(120) % 3 == 0, few.labels, -1)
    supervised = BERTopic(umap_model=BaseDimensionalityReduction(), hdbscan_model=LogisticRegression())
    topics, _ = supervised.fit_transform(few.texts, few.embeddings, y=known)
    there = supervised.topic_mapper_.get_mappings()
    assert (
        np.mean([there[label] == topic for label, topic in zip(few.labels.tolist(), topics, strict=True)])
        > 0.95
    )
    with pytest.raises(Exception, match="topics known"):
        manual.fit(few.texts, few.embeddings)


def test_so_many_topics_are_left_outliers_counted_as_one(fit: Any) -> None:
    assert len(fit(nr_topics=3).get_topics()) == 3
    with_outliers = fit(outliers=True)
    assert with_outliers.reduce_topics(None, nr_topics=4) is with_outliers
    assert sorted(with_outliers.get_topics()) == [-1, 0, 1, 2]
    assert len(fit(nr_topics="auto", hdbscan_model=KMeans(12, random_state=0)).get_topics()) < 12
    with pytest.raises(InputError, match="nr_topics"):
        fit(nr_topics="few")


def test_probabilities_are_of_every_topic_when_asked_for(fit: Any, few: Sample) -> None:
    model = fit(calculate_probabilities=True, outliers=True)
    assert model.probabilities_.shape == (120, 4)
    inside = np.array(model.topics_) >= 0
    assert (model.probabilities_.argmax(axis=1)[inside] == np.array(model.topics_)[inside]).mean() > 0.95
    topics, shares = model.transform(few.texts[:3], few.embeddings[:3])
    assert shares.shape == (3, 4) and topics == model.topics_[:3]
    found = model.reduce_outliers(
        few.texts, model.topics_, strategy="probabilities", probabilities=model.probabilities_, threshold=0.5
    )
    assert -1 not in found and [a for a, b in zip(found, model.topics_, strict=True) if b >= 0] == [
        topic for topic in model.topics_ if topic >= 0
    ]


def test_strategies_follow_one_another_and_take_new_documents(fit: Any, few: Sample) -> None:
    model = fit(outliers=True)
    first = model.reduce_outliers(few.texts, model.topics_, strategy="c-tf-idf", threshold=0.99)
    assert first == model.topics_
    then = model.reduce_outliers(few.texts, first, strategy="distributions")
    assert -1 not in then and model.topics_ == first
    new = [
        "A rocket in orbit around the moon, a satellite and a telescope.",
        "Bread, butter and garlic soup.",
    ]
    found = model.reduce_outliers(new, [-1, 2], strategy="c-tf-idf")
    assert found[1] == 2 and found[0] == model.topics_[4]
    model.update_topics(few.texts, topics=then)
    assert model._outliers == 0 and -1 not in model.topic_sizes_


def test_updating_resets_nothing_that_was_not_asked_for(fit: Any, few: Sample) -> None:
    counts = CountVectorizer(stop_words="english")
    model = fit(
        vectorizer_model=counts,
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
        representation_model={"KeyBERT": KeyBERTInspired()},
        top_n_words=7,
    )
    model.set_topic_labels(["a", "b", "c", "d"])
    model.update_topics(few.texts, n_gram_range=(1, 2))
    assert model.vectorizer_model.stop_words == "english" and model.vectorizer_model.ngram_range == (1, 2)
    assert any(" " in term for term in model.vectorizer_model.get_feature_names_out())
    assert model.ctfidf_model.reduce_frequent_words and model.top_n_words == 7
    assert list(model.topic_aspects_) == ["KeyBERT"] and model.custom_labels_ == ["a", "b", "c", "d"]
    model.update_topics(few.texts, representation_model={"MMR": MaximalMarginalRelevance()})
    assert list(model.topic_aspects_) == ["KeyBERT", "MMR"]
    model.update_topics(few.texts, ctfidf_model=ClassTfidfTransformer(bm25_weighting=True), top_n_words=5)
    assert model.ctfidf_model.bm25_weighting and len(model.get_topic(0)) == 5
    model.undo().undo().undo()
    assert model.top_n_words == 7 and list(model.topic_aspects_) == ["KeyBERT"]


def test_edits_keep_every_table_right(fit: Any, few: Sample) -> None:
    model = fit(outliers=True, representation_model={"KeyBERT": KeyBERTInspired()})
    labels = ["nothing", "first", "second", "third", "fourth"]
    model.set_topic_labels(labels)
    assert model.custom_labels_ == labels and model.get_topic_info().CustomName.tolist() == labels
    model.merge_topics(few.texts, [[1, 2]])
    assert sorted(model.topic_sizes_) == [-1, 0, 1, 2]
    assert set(model.custom_labels_) == {"nothing", "first", "fourth", model.topic_labels_[0]}
    model.delete_topics([1])
    info = model.get_topic_info()
    assert len(info) == 3 == model.c_tf_idf_.shape[0] == len(model.topic_embeddings_)
    assert info.Count.sum() == 120 and info.Count.tolist() == [model.topic_sizes_[t] for t in info.Topic]
    assert all(len(words) == 10 for words in info.KeyBERT)
    assert len(model.topic_mapper_.mappings_[0]) == len(model.history) + 2
    assert set(model.topic_mapper_.get_mappings().values()) == {-1, 0, 1}


def test_topics_merged_with_the_outliers_become_outliers(fit: Any, few: Sample) -> None:
    model = fit(outliers=True)
    size = model.topic_sizes_[2]
    model.merge_topics(few.texts, [[-1, 2], [0, 1]])
    assert model.topic_sizes_[-1] == 12 + size and sorted(model.topic_sizes_) == [-1, 0, 1]
    assert model.undo().topic_sizes_[2] == size


def test_a_frame_of_the_users_keeps_its_columns_where_they_are(fit: Any, few: Sample) -> None:
    frame = pd.DataFrame({"Year": range(120), "Document": few.texts})
    info = fit().get_document_info(few.texts, df=frame, metadata={"n": range(120)})
    assert list(info.columns[:3]) == ["Year", "Document", "Topic"] and info.columns[-1] == "n"


def test_outliers_are_a_topic_in_every_table(fit: Any, few: Sample) -> None:
    model = fit(outliers=True, vectorizer_model=CountVectorizer(stop_words="english"))
    assert model.get_topic(-1)[0][1] > 0 and model.get_topic_info(-1).Count.tolist() == [12]
    assert model.get_document_info(few.texts).Representation[0] == [w for w, _ in model.get_topic(-1)]
    assert len(model.get_representative_docs(-1)) == 3 and fit().get_representative_docs(-1) == []
    assert (
        model.generate_topic_labels(nr_words=1, topic_prefix=False, aspect=None)[0]
        == model.get_topic(-1)[0][0]
    )
    assert fit().get_topic(-1) is False


def test_every_figure_is_drawn(fit: Any, few: Sample) -> None:
    model = fit(outliers=True)
    tree = model.hierarchical_topics(few.texts)
    over_time = model.topics_over_time(few.texts, [f"2024-0{1 + i % 6}-01" for i in range(120)], nr_bins=3)
    per_class = model.topics_per_class(few.texts, classes=["a", "b"] * 60)
    shares, tokens = model.approximate_distribution(few.texts[:2], calculate_tokens=True)
    for figure in (
        model.visualize_topics(),
        model.visualize_documents(few.texts, reduced_embeddings=few.embeddings[:, :2], custom_labels=True),
        model.visualize_hierarchical_documents(few.texts, tree, embeddings=few.embeddings),
        model.visualize_term_rank(),
        model.visualize_topics_over_time(over_time),
        model.visualize_topics_per_class(per_class),
        model.visualize_distribution(shares[0]),
        model.visualize_hierarchy(hierarchical_topics=tree),
        model.visualize_heatmap(n_clusters=2),
        model.visualize_barchart(top_n_topics=2),
        model.visualize_document_datamap(few.texts, reduced_embeddings=few.embeddings[:, :2]),
    ):
        assert figure.data
    assert "<table" in model.visualize_approximate_distribution(few.texts[0], tokens[0]).to_html()
    from themata.familiar.plotting import visualize_barchart

    assert visualize_barchart(topic_model=model, top_n_topics=2).data


def test_it_is_saved_and_loaded_with_everything(fit: Any, few: Sample, tmp_path: Path) -> None:
    model = fit(
        outliers=True,
        representation_model={
            "KeyBERT": KeyBERTInspired(nr_repr_docs=3),
            "MMR": [KeyBERTInspired(), MaximalMarginalRelevance()],
        },
        vectorizer_model=CountVectorizer(stop_words="english", ngram_range=(1, 2)),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True),
    )
    model.set_topic_labels({0: "mine"})
    model.save(tmp_path / "model", serialization="safetensors", save_ctfidf=True)
    again = BERTopic.load(tmp_path / "model")
    assert again.get_topic_info().equals(model.get_topic_info())
    assert (
        again.transform(few.texts[:9], few.embeddings[:9])[0]
        == model.transform(few.texts[:9], few.embeddings[:9])[0]
    )
    assert (
        again.ctfidf_model.reduce_frequent_words and again.representation_model["KeyBERT"].nr_repr_docs == 3
    )
    assert again.umap_model.n_components == 5 and again.hdbscan_model.n_clusters == 4
    again.merge_topics(few.texts, [0, 1])
    assert len(again.get_topic_info()) == 4
    native = TopicModel.load(tmp_path / "model")
    assert native.topics_ == model.topics_ and native.get_topic_info().CustomName[1] == "mine"
    model.save(tmp_path / "model")  # as there, a model saved before is replaced


def test_embedding_models_of_other_kinds(few: Sample) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline

    class Letters(BaseEmbedder):
        def embed(self, documents: list[str], verbose: bool = False) -> np.ndarray:
            return np.array([[text.count(letter) for letter in "aeiou"] for text in documents], dtype=float)

    assert embedder_of(Letters()).encode(["aa"]).tolist() == [[2, 0, 0, 0, 0]]
    assert embedder_of(lambda texts: [[len(text)] for text in texts]).encode(["abc"]).tolist() == [[3]]
    both = embedder_of(WordDocEmbedder(Letters(), lambda texts: [[1.0] * 5 for _ in texts]))
    assert both.encode(["e"]).tolist() == [[0, 1, 0, 0, 0]] and both.encode_words(["e"]).tolist() == [[1] * 5]
    pipeline = make_pipeline(TfidfVectorizer(), PCA(8))
    model = BERTopic(embedding_model=pipeline, umap_model=PCA(5), hdbscan_model=KMeans(4, random_state=0))
    model.fit(few.texts)
    assert model.documents_.embeddings.shape == (120, 8)
    assert model.transform("The rocket and the moon and the orbit and the shuttle")[0] == [model.topics_[0]]
    with pytest.raises(InputError, match="3 is no embedder"):
        embedder_of(3)
    with pytest.raises(InputError, match="no language 'klingon' is known"):
        embedder_asked_for(None, "klingon")
    assert embedder_asked_for(None, "German") == "sentence:paraphrase-multilingual-MiniLM-L12-v2"


def test_counts_grow_and_fade() -> None:
    counts = OnlineCountVectorizer(decay=0.5, delete_min_df=0.6)
    counts.partial_fit(["sea sea ship"]).update_bow(["sea sea ship"])
    assert counts.partial_fit(["sea whale"]).update_bow(["sea whale"]).toarray().tolist() == [[2.0, 1.0]]
    assert list(counts.get_feature_names_out()) == ["sea", "whale"]


def test_errors_say_what_to_do(fit: Any, few: Sample) -> None:
    with pytest.raises(NotFittedError, match="call fit"):
        BERTopic().get_topic_info()
    with pytest.raises(InputError, match="no parameter"):
        BERTopic().set_params(n_topic=3)
    model = fit()
    with pytest.raises(ValueError, match="one entry per document"):
        model.topics_per_class(few.texts, ["a"])
    with pytest.raises(UnknownTopicError, match="no topic 9"):
        model.get_representative_docs(9)


def test_a_verbose_fit_tells_how_far_it_is(fit: Any, capsys: pytest.CaptureFixture[str]) -> None:
    fit(verbose=True)
    said = capsys.readouterr()
    assert "✓ finding topics" in said.err and not said.out
    fit()
    assert not capsys.readouterr().err


def test_topics_over_time_and_per_class_take_some_documents_or_others(fit: Any, few: Sample) -> None:
    model = fit()
    years = pd.Series([2000 + row % 3 for row in range(120)])
    whole = model.topics_per_class(few.texts, years)
    order = np.random.default_rng(0).permutation(120)
    mixed = model.topics_per_class([few.texts[row] for row in order], years[order])
    pd.testing.assert_frame_equal(whole, mixed)
    part = model.topics_over_time(few.texts[:30], years[:30])
    assert part["Frequency"].sum() == 30
    new = ["A rocket in orbit around the moon.", "Another rocket, another orbit."]
    found = model.topics_over_time(
        new, [2001, 2002], topics=[2, 2], global_tuning=False, evolution_tuning=False
    )
    assert found["Topic"].tolist() == [2, 2] and "rocket" in found["Words"][0]
    with pytest.raises(InputError, match="2 of 2 documents are not among those"):
        model.topics_over_time(new, [2001, 2002])
    with pytest.raises(UnknownTopicError, match="no topic 9"):
        model.topics_over_time(new, [2001, 2002], topics=[2, 9])


def test_windows_reach_over_both_ends_as_bertopics_do(fit: Any, few: Sample) -> None:
    model = fit()
    padded = model.approximate_distribution(few.texts[:1], window=4, stride=2, padding=True)[0]
    words = model.vectorizer_model.build_tokenizer()(few.texts[0])
    pieces = [words[:2], *(words[start : start + 4] for start in range(0, len(words), 2))]
    alone = [
        model.approximate_distribution([" ".join(piece)], window=99, min_similarity=0, calculate_tokens=True)
        for piece in pieces
    ]
    total = sum(np.where(tokens[0][0] >= 0.1, tokens[0][0], 0) for _, tokens in alone)
    np.testing.assert_allclose(padded[0], total / total.sum(), atol=1e-5)


def test_what_is_looked_for_must_be_said(fit: Any) -> None:
    with pytest.raises(InputError, match="nothing to look for"):
        fit().find_topics()
    assert fit().get_topic_info(2).index.tolist() == [0]


def test_other_documents_than_those_of_the_fit_are_not_passed_over(fit: Any, few: Sample) -> None:
    model = fit()
    calls: list[Callable[[], Any]] = [
        lambda: model.merge_topics(few.texts[:5], [0, 1]),
        lambda: model.reduce_topics(few.texts[:5], 2),
        lambda: model.update_topics(few.texts[:5], top_n_words=3),
        lambda: model.hierarchical_topics(few.texts[:5]),
    ]
    for call in calls:
        with pytest.raises(AlignmentError, match=r"\(120\), got 5"):
            call()
    with pytest.raises(UnknownTopicError, match="topics are numbers"):
        model.merge_topics(few.texts, ["0", "1"])
    assert model.history == []


def test_a_model_may_be_pickled_by_who_trusts_the_file(fit: Any, few: Sample) -> None:
    model = fit(
        vectorizer_model=CountVectorizer(stop_words="english"), representation_model=KeyBERTInspired()
    )
    again = pickle.loads(pickle.dumps(model))
    assert again.get_topics() == model.get_topics() and again.topics_ == model.topics_
    assert again.transform(few.texts[:5], few.embeddings[:5])[0] == model.topics_[:5]
