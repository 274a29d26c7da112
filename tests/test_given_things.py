"""Documents, embeddings, parameters and names in every form that people hand over, and what is no form of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import is_clusterer
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks

from corpora import Sample
from themata import AlignmentError, InputError, NotFittedError, ThemataError, TopicModel
from themata.familiar import BERTopic
from themata.pipeline import arguments


def plain(**parameters: Any) -> TopicModel:
    return TopicModel(embedder=None, labeler=None, layout=None, **parameters)


# Documents


@pytest.mark.parametrize(
    "form", [pd.Series, np.array, tuple, iter, lambda texts: pd.Series(texts, dtype="string")]
)
def test_documents_come_in_any_one_column(form: Any) -> None:
    texts = ["a cat", "ein Hund 😀"]
    found = arguments.corpus(form(texts))
    assert found == texts
    assert {type(text) for text in found} == {str}


@pytest.mark.parametrize(
    "given",
    [
        pd.DataFrame({"text": ["a cat", "a dog"]}),  # whose items are the names of its columns
        np.array([["a cat"], ["a dog"]]),
        {"first": "a cat", "second": "a dog"},
        "a cat",
        b"a cat",
        7,
        ["a cat", None],
        ["a cat", float("nan")],
        pd.Series(["a cat", pd.NA], dtype="string"),
        [b"a cat"],
        [["a cat"]],
    ],
)
def test_what_is_no_column_of_strings_is_a_clear_error(given: Any) -> None:
    with pytest.raises(InputError, match="document"):
        plain().fit(given)


# Embeddings


def test_tensors_are_embeddings_wherever_they_are_and_whatever_their_precision() -> None:
    torch = pytest.importorskip("torch")
    points = torch.ones(2, 3).bfloat16().requires_grad_()
    assert arguments.embeddings(points, 2).tolist() == [[1, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize(
    "given",
    [[[1.0, 2.0], [1.0]], [["a", "b"], ["c", "d"]], np.full((2, 2), 1e300), np.ones((2, 2)) > 0, 5, "ab"],
)
@pytest.mark.filterwarnings("error")
def test_what_is_no_table_of_finite_numbers_is_a_clear_error(given: Any) -> None:
    with pytest.raises(InputError, match="embeddings must be"):
        arguments.embeddings(given, 2)


# Parameters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_topics", 0),
        ("n_topics", "auto"),
        ("n_topics", 2.5),
        ("n_topics", True),
        ("min_topic_size", 0),
        ("top_n_words", 0),
        ("max_outliers", 1.5),
        ("max_outliers", -0.1),
        ("max_outliers", "few"),
        ("random_state", -1),
        ("random_state", np.random.RandomState(1)),
        ("aspects", ["keybert"]),
    ],
)
def test_a_parameter_without_sense_is_named(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=name):
        plain(**{name: value}).fit(["a cat", "a dog"])


def test_whole_numbers_of_numpy_are_whole(corpus: Sample) -> None:
    model = plain(n_topics=np.int64(3), random_state=np.uint32(7))
    assert model.fit(corpus.texts, corpus.embeddings).result_.n_topics == 3


@pytest.mark.parametrize(
    ("name", "part", "lacks"),
    [
        ("embedder", 5, "no encode"),
        ("vectorizer", str.split, "no fit_transform"),
        ("grouper", object(), "no group"),
        ("labeler", len, "no label"),
        ("layout", 5, "no lay_out"),
        ("seeder", ["space", "food"], "no seed"),
        ("aspects", {"Mine": lambda topics, docs: []}, "no represent"),
    ],
)
def test_a_part_that_lacks_what_its_kind_promises_is_named(name: str, part: Any, lacks: str) -> None:
    with pytest.raises(InputError, match=lacks):
        TopicModel(**{"embedder": None, name: part}).fit(["a cat", "a dog"])


def test_a_function_may_embed_and_a_vectorizer_be_named(corpus: Sample) -> None:
    model = TopicModel(
        embedder=lambda texts: corpus.embeddings[: len(texts)], vectorizer="words", labeler=None
    )
    assert model.fit(corpus.texts).result_.n_topics == 4


@pytest.mark.parametrize(
    "plane", [np.zeros((240, 3)), np.zeros((3, 2)), np.full((240, 2), np.nan), "a plane"]
)
def test_a_plane_that_is_none_is_no_map(plane: Any, corpus: Sample) -> None:
    model = plain().fit(corpus.texts, corpus.embeddings)
    with pytest.raises((InputError, AlignmentError)):
        model.visualize_documents(corpus.texts, reduced_embeddings=plane)


# scikit-learn


@pytest.mark.parametrize(
    "check",
    [
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
        "check_estimator_repr",
        "check_estimator_cloneable",
        "check_estimators_unfitted",
        "check_valid_tag_types",
    ],
)
def test_scikit_learns_own_checks_that_need_no_table_of_numbers(check: str) -> None:
    if not hasattr(estimator_checks, check):
        pytest.skip("this scikit-learn has no such check")
    getattr(estimator_checks, check)("TopicModel", TopicModel())


def test_it_ends_a_pipeline(corpus: Sample) -> None:
    found = make_pipeline(plain(n_topics=4)).fit_predict(corpus.texts)
    assert len(found) == len(corpus.texts)
    assert is_clusterer(TopicModel())


@pytest.mark.parametrize("kind", [TopicModel, BERTopic])
@pytest.mark.parametrize(
    "asked",
    [
        lambda model: model.transform(["a"]),
        lambda model: model.predict(["a"]),
        lambda model: model.find_topics("a"),
        lambda model: model.get_topic("0"),
        lambda model: model.hierarchy(),
        lambda model: model.label("phrases"),
        lambda model: model.memberships(["a"]),
        lambda model: model.redescribe(),
        lambda model: model.visualize_approximate_distribution("a", None),
    ],
)
def test_every_question_to_a_model_without_topics_says_so(kind: Any, asked: Any) -> None:
    with pytest.raises(NotFittedError, match="call fit"):
        asked(kind())


# Names


@pytest.mark.parametrize("name", [5, ["Cats"], float("nan")])
def test_a_name_that_is_no_string_changes_nothing(name: Any, corpus: Sample) -> None:
    model = plain().fit(corpus.texts, corpus.embeddings)
    before = model.get_topic_info()
    for edit in (model.relabel, model.set_topic_labels):
        with pytest.raises(ThemataError, match="a topic's name is a string"):
            edit({0: name})
    pd.testing.assert_frame_equal(model.get_topic_info(), before)
    assert model.get_topic("0") is False
