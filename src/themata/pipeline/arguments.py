"""What a caller hands over: texts, a value for each document, vectors, topic numbers. Every verb takes them from here."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any, Protocol, runtime_checkable

import numpy as np

from themata.analysis.over_time import read_times
from themata.core.arrays import MANY, Float2d, Int1d
from themata.core.errors import AlignmentError, InputError, listed_rows
from themata.core.graph import BLOCK_MADE
from themata.core.text_column import TextColumn
from themata.embed.quantized import QuantizedEmbeddings

log = logging.getLogger(__name__)

MOST_DENSE = 2**29  # numbers of a sparse matrix that are made dense without asking: 2 GB as float32

_VECTOR_NAMES = ("embedding", "embeddings", "vector", "vectors")


# Arrays and tables of other libraries, which are not imported here


@runtime_checkable
class _Shaped(Protocol):
    shape: Any


@runtime_checkable
class _Column(Protocol):
    shape: Any

    def __iter__(self) -> Iterator[Any]: ...


@runtime_checkable
class _Typed(Protocol):
    dtype: Any


@runtime_checkable
class _Tensor(Protocol):
    """Torch's, which NumPy takes neither from another device nor in bfloat16."""

    def detach(self) -> Any: ...


@runtime_checkable
class _Sparse(Protocol):
    shape: Any

    def toarray(self) -> Any: ...


@runtime_checkable
class _Frame(Protocol):
    def to_numpy(self) -> Any: ...


@runtime_checkable
class _Columned(Protocol):
    columns: Any


@runtime_checkable
class _ArrowTable(Protocol):
    column_names: Any


@runtime_checkable
class _ArrowColumn(Protocol):
    """Arrow's, whose items are scalars of its own."""

    def to_pylist(self) -> list[Any]: ...


# Texts, and anything else of which there is one per document


def texts(given: Any, what: str = "documents") -> Sequence[str]:
    """Strings from any iterable of them: a list, an array, a column of a data frame; many of Arrow's stay in its column."""
    known = _text_column(given)
    if known is not None:
        return known
    values = list(column(given, what, example="text"))
    wrong = [row for row, value in enumerate(values) if not isinstance(value, str)]
    if wrong:
        kinds = Counter(_kind_of_value(values[row]) for row in wrong)
        counted = ", ".join(f"{n:,} {kind}" for kind, n in kinds.most_common(3))
        raise InputError(
            f"{what} must be strings: {len(wrong):,} of {len(values):,} are not ({counted}), in "
            f"{listed_rows(wrong)}: {_cure(values[wrong[0]])}"
        )
    return [str(value) for value in values]


def _text_column(given: Any) -> TextColumn | None:
    """Many texts that are no strings of Python yet, and need not become some all at once."""
    if isinstance(given, TextColumn):
        return given
    if not isinstance(given, _ArrowColumn):
        return None
    import pyarrow as pa

    if not isinstance(given, pa.Array | pa.ChunkedArray) or len(given) < MANY or given.null_count:
        return None
    return (
        TextColumn(given) if pa.types.is_string(given.type) or pa.types.is_large_string(given.type) else None
    )


def corpus(given: Any) -> Sequence[str]:
    """Texts to fit: strings, at least one of them."""
    documents = texts(given)
    if not documents:
        raise InputError("no documents to fit: the corpus is empty")
    return documents


def column(given: Any, what: str, *, example: str | None = None) -> Any:
    """A list, an array or a column of a data frame as it is, any other iterable as a list.

    what : what it holds, for the error
    example : the role of a column that is asked for where a whole table came ("text", "date", "class")
    """
    if isinstance(given, str | bytes):
        raise InputError(f"{what} must be a list, got one string: put it in a list")
    names = _column_names(given)
    if names is not None:
        raise InputError(
            f"{what} must be one column, got a table of {_quoted(names)}: {_which(names, example)}"
        )
    if isinstance(given, Mapping):
        keys = list(given)
        raise InputError(
            f"{what} must be a list, got a dict with the keys {_quoted(keys)}: give one of its lists"
        )
    if isinstance(given, set | frozenset):
        raise InputError(f"{what} must be a list, got a {type(given).__name__}, which has no order")
    if not isinstance(given, Iterable):
        raise InputError(f"{what} must be a list, got {given!r:.60} ({type(given).__name__})")
    shape = given.shape if isinstance(given, _Shaped) else (0,)
    if len(shape) != 1:
        raise InputError(f"{what} must be one list or column, got shape {shape}: give one of its columns")
    if isinstance(given, _ArrowColumn):
        return given.to_pylist()
    return given if isinstance(given, Sized) else list(given)


