"""A mistaken parameter is told at once, by its name, with what was expected: no text is embedded, no network asked."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer

from corpora import sample
from themata import (
    MMR,
    InputError,
    KeyBERT,
    ReduceThenCluster,
    SeedWords,
    ThemataError,
    TopicModel,
    Words,
    ZeroShot,
)
from themata.familiar import BERTopic
from themata.familiar.representation import KeyBERTInspired, MaximalMarginalRelevance, TextGeneration
from themata.familiar.vectorizers import ClassTfidfTransformer

FEW = sample(40)


def never(texts: list[str]) -> Any:
    raise AssertionError("hours of embedding have begun")


FAMILIAR = [
    ("language", "klingon", "no language 'klingon' is known"),
    ("language", "germn", "did you mean 'german'"),
    ("language", 3, "language is a name"),
    ("top_n_words", 0, "top_n_words must be a whole number from 1, got 0"),
    ("top_n_words", "ten", "top_n_words must be a whole number"),
    ("n_gram_range", (2, 1), r"n_gram_range must be \(fewest, most\)"),
    ("n_gram_range", 2, "n_gram_range must be"),
    ("n_gram_range", "ab", "n_gram_range must be"),
    ("n_gram_range", (0, 1), "n_gram_range must be"),
    ("min_topic_size", 0, "min_topic_size must be a whole number from 2, got 0"),
    ("min_topic_size", 2.5, "min_topic_size must be a whole number"),
    ("nr_topics", 0, "nr_topics must be a whole number from 1"),
    ("nr_topics", -3, "nr_topics must be"),
    ("nr_topics", "few", "nr_topics must be a number from 1, 'auto' or None"),
    ("nr_topics", True, "nr_topics must be"),
    ("low_memory", "no", "low_memory must be True or False"),
    ("calculate_probabilities", "yes", "calculate_probabilities must be True or False"),
    ("verbose", "quiet", "verbose must be True or False"),
    ("seed_topic_list", "abc", "seed_topic_list must be a list of lists of words"),
    ("seed_topic_list", ["moon", "soup"], "seed_topic_list must be"),
    ("seed_topic_list", [["moon", 3]], "seed_topic_list must be"),
    ("zeroshot_topic_list", "Space", "zeroshot_topic_list must be a list of names"),
    ("zeroshot_topic_list", ["Space", None], "zeroshot_topic_list must be"),
    ("zeroshot_min_similarity", 7, "zeroshot_min_similarity must be a number from -1 to 1, got 7"),
    ("zeroshot_min_similarity", "high", "zeroshot_min_similarity must be a number"),
    ("embedding_model", "lexcal", "did you mean 'lexical'"),
    ("embedding_model", 3, "3 is no embedder"),
    ("umap_model", 3, "3 is no reducer: it has no fit_transform"),
    ("umap_model", "umpa", "did you mean 'umap'"),
    ("umap_model", PCA, r"a class is no reducer, make one of it: PCA\(...\)"),
    ("hdbscan_model", "kmean", "did you mean 'kmeans'"),
    ("hdbscan_model", 3, "3 is no clusterer: it has no fit"),
    ("hdbscan_model", KMeans, "a class is no clusterer"),
    ("vectorizer_model", "tfidf", "no vectorizer is called 'tfidf'"),
    ("vectorizer_model", 3, "3 is no vectorizer"),
    ("vectorizer_model", CountVectorizer(ngram_range=(2, 1)), "ngram_range must be"),
    ("ctfidf_model", 3, "ctfidf_model is a ClassTfidfTransformer"),
    ("ctfidf_model", ClassTfidfTransformer, "ctfidf_model is a ClassTfidfTransformer"),
    ("representation_model", "keybrt", "did you mean 'keybert'"),
    ("representation_model", 3, "a representation has extract_topics"),
    ("representation_model", KeyBERTInspired, r"make one of it: KeyBERTInspired\(...\)"),
    ("representation_model", {"A": [KeyBERTInspired(), MMR]}, "make one of it: MMR"),
    ("representation_model", MaximalMarginalRelevance(diversity=5), "diversity must be a number from 0 to 1, got 5"),
    ("representation_model", [KeyBERTInspired(top_n_words=0)], "top_n_words must be"),
]  # fmt: skip
NATIVE = [
    ("n_topics", -1, "n_topics must be a whole number from 1, got -1"),
    ("language", "klingon", "no language 'klingon'"),
    ("relater", "twoviews", "did you mean 'two_views'"),
    ("relater", 3, "3 is no relater"),
    ("grouper", "comunities", "did you mean 'communities'"),
    ("grouper", ReduceThenCluster("pac", "kmeans"), "did you mean 'pca'"),
    ("grouper", ReduceThenCluster(PCA(2), 3), "3 is no clusterer"),
    ("labeler", "phrase", "did you mean 'phrases'"),
    ("layout", "multi", "did you mean 'multilevel'"),
    ("weighting", 3, "weighting is a Weighting"),
    ("vectorizer", Words(ngram_range=(3, 1)), "ngram_range must be"),
    ("seeder", SeedWords("abc"), "seed topics must be"),
    ("seeder", SeedWords([["moon"]], pull=3), "pull must be a number from 0 to 1"),
    ("seeder", ZeroShot("abc"), "zero-shot topics must be"),
    ("seeder", ZeroShot(["Space"], 7), "min_similarity must be a number from -1 to 1"),
    ("aspects", {"A": MMR(diversity=-1)}, "diversity must be"),
    ("aspects", {"A": ["keybert", KeyBERT(0)]}, "top_n_words must be"),
    ("embedder", "lexcal", "did you mean 'lexical'"),
]  # fmt: skip


@pytest.mark.parametrize("embeddings", [None, FEW.embeddings], ids=["embedding", "embedded"])
@pytest.mark.parametrize(("name", "value", "told"), FAMILIAR)
def test_a_mistaken_parameter_of_bertopic_is_told_at_once(
    name: str, value: Any, told: str, embeddings: Any
) -> None:
    given = {"embedding_model": never, "umap_model": PCA(3), "hdbscan_model": KMeans(4), name: value}
    began = time.perf_counter()
    with pytest.raises(ThemataError, match=told):
        BERTopic(**given).fit(FEW.texts, embeddings)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(("name", "value", "told"), NATIVE)
def test_a_mistaken_parameter_of_topic_model_is_told_at_once(name: str, value: Any, told: str) -> None:
    for embeddings in (None, FEW.embeddings):
        with pytest.raises(ThemataError, match=told):
            TopicModel(**{"embedder": never, name: value}).fit(FEW.texts, embeddings)


def test_parameters_in_every_form_that_makes_sense_are_taken() -> None:
    given = {
        "nr_topics": np.int64(3),
        "top_n_words": np.int32(5),
        "min_topic_size": np.int64(4),
        "verbose": np.False_,
    }
    model = BERTopic(
        **given, language="Icelandic", embedding_model="lexical", umap_model="pca", hdbscan_model=KMeans(4, n_init=1),
        n_gram_range=[1, 2], zeroshot_min_similarity=np.float32(0.8), low_memory=0,
    ).fit(FEW.texts)  # fmt: skip
    assert len(model.get_topics()) == 3 and len(model.get_topic(0)) == 5


def test_what_a_language_model_is_shown_is_looked_at_where_it_is_said() -> None:
    with pytest.raises(InputError, match="diversity must be a number from 0 to 1, got 5"):
        TextGeneration("a/model", diversity=5)
    with pytest.raises(InputError, match="nr_docs must be a whole number"):
        TextGeneration("a/model", nr_docs=0)


def test_misspelt_arguments_of_verbs_are_told(tmp_path: Any) -> None:
    model = BERTopic(embedding_model="lexical", umap_model=PCA(3), hdbscan_model=KMeans(4, n_init=1))
    with pytest.raises(InputError, match="did you mean 'embeddings'"):
        model.fit(FEW.texts, embedings=FEW.embeddings)
    model.fit(FEW.texts)
    with pytest.raises(InputError, match="did you mean 'safetensors'"):
        model.save(tmp_path / "m", serialization="safetensor")
    with pytest.raises(InputError, match="did you mean 'font_family'"):
        model.visualize_document_datamap(datamap_kwds={"font_famly": "Cinzel"})
    assert model.visualize_document_datamap(
        datamap_kwds={"font_family": "Cinzel", "dpi": 300}
    ).layout.annotations
    with pytest.raises(InputError, match="n_gram_range must be"):
        model.update_topics(FEW.texts, n_gram_range=(2, 1))
