"""BERTopic and ours, name by name, signature by signature, number by number."""

from __future__ import annotations

import importlib
import inspect
import os
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

import themata.familiar
from corpora import Sample, sample

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else importing bertopic looks for a network
# imported by the tests, since it takes ten seconds, and every worker collects all tests
pytestmark = [
    pytest.mark.bertopic,
    pytest.mark.skipif(find_spec("bertopic") is None, reason="BERTopic is not installed"),
]

# What is left out of a model's own __init__ is an attribute all the same
ATTRIBUTES = (
    "topics_ probabilities_ topic_sizes_ topic_mapper_ topic_representations_ topic_embeddings_ topic_labels_ "
    "custom_labels_ representative_docs_ representative_images_ topic_aspects_ c_tf_idf_ _outliers "
    "umap_model hdbscan_model vectorizer_model ctfidf_model representation_model embedding_model"
).split()
# Defaults that differ, each for a reason
OTHER_DEFAULTS = {
    ("update_topics", "docs"),  # the model has its documents
    ("update_topics", "top_n_words"),  # B6: nothing is reset that was not asked for
    ("reduce_outliers", "distributions_params"),  # no mutable default
    ("visualize_documents", "docs"),
    ("visualize_document_datamap", "datamap_kwds"),
    ("visualize_document_datamap", "int_datamap_kwds"),
    ("hierarchical_topics", "docs"),
    ("reduce_topics", "docs"),
    ("get_document_info", "docs"),
    ("visualize_barchart", "title"),  # the method and the function differ there
    ("save", "serialization"),  # there is one format, and it is no pickle
}
MODULES = ("representation", "vectorizers", "dimensionality", "cluster", "backend", "plotting")


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(function).parameters)


def compared(theirs: Any, ours: Any, name: str) -> list[str]:
    """What of their signature ours does not take."""
    wrong = []
    own, given = parameters(ours), parameters(theirs)
    common = [other for other in own if other in given]
    if common != list(given):
        wrong.append(f"{name}: {list(given)} expected, {common} found")
    for other, parameter in given.items():
        if (
            other not in own
            or (name, other) in OTHER_DEFAULTS
            or parameter.default in ({}, own[other].default)
        ):
            continue
        wrong.append(f"{name}({other}={parameter.default!r}) expected, {own[other].default!r} found")
    for other, parameter in own.items():  # what is new must not be asked for
        kinds = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        if (
            other not in given
            and parameter.default is inspect.Parameter.empty
            and parameter.kind not in kinds
        ):
            wrong.append(f"{name}: {other} is asked for and BERTopic has it not")
    return wrong


def public(kind: type) -> list[str]:
    """scikit-learn adds set_..._request methods by itself."""
    names = [name for name in dir(kind) if not name.startswith("_") and not name.endswith("_request")]
    return [name for name in names if callable(getattr(kind, name, None))]


def test_every_public_method_is_there_with_its_signature() -> None:
    theirs, ours = importlib.import_module("bertopic").BERTopic, themata.familiar.BERTopic
    assert [name for name in public(theirs) if not hasattr(ours, name)] == []
    names = [*public(theirs), "__init__"]
    assert [
        wrong for name in names for wrong in compared(getattr(theirs, name), getattr(ours, name), name)
    ] == []


@pytest.mark.parametrize("module", MODULES)
def test_every_class_is_there_under_its_import_path_with_its_signature(module: str) -> None:
    theirs = importlib.import_module(f"bertopic.{module}")
    ours = importlib.import_module(f"themata.familiar.{module}")
    wrong = [name for name in theirs.__all__ if not hasattr(ours, name)]
    for name in theirs.__all__:
        known = getattr(theirs, name)
        # Where a package is missing BERTopic puts a stand-in without a signature
        if inspect.isfunction(known):
            wrong += compared(known, getattr(ours, name), name)
        elif inspect.isclass(known) and known.__init__ is not object.__init__:
            wrong += compared(known.__init__, getattr(ours, name).__init__, name)
            wrong += [
                f"{name}.{method} is missing"
                for method in public(known)
                if method in vars(known) and not hasattr(getattr(ours, name), method)
            ]
    assert wrong == []


@pytest.fixture(scope="module")
def corpus() -> Sample:
    """Without punctuation, which BERTopic takes away from the texts (B14)."""
    found = sample(200)
    labels = found.labels.copy()
    for subject in range(4):  # sizes differ, so that both number the topics alike
        labels[np.flatnonzero(found.labels == subject)[: 4 + 2 * subject]] = -1
    return Sample([text.replace(".", "") for text in found.texts], found.embeddings, labels)