def per_document(given: Any, n_docs: int, what: str, *, example: str | None = None) -> Any:
    """A column with one entry for each document."""
    values = column(given, what, example=example)
    if len(values) != n_docs:
        raise AlignmentError(
            f"one entry per document is needed: {n_docs} documents came with {len(values)} {what}"
        )
    return values


def entries(
    given: Any, n_docs: int, what: str, *, example: str, consequence: str, blank: bool = False
) -> Any:
    """A column with one entry for each document; how many are missing, and which, is logged.

    what : name of the entries, in the plural
    consequence : what becomes of documents without one, for the log
    blank : empty strings are missing entries, too
    """
    values = per_document(given, n_docs, what, example=example)
    rows = [
        row
        for row, value in enumerate(values)
        if is_missing(value) or (blank and isinstance(value, str) and not value.strip())
    ]
    if rows:
        log.warning(
            "%d of %d %s are missing, in %s: %s", len(rows), n_docs, what, listed_rows(rows), consequence
        )
    return values


def times_and_columns(given: Mapping[str, Any], n_docs: int) -> dict[str, Any]:
    """The times and columns of documents, as documents keep them, from what `fit` is given.

    returns : times, where they are given, as read_times reads them; columns of one entry per document
    """
    columns = given.get("columns")
    columns = {} if columns is None else {str(name): columns[name] for name in columns}
    kept: dict[str, Any] = {
        "columns": {
            name: per_document(values, n_docs, f"entries of column {name!r}")
            for name, values in columns.items()
        }
    }
    if given.get("times") is not None:
        kept["times"] = read_times(per_document(given["times"], n_docs, "times", example="date"))
    return kept


def titles(given: Any, shown: Sequence[str]) -> list[str]:
    """What is shown of each document: its own title or text where none is given.

    shown : (n_docs,) titles or texts of the documents
    """
    values = per_document(given, len(shown), "docs", example="text")
    return [title if is_missing(value) else str(value) for value, title in zip(values, shown, strict=True)]


def query(given: Any) -> str:
    """What is looked for, from words or a list of words that are looked for together."""
    words = given if isinstance(given, str) else " ".join(texts(given, "search terms"))
    if not words.strip():
        raise InputError("nothing to look for: give words, or image=")
    return words


def topic_numbers(given: Any) -> list[int]:
    """Topics by number, from one number or a list of them; whether a model has them is its own to say."""
    return [int(given)] if isinstance(given, int | np.integer) else list(column(given, "topics"))


def classes(given: Any, n_docs: int) -> Any:
    """Known classes of documents as an array, or None."""
    if given is None:
        return None
    values = column(given, "classes", example="class")
    if len(values) != n_docs:
        raise AlignmentError(
            f"one class per document is needed: {n_docs} documents came with {len(values)} classes"
        )
    return np.asarray(values, dtype=None if isinstance(values, _Typed) else _common_type(values))


def are_classes(given: Any) -> bool:
    """Whether a list holds a class for each document rather than a vector: names or whole numbers, some more than once.

    >>> are_classes(["a", "b", "a"]), are_classes(["one title", "another"]), are_classes([[0.5, 1.0], [1.0, 0.0]])
    (True, False, False)
    """
    shape = given.shape if isinstance(given, _Shaped) else (0,)
    if not isinstance(given, Sequence | _Column) or isinstance(given, str) or len(shape) != 1:
        return False
    known = [value for value in list(given) if value is not None]
    return all(isinstance(value, str | int | np.integer) for value in known) and len({*known}) < len(known)


def assignment(given: Any, n_docs: int, what: str = "topics") -> Int1d:
    """(n_docs,) topic of each document, -1 for none, from any whole numbers."""
    values = column(given, what)
    if len(values) != n_docs:
        raise AlignmentError(f"one topic per document is needed: {n_docs} documents, {len(values)} {what}")
    numbers = np.asarray(values)
    if numbers.dtype.kind == "f":
        numbers = np.where(numbers == np.round(numbers), numbers, np.nan)
    elif numbers.dtype.kind not in "iu":
        numbers = np.array([_whole(value) for value in list(values)], dtype=np.float64)
    wrong = np.flatnonzero(np.isnan(numbers)) if numbers.dtype.kind == "f" else np.empty(0, dtype=np.int64)
    if len(wrong):
        raise InputError(
            f"{what} must be whole numbers, one per document, -1 for none: {len(wrong):,} of {n_docs:,} are not, in "
            f"{listed_rows(wrong.tolist())}; the first is {list(values)[wrong[0]]!r:.60}"
        )
    return numbers.astype(np.int64)


