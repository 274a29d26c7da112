"""Look at the parameters of a model and at what its parts returned, and blame the right one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np

from themata.core.arrays import Csr, Float2d
from themata.core.documents import Documents
from themata.core.errors import InputError, PartError
from themata.core.parameter_checks import shown, whole
from themata.core.protocols import Checkable
from themata.core.topics import Aspect, Label, Topics
from themata.languages.codes import code_of


def ready(*parts: Any) -> None:
    """Raise what would keep parts from their work, as far as they can tell: now, and not after hours of fitting."""
    for part in parts:
        if isinstance(part, Checkable):
            part.check()


def checked_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of TopicModel by name, whole numbers as Python's own; one that makes no sense is an InputError."""
    checked = dict(given)
    for name, least in (("n_topics", 1), ("min_topic_size", 1), ("top_n_words", 1), ("random_state", 0)):
        value = given.get(name)
        if value is not None:
            whole(name, value, least)
            checked[name] = int(value)
    languages = given.get("language")
    for language in languages if isinstance(languages, list | tuple) else [languages]:
        code_of(language)
    share = given.get("max_outliers", 0.0)
    if not isinstance(share, Real) or not 0 <= float(share) <= 1:
        raise InputError(f"max_outliers is a share of the documents, 0 to 1, got {shown(share)}")
    aspects = given.get("aspects")
    if aspects is not None and not isinstance(aspects, Mapping):
        raise InputError(
            f"aspects must be named, as in {{'KeyBERT': 'keybert', 'Short': ['keybert', 'mmr']}}, got {shown(aspects)}"
        )
    return checked


def counts(part: object, matrix: Any, n_docs: int) -> Csr:
    """What a vectorizer returned, as CSR with sorted indices."""
    from scipy import sparse

    if not sparse.issparse(matrix) or matrix.shape[0] != n_docs:
        raise PartError(
            part, "fit_transform", shown(matrix), f"a sparse matrix with one row per document ({n_docs})"
        )
    rows = sparse.csr_matrix(matrix)
    rows.sort_indices()
    return rows


def aspect(part: object, keywords: Any, topics: Topics) -> Aspect:
    """What a representer returned: keywords of each topic."""
    if not isinstance(keywords, Sequence) or len(keywords) != topics.n_topics:
        raise PartError(
            part, "represent", shown(keywords), f"keywords for each of the {topics.n_topics} topics"
        )
    try:
        return tuple(tuple((str(word), float(weight)) for word, weight in words) for words in keywords)
    except (TypeError, ValueError) as error:
        raise PartError(
            part, "represent", f"keywords that are no pairs ({error})", "(word, weight)"
        ) from error


def labels(part: object, given: Any, topics: Topics) -> tuple[Label | None, ...]:
    """What a labeler returned: a Label or None per topic."""
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) != topics.n_topics:
        raise PartError(part, "label", shown(given), f"a Label or None for each of {topics.n_topics} topics")
    strange = [label for label in given if label is not None and not isinstance(label, Label)]
    if strange:
        raise PartError(part, "label", shown(strange[0]), "Label or None")
    return tuple(given)


def coords(part: object, points: Any, docs: Documents) -> Float2d:
    """What a layout returned."""
    placed = np.asarray(points, dtype=np.float32)
    if placed.shape != (docs.n_docs, 2) or not np.isfinite(placed).all():
        raise PartError(part, "lay_out", shown(placed), f"finite coordinates of shape ({docs.n_docs}, 2)")
    return placed
