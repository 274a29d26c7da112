"""The lexical view: documents placed by the terms they share, TF-IDF projected by a truncated SVD."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Float2d
from themata.core.graph import unit_rows
from themata.core.projection import of_sparse

FITTED_ON = 12_000  # documents the directions are learned from; more change them little and cost seconds


@dataclass(frozen=True)
class LexicalView:
    """How counts of terms become points.

    idf : (n_terms,) weight of each term
    directions : (n_terms, dim) the leading right singular vectors of the weighted counts
    """

    idf: Float1d
    directions: Float2d

    def project(self, terms: Csr) -> Float2d:
        """Place documents: (n_docs, dim) float32, rows of length 1, or 0 when no known term occurs."""
        return unit_rows(tfidf(terms, self.idf) @ self.directions)


def fit_lexical(terms: Csr, *, dim: int = 100, random_state: int = 42) -> LexicalView:
    """Learn the view from (n_docs, n_terms) counts."""
    n_docs, n_terms = terms.shape
    idf = inverse_frequency(terms)
    rng = np.random.default_rng(random_state)
    sample = terms
    if n_docs > FITTED_ON:
        sample = terms[np.sort(rng.choice(n_docs, FITTED_ON, replace=False))]
    return LexicalView(idf, of_sparse(tfidf(sample, idf), min(dim, n_terms, n_docs), rng))


def inverse_frequency(terms: Csr) -> Float1d:
    """Weight of each term, less the more documents use it; smoothed, as scikit-learn's."""
    n_docs, n_terms = terms.shape
    used = np.bincount(terms.indices, minlength=n_terms)
    return np.asarray(np.log((1 + n_docs) / (1 + used)) + 1, dtype=np.float32)


def tfidf(terms: Csr, idf: Float1d) -> Csr:
    """Sublinear TF-IDF with rows of length 1, or 0 for a document without terms."""
    counts = terms.tocsr()
    data = (1 + np.log(np.maximum(counts.data, 1))).astype(np.float32) * idf[counts.indices]
    squares = sparse.csr_matrix((data**2, counts.indices, counts.indptr), shape=counts.shape).sum(axis=1)
    lengths = np.sqrt(np.asarray(squares, dtype=np.float32)).ravel()
    data = data / np.repeat(np.where(lengths > 0, lengths, 1), np.diff(counts.indptr))
    return sparse.csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape)