def document_rows(given: Any, n_docs: int) -> Int1d:
    """Rows of documents, from numbers of them."""
    rows = np.asarray(column(given, "rows of documents"))
    if len(rows) and rows.dtype.kind not in "iu":
        raise InputError(f"rows of documents are whole numbers, got {rows.tolist()[0]!r:.60}")
    if len(rows) and not 0 <= rows.min() <= rows.max() < n_docs:
        raise InputError(f"rows of documents are 0 to {n_docs - 1}, got {rows.min()} to {rows.max()}")
    return rows.astype(np.int64)


# Vectors


def embeddings(given: Any, n_docs: int, *, dim: int | None = None) -> Float2d:
    """(n_docs, dim) float32 from anything array-like; the caller's array is never written to.

    Many of half precision or of int8 stay as they are, in memory or in their file. Many with ranges of the bytes become
    half precision.

    given : an array, a tensor, a sparse matrix, a data frame of numbers, a list or column of vectors of any kind, or
        quantized embeddings
    """
    if isinstance(given, QuantizedEmbeddings):
        given = given.restored(np.float32 if len(given) < MANY else np.float16)
    points = _stacked(given)
    if points.ndim == 1 and points.dtype.kind in "fiu" and n_docs == 1:
        points = points[None]
    if points.ndim == 3 and points.shape[1] == 1:  # a batch of one for each document
        points = points[:, 0]
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
    if n_docs < MANY or points.dtype not in (np.float16, np.int8):
        with np.errstate(over="ignore"):  # it becomes infinity, which is said below
            points = np.asarray(points, dtype=np.float32)
    starts = range(0, n_docs, BLOCK_MADE)
    finite = [np.isfinite(points[start : start + BLOCK_MADE]).all(axis=1) for start in starts]
    broken = np.flatnonzero(~np.concatenate([np.empty(0, dtype=bool), *finite]))
    if len(broken):
        raise InputError(
            f"embeddings must be finite: {len(broken):,} of {n_docs:,} hold NaN or infinity, in "
            f"{listed_rows(broken.tolist())}"
        )
    return points


def plane(given: Any, n_docs: int) -> Float2d:
    """(n_docs, 2) float32 coordinates for a map."""
    coordinates = embeddings(given, n_docs)
    if coordinates.shape[1] != 2:
        raise AlignmentError(f"a map has 2 dimensions: reduced_embeddings have {coordinates.shape[1]}")
    return coordinates


def as_array(given: Any) -> np.ndarray[Any, Any]:
    """An array of anything array-like; rows of different lengths are an array of none."""
    if isinstance(given, _Tensor):
        given = given.detach().cpu().float()
    if isinstance(given, list | tuple) and len(given) and isinstance(given[0], _Tensor):
        given = [as_array(row) for row in given]
    try:
        return np.asarray(given)
    except ValueError:
        rows = list(given)
        array = np.empty(len(rows), dtype=object)
        array[:] = rows
        return array


def _stacked(given: Any) -> np.ndarray[Any, Any]:
    """One array of the rows of anything that holds vectors."""
    names = _column_names(given)
    if names is not None:
        return _of_table(given, names)
    if isinstance(given, Mapping):
        raise InputError("embeddings must be a table of numbers, got a dict: give list(embeddings.values())")
    if isinstance(given, _Sparse):
        if np.prod(given.shape, dtype=np.float64) > MOST_DENSE:
            raise InputError(
                f"embeddings must be dense, got a sparse matrix of shape {given.shape}: reduce it first, for example by "
                "scikit-learn's TruncatedSVD(100).fit_transform(embeddings)"
            )
        return np.asarray(given.toarray())
    points = as_array(given)
    if points.dtype.kind in "US" and points.ndim == 1 and len(points):
        points = points.astype(object)
    if points.dtype != object or points.ndim == 0 or not len(points):
        return points
    return _of_rows(list(points))


