from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_mutual_info_score

from corpora import SUBJECTS, Sample, sample
from themata import (
    PCA,
    AlignmentError,
    Given,
    InputError,
    KMeans,
    Label,
    Lexical,
    NotFittedError,
    PartError,
    ReduceThenCluster,
    StoreError,
    TopicModel,
    UnknownTopicError,
    Weighting,
)


@pytest.fixture(scope="module")
def fitted(corpus: Sample) -> TopicModel:
    return TopicModel(aspects={"KeyBERT": "keybert", "MMR": "mmr"}).fit(corpus.texts, corpus.embeddings)


@pytest.fixture
def model(corpus: Sample) -> TopicModel:
    return TopicModel(aspects={"KeyBERT": "keybert"}).fit(corpus.texts, corpus.embeddings)


def test_the_subjects_are_found_without_being_told(fitted: TopicModel, corpus: Sample) -> None:
    assert adjusted_mutual_info_score(corpus.labels, fitted.topics_) > 0.95
    assert fitted.result_.n_topics == 4


def test_the_same_seed_gives_the_same_topics(fitted: TopicModel, corpus: Sample) -> None:
    again = TopicModel(aspects={"KeyBERT": "keybert"}).fit(corpus.texts, corpus.embeddings)
    assert again.topics_ == fitted.topics_
    assert again.result_.names == fitted.result_.names


def test_transform_agrees_with_fit(fitted: TopicModel, corpus: Sample) -> None:
    topics, strength = fitted.transform(corpus.texts, corpus.embeddings)
    kept = np.array(fitted.topics_) >= 0
    assert np.mean(np.array(topics)[kept] == np.array(fitted.topics_)[kept]) >= 0.95
    assert ((strength >= 0) & (strength <= 1)).all()


def test_new_documents_get_the_topic_of_their_like(fitted: TopicModel) -> None:
    new = sample(240 + 40)
    found = np.array(fitted.predict(new.texts[240:], new.embeddings[240:]))
    truth = np.array(
        [np.bincount(np.array(fitted.topics_)[np.arange(240) % 4 == s]).argmax() for s in range(4)]
    )
    assert (found == truth[new.labels[240:]]).mean() > 0.9


def test_fit_transform_gives_topics_and_strengths(corpus: Sample, fitted: TopicModel) -> None:
    topics, strength = TopicModel().fit_transform(corpus.texts, corpus.embeddings)
    assert topics == fitted.topics_
    assert strength.shape == (240,)


def test_tables_have_the_columns_their_users_know(fitted: TopicModel, corpus: Sample) -> None:
    info = fitted.get_topic_info()
    assert list(info.columns) == [
        "Topic", "Count", "Name", "CustomName", "Representation", "KeyBERT", "MMR", "Representative_Docs",
    ]  # fmt: skip
    assert info["Count"].sum() == 240
    assert info["Name"][0].startswith("0_")
    assert fitted.get_topic_info(2)["Topic"].tolist() == [2]
    documents = fitted.get_document_info(corpus.texts, metadata={"Year": range(240)})
    assert documents.columns[0] == "Document"
    assert documents.columns[-1] == "Year"
    assert {"Topic", "Name", "Top_n_words", "Probability", "Representative_document"} <= set(
        documents.columns
    )
    assert documents["Topic"].tolist() == fitted.topics_
    joined = fitted.get_document_info(corpus.texts, df=pd.DataFrame({"Author": ["x"] * 240}))
    assert joined.columns[0] == "Author"
    freq = fitted.get_topic_freq()
    assert freq["Count"].is_monotonic_decreasing
    assert fitted.get_topic_freq(1) == fitted.result_.sizes[1]


def test_a_topic_is_told_by_its_words(fitted: TopicModel) -> None:
    for row in range(4):
        words = [word for word, _ in fitted.get_topic(row)]
        assert len(words) == 10
        assert max(len(set(words) & set(text.split())) for text in SUBJECTS.values()) >= 9
    assert set(fitted.get_topic(0, full=True)) == {"Main", "KeyBERT", "MMR"}
    assert fitted.get_topic(99) is False
    assert set(fitted.get_topics()) == {0, 1, 2, 3}
    assert set(fitted.get_topics(full=True)) == {"Main", "KeyBERT", "MMR"}


