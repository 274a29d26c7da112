"""Weights of keywords, and counts that grow, under the names BERTopic's users know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.feature_extraction.text import CountVectorizer

from themata.core.arrays import Csr
from themata.core.errors import InputError, NotFittedError
from themata.core.topics import Topics
from themata.core.weighting import Weighting, idf, weigh


@dataclass(eq=False, repr=False)
class ClassTfidfTransformer(TransformerMixin, BaseEstimator):
    """Class-based TF-IDF: counts of terms per topic to weights.

    bm25_weighting : the saturated form of idf
    reduce_frequent_words : square root of a term's share in its topic
    seed_words, seed_multiplier : terms that matter to the user, and by how much

    >>> ClassTfidfTransformer().fit_transform(sparse.csr_matrix([[3, 1], [0, 4]])).toarray().round(3).tolist()
    [[0.635, 0.147], [0.0, 0.588]]
    """

    bm25_weighting: bool = False
    reduce_frequent_words: bool = False
    seed_words: list[str] | None = None
    seed_multiplier: float = 2

    def fit(self, X: Csr, multiplier: Any = None) -> ClassTfidfTransformer:
        """X : (n_topics, n_terms) counts, outliers among them. multiplier : (n_terms,) times the idf"""
        counts = sparse.csr_matrix(X)
        weights = idf(counts, np.asarray(counts.sum(axis=0)).ravel(), bm25=self.bm25_weighting)
        self.idf_ = weights if multiplier is None else weights * np.asarray(multiplier)
        return self

    def transform(self, X: Csr) -> Csr:
        if not hasattr(self, "idf_"):
            raise NotFittedError("this transformer has no idf yet: call fit(counts) first")
        return weigh(sparse.csr_matrix(X), self.idf_, reduce_frequent=self.reduce_frequent_words)

    @property
    def _idf_diag(self) -> Csr:
        """(n_terms, n_terms) with the idf on its diagonal, where code written for BERTopic looks for it."""
        return sparse.csr_matrix(sparse.diags(self.idf_))


def weighting_for(theirs: Any) -> Weighting:
    """The Weighting that a ClassTfidfTransformer, ours or BERTopic's, stands for."""
    lacking = [name for name in ClassTfidfTransformer._get_param_names() if not hasattr(theirs, name)]
    if lacking or isinstance(theirs, type):
        raise InputError(f"ctfidf_model is a ClassTfidfTransformer(...), got {theirs!r:.60}")
    return Weighting(
        bm25=bool(theirs.bm25_weighting),
        reduce_frequent=bool(theirs.reduce_frequent_words),
        seed_words=tuple(theirs.seed_words or ()),
        seed_multiplier=float(theirs.seed_multiplier),
    )


def fitted_to(theirs: Any, topics: Topics) -> Any:
    """A ClassTfidfTransformer fitted to topics, for weights of other counts; the one handed over stays as it is."""
    if not isinstance(theirs, ClassTfidfTransformer):
        return theirs
    seeds = weighting_for(theirs)
    multiplier = np.where(
        np.isin(topics.vocabulary.astype(str), list(seeds.seed_words)), seeds.seed_multiplier, 1.0
    )
    made = clone(theirs)
    made.idf_ = idf(topics.term_counts, topics.background, bm25=theirs.bm25_weighting) * multiplier
    return made


def transformer_of(weighting: Weighting) -> ClassTfidfTransformer:
    """The ClassTfidfTransformer that stands for a Weighting."""
    words = list(weighting.seed_words) or None
    return ClassTfidfTransformer(weighting.bm25, weighting.reduce_frequent, words, weighting.seed_multiplier)


class OnlineCountVectorizer(CountVectorizer):
    """A CountVectorizer whose vocabulary grows with each batch, and whose counts fade.

    decay : share of the counts so far that each new batch takes away
    delete_min_df : terms counted less often than this are forgotten after each batch

    X_ : counts so far; of a model after `partial_fit` a row per topic, the outliers first
    """

    X_: Csr

    def __init__(self, decay: float | None = None, delete_min_df: float | None = None, **kwargs: Any) -> None:
        self.decay = decay
        self.delete_min_df = delete_min_df
        super().__init__(**kwargs)

    @classmethod
    def _get_param_names(cls) -> list[str]:
        return sorted({*CountVectorizer._get_param_names(), "decay", "delete_min_df"})

    def partial_fit(self, raw_documents: Iterable[str]) -> OnlineCountVectorizer:
        """Add the terms of a batch to the vocabulary; columns of known terms stay where they are."""
        texts = list(raw_documents)
        if not hasattr(self, "vocabulary_"):
            self.fit(texts)
            return self
        analyze = self.build_analyzer()
        for term in sorted({term for text in texts for term in analyze(text)} - self.vocabulary_.keys()):
            self.vocabulary_[term] = len(self.vocabulary_)
        return self

    def update_bow(self, raw_documents: Iterable[str]) -> Csr:
        """The counts so far with a batch added: one row per document of it, or per topic."""
        fresh = sparse.csr_matrix(self.transform(list(raw_documents)))
        if hasattr(self, "X_"):
            n_rows = max(fresh.shape[0], self.X_.shape[0])
            known = _grown(self.X_.astype(np.float64), n_rows, fresh.shape[1]) * (1 - (self.decay or 0.0))
            fresh = sparse.csr_matrix(known + _grown(fresh, n_rows, fresh.shape[1]))
        self.X_ = fresh
        if self.delete_min_df is not None:
            self._clean_bow()
        return self.X_

    def _clean_bow(self) -> None:
        """Forget the terms that are counted less often than delete_min_df."""
        kept = np.asarray(self.X_.sum(axis=0)).ravel() >= (self.delete_min_df or 0)
        names: Sequence[str] = self.get_feature_names_out()
        left = [name for name, stays in zip(names, kept, strict=True) if stays]
        self.vocabulary_ = {name: column for column, name in enumerate(left)}
        self.X_ = sparse.csr_matrix(self.X_[:, np.flatnonzero(kept)])


def _grown(counts: Csr, n_rows: int, n_terms: int) -> Csr:
    grown = sparse.csr_matrix(counts, copy=True)
    grown.resize((n_rows, n_terms))
    return grown