def made(library: Any, corpus: Sample, **options: Any) -> Any:
    """A model of given topics, by one library or the other."""
    model = importlib.import_module(library).BERTopic(
        umap_model=importlib.import_module(f"{library}.dimensionality").BaseDimensionalityReduction(),
        hdbscan_model=importlib.import_module(f"{library}.cluster").BaseCluster(),
        embedding_model=importlib.import_module(f"{library}.backend").BaseEmbedder(),
        vectorizer_model=CountVectorizer(),  # without any, ours counts the words of every language
        **{name: make(library) if callable(make) else make for name, make in options.items()},
    )
    return model.fit(corpus.texts, embeddings=corpus.embeddings.copy(), y=corpus.labels)


def pair(corpus: Sample, **options: Any) -> tuple[Any, Any]:
    return made("bertopic", corpus, **options), made("themata.familiar", corpus, **options)


def weights(model: Any) -> dict[tuple[int, str], float]:
    names = model.vectorizer_model.get_feature_names_out()
    rows = model.c_tf_idf_.tocoo()
    ids = sorted(model.topic_representations_)
    return {
        (ids[row], names[column]): value
        for row, column, value in zip(rows.row, rows.col, rows.data, strict=True)
    }


def ctfidf(**options: Any) -> Any:
    return lambda library: importlib.import_module(f"{library}.vectorizers").ClassTfidfTransformer(**options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"bm25_weighting": True},
        {"reduce_frequent_words": True},
        {"bm25_weighting": True, "reduce_frequent_words": True},
        {"seed_words": ["orbit", "soup"], "seed_multiplier": 3},
    ],
    ids=str,
)
def test_the_same_topics_have_the_same_weights_and_keywords(corpus: Sample, options: dict[str, Any]) -> None:
    theirs, ours = pair(corpus, ctfidf_model=ctfidf(**options), top_n_words=8)
    assert list(ours.topics_) == list(theirs.topics_)
    known, found = weights(theirs), weights(ours)
    assert known.keys() == found.keys()
    assert max(abs(known[key] - found[key]) for key in known) < 1e-9
    for topic, words in theirs.topic_representations_.items():
        mine = ours.topic_representations_[topic]
        # Equal weights may stand in either order, and the last of them be another word
        np.testing.assert_allclose([w for _, w in mine], [w for _, w in words], atol=1e-9)
        assert all(abs(found[topic, word] - weight) < 1e-9 for word, weight in mine if word)


def test_counts_of_other_texts_have_the_same_weights(corpus: Sample) -> None:
    theirs, ours = pair(corpus, ctfidf_model=ctfidf(seed_words=["orbit"], reduce_frequent_words=True))
    found = [
        model.ctfidf_model.transform(model.vectorizer_model.transform(corpus.texts[:9]))
        for model in (theirs, ours)
    ]
    assert abs(found[0] - found[1]).max() < 1e-9


def test_bertopics_own_representations_work_in_ours(corpus: Sample) -> None:
    theirs = importlib.import_module("bertopic.representation")

    class Lengths(importlib.import_module("themata.familiar.backend").BaseEmbedder):  # type: ignore[misc]
        def embed(self, documents: list[str], verbose: bool = False) -> np.ndarray:
            return np.array([[len(text), text.count("e") + 1, 1.0] for text in documents])

    model = themata.familiar.BERTopic(
        umap_model=importlib.import_module("themata.familiar.dimensionality").BaseDimensionalityReduction(),
        hdbscan_model=importlib.import_module("themata.familiar.cluster").BaseCluster(),
        embedding_model=Lengths(),
        representation_model={
            "KeyBERT": theirs.KeyBERTInspired(),
            "MMR": [theirs.KeyBERTInspired(top_n_words=20), theirs.MaximalMarginalRelevance(diversity=0.5)],
        },
    ).fit(corpus.texts, corpus.embeddings, y=corpus.labels)
    for rows in model.topic_aspects_.values():
        assert sorted(rows) == [-1, 0, 1, 2, 3] and all(len(words) == 10 for words in rows.values())
        assert len({tuple(word for word, _ in words) for words in rows.values()}) == 5


def test_a_folder_of_bertopics_is_loaded(corpus: Sample, tmp_path: Path) -> None:
    theirs = made("bertopic", corpus)
    theirs.topic_sizes_ = {int(topic): n for topic, n in theirs.topic_sizes_.items()}  # else it cannot save
    theirs.save(tmp_path / "theirs", serialization="safetensors", save_ctfidf=True)
    ours = themata.familiar.BERTopic.load(tmp_path / "theirs")
    known, found = theirs.get_topic_info(), ours.get_topic_info()
    assert list(found.columns) == list(known.columns) and found.Count.tolist() == known.Count.tolist()
    assert ours.topics_ == [int(topic) for topic in theirs.topics_]
    assert len(ours.get_document_info(corpus.texts)) == len(corpus.texts)
    inside = np.flatnonzero(corpus.labels >= 0)[:20]
    assert (
        ours.transform([corpus.texts[row] for row in inside], corpus.embeddings[inside])[0]
        == corpus.labels[inside].tolist()
    )
    assert -1 not in ours.reduce_outliers(corpus.texts[:9], [-1] * 9, strategy="c-tf-idf")


