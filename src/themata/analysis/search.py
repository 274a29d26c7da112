"""Find topics and documents by words or by meaning."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Int1d
from themata.core.documents import Documents
from themata.core.graph import sparse_unit_rows, unit_rows
from themata.core.topics import Topics


def nearest_topics(point: Float1d, topics: Topics, n: int = 5) -> tuple[Int1d, Float1d]:
    """The topics whose centroids lie nearest to a point, nearest first, and their cosines."""
    if topics.centroids is None or not topics.n_topics:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    cosines = unit_rows(topics.centroids) @ unit_rows(np.asarray(point)[None])[0]
    return _best(cosines, n)


def topics_with(query: Csr, weights: Csr, n: int = 5) -> tuple[Int1d, Float1d]:
    """The topics whose weighted keywords match the words of a query best, and their cosines.

    query : (1, n_terms) counts
    weights : (n_topics, n_terms)
    """
    cosines = sparse_unit_rows(weights) @ sparse_unit_rows(query).T
    return _best(np.asarray(cosines.todense()).ravel(), n, above=0.0)


def matching_documents(
    docs: Documents, *, words: Csr | None = None, point: Float1d | None = None, n: int = 10
) -> tuple[Int1d, Float1d]:
    """The documents that match best, best first: by words, by meaning, or by both (the scores are added).

    words : (1, n_terms) counts of the query
    point : (dim,) its embedding
    """
    scores = np.zeros(docs.n_docs, dtype=np.float32)
    if point is not None and docs.embeddings is not None:
        scores += unit_rows(docs.embeddings) @ unit_rows(np.asarray(point)[None])[0]
    if words is not None and words.nnz and docs.terms is not None:
        scores += lexical_scores(docs.terms, words)
    return _best(scores, n, above=0.0)


def lexical_scores(terms: Csr, words: Csr) -> Float1d:
    """Cosine of TF-IDF between each document and a query, weighed by the share of the query's terms it holds."""
    asked = np.unique(words.indices)
    used = sparse.csc_matrix(terms)[:, asked]
    n_docs = terms.shape[0]
    idf = _smoothed_idf(np.diff(used.indptr), n_docs)
    held = used.copy()
    held.data = np.log1p(held.data.astype(np.float64))
    lengths = np.log2(2 + np.diff(terms.indptr))  # long documents hold any word
    matched = np.asarray(held @ idf).ravel() / idf.sum() / lengths
    share = np.diff(used.tocsr().indptr) / len(asked)
    return np.asarray(matched * share, dtype=np.float32)


def words_point(words: Csr, docs: Documents) -> Float1d | None:
    """Where a query lies without an embedder: the mean of the documents that use its words, rarer words for more."""
    if docs.embeddings is None or docs.terms is None or not words.nnz:
        return None
    asked = np.unique(words.indices)
    used = sparse.csc_matrix(docs.terms)[:, asked]
    used.data = np.ones_like(used.data, dtype=np.float64)
    counts = np.diff(used.indptr)
    if not counts.any():
        return None
    idf = _smoothed_idf(counts, docs.n_docs)
    weights = np.asarray(used @ (idf / np.maximum(counts, 1))).ravel()
    center = docs.embeddings.mean(axis=0)
    return np.asarray((weights / weights.sum()) @ docs.embeddings - 0.5 * center)  # away from what all share


def _smoothed_idf(used: Int1d, n_docs: int) -> Float1d:
    """As scikit-learn's. used : documents that use each term"""
    return np.log((1 + n_docs) / (1 + used)) + 1


def _best(scores: Float1d, n: int, above: float = -2.0) -> tuple[Int1d, Float1d]:
    order = np.argsort(-scores, kind="stable")[:n]
    order = order[scores[order] > above]
    return order, scores[order]
