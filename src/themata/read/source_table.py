"""All rows of a source as they came, in their order: those that became documents, and those that were set aside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from themata.core.arrays import MANY

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class SourceTable:
    """The columns of a source.

    columns : {name: n_rows values}, None where a row lacks one
    set_aside : (n_rows,) why, None for a document
    heavy : the column of the texts, which is left out from MANY rows on, so that the memory of a laptop holds the others
    """

    columns: dict[str, list[Any]] = field(default_factory=dict)
    set_aside: list[str | None] = field(default_factory=list)
    heavy: str | None = None

    @property
    def n_rows(self) -> int:
        return len(self.set_aside)

    def take(self, values: Mapping[str, Any], reason: str | None) -> None:
        """Add a row."""
        n_rows = self.n_rows
        if n_rows == MANY:
            self.columns.pop(self.heavy or "", None)
        for name, value in values.items():
            if n_rows >= MANY and name == self.heavy:
                continue
            column = self.columns.get(name)
            if column is None:
                column = self.columns.setdefault(str(name), [])
            if len(column) < n_rows:
                column.extend([None] * (n_rows - len(column)))
            column.append(value)
        self.set_aside.append(reason)

    def to_frame(self) -> pd.DataFrame:
        """The columns alone, each of one kind: numbers, dates, truths, or else text. Parquet holds all of it."""
        import pandas as pd

        whole = {
            name: [*values, *[None] * (self.n_rows - len(values))] for name, values in self.columns.items()
        }
        return pd.DataFrame(
            {name: one_kind(values) for name, values in whole.items()}, index=range(self.n_rows)
        )


def one_kind(values: Sequence[Any]) -> pd.Series:
    """Values as a column of one kind; lists and objects are written as JSON.

    >>> one_kind([1, None, 3]).dtype, one_kind([1, "a"]).tolist()
    (Int64Dtype(), ['1', 'a'])
    """
    import pandas as pd

    kinds = {type(value) for value in values if value is not None and value == value}
    if kinds and kinds <= {bool}:
        return pd.Series(list(values), dtype="boolean")
    if (
        kinds
        and kinds <= {int}
        and all(-(1 << 63) <= value < 1 << 63 for value in values if value is not None)
    ):
        return pd.Series(list(values), dtype="Int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(list(values), dtype="float64")
    if kinds and kinds <= {date, datetime, pd.Timestamp}:
        moments = [datetime(*value.timetuple()[:3]) if type(value) is date else value for value in values]
        if len({value.tzinfo for value in moments if value is not None}) == 1:
            return pd.Series(moments, dtype=None if datetime in kinds else "datetime64[us]")
    return pd.Series([None if value is None else as_text(value) for value in values], dtype=object)


def as_text(value: Any) -> str | None:
    """A value as a cell shows it; None for what is no number.

    >>> as_text(["a", 1]), as_text(date(2024, 5, 1)), as_text(float("nan"))
    ('["a", 1]', '2024-05-01', None)
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if value != value:
        return None
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if isinstance(value, date) else str(value)
