"""Counts of terms to weights of keywords: c-TF-IDF, BM25, seed words. Pure functions of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from themata.graph import Csr, Float1d


def idf(term_counts: Csr, background: Float1d, *, bm25: bool = False) -> Float1d:
    """How telling each term is, over all topics.

    term_counts : (n_topics, n_terms)
    background : (n_terms,) how often all documents use each term, outliers among them
    bm25 : the saturated form, less led by terms that few topics use

    Class-based TF-IDF (Grootendorst 2022, eq. 2): log(1 + A / f), with A the mean number of words per class and f the
    term's count over all classes. Outliers are a class where there are any: they share the language of the corpus.

    >>> idf(sparse.csr_matrix([[3, 1], [0, 4]]), np.array([3, 5])).round(3).tolist()
    [0.847, 0.588]
    """
    used = np.asarray(background, dtype=np.float64)
    outliers = used.sum() - term_counts.sum()
    n_classes = term_counts.shape[0] + (1 if outliers > 0 else 0)
    mean_words = int(used.sum() / n_classes) if n_classes else 0
    # A term nobody uses weighs nothing: its counts are 0
    with np.errstate(divide="ignore", invalid="ignore"):
        if bm25:
            found = np.log(1 + (mean_words - used + 0.5) / (used + 0.5))
        else:
            found = np.log(mean_words / used + 1)
    return np.where(used > 0, found, 0.0)


def weigh(counts: Csr, idf: Float1d, *, reduce_frequent: bool = False) -> Csr:
    """Share of each row's words that each term has (its square root with `reduce_frequent`), times idf."""
    rows = _canonical(sparse.csr_matrix(counts, dtype=np.float64))
    totals = np.asarray(rows.sum(axis=1)).ravel()
    share = rows.data * np.repeat(1 / np.where(totals > 0, totals, 1), np.diff(rows.indptr))
    if reduce_frequent:
        share = np.sqrt(share)
    weights = share * np.asarray(idf, dtype=np.float64)[rows.indices]
    # Scaled entry by entry, which a product with a diagonal matrix takes four times as long for
    return sparse.csr_matrix((weights, rows.indices.copy(), rows.indptr.copy()), rows.shape)


def _canonical(rows: Csr) -> Csr:
    """The same with sorted columns, each once; what came is not written to."""
    if rows.has_canonical_format:
        return rows
    rows = rows.copy()
    rows.sum_duplicates()
    return rows


@dataclass(frozen=True)
class Weighting:
    """How counts become weights.

    bm25 : BM25's form of idf
    reduce_frequent : square root of a term's share in its topic
    seed_words : terms that matter to the user, their idf times `seed_multiplier`
    """

    bm25: bool = False
    reduce_frequent: bool = False
    seed_words: tuple[str, ...] = ()
    seed_multiplier: float = 2.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed_words", tuple(self.seed_words))  # a list, as files have it, is welcome

    def weigh(self, term_counts: Csr, background: Float1d, vocabulary: np.ndarray[Any, Any]) -> Csr:
        """(n_topics, n_terms) weights."""
        return self.of(term_counts, term_counts, background, vocabulary)

    def of(self, counts: Csr, term_counts: Csr, background: Float1d, vocabulary: np.ndarray[Any, Any]) -> Csr:
        """Weights of other rows (documents, periods, classes) under the idf of the topics."""
        weights = idf(term_counts, background, bm25=self.bm25)
        if self.seed_words:
            seeded = np.isin(np.asarray(vocabulary).astype(str), list(self.seed_words))
            weights = np.where(seeded, weights * self.seed_multiplier, weights)
        return weigh(counts, weights, reduce_frequent=self.reduce_frequent)


def top_terms(
    weights: Csr, vocabulary: Sequence[str] | np.ndarray[Any, Any], n: int
) -> tuple[tuple[tuple[str, float], ...], ...]:
    """The n heaviest terms of each row, heaviest first, ties in the order of the columns; none of weight 0.

    >>> top_terms(sparse.csr_matrix([[0.1, 0.0, 0.5]]), ["a", "b", "c"], 2)
    ((('c', 0.5), ('a', 0.1)),)
    """
    found = []
    for row in range(weights.shape[0]):
        span = slice(weights.indptr[row], weights.indptr[row + 1])
        columns, values = weights.indices[span], weights.data[span]
        if len(values) > 4 * n > 0:
            kept = values >= np.partition(values, len(values) - n)[len(values) - n]
            columns, values = columns[kept], values[kept]
        order = np.lexsort((columns, -values))[:n]
        pairs = ((str(vocabulary[columns[i]]), float(values[i])) for i in order if values[i] > 0)
        found.append(tuple(pairs))
    return tuple(found)
