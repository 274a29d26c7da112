"""What a saved model tells of its parts makes the same parts again: every parameter of the type it had."""

from __future__ import annotations

import inspect
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator
from sklearn.cluster import AgglomerativeClustering, Birch, KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA, IncrementalPCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import themata
from themata.core.part_descriptions import _arguments, describe, left_out, restore
from themata.core.public_names import PARTS
from themata.familiar import representation
from themata.familiar.backend import BaseEmbedder
from themata.familiar.cluster import BaseCluster
from themata.familiar.dimensionality import BaseDimensionalityReduction
from themata.familiar.part_mapping import ClassicRoad
from themata.familiar.vectorizers import ClassTfidfTransformer, OnlineCountVectorizer

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(),
    st.floats(width=32).map(np.float32), st.floats().map(np.float64), st.integers(0, 200).map(np.uint8),
    st.integers(-9, 9).map(np.int64), st.booleans().map(np.bool_), st.text(max_size=5).map(np.str_),
    st.sampled_from([np.datetime64("2020-01-01"), np.timedelta64(3, "D"), np.float32, np.int64, int, str, np.dtype("<i2")]),
    st.just(Path("a/b")),
)  # fmt: skip
ARRAYS = st.lists(st.integers(0, 9), min_size=1, max_size=4).map(np.array) | st.just(
    np.eye(2, dtype=np.float32)
)
HASHABLE = st.one_of(st.integers(), st.text(max_size=5), st.tuples(st.integers(), st.text(max_size=2)))
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(
            st.text(max_size=6).filter(lambda key: not key.endswith(("key", "token"))), inner, max_size=3
        ),
        st.dictionaries(st.integers(), inner, max_size=3),
        st.sets(HASHABLE, max_size=3),
        st.frozensets(HASHABLE, max_size=3),
    ),
    max_leaves=12,
)