def _of_table(given: Any, names: Sequence[Any]) -> np.ndarray[Any, Any]:
    if len(names) == 1:
        return _stacked(list(given[names[0]]))
    cells = np.asarray(given.to_numpy() if isinstance(given, _Frame) else given)
    if cells.dtype.kind in "fiu":
        return cells
    try:
        return cells.astype(np.float32)  # a frame of nullable numbers is one of objects
    except (TypeError, ValueError):
        asked = next((name for name in names if str(name).lower() in _VECTOR_NAMES), None)
        hint = (
            f"give the column of vectors, frame[{asked!r}]" if asked else "give the columns of numbers alone"
        )
        raise InputError(
            f"embeddings must be a table of numbers, got columns {_quoted(names)}: {hint}"
        ) from None


def _of_rows(rows: Sequence[Any]) -> np.ndarray[Any, Any]:
    """Vectors of any kind, one by one, as one array."""
    texts_among = [row for row, value in enumerate(rows) if isinstance(value, str)]
    if texts_among:
        raise InputError(
            f"embeddings must be numbers: {len(texts_among):,} of {len(rows):,} are strings, such as "
            f"{rows[texts_among[0]]!r:.40}; a CSV keeps vectors as text: read them back, as in "
            "[json.loads(row) for row in frame['embedding']], or keep them in .npy or Parquet"
        )
    vectors = [_vector(value) for value in rows]
    wrong = [row for row, vector in enumerate(vectors) if vector is None]
    if wrong:
        raise InputError(
            f"embeddings must be vectors of numbers: {len(wrong):,} of {len(rows):,} are not, in {listed_rows(wrong)}; "
            f"the first is {rows[wrong[0]]!r:.60}"
        )
    lengths = Counter(len(vector) for vector in vectors if vector is not None)
    usual = lengths.most_common(1)[0][0]
    other = [row for row, vector in enumerate(vectors) if vector is not None and len(vector) != usual]
    if other:
        raise InputError(
            f"embeddings must be of one length: {lengths[usual]:,} have {usual} numbers, {len(other):,} have another "
            f"number of them, in {listed_rows(other)}"
        )
    return np.stack(vectors)  # type: ignore[arg-type]


def _vector(value: Any) -> np.ndarray[Any, Any] | None:
    """One vector as an array of numbers; None for what is none."""
    array = as_array(value)
    if array.dtype == object and array.ndim:
        try:
            array = array.astype(np.float32)
        except (TypeError, ValueError):
            return None
    array = array[0] if array.ndim == 2 and len(array) == 1 else array
    return array if array.ndim == 1 and array.dtype.kind in "fiu" else None


# Helpers


def _column_names(given: Any) -> list[Any] | None:
    """The names of the columns of a table of any library, None for what is no table."""
    names = None
    if isinstance(given, _ArrowTable):
        names = given.column_names
    elif isinstance(given, _Columned):
        names = given.columns
    elif isinstance(given, np.ndarray):
        names = given.dtype.names  # of a structured array
    return None if names is None or callable(names) else list(names)


def _which(names: Sequence[Any], example: str | None) -> str:
    """The column to give instead of a whole table."""
    from themata.read.columns import ROLES

    known: Callable[[Any], bool] = lambda name: str(name).lower() in ROLES.get(example or "", ())  # noqa: E731
    asked = names[0] if len(names) == 1 else next(filter(known, names), example or "column")
    return f"give a column: frame[{asked!r}]"


def _quoted(names: Sequence[Any]) -> str:
    shown = ", ".join(map(repr, names[:5])) or "nothing"
    return f"{shown} ..." if len(names) > 5 else shown


def _kind_of_value(value: Any) -> str:
    return "None" if value is None else "NaN" if is_missing(value) else type(value).__name__


def _cure(value: Any) -> str:
    """What to do about a value that is no text."""
    if is_missing(value):
        return "leave them out, or give '' in their place, as pandas' fillna('') does"
    if isinstance(value, bytes):
        return "decode them, as in [text.decode() for text in documents]"
    if isinstance(value, Mapping):
        return "give one field, as in [row['text'] for row in documents]"
    if isinstance(value, list | tuple):
        return "join their words, as in [' '.join(words) for words in documents]"
    return "make strings of them, as in [str(value) for value in documents]"


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or pandas' NA.

    >>> [is_missing(value) for value in (None, float("nan"), np.datetime64("NaT"), "", 0)]
    [True, True, True, False, False]
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | np.floating | np.datetime64) and bool(value != value)


def _whole(value: Any) -> float:
    """A whole number as one, NaN for anything else."""
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return float(value) if is_number and value == value and float(value).is_integer() else float("nan")


def _common_type(values: Any) -> Any:
    """Numbers as numbers; anything else, None among it, as it is."""
    return None if all(isinstance(value, int | float | np.number) for value in values) else object
