"""Look at what the user and the parts handed over, and blame the right one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from themata.documents import Documents
from themata.errors import AlignmentError, InputError, PartError
from themata.graph import Csr, Float2d
from themata.protocols import Checkable, Clusters
from themata.topics import Aspect, Label, Topics


def ready(*parts: Any) -> None:
    """Raise what would keep parts from their work, as far as they can tell: now, and not after hours of fitting."""
    for part in parts:
        if isinstance(part, Checkable):
            part.check()


def parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of TopicModel by name, whole numbers as Python's own; one that makes no sense is an InputError."""
    found = dict(given)
    for name, least in (("n_topics", 1), ("min_topic_size", 1), ("top_n_words", 1), ("random_state", 0)):
        value = given.get(name)
        if value is not None:
            if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
                raise InputError(f"{name} must be a whole number from {least}, got {_shown(value)}")
            found[name] = int(value)
    share = given.get("max_outliers", 0.0)
    if not isinstance(share, Real) or not 0 <= float(share) <= 1:
        raise InputError(f"max_outliers is a share of the documents, 0 to 1, got {_shown(share)}")
    aspects = given.get("aspects")
    if aspects is not None and not isinstance(aspects, Mapping):
        raise InputError(
            f"aspects must be named, as in {{'KeyBERT': 'keybert', 'Short': ['keybert', 'mmr']}}, got {_shown(aspects)}"
        )
    return found


def texts(given: Iterable[Any]) -> list[str]:
    """A list of strings from any iterable of them: a list, an array, a column of a data frame."""
    if isinstance(given, str | bytes):
        raise InputError("documents must be a list of strings, got one string: put it in a list")
    if not isinstance(given, Iterable):
        raise InputError(f"documents must be a list of strings, got {_shown(given)}")
    if isinstance(given, Mapping) or getattr(given, "ndim", 1) != 1:  # whose items are keys, columns or rows
        raise InputError(
            f"documents must be one list or column of strings, got {_kind(given)}: give one of it"
        )
    found = list(given)
    for row, text in enumerate(found):
        if not isinstance(text, str):
            raise InputError(f"every document must be a string: document {row} is {_shown(text)}")
    return [str(text) for text in found]


def corpus(given: Iterable[Any]) -> list[str]:
    """Texts to fit: strings, at least one of them."""
    found = texts(given)
    if not found:
        raise InputError("no documents to fit: the corpus is empty")
    return found


def embeddings(given: Any, n_docs: int, *, dim: int | None = None) -> Float2d:
    """(n_docs, dim) float32 from anything array-like; the caller's array is never written to."""
    points = as_array(given)
    if points.ndim != 2 or points.dtype.kind not in "fiu":
        raise InputError(
            f"embeddings must be a table of numbers, one row per document: got shape {points.shape} of {points.dtype}"
        )
    if len(points) != n_docs:
        raise AlignmentError(
            f"one embedding per document is needed: {n_docs} documents came with {len(points)} embeddings"
        )
    if dim is not None and points.shape[1] != dim:
        raise AlignmentError(
            f"embeddings of {dim} dimensions are needed, as those the model was fitted on: got {points.shape[1]}"
        )
    if points.shape[1] == 0:
        raise InputError("embeddings need at least one dimension, got none")
    with np.errstate(over="ignore"):  # it becomes infinity, which is said below
        points = np.asarray(points, dtype=np.float32)
    broken = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(broken):
        raise InputError(
            f"embeddings must be finite: {len(broken)} rows hold NaN or infinity, the first is row {broken[0]}"
        )
    return points


def as_array(given: Any) -> np.ndarray[Any, Any]:
    """An array of anything array-like; rows of different lengths are an array of none."""
    if hasattr(given, "detach"):  # torch's, which NumPy takes neither from another device nor in bfloat16
        given = given.detach().cpu().float()
    try:
        return np.asarray(given)
    except ValueError:
        return np.asarray(list(given), dtype=object)