def same(one: Any, other: Any) -> bool:
    """Equal and of the same type, all the way down; objects by what their constructors were given."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, np.generic):
        return one.dtype == other.dtype and (one == other or bool(one != one and other != other))
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, bool | int | str | bytes | set | frozenset | Path | np.dtype | type) or one is None:
        return bool(one == other)
    return same(_arguments(one), _arguments(other))


def again(value: Any) -> Any:
    return restore(json.loads(json.dumps(describe(value), allow_nan=False)))


@given(VALUES)
def test_every_value_comes_back_as_the_type_it_had(value: Any) -> None:
    assert same(again(value), value)
    assert left_out("it", value) == []


# What a constructor must be given, and values other than the defaults that all kinds of part can have
NEEDED = {
    "Sentence": ["all-MiniLM-L6-v2"], "Static": [Path("folder")], "Clip": ["clip-ViT-B-32"], "ZeroShot": [("Space", "Food")],
    "SeedWords": [(["moon"], ("soup", "oven"))], "Given": [np.array([0, 1, -1])], "LLM": ["echo"], "Ask": ["echo", "[KEYWORDS]?"],
    "Example": [("oven",), ["How to bake"], "Baking"], "Transformers": ["a/model"], "OpenAIChat": ["m"], "LlamaCpp": ["m.gguf"],
    "VLLM": ["m"], "LiteLLM": ["openai/m"], "Both": [themata.ZeroShot(["Space"]), themata.SeedWords([["moon"]])],
    "Chain": [themata.KeyBERT(7), themata.MMR(0.25)], "Classes": [["a", None, 3]],
}  # fmt: skip
CODE = {"Called"}  # a function, which no file may hold


@pytest.mark.parametrize("name", sorted(PARTS.keys() - CODE))
def test_every_part_of_ours_comes_back_with_every_parameter(name: str) -> None:
    part = getattr(themata, name)(*NEEDED.get(name, ()))
    told = _arguments(part)[0]
    wanted = inspect.signature(type(part)).parameters.values()
    for one in wanted:
        assert hasattr(part, one.name) or one.name == "api_key", (
            "each argument of the constructor is an attribute"
        )
        assert one.name in told or one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) or one.name == "api_key"
    assert same(again(part), part)


THEIRS = [
    PCA(5, random_state=np.int64(3)), IncrementalPCA(4), TruncatedSVD(5, tol=np.float32(0.1)), KMeans(4, init=np.eye(4)),
    MiniBatchKMeans(4), Birch(threshold=0.3), AgglomerativeClustering(3, metric="cosine", linkage="average"),
    LogisticRegression(class_weight={0: 1.0, 1: 2.0}), CountVectorizer(ngram_range=(1, 3), dtype=np.float32, stop_words=["the"]),
    CountVectorizer(vocabulary={"moon": 0, "soup": 1}, max_df=0.9), TfidfVectorizer(norm=None, dtype=np.float64),
    OnlineCountVectorizer(decay=0.1, delete_min_df=2, ngram_range=(1, 2), stop_words="english"),
    make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), TruncatedSVD(3)), BaseEmbedder(), BaseCluster(),
    BaseDimensionalityReduction(), ClassTfidfTransformer(True, True, ["moon"], 3), ClassicRoad(PCA(2), KMeans(3), "auto"),
    representation.KeyBERTInspired(7), representation.MaximalMarginalRelevance(0.3), representation.PartOfSpeech(pos_patterns=[[{"POS": "NOUN"}]]),
    representation.ZeroShotClassification(["a", "b"], pipeline_kwargs={"multi_label": True}),
    representation.TextGeneration("a/model", pipeline_kwargs={"max_new_tokens": 9}), representation.LiteLLM("openai/m"),
    themata.UMAP(n_neighbors=7, metric="cosine", low_memory=True), themata.HDBSCAN(5, min_samples=2), themata.LiteLLM("m", top_p=0.5),
    themata.Words(ngram_range=(1, 2), language=("de", "en"), stop_words=frozenset({"x"})), themata.Weighting(seed_words=("a", "b")),
]  # fmt: skip


@pytest.mark.parametrize("part", THEIRS, ids=lambda part: type(part).__name__)
def test_other_libraries_parts_come_back_with_every_parameter(part: Any) -> None:
    found = again(part)
    assert same(found, part) and left_out("part", part) == []
    if isinstance(part, BaseEstimator):
        assert repr(found) == repr(part)


@pytest.mark.umap
def test_umap_and_hdbscan_of_the_users_come_back() -> None:
    umap, hdbscan = pytest.importorskip("umap"), pytest.importorskip("hdbscan")
    reducer = umap.UMAP(n_neighbors=7, min_dist=0.0, metric="cosine", random_state=42, metric_kwds={"p": 2})
    clusterer = hdbscan.HDBSCAN(min_cluster_size=9, prediction_data=True, cluster_selection_epsilon=0.1)
    for part in (reducer, clusterer):
        assert same(again(part), part)
        assert left_out("part", part) == []


def test_what_no_file_may_hold_is_named_and_nothing_else_is_lost() -> None:
    counts = CountVectorizer(tokenizer=str.split, ngram_range=(1, 2), dtype=np.float32)
    assert left_out("vectorizer", counts) == ["vectorizer's tokenizer (split)"]
    found = again(counts)
    assert found.tokenizer is None and found.ngram_range == (1, 2) and found.dtype is np.float32
    assert left_out("a", themata.Chain(len)) == ["a (Chain)"]
    assert left_out("aspects", {"A": [themata.KeyBERT(), len]}) == ["aspects 'A' (len)"]
    assert again({"A": [themata.KeyBERT(), len], "B": themata.MMR()})["A"] is None


def test_secrets_are_in_no_description_however_deep() -> None:
    part = themata.LiteLLM("m", api_key="sk-1", extra={"aws_secret": "sk-2", "region": "eu"})
    told = json.dumps(describe([part, {"api_key": "sk-3"}]))
    assert "sk-1" not in told and "sk-2" not in told and "sk-3" not in told and "region" in told


def test_only_estimators_of_scikit_learn_are_made_from_a_file(caplog: pytest.LogCaptureFixture) -> None:
    assert restore({"part": "sklearn.utils._bunch:Bunch", "options": {}}) is None
    assert restore({"part": "sklearn.datasets._base:load_iris", "options": {}}) is None
    assert "no estimator" in caplog.text and "no class" in caplog.text