def test_attributes_have_the_same_shapes(corpus: Sample) -> None:
    theirs, ours = pair(corpus)
    assert [name for name in ATTRIBUTES if not hasattr(ours, name)] == []
    assert ours.topic_sizes_ == theirs.topic_sizes_ == Counter(ours.topics_)
    assert ours._outliers == theirs._outliers == 1
    assert list(ours.topic_labels_) == sorted(theirs.topic_labels_)
    assert ours.topic_embeddings_.shape == np.shape(theirs.topic_embeddings_)
    np.testing.assert_allclose(ours.topic_embeddings_, theirs.topic_embeddings_, atol=1e-5)
    assert {topic: len(docs) for topic, docs in ours.representative_docs_.items()} == {
        topic: len(docs) for topic, docs in theirs.representative_docs_.items()
    }
    assert ours.custom_labels_ is theirs.custom_labels_ is None
    assert ours.topic_mapper_.get_mappings() == theirs.topic_mapper_.get_mappings()
    assert {len(words) for words in ours.topic_representations_.values()} == {10}


def test_tables_have_the_same_columns_and_counts(corpus: Sample) -> None:
    theirs, ours = pair(corpus)
    labels = theirs.generate_topic_labels(nr_words=2, separator=", ")
    assert ours.generate_topic_labels(nr_words=2, separator=", ") == labels
    for model in (theirs, ours):
        model.set_topic_labels(labels)
    known, found = theirs.get_topic_info(), ours.get_topic_info()
    assert list(found.columns) == list(known.columns)
    for column in ("Topic", "Count", "CustomName"):
        assert found[column].tolist() == known[column].tolist()
    # Given topics have no probabilities there; here every document has its strength
    expected = [*theirs.get_document_info(corpus.texts).columns]
    expected.insert(expected.index("Representative_document"), "Probability")
    assert list(ours.get_document_info(corpus.texts).columns) == expected
    assert ours.get_topic_freq().values.tolist() == theirs.get_topic_freq().values.tolist()
    assert ours.get_topic_freq(2) == theirs.get_topic_freq(2)
    assert ours.get_topic(77) is theirs.get_topic(77) is False
    assert set(ours.get_topics(full=True)) == {"Main"} == set(theirs.get_topics(full=True))
    assert list(ours.get_topic_info(1).columns) == list(theirs.get_topic_info(1).columns)


def test_questions_have_the_same_shapes(corpus: Sample) -> None:
    theirs, ours = pair(corpus)
    years = [2000 + row % 5 for row in range(len(corpus.texts))]
    classes = ["a" if row % 3 else "b" for row in range(len(corpus.texts))]
    for call in (
        lambda model: model.topics_over_time(
            corpus.texts, years, global_tuning=False, evolution_tuning=False
        ),
        lambda model: model.topics_per_class(corpus.texts, classes, global_tuning=False),
    ):
        known, found = call(theirs), call(ours)
        assert list(found.columns)[: len(known.columns)] == list(known.columns) and len(found) == len(known)
        assert sorted(found.Frequency) == sorted(known.Frequency)
    tree = ours.hierarchical_topics(corpus.texts)
    assert list(tree.columns) == list(theirs.hierarchical_topics(corpus.texts).columns)
    np.testing.assert_allclose(
        sorted(tree.Distance), sorted(theirs.hierarchical_topics(corpus.texts).Distance), atol=1e-6
    )
    assert ours.get_topic_tree(tree).count("Topic:") == 4
    known, _ = theirs.approximate_distribution(corpus.texts[:20])
    found, tokens = ours.approximate_distribution(corpus.texts[:20])
    np.testing.assert_allclose(found, known, atol=1e-6)
    assert tokens is None
    _, per_token = ours.approximate_distribution(corpus.texts[:3], calculate_tokens=True)
    assert [rows.shape for rows in per_token] == [
        rows.shape for rows in theirs.approximate_distribution(corpus.texts[:3], calculate_tokens=True)[1]
    ]


@pytest.mark.parametrize("strategy", ["distributions", "c-tf-idf", "embeddings"])
def test_outliers_go_to_the_same_topics(corpus: Sample, strategy: str) -> None:
    theirs, ours = pair(corpus)
    found = [
        model.reduce_outliers(
            corpus.texts, list(corpus.labels), strategy=strategy, embeddings=corpus.embeddings
        )
        for model in (theirs, ours)
    ]
    assert [int(topic) for topic in found[0]] == found[1]
