"""Any further column of the documents: shown in the report, searched, and colors for its map."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from themata.core.colors import color
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.images import IMAGE

SHOWN_ELSEWHERE = ("title", "link", IMAGE, "document")  # a document's passages are told by its text
NO_MEASURE = ("id",)  # numbers that stand for nothing that is more or less
MOST_GRADES = 12  # different numbers that are classes; more are a measure
MOST_CLASSES = 40  # different values that can be told apart by color, and by name in a legend
MOST_MARKS = 6  # of them that have a mark of their own
CHARACTERS = 200  # of a value
_MISSING = ("<NA>", "NaT")  # as pandas writes what is not there
NONE = 65535  # where a document has no value

# Names of columns, or columns by name with a value per document: a mapping, or a frame
Wanted = Sequence[str] | Mapping[str, Sequence[Any]] | Any | None


@dataclass(frozen=True)
class Column:
    """A column as the report has it.

    name : its own
    kind : "class" and "number" color the map, "text" is read
    values : of a class, its different ones, numbers in their order, else the most frequent first; of a text, (n_docs,) strings; of numbers too,
        unless their codes say them exactly
    codes : (n_docs,) uint16, NONE for none: of a class, places among the values; of a number, from 0 at `low` to 65534
    low, high : of a number
    """

    name: str
    kind: str
    values: Sequence[str] = ()
    codes: np.ndarray[Any, Any] | None = None
    low: float = 0.0
    high: float = 0.0

    @property
    def has_marks(self) -> bool:
        """Whether its values are so few that each, and the lack of one, has a mark of its own."""
        if self.kind != "class" or self.codes is None:
            return False
        return len(self.values) + bool((self.codes == NONE).any()) <= MOST_MARKS

    def for_page(self) -> dict[str, Any]:
        """What the page needs to know beside the codes and texts."""
        about: dict[str, Any] = {"name": self.name, "kind": self.kind}
        if self.kind == "class":
            colors = [color(row) for row in range(len(self.values))]
            return {**about, "values": list(self.values), "colors": colors, "marks": self.has_marks}
        if self.kind == "number":
            return {**about, "low": self.low, "high": self.high}
        return about


def columns_of(docs: Documents, wanted: Wanted = None) -> list[Column]:
    """Columns that are not shown in places of their own.

    wanted : names of columns of the documents, in that order; or columns by name, with a value per document; None: all
        that the documents have
    """
    if wanted is None:
        wanted = [name for name in docs.columns if name not in SHOWN_ELSEWHERE]
    if isinstance(wanted, str):
        raise InputError(f"columns is a list of names, or a mapping or frame of values, got {wanted!r}")
    if hasattr(wanted, "items"):
        given: dict[str, Sequence[Any]] = {str(name): list(values) for name, values in wanted.items()}
        wrong = next((name for name, values in given.items() if len(values) != docs.n_docs), None)
        if wrong is not None:
            raise AlignmentError(
                f"one value per document is needed: {docs.n_docs:,} documents, {len(given[wrong]):,} in {wrong!r}"
            )
    else:
        unknown = [name for name in wanted if name not in docs.columns]
        if unknown:
            has = ", ".join(map(repr, docs.columns)) or "none"
            raise InputError(f"no column {unknown[0]!r} among the columns of the documents: {has}")
        given = {name: docs.columns[name] for name in wanted if name not in SHOWN_ELSEWHERE}
    columns = [_column(name, values) for name, values in given.items()]
    return [column for column in columns if column is not None]


def first_choice(
    columns: Sequence[Column], role: str, name: str | None, more: Sequence[str] = ()
) -> str | None:
    """The name of the column that the map is colored or marked by when the page opens, checked.

    role : "color" or "marks"
    more : what else may be chosen
    """
    if name is None:
        return None
    fitting = [
        *more,
        *(
            column.name
            for column in columns
            if column.has_marks or (role == "color" and column.codes is not None)
        ),
    ]
    if name in fitting:
        return name
    kind = "classes or numbers" if role == "color" else f"{MOST_MARKS} values at most"
    has = f"it has {', '.join(map(repr, fitting))}" if fitting else "it has none"
    raise InputError(f"{role} is a column of the report with {kind}, got {name!r}: {has}")


def texts_by_name(columns: Sequence[Column]) -> Mapping[str, Sequence[str]]:
    """The columns that are read, by "column:" and name, so that none has the name of another thing."""
    return {
        f"column:{column.name}": column.values
        for column in columns
        if column.kind != "class" and len(column.values)
    }


def _column(name: str, values: Sequence[Any]) -> Column | None:
    plain = [_plain(value) for value in values]
    if not any(value is not None for value in plain):
        return None
    numbers = all(value is None or isinstance(value, int | float) for value in plain)
    said = ["" if value is None else _said(value) for value in plain]
    different = dict.fromkeys(value for value in said if value)
    if len(different) <= (MOST_GRADES if numbers else MOST_CLASSES) and len(different) < max(
        3, len(said) / 2
    ):
        return _classes(name, said)
    if numbers and name.lower() not in NO_MEASURE:
        return _numbers(name, [math.nan if value is None else float(value) for value in plain], said)
    return Column(name, "text", said)


def _classes(name: str, said: Sequence[str]) -> Column:
    times: dict[str, int] = {}
    for value in said:
        times[value] = times.get(value, 0) + 1
    there = [value for value in times if value]
    try:  # grades and years stand in their own order
        values = sorted(there, key=float)
    except ValueError:
        values = sorted(there, key=lambda value: (-times[value], value))
    place = {value: row for row, value in enumerate(values)}
    codes = np.array([place.get(value, NONE) for value in said], dtype=np.uint16)
    return Column(name, "class", values, codes)


def _numbers(name: str, values: Sequence[float], said: Sequence[str]) -> Column:
    numbers = np.array(values)
    known = np.isfinite(numbers)
    low, high = float(numbers[known].min()), float(numbers[known].max())
    codes = np.full(len(numbers), NONE, dtype=np.uint16)
    codes[known] = np.round((numbers[known] - low) / max(high - low, 1e-300) * (NONE - 1))
    is_exact = high - low < NONE and bool((numbers[known] == np.round(numbers[known])).all())
    return Column(name, "number", () if is_exact else said, codes, low, high)


def _plain(value: Any) -> Any:
    """A value that has a short name; None for none."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or str(value) in _MISSING:
        return None
    if isinstance(value, bool | str):
        return " ".join(str(value).split()) or None
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, list | tuple | set):
        return ", ".join(map(str, value)) or None
    return None if isinstance(value, bytes) else str(value)


def _said(value: Any) -> str:
    """A value as it is read: 3.0 is 3, and no digit that a person wrote is lost.

    >>> [_said(value) for value in (3.0, 1234567.5, 0.1 + 0.2)]
    ['3', '1234567.5', '0.3']
    """
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return str(value)[:CHARACTERS]
