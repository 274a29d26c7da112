"""A corpus divided into parts (periods, classes): how much of each topic each part holds, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Bool1d, Csr, Int1d, Int2d
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.html_views import ShownAsTable
from themata.core.topics import Topics
from themata.core.weighting import Weighting, top_terms


@dataclass(frozen=True)
class Breakdown(ShownAsTable):
    """A row for each topic that a part of the corpus has, parts in order, outliers (-1) before topics.

    Documents that are in no part have rows of their own, which come last.

    parts : (n_parts,) what the corpus is divided by
    part : (n_rows,) place in `parts`, -1 for the rows of documents that are in none
    topic : (n_rows,)
    sizes : (n_rows,) documents
    weights : (n_rows, n_terms) CSR
    vocabulary : (n_terms,)
    n_topics : of the model, whether or not every part has them
    n_left_out : documents that are in no part
    """

    parts: np.ndarray[Any, Any]
    part: Int1d
    topic: Int1d
    sizes: Int1d
    weights: Csr
    vocabulary: np.ndarray[Any, Any]
    n_topics: int
    n_left_out: int

    @property
    def counts(self) -> Int2d:
        """(n_parts, n_topics) documents."""
        counts = np.zeros((len(self.parts), self.n_topics), dtype=np.int64)
        inside = (self.topic >= 0) & (self.part >= 0)
        counts[self.part[inside], self.topic[inside]] = self.sizes[inside]
        return counts

    def words(self, n_words: int = 5) -> list[str]:
        """(n_rows,) the heaviest terms of each row."""
        return [
            ", ".join(word for word, _ in row) for row in top_terms(self.weights, self.vocabulary, n_words)
        ]

    def column(self, values: np.ndarray[Any, Any]) -> Any:
        """(n_rows,) the entry of each row's part, as a pandas column: empty for the rows that are of none.

        values : (n_parts,)
        """
        import pandas as pd

        some_missing = bool((self.part < 0).any())
        kept_whole = "Int64" if some_missing and values.dtype.kind == "i" else None
        return pd.Series(values, dtype=kept_whole).reindex(self.part).reset_index(drop=True)


def break_down(
    topics: Topics,
    docs: Documents,
    part: Int1d,
    parts: np.ndarray[Any, Any],
    weighting: Weighting,
    *,
    showable: Bool1d | None = None,
    evolution: bool = False,
    tuning: bool = True,
    assignment: Int1d | None = None,
) -> dict[str, Any]:
    """The fields of a Breakdown.

    docs : those of the topics; or others, counted under the same vocabulary, with their `assignment`
    part : (n_docs,) place in `parts`, -1 for documents that are in none
    showable : (n_terms,) terms that may be shown
    evolution : average each row with the same topic's row of the part before: words change gradually. The part before
        counts as it is by itself, so that nothing later and nothing much earlier leaks in
    tuning : average each row with the topic's weights in the whole corpus

    Weights are c-TF-IDF under the idf of the topics, each row summing to 1 before it is averaged (Grootendorst 2022,
    section 3.3).
    """
    if docs.terms is None:
        raise InputError("the documents have no counts of terms: fit with a vectorizer")
    rows = topics.assignment if assignment is None else assignment
    if not len(part) == len(rows) == docs.n_docs:
        raise AlignmentError(
            f"one entry and one topic per document are needed: {docs.n_docs} documents, {len(part)} entries, "
            f"{len(rows)} topics"
        )
    width = topics.n_topics + 1
    # Documents of no part come last, with a gap: the words of the last part are not the ones before theirs
    place = np.where(part >= 0, part, len(parts) + 1).astype(np.int64)
    keys, row, sizes = np.unique(place * width + rows + 1, return_inverse=True, return_counts=True)
    member = sparse.csr_matrix(
        (np.ones(docs.n_docs, dtype=np.int64), (row.ravel(), np.arange(docs.n_docs))),
        shape=(len(keys), docs.n_docs),
    )
    part_weights = _shares(sparse.csr_matrix(member @ docs.terms), topics, weighting, showable)
    weights = part_weights
    if evolution:
        weights = _averaged(weights, part_weights, _places(keys, keys - width))
    if tuning:
        whole = sparse.vstack([sparse.csr_matrix(topics.outlier_counts), topics.term_counts]).tocsr()
        weights = _averaged(weights, _shares(whole, topics, weighting, showable), keys % width)
    return {
        "parts": parts,
        "part": np.where(keys // width < len(parts), keys // width, -1),
        "topic": keys % width - 1,
        "sizes": sizes,
        "weights": weights,
        "vocabulary": topics.vocabulary,
        "n_topics": topics.n_topics,
        "n_left_out": int((part < 0).sum()),
    }


def rows_named(values: Sequence[Any]) -> tuple[Int1d, np.ndarray[Any, Any]]:
    """Place of each value among the different ones in order, -1 for a missing one; and the different ones."""
    import pandas as pd

    place, different = pd.factorize(pd.Series(list(values), dtype=object), sort=False, use_na_sentinel=True)
    try:
        order = np.argsort(np.array(different), kind="stable")
    except TypeError:  # classes of different kinds have no order but that of their names
        order = np.argsort([str(value) for value in different], kind="stable")
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return rank[place], np.asarray(different, dtype=object)[order]


def _shares(counts: Csr, topics: Topics, weighting: Weighting, showable: Bool1d | None) -> Csr:
    """Weights of rows of counts, each row summing to 1."""
    weights = weighting.of(counts, topics.term_counts, topics.background, topics.vocabulary)
    if showable is not None and len(showable) == weights.shape[1]:
        weights = sparse.csr_matrix(weights @ sparse.diags(showable.astype(np.float64)))
    totals = np.asarray(abs(weights).sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags(1 / np.where(totals > 0, totals, 1)) @ weights)


def _places(keys: Int1d, wanted: Int1d) -> Int1d:
    """Place of each wanted key among sorted keys, -1 where it is not there."""
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    return np.where(keys[place] == wanted, place, -1) if len(keys) else place


def _averaged(weights: Csr, others: Csr, place: Int1d) -> Csr:
    """Each row averaged with a row of the others, where it has one."""
    has = place >= 0
    chosen = sparse.csr_matrix(
        (np.full(int(has.sum()), 0.5), (np.flatnonzero(has), place[has])),
        shape=(weights.shape[0], others.shape[0]),
    )
    halved = sparse.diags(np.where(has, 0.5, 1.0)) @ weights
    averaged = sparse.csr_matrix(halved + chosen @ others)
    averaged.sort_indices()
    return averaged