def test_representative_documents_come_from_their_topic(fitted: TopicModel, corpus: Sample) -> None:
    for row, texts in fitted.get_representative_docs().items():
        assert len(texts) == 3
        assert all(fitted.topics_[corpus.texts.index(text)] == row for text in texts)
    with pytest.raises(UnknownTopicError, match="no topic 77"):
        fitted.get_representative_docs(77)


def test_topics_and_documents_are_found_by_words(fitted: TopicModel) -> None:
    topics, scores = fitted.find_topics("rocket orbit", top_n=2)
    assert topics[0] == fitted.topics_[0]  # the first document is about space
    assert scores[0] >= scores[1]
    found = fitted.search("garlic soup", n=5)
    assert found["Document"].str.contains("garlic|soup").all()


def test_merging_adds_up_and_can_be_undone(model: TopicModel) -> None:
    before, sizes = model.topics_, model.result_.sizes
    model.merge([0, 1])
    assert model.result_.n_topics == 3
    assert model.result_.sizes.max() == sizes[0] + sizes[1]
    assert all(model.result_.labels)
    assert all(len(rows) for rows in model.result_.exemplars)
    assert all(len(words) for words in model.result_.aspects["KeyBERT"])
    assert model.history == ["merge [0, 1]"]
    model.undo()
    assert model.topics_ == before
    with pytest.raises(InputError, match="no edit to undo"):
        model.undo()


def test_deleting_makes_outliers(model: TopicModel) -> None:
    gone = model.result_.sizes[1]
    model.delete(1)
    assert model.result_.n_outliers == gone
    assert model.get_topic_info()["Topic"].tolist() == [-1, 0, 1, 2]


def test_names_given_by_hand_survive_every_edit_of_others(model: TopicModel) -> None:
    model.set_topic_labels({3: "My topic"})
    documents = np.flatnonzero(np.array(model.topics_) == 3)
    model.merge([0, 1]).label()
    row = model.topics_[documents[0]]
    assert model.result_.labels[row] == Label("My topic")
    assert "My topic" in model.get_topic_info()["CustomName"].tolist()
    model.set_topic_labels(["a", "b", "c"])
    assert model.result_.names == ("a", "b", "c")
    with pytest.raises(InputError, match="a name for each"):
        model.set_topic_labels(["a"])


def test_reassigning_moves_documents(model: TopicModel) -> None:
    moved = np.array(model.topics_)
    moved[:5] = -1
    model.reassign(moved)
    assert model.result_.n_outliers == 5


def test_a_moved_document_is_as_strong_as_it_is_near(model: TopicModel, corpus: Sample) -> None:
    before, strength = np.array(model.topics_), model.probabilities_.copy()
    moved = before.copy()
    moved[:2] = (before[:2] + 1) % 4
    model.reassign(moved)
    assert (model.probabilities_[2:] == strength[2:]).all()
    centers = model.result_.centroids[moved[:2]]
    cosines = [
        a @ b / np.linalg.norm(a) / np.linalg.norm(b)
        for a, b in zip(centers, corpus.embeddings, strict=False)
    ]
    assert model.probabilities_[:2] == pytest.approx(np.clip(cosines, 0, 1), abs=1e-5)
    with pytest.raises(UnknownTopicError, match="no topic 99"):
        model.reassign([99] * 240)


def test_history_tells_edits_as_people_write_them(model: TopicModel) -> None:
    model.merge(np.array([0, 1])).relabel({np.int64(0): "First"})
    assert model.history == ["merge [0, 1]", "relabel [0]"]


