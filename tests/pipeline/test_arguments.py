"""One door for what callers hand over: every verb says how many are wrong, which, and what to give instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from corpora import Sample
from themata import Documents, TopicModel
from themata.core.errors import AlignmentError, InputError
from themata.familiar import BERTopic
from themata.pipeline import arguments


@pytest.fixture(scope="module")
def native(corpus: Sample) -> TopicModel:
    return TopicModel(embedder=None, labeler=None).fit(corpus.texts, corpus.embeddings)


@pytest.fixture(scope="module")
def familiar(corpus: Sample) -> BERTopic:
    model = BERTopic(umap_model=PCA(5), hdbscan_model=KMeans(4, n_init=2, random_state=0))
    return model.fit(corpus.texts, corpus.embeddings)


@pytest.fixture(scope="module")
def frame(corpus: Sample) -> pd.DataFrame:
    n_docs = len(corpus.texts)
    return pd.DataFrame(
        {"id": range(n_docs), "text": corpus.texts, "class": corpus.labels, "date": [2020] * n_docs}
    )


# A table in place of a column

OF_TEXTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "fit": lambda model, texts, points: model.fit(texts, points),
    "fit_transform": lambda model, texts, points: model.fit_transform(texts, points),
    "transform": lambda model, texts, points: model.transform(texts, points),
    "partial_fit": lambda model, texts, points: model.partial_fit(texts, points),
    "memberships": lambda model, texts, points: model.memberships(texts, points),
    "distribution": lambda model, texts, points: model.distribution(texts),
    "over_time": lambda model, texts, points: model.over_time([2020] * 240, texts=texts),
    "by_class": lambda model, texts, points: model.by_class(["a"] * 240, texts=texts),
    "reduce_outliers": lambda model, texts, points: model.reduce_outliers(
        "c-tf-idf", assignment=[0] * 240, texts=texts
    ),
    "get_document_info": lambda model, texts, points: model.get_document_info(texts),
    "visualize_documents": lambda model, texts, points: model.visualize_documents(texts),
    "visualize_document_datamap": lambda model, texts, points: model.visualize_document_datamap(
        texts, interactive=True
    ),
    "visualize_hierarchical_documents": lambda model, texts, points: model.visualize_hierarchical_documents(
        texts, model.hierarchy().to_frame()
    ),
}
OF_FAMILIAR_TEXTS: dict[str, Callable[[Any, Any, Any], Any]] = {
    **{name: OF_TEXTS[name] for name in ("fit", "transform", "get_document_info", "visualize_documents")},
    "approximate_distribution": lambda model, texts, points: model.approximate_distribution(texts),
    "topics_over_time": lambda model, texts, points: model.topics_over_time(texts, [2020] * 240),
    "topics_per_class": lambda model, texts, points: model.topics_per_class(texts, ["a"] * 240),
    "hierarchical_topics": lambda model, texts, points: model.hierarchical_topics(texts),
    "merge_topics": lambda model, texts, points: model.merge_topics(texts, [0, 1]),
    "reduce_topics": lambda model, texts, points: model.reduce_topics(texts, 2),
    "update_topics": lambda model, texts, points: model.update_topics(texts, top_n_words=3),
    "reduce_outliers": lambda model, texts, points: model.reduce_outliers(texts, model.topics_),
}


@pytest.mark.parametrize("verb", OF_TEXTS)
def test_a_frame_of_texts_is_answered_by_the_column_to_give(
    verb: str, native: TopicModel, frame: pd.DataFrame, corpus: Sample
) -> None:
    with pytest.raises(InputError, match=r"give a column: frame\['text'\]"):
        OF_TEXTS[verb](native, frame, corpus.embeddings)


@pytest.mark.parametrize("verb", OF_FAMILIAR_TEXTS)
def test_a_frame_of_texts_is_answered_on_the_familiar_road_too(
    verb: str, familiar: BERTopic, frame: pd.DataFrame, corpus: Sample
) -> None:
    with pytest.raises(InputError, match=r"give a column: frame\['text'\]"):
        OF_FAMILIAR_TEXTS[verb](familiar, frame, corpus.embeddings)
    assert familiar.history == []


def test_a_frame_of_dates_or_classes_is_answered_by_the_column_to_give(
    native: TopicModel, familiar: BERTopic, frame: pd.DataFrame, corpus: Sample
) -> None:
    with pytest.raises(InputError, match=r"times must be one column.*frame\['date'\]"):
        native.over_time(frame)
    with pytest.raises(InputError, match=r"times must be one column.*frame\['date'\]"):
        familiar.topics_over_time(corpus.texts, frame)
    for call in (
        lambda: native.by_class(frame),
        lambda: native.evaluate(frame[["class"]]),
        lambda: native.fit(corpus.texts, corpus.embeddings, y=frame),
        lambda: familiar.topics_per_class(corpus.texts, frame),
    ):
        with pytest.raises(InputError, match=r"classes must be one column.*frame\['class'\]"):
            call()


def test_tables_of_other_libraries_are_tables(corpus: Sample) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table({"text": corpus.texts[:3], "n": [1, 2, 3]})
    with pytest.raises(InputError, match=r"a table of 'text', 'n': give a column: frame\['text'\]"):
        arguments.texts(table)
    assert arguments.texts(table["text"]) == corpus.texts[:3]
    with pytest.raises(InputError, match=r"frame\['n'\]"):
        arguments.texts(np.zeros(3, dtype=[("n", "i4")]))


# Bad values among many


def test_every_twentieth_text_that_is_missing_is_counted_and_named(
    corpus: Sample, native: TopicModel
) -> None:
    holed = [float("nan") if row % 20 == 0 else text for row, text in enumerate(corpus.texts)]
    told = r"12 of 240 are not \(12 NaN\), in rows 0, 20, 40, 60, 80 and 7 more"
    for call in (
        native.fit,
        native.transform,
        native.distribution,
        native.memberships,
        native.get_document_info,
    ):
        with pytest.raises(InputError, match=told):
            call(holed)
    with pytest.raises(InputError, match="as pandas' fillna"):
        native.transform(pd.Series(holed))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "1 None.*leave them out"),
        (pd.NA, "1 NaN.*leave them out"),
        (3.5, "1 float.*make strings"),
        (b"bytes", "1 bytes.*decode"),
        (["two", "words"], "1 list.*join"),
        ({"text": "inside"}, "1 dict.*one field"),
    ],
)
def test_what_is_no_text_is_told_with_its_cure(value: Any, told: str) -> None:
    with pytest.raises(InputError, match=rf"1 of 2 are not \({told}"):
        arguments.texts(["a text", value])
    with pytest.raises(InputError, match=r"in row 1"):
        arguments.texts(["a text", value])


@pytest.mark.parametrize("given", [{"a", "b"}, {"a": "b"}, "a", 5, [[1]]])
def test_what_has_no_order_or_is_no_list_is_no_column(given: Any) -> None:
    with pytest.raises(InputError, match="documents must be"):
        arguments.texts(given)


def test_titles_that_are_missing_are_the_documents_own(native: TopicModel, corpus: Sample) -> None:
    titles = pd.Series(["a title"] * 239 + [None], index=range(7, 247))
    traces = native.visualize_documents(titles).data
    shown = {text for trace in traces for text in trace.hovertext}
    assert "a title" in shown and len(shown) == 2
    with pytest.raises(AlignmentError, match="240 documents came with 3 docs"):
        native.visualize_documents(["a", "b", "c"])


def test_topics_of_documents_are_whole_numbers(native: TopicModel, corpus: Sample) -> None:
    for bad, told in (
        ([0.5] * 240, "240 of 240"),
        (["2019-01-01"] + [0] * 239, "1 of 240.*row 0"),
        ([None] * 240, "240"),
    ):
        for call in (native.reassign, lambda topics: native.redescribe(topics=topics)):
            with pytest.raises(InputError, match=f"topics must be whole numbers.*{told}"):
                call(bad)
    whole = [float(topic) for topic in native.topics_]
    assert arguments.assignment(whole, 240).tolist() == native.topics_
    with pytest.raises(InputError, match="rows of documents are whole numbers"):
        native.forget(["first"])


def test_columns_of_a_filtered_frame_stay_beside_their_texts(corpus: Sample) -> None:
    frame = pd.DataFrame({"text": corpus.texts, "title": [f"Title {row}" for row in range(240)]})[40:]
    years = ["2019-05-01"] * 100 + ["2021-05-01"] * 100
    model = TopicModel(embedder=None, labeler=None)
    model.fit(frame["text"], corpus.embeddings[40:], columns=frame[["title"]], times=years)
    assert model.documents_.shown(0) == "Title 40"
    assert model.forget(before="2020-01-01").documents_.shown(0) == "Title 140"
    with pytest.raises(AlignmentError, match="200 documents came with 240 entries of column 'title'"):
        model.fit(frame["text"], corpus.embeddings[40:], columns={"title": range(240)})


def test_documents_of_a_filtered_frame_are_had_by_their_place(frame: pd.DataFrame) -> None:
    rest = frame[100:]
    docs = Documents(rest["text"], columns={"title": rest["text"], "class": rest["class"]})
    assert docs.shown(0) == frame["text"][100] and docs.take([1]).columns["class"] == [frame["class"][101]]
    with pytest.raises(InputError, match=r"give frame\['text'\]"):
        Documents(rest)  # type: ignore[arg-type]


def test_pictures_of_one_document_say_so_when_all_came(native: TopicModel, corpus: Sample) -> None:
    mixture = native.distribution(corpus.texts[:3], tokens=True)
    with pytest.raises(InputError, match=r"got shape \(3, 4\): give probabilities\[0\]"):
        native.visualize_distribution(mixture.weights)
    assert native.visualize_distribution(mixture.weights[:1]).data
    with pytest.raises(InputError, match=r"give docs\[0\]"):
        native.visualize_approximate_distribution(corpus.texts[:3], mixture.tokens[0])  # type: ignore[arg-type]


# Vectors as people have them


def _tensors(points: np.ndarray) -> Any:
    torch = pytest.importorskip("torch")
    return [torch.tensor(row, requires_grad=True) for row in points]


FORMS: dict[str, Callable[[np.ndarray], Any]] = {
    "column of lists": lambda points: pd.Series(
        [row.tolist() for row in points], index=range(7, 7 + len(points))
    ),
    "object array": lambda points: pd.Series(list(points)).to_numpy(),
    "list of arrays": list,
    "list of batches of one": lambda points: [row[None] for row in points],
    "list of tensors": _tensors,
    "frame of numbers": pd.DataFrame,
    "frame of nullable numbers": lambda points: pd.DataFrame(points).astype("Float32"),
    "frame of one column of lists": lambda points: pd.DataFrame({"embedding": list(points)}),
    "sparse": sparse.csr_matrix,
    "float64": lambda points: points.astype(np.float64),
}


@pytest.mark.parametrize("form", FORMS)
def test_vectors_are_stacked_from_every_form(form: str) -> None:
    points = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float32)
    found = arguments.embeddings(FORMS[form](points), 5, dim=3)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, points)


def test_half_precision_is_taken_and_one_vector_is_one_documents(native: TopicModel, corpus: Sample) -> None:
    half = corpus.embeddings.astype(np.float16)
    assert arguments.embeddings(half, 240).dtype == np.float32
    assert native.transform("a text", corpus.embeddings[0])[0] == native.topics_[:1]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([[1.0, 2.0], [1.0, 2.0], [1.0]], r"2 have 2 numbers, 1 have another number of them, in row 2"),
        ([[1.0, 2.0], None, None], r"2 of 3 are not, in rows 1, 2; the first is None"),
        (["[1.0, 2.0]"] * 3, r"a CSV keeps vectors as text.*json.loads"),
        (
            pd.DataFrame({"id": "abc", "embedding": [[1.0]] * 3}),
            r"give the column of vectors, frame\['embedding'\]",
        ),
        ({0: [1.0], 1: [2.0]}, r"list\(embeddings.values\(\)\)"),
        ([[1.0], [np.nan], [np.inf]], r"2 of 3 hold NaN or infinity, in rows 1, 2"),
        (sparse.csr_matrix((2**20, 2**20)), "reduce it first"),
    ],
)
def test_what_cannot_be_stacked_is_told_how(given: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        arguments.embeddings(given, 3)


def test_a_column_of_lists_fits_a_model_as_the_array_does(corpus: Sample, familiar: BERTopic) -> None:
    frame = pd.DataFrame({"text": corpus.texts, "embedding": [row.tolist() for row in corpus.embeddings]})
    again = BERTopic(umap_model=PCA(5), hdbscan_model=KMeans(4, n_init=2, random_state=0))
    assert again.fit_transform(frame["text"], frame["embedding"])[0] == familiar.topics_
    assert again.transform(frame["text"][:3], frame["embedding"][:3])[0] == familiar.topics_[:3]
