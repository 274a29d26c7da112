"""Classes that people gave to documents, from a file of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from themata.core.encodings import Decoding
from themata.core.errors import InputError
from themata.read.columns import ROLES
from themata.read.formats import rows_of


def read_classes(
    source: str,
    *,
    column: str | None = None,
    ids: Sequence[Any] | None = None,
    n_docs: int,
    encoding: str | None = None,
) -> list[Any]:
    """The class of each document.

    source : any file that `read` reads; of plain text, a class a line
    column : name of the column of classes; None: class, label, category and the like
    ids : of the documents; where the file has a column "id" too, rows are matched by it, else by their order
    returns : n_docs classes, None for a document that the file does not have or gives none
    """
    rows = [row.values for row in rows_of(source, decoding=Decoding(encoding)) if row.fault is None]
    names = list(dict.fromkeys(name for row in rows for name in row))
    name = _named(column, names, source)
    key = next((known for known in ROLES["id"] if known in names), None)
    if ids is not None and key is not None:
        class_of = {str(row.get(key)): row.get(name) for row in rows}
        classes = [class_of.get(str(id)) for id in ids]
        if any(value is not None for value in classes):
            return [_given(value) for value in classes]
    if len(rows) != n_docs:
        raise InputError(
            f"{source} has {len(rows):,} rows and the model {n_docs:,} documents: a row for each in the same order is "
            "needed, or a column 'id' that both of them have"
        )
    return [_given(row.get(name)) for row in rows]


def _named(column: str | None, names: Sequence[str], source: str) -> str:
    if column is not None:
        if column not in names:
            raise InputError(
                f"{source} has no column {column!r}: it has {', '.join(map(repr, names)) or 'none'}"
            )
        return column
    by_lower_case: Mapping[str, str] = {name.lower(): name for name in reversed(names)}
    for known in ROLES["class"]:
        if known in by_lower_case:
            return by_lower_case[known]
    if len(names) == 1:
        return names[0]
    raise InputError(
        f"{source} has no column of classes: name one of {', '.join(map(repr, names)) or 'none'}"
    )


def _given(value: Any) -> Any:
    return (
        None if value is None or value != value or (isinstance(value, str) and not value.strip()) else value
    )