def test_a_saved_model_answers_the_same(fitted: TopicModel, corpus: Sample, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert again.topics_ == fitted.topics_
    new = sample(300, seed=7)
    assert again.transform(new.texts, new.embeddings)[0] == fitted.transform(new.texts, new.embeddings)[0]
    pd.testing.assert_frame_equal(again.get_topic_info(), fitted.get_topic_info())
    pd.testing.assert_frame_equal(again.get_document_info(), fitted.get_document_info())
    assert again.find_topics("rocket orbit") == fitted.find_topics("rocket orbit")
    again.save(tmp_path / "saved again")
    assert TopicModel.load(tmp_path / "saved again").find_topics("rocket orbit") == fitted.find_topics(
        "rocket orbit"
    )
    assert again.merge([0, 1]).topics_ == again.topics_
    with pytest.raises(StoreError, match="overwrite=True"):
        fitted.save(tmp_path / "model")
    fitted.save(tmp_path / "model", overwrite=True)


def test_a_saved_lexical_model_embeds_new_texts_the_same(corpus: Sample, tmp_path: Path) -> None:
    model = TopicModel(embedder=Lexical(16)).fit(corpus.texts)
    model.save(tmp_path / "model")
    assert TopicModel.load(tmp_path / "model").transform(corpus.texts)[0] == model.transform(corpus.texts)[0]


def test_no_embedder_finds_topics_by_words_alone(corpus: Sample) -> None:
    model = TopicModel(embedder=None).fit(corpus.texts)
    assert adjusted_mutual_info_score(corpus.labels, model.topics_) > 0.8
    agreed = np.array(model.predict(corpus.texts)) == np.array(model.topics_)
    assert agreed.mean() > 0.95


def test_the_number_of_topics_can_be_asked_for(corpus: Sample) -> None:
    assert TopicModel(n_topics=7).fit(corpus.texts, corpus.embeddings).result_.n_topics == 7


def test_the_classic_road_takes_any_reducer_and_clusterer(corpus: Sample, tmp_path: Path) -> None:
    road = ReduceThenCluster(PCA(5), KMeans(4))
    model = TopicModel(grouper=road).fit(corpus.texts, corpus.embeddings)
    assert adjusted_mutual_info_score(corpus.labels, model.topics_) > 0.95
    assert (road.assign(corpus.embeddings)[0] >= 0).all()
    model.save(tmp_path / "m")
    assert TopicModel.load(tmp_path / "m").predict(corpus.texts, corpus.embeddings) == model.predict(
        corpus.texts, corpus.embeddings
    )


@pytest.mark.umap
def test_the_tutorials_umap_and_hdbscan(corpus: Sample) -> None:
    umap = pytest.importorskip("umap")
    hdbscan = pytest.importorskip("hdbscan")
    road = ReduceThenCluster(
        umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42),
        hdbscan.HDBSCAN(
            min_cluster_size=30, metric="euclidean", cluster_selection_method="eom", prediction_data=True
        ),
    )
    model = TopicModel(grouper=road).fit(corpus.texts, corpus.embeddings)
    kept = np.array(model.topics_) >= 0
    assert adjusted_mutual_info_score(corpus.labels[kept], np.array(model.topics_)[kept]) > 0.9
    assert len(road.assign(corpus.embeddings[:9])[0]) == 9


def test_given_topics_are_described(corpus: Sample) -> None:
    model = TopicModel(grouper=Given([["a", "b", "c", None][label] for label in corpus.labels]))
    model.fit(corpus.texts, corpus.embeddings)
    assert model.result_.n_topics == 3
    assert model.result_.n_outliers == 60


def test_keywords_equal_the_formula_with_a_plain_vectorizer(corpus: Sample) -> None:
    model = TopicModel(vectorizer=CountVectorizer(), grouper=Given(corpus.labels), weighting=Weighting()).fit(
        corpus.texts, corpus.embeddings
    )
    joined = [" ".join(np.array(corpus.texts)[corpus.labels == label]) for label in range(4)]
    counts = model.vectorizer_.transform(joined).toarray()
    share = counts / counts.sum(axis=1, keepdims=True)
    weights = share * np.log(1 + int(counts.sum(axis=1).mean()) / counts.sum(axis=0))
    row = corpus.labels[0]
    assert max(dict(model.get_topic(model.topics_[0])).values()) == pytest.approx(
        weights[row].max(), abs=1e-9
    )


def test_it_keeps_scikit_learns_contract(corpus: Sample) -> None:
    model = TopicModel(n_topics=3, random_state=1)
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(n_topics=5).n_topics == 5
    with pytest.raises(InputError, match="no parameter 'n_topic'"):
        model.set_params(n_topic=5)
    assert repr(model) == "TopicModel(n_topics=5, random_state=1)"
    from themata import LLM, PCA, KMeans, ReduceThenCluster

    road = TopicModel(grouper=ReduceThenCluster(PCA(7), KMeans(4)), labeler=LLM("echo"))
    shown = "ReduceThenCluster(reducer=PCA(n_components=7), clusterer=KMeans(n_clusters=4))"
    assert repr(road) == f"TopicModel(grouper={shown}, labeler=LLM(Echo()))"
    counting = TopicModel(vectorizer=CountVectorizer(min_df=3))
    assert counting.get_params()["vectorizer__min_df"] == 3
    assert "vectorizer__min_df" not in counting.get_params(deep=False)
    again = clone(counting).set_params(vectorizer__min_df=1, n_topics=2)
    assert (again.vectorizer.min_df, again.n_topics, counting.vectorizer.min_df) == (1, 2, 3)
    assert clone(again.fit(corpus.texts, corpus.embeddings)).__sklearn_is_fitted__() is False
    with pytest.raises(InputError, match="no parameter 'layout__x'"):
        model.set_params(layout__x=1)
    with pytest.raises(NotFittedError, match="call fit"):
        model.topics_  # noqa: B018


