"""The documents that show each topic best."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Int1d
from themata.core.documents import Documents
from themata.core.graph import unit_rows
from themata.core.text_column import TextColumn
from themata.core.topics import Topics

TOO_ALIKE = 0.97  # cosine from which a second document shows nothing new
MIN_CHARACTERS, MAX_CHARACTERS = 15, 20_000
BLOCK = 4_096  # documents compared at once


def exemplars(
    topics: Topics, docs: Documents, n: int = 10, *, weights: Csr | None = None
) -> tuple[Int1d, ...]:
    """Rows of the documents that show each topic best, best first.

    weights : (n_topics, n_terms) of keywords, when they are known
    returns : up to n rows per topic. A document is as good as its closeness to the topic's centroid and the share of
        the topic's keywords it uses, together; copies and near-copies are shown once, and documents too short or too
        long to read only where there are no others
    """
    inside = np.flatnonzero(topics.assignment >= 0)  # after an edit, the few documents of what it changed
    score = _centrality(topics, docs, inside) + 0.2 * topics.strength[inside]
    score = score + 0.5 * _overlap(topics, docs, weights)[inside] - 10.0 * _unreadable(docs)[inside]
    assignment = topics.assignment[inside]
    order = np.lexsort((inside, -score, assignment))
    ends = np.searchsorted(assignment[order], np.arange(topics.n_topics + 1))
    ranked = inside[order]
    return tuple(
        _distinct(ranked[ends[row] : ends[row + 1]][: 4 * n], docs, n) for row in range(topics.n_topics)
    )


def _centrality(topics: Topics, docs: Documents, inside: Int1d) -> Float1d:
    """Cosine of each document inside to its topic's centroid, away from the center of the corpus."""
    if docs.embeddings is None or topics.centroids is None or not topics.n_topics:
        return np.zeros(len(inside), dtype=np.float32)
    directions = unit_rows(topics.centroids - 0.5 * docs.center)
    centrality = np.empty(len(inside), dtype=np.float32)
    # All at once would be two more arrays of the size of the embeddings
    for start in range(0, len(inside), BLOCK):
        rows = inside[start : start + BLOCK]
        near = np.einsum("nd,nd->n", unit_rows(docs.embeddings, rows), directions[topics.assignment[rows]])
        centrality[start : start + BLOCK] = near
    return centrality


def _overlap(topics: Topics, docs: Documents, weights: Csr | None) -> Float1d:
    """How much of its topic's weight a document's different terms cover, 1 for the best of each topic."""
    if docs.terms is None or weights is None or not weights.nnz:
        return np.zeros(topics.n_docs, dtype=np.float32)
    score = np.zeros(topics.n_docs, dtype=np.float32)
    for row in range(topics.n_topics):
        members = np.flatnonzero(topics.assignment == row)
        topic_weights = weights[row].toarray().ravel()
        used = docs.terms[members]
        covered = (
            sparse.csr_matrix((np.ones(used.nnz), used.indices, used.indptr), used.shape) @ topic_weights
        )
        score[members] = covered / max(covered.max(initial=0), 1e-12)
    return score


def _unreadable(docs: Documents) -> Float1d:
    if isinstance(docs.texts, TextColumn):
        lengths = docs.texts.lengths()
    else:
        lengths = np.fromiter((len(text.strip()) for text in docs.texts), dtype=np.int64, count=docs.n_docs)
    usual = np.median(lengths) if len(lengths) else 0
    return ((lengths < min(MIN_CHARACTERS, usual / 4)) | (lengths > max(MAX_CHARACTERS, 4 * usual))).astype(
        float
    )


def _distinct(rows: Int1d, docs: Documents, n: int) -> Int1d:
    """The first n rows that are not near-copies of one before."""
    points = None if docs.embeddings is None else unit_rows(docs.embeddings[rows])
    shown: list[int] = []
    seen: set[str] = set()
    for place, row in enumerate(rows.tolist()):
        text = docs.texts[row]
        copy = bool(text.strip()) and text in seen
        if points is not None and shown:
            copy = copy or bool((points[shown] @ points[place] > TOO_ALIKE).any())
        if not copy:
            shown.append(place)
            seen.add(text)
        if len(shown) == n:
            break
    return rows[np.array(shown, dtype=np.int64)].astype(np.int64)
