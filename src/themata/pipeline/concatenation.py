"""Documents put one after the other, and their terms counted in one vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from typing import Any

import numpy as np
from scipy import sparse

from themata.core import powers
from themata.core.arrays import Csr
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.protocols import BatchLearner, GrowingVectorizer, RelearningVectorizer
from themata.pipeline import validation


def all_documents(parts: Sequence[Documents]) -> Documents:
    """All documents, in order. A column that some lack is None there, a time NaT; coordinates are left out."""
    with_points = [docs.embeddings is not None for docs in parts]
    if any(with_points) and not all(with_points):
        raise InputError("some of the documents have embeddings and some have none: all are needed, or none")
    dims = {docs.embeddings.shape[1] for docs in parts if docs.embeddings is not None}
    if len(dims) > 1:
        raise AlignmentError(f"embeddings of one model are needed, got dimensions {sorted(dims)}")
    terms, vocabulary = _counts(parts)
    names = dict.fromkeys(name for docs in parts for name in docs.columns)
    return Documents(
        [text for docs in parts for text in docs.texts],
        embeddings=np.vstack([docs.embeddings for docs in parts]) if all(with_points) else None,  # type: ignore[misc]
        terms=terms,
        vocabulary=vocabulary,
        times=_times(parts),
        columns={name: _column(parts, name) for name in names},
    )


def spread(counts: Csr, vocabulary: Any, union: Any) -> Csr:
    """The same counts under a vocabulary that holds the old one.

    >>> spread(sparse.csr_matrix([[1, 2]]), ["a", "c"], ["c", "b", "a"]).toarray().tolist()
    [[2, 0, 1]]
    """
    place = {str(term): column for column, term in enumerate(union)}
    columns = np.array([place[str(term)] for term in vocabulary], dtype=np.int64)
    rows = sparse.csr_matrix(counts)
    wide = sparse.csr_matrix(
        (rows.data, columns[rows.indices], rows.indptr), shape=(rows.shape[0], len(place))
    )
    wide.sort_indices()
    return wide


def counted_with_new_words(vectorizer: Any, texts: Sequence[str]) -> tuple[Any, Csr, np.ndarray[Any, Any]]:
    """Count new texts: the vectorizer with their terms learned where it can, the counts, and its vocabulary.

    The vectorizer that is handed over stays as it was, for an edit that is undone.
    """
    if isinstance(vectorizer, GrowingVectorizer):
        vectorizer = copy(vectorizer)
        terms = vectorizer.grow(texts)
    elif isinstance(vectorizer, BatchLearner):
        vectorizer = deepcopy(vectorizer).partial_fit(texts)
        terms = vectorizer.transform(texts)
    else:
        terms = vectorizer.transform(texts)
    names = np.asarray(list(vectorizer.get_feature_names_out()), dtype=object)
    return vectorizer, validation.counts(vectorizer, terms, len(texts)), names


def with_vocabulary(vectorizers: Sequence[Any], vocabulary: Sequence[str]) -> Any:
    """The first vectorizer with a vocabulary that is given, and the languages of all; None where it takes none."""
    first = vectorizers[0]
    if isinstance(first, RelearningVectorizer):
        facts = [powers.facts(vectorizer) for vectorizer in vectorizers]
        languages = list(dict.fromkeys(code for entry in facts for code in entry.get("languages", ())))
        known = sorted({word for entry in facts for word in entry.get("known", ())})
        return copy(first).relearn(vocabulary, {**facts[0], "languages": languages, "known": known})
    if "vocabulary" in powers.parameters(first):
        from sklearn.base import clone

        return clone(first).set_params(vocabulary=list(vocabulary))
    return None


def _counts(parts: Sequence[Documents]) -> tuple[Csr | None, np.ndarray[Any, Any] | None]:
    if any(docs.terms is None or docs.vocabulary is None for docs in parts):
        return None, None
    terms = dict.fromkeys(str(term) for docs in parts for term in docs.vocabulary)  # type: ignore[union-attr]
    union = np.array(list(terms), dtype=object)
    stacked = sparse.vstack([spread(docs.terms, docs.vocabulary, union) for docs in parts])
    return sparse.csr_matrix(stacked), union


def _times(parts: Sequence[Documents]) -> np.ndarray[Any, Any] | None:
    known = [docs.times for docs in parts if docs.times is not None]
    if not known:
        return None
    kind = np.result_type(*[np.asarray(times).dtype for times in known])
    absent = [np.full(docs.n_docs, np.datetime64("NaT"), dtype=kind) for docs in parts]
    given = zip(parts, absent, strict=True)
    return np.concatenate([none if docs.times is None else np.asarray(docs.times) for docs, none in given])


def _column(parts: Sequence[Documents], name: str) -> Any:
    columns = [docs.columns.get(name) for docs in parts]
    if all(isinstance(values, np.ndarray) for values in columns):
        return np.concatenate(columns)  # type: ignore[arg-type]
    listed = zip(parts, columns, strict=True)
    return [
        value for docs, values in listed for value in ([None] * docs.n_docs if values is None else values)
    ]