def plane(given: Any, n_docs: int) -> Float2d:
    """(n_docs, 2) float32 coordinates for a map."""
    placed = embeddings(given, n_docs)
    if placed.shape[1] != 2:
        raise AlignmentError(f"a map has 2 dimensions: reduced_embeddings have {placed.shape[1]}")
    return placed


def classes(given: Any, n_docs: int) -> Any:
    """Known classes of documents as an array, or None."""
    if given is None:
        return None
    found = np.asarray(given, dtype=None if hasattr(given, "dtype") else _common(given))
    if found.shape != (n_docs,):
        raise AlignmentError(
            f"one class per document is needed: {n_docs} documents came with classes of shape {found.shape}"
        )
    return found


def counts(part: object, found: Any, n_docs: int) -> Csr:
    """What a vectorizer returned, as CSR with sorted indices."""
    from scipy import sparse

    if not sparse.issparse(found) or found.shape[0] != n_docs:
        raise PartError(
            part, "fit_transform", _shown(found), f"a sparse matrix with one row per document ({n_docs})"
        )
    rows = sparse.csr_matrix(found)
    rows.sort_indices()
    return rows


def clusters(part: object, found: Any, n_docs: int) -> Clusters:
    """What a grouper returned."""
    if not isinstance(found, Clusters):
        raise PartError(part, "group", _shown(found), "Clusters(labels, strength, layers)")
    labels = np.asarray(found.labels)
    if labels.shape != (n_docs,) or labels.dtype.kind not in "iu":
        raise PartError(
            part, "group", f"{_shown(labels)} as labels", f"one whole number per document ({n_docs})"
        )
    strength = np.asarray(found.strength, dtype=np.float32)
    if strength.shape != (n_docs,) or not np.isfinite(strength).all():
        raise PartError(
            part, "group", f"{_shown(strength)} as strength", f"one finite number per document ({n_docs})"
        )
    for layer in found.layers:
        if np.shape(layer) != (n_docs,):
            raise PartError(part, "group", f"a layer of shape {np.shape(layer)}", f"shape ({n_docs},)")
    return Clusters(
        labels.astype(np.int64), np.clip(strength, 0, 1), tuple(np.asarray(x) for x in found.layers)
    )


def aspect(part: object, found: Any, topics: Topics) -> Aspect:
    """What a representer returned: keywords of each topic."""
    if not isinstance(found, Sequence) or len(found) != topics.n_topics:
        raise PartError(
            part, "represent", _shown(found), f"keywords for each of the {topics.n_topics} topics"
        )
    try:
        return tuple(tuple((str(word), float(weight)) for word, weight in words) for words in found)
    except (TypeError, ValueError) as error:
        raise PartError(
            part, "represent", f"keywords that are no pairs ({error})", "(word, weight)"
        ) from error


def labels(part: object, found: Any, topics: Topics) -> tuple[Label | None, ...]:
    """What a labeler returned: a Label or None per topic."""
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != topics.n_topics:
        raise PartError(part, "label", _shown(found), f"a Label or None for each of {topics.n_topics} topics")
    strange = [label for label in found if label is not None and not isinstance(label, Label)]
    if strange:
        raise PartError(part, "label", _shown(strange[0]), "Label or None")
    return tuple(found)


def coords(part: object, found: Any, docs: Documents) -> Float2d:
    """What a layout returned."""
    placed = np.asarray(found, dtype=np.float32)
    if placed.shape != (docs.n_docs, 2) or not np.isfinite(placed).all():
        raise PartError(part, "lay_out", _shown(placed), f"finite coordinates of shape ({docs.n_docs}, 2)")
    return placed


def _common(values: Any) -> Any:
    """Numbers as numbers; anything else, None among it, as it is."""
    return None if all(isinstance(value, int | float | np.number) for value in values) else object


def _kind(value: Any) -> str:
    return (
        f"{type(value).__name__} of shape {value.shape}" if hasattr(value, "shape") else type(value).__name__
    )


def _shown(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if shape is not None:
        return f"an array of shape {shape} of {getattr(value, 'dtype', '?')}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} of {len(value)}"
    return f"{value!r:.60} ({type(value).__name__})"