def test_the_callers_arrays_are_left_alone(corpus: Sample) -> None:
    points = corpus.embeddings.copy()
    points.setflags(write=False)
    TopicModel().fit(corpus.texts, points)
    np.testing.assert_array_equal(points, corpus.embeddings)


def test_a_failing_labeler_never_loses_the_fit(corpus: Sample, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def label(self, topics: Any, docs: Any) -> Sequence[Label | None]:
            raise RuntimeError("the model is gone")

    model = TopicModel(labeler=Broken()).fit(corpus.texts, corpus.embeddings)
    assert model.result_.n_topics == 4
    assert "Broken failed" in caplog.text


def test_a_part_that_breaks_its_promise_is_blamed(corpus: Sample) -> None:
    class Short:
        def lay_out(self, docs: Any, graph: Any, topics: Any) -> np.ndarray:
            return np.zeros((3, 2))

    with pytest.raises(PartError, match=r"Short\.lay_out gave an array"):
        TopicModel(layout=Short()).fit(corpus.texts, corpus.embeddings).lay_out()


def test_texts_of_another_embedder_are_refused(corpus: Sample) -> None:
    model = TopicModel().fit(corpus.texts, corpus.embeddings)
    with pytest.raises(InputError, match="were not made by its embedder"):
        model.transform(["a new text"])


@pytest.mark.parametrize(
    ("texts", "embeddings", "error", "told"),
    [
        ([], None, InputError, "the corpus is empty"),
        ("one string", None, InputError, "put it in a list"),
        (["a", None], None, InputError, r"1 of 2 are not \(1 None\), in row 1"),
        (["a", float("nan")], None, InputError, r"1 of 2 are not \(1 NaN\), in row 1"),
        (["a", "b"], np.zeros((3, 4)), AlignmentError, "2 documents came with 3 embeddings"),
        (["a", "b"], np.array([[1.0, np.nan], [1, 1]]), InputError, "1 of 2 hold NaN or infinity, in row 0"),
        (["a", "b"], np.zeros(2), InputError, "a table of numbers"),
        (["a", "b"], [["x"], ["y"]], InputError, "a table of numbers"),
    ],
)
def test_bad_input_is_a_clear_error(texts: Any, embeddings: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        TopicModel().fit(texts, embeddings)


def test_a_hundred_thousand_duplicates_are_a_few_topics() -> None:
    texts = [f"message {i % 40} about {list(SUBJECTS)[i % 4]}" for i in range(100_000)]
    points = np.random.default_rng(0).standard_normal((40, 8))[np.arange(100_000) % 40]
    model = TopicModel().fit(texts, points)
    assert 1 <= model.result_.n_topics <= 40
    topics = np.array(model.topics_)
    assert all(len(set(topics[i::40])) == 1 for i in range(40))


@pytest.mark.parametrize("embedded", [True, False])
def test_whoever_pickles_a_model_has_it_again(embedded: bool) -> None:
    docs = sample(120)
    given = {"embeddings": docs.embeddings} if embedded else {}
    embedder = "lexical" if not embedded else None
    model = TopicModel(embedder=embedder, layout=None).fit(docs.texts, **given)
    model.merge([0, 1])
    again = pickle.loads(pickle.dumps(model))
    assert again.topics_ == model.topics_ and again.history == model.history
    new = {"embeddings": docs.embeddings[:9]} if embedded else {}
    assert again.transform(docs.texts[:9], **new)[0] == model.transform(docs.texts[:9], **new)[0]
    again.undo()
    assert again.result_.n_topics == model.result_.n_topics + 1
