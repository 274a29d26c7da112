"""Topics of documents that were split into passages: those of their passages, put together."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Int1d
from themata.core.documents import Documents
from themata.core.topics import Topics

DOCUMENT = "document"  # the column of passages that holds the row of the document of each


def by_document(topics: Topics, docs: Documents) -> tuple[Int1d, Float1d]:
    """(n,) topics and (n,) strength of whole documents, those of passages put together."""
    if DOCUMENT not in docs.columns:
        return topics.assignment, topics.strength
    whole = whole_rows(docs)
    return join(topics.assignment, topics.strength, whole, n_topics=topics.n_topics)[:2]


def whole_rows(docs: Documents) -> Int1d:
    """(n_passages,) the whole document of each passage; one that came later, and was not split, is its own.

    >>> whole_rows(Documents(["a", "b", "c"], columns={"document": [0, 0, None]})).tolist()
    [0, 0, 1]
    """
    rows = list(docs.columns[DOCUMENT])
    known = max((row for row in rows if row is not None), default=-1)
    later = iter(range(int(known) + 1, int(known) + 1 + len(rows)))
    return np.array([next(later) if row is None else row for row in rows], dtype=np.int64)


def document_sizes(topics: Topics, docs: Documents) -> Int1d:
    """(n_topics + 1,) whole documents of each topic, and last of none."""
    assignment = by_document(topics, docs)[0]
    return np.bincount(np.where(assignment < 0, topics.n_topics, assignment), minlength=topics.n_topics + 1)


def join(
    assignment: Int1d, strength: Float1d, document: Int1d, *, n_topics: int | None = None
) -> tuple[Int1d, Float1d, Csr]:
    """The topic of each whole document: the one most of its passages have, by their strength; the first of equals.

    document : (n_passages,) row of the document of each
    n_topics : when the last topics may have no passage
    returns : (n_docs,) topics, -1 where no passage has one; (n_docs,) strength, the mean over all passages of a
        document of their strength in its topic; (n_docs, n_topics) the share of each topic in each document

    >>> join(np.array([1, 0, 1, -1]), np.array([0.5, 1, 1, 0]), np.array([0, 0, 0, 1]))[0].tolist()
    [1, -1]
    """
    document = np.asarray(document, dtype=np.int64)
    shape = (
        int(document.max(initial=-1)) + 1,
        int(assignment.max(initial=-1)) + 1 if n_topics is None else n_topics,
    )
    inside = assignment >= 0
    weight = np.maximum(strength[inside].astype(np.float64), 1e-6)
    mass = sparse.csr_matrix((weight, (document[inside], assignment[inside])), shape=shape)
    totals = np.asarray(mass.sum(axis=1)).ravel()
    shares = sparse.csr_matrix(sparse.diags(1 / np.where(totals > 0, totals, 1)) @ mass)
    best, of_best = np.full(shape[0], -1), np.zeros(shape[0])
    some = np.flatnonzero(totals)
    if len(some):
        best[some] = np.asarray(mass[some].argmax(axis=1)).ravel()
        of_best[some] = np.asarray(mass[some].max(axis=1).todense()).ravel()
    counts = np.bincount(document, minlength=shape[0])
    return best, (of_best / np.maximum(counts, 1)).astype(np.float32), shares
