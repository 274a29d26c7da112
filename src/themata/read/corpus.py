"""From a file, a folder, standard input or a data set to a corpus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from themata.documents import Documents
from themata.errors import InputError
from themata.graph import Int1d
from themata.read.formats import Row, rows_of
from themata.read.roles import ROLES, find_columns

NO_TEXT = "no text"
NOT_A_STRING = "text is not a string"
DUPLICATE_ID = "duplicate id"


@dataclass(frozen=True)
class Rejected:
    """A row set aside.

    line : where it is in the source, from 1: a line, a row of a table or a place in a folder
    """

    line: int
    reason: str
    raw: str


@dataclass(frozen=True)
class Corpus:
    """What was read.

    documents : the good rows; texts are "title. text" where both are there
    rows : (n_docs,) place of each document among the rows of the source, from 0
    rejected : the bad rows
    n_rows : good and bad
    columns : the name found for each role
    """

    documents: Documents
    rows: Int1d
    rejected: tuple[Rejected, ...]
    n_rows: int
    columns: Mapping[str, str]
    source: str

    def write_rejected(self, path: str | Path) -> None:
        """The bad rows as JSON lines: line, reason, raw."""
        with Path(path).open("w", encoding="utf-8") as file:
            for row in self.rejected:
                file.write(json.dumps(vars(row)) + "\n")


def read(
    source: str | Path,
    *,
    text: str | None = None,
    title: str | None = None,
    id: str | None = None,
    date: str | None = None,
    class_: str | None = None,
    strict: bool = False,
    limit: int | None = None,
) -> Corpus:
    """Read documents.

    source : CSV, TSV, JSON, JSONL or Parquet, each also .gz or .zst; a folder of .txt and .md files; "-" for standard
        input; "hf:owner/name" for a data set of the hub
    text, title, id, date, class_ : names of columns; found by themselves when obvious
    strict : the first bad row is an InputError
    limit : read only so many rows
    """
    asked = {"text": text, "title": title, "id": id, "date": date, "class": class_}
    rows = rows_of(str(source), limit)
    head, rest = _head(rows)
    columns = find_columns(head, asked, str(source))
    found = _Reader(str(source), columns, strict)
    for row in _chain(head, rest):
        found.take(row)
    return found.corpus()


@dataclass
class _Reader:
    """Takes rows one by one, and sorts the good from the bad."""

    source: str
    columns: Mapping[str, str]
    strict: bool
    texts: list[str] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    ids: set[Any] = field(default_factory=set)
    n_rows: int = 0

    def __post_init__(self) -> None:
        self.values = {role: [] for role in ROLES if role in self.columns and role != "text"}

    def take(self, row: Row) -> None:
        place, self.n_rows = self.n_rows, self.n_rows + 1
        reason = row.fault or self._fault(row.values)
        if reason:
            self._set_aside(row, reason)
            return
        self.rows.append(place)
        for role, values in self.values.items():
            values.append(row.values.get(self.columns[role]))
        self.texts.append(self._text(row.values))

    def corpus(self) -> Corpus:
        if not self.texts:
            why = (
                f": all {self.n_rows:,} rows were set aside, the first for {self.rejected[0].reason!r}"
                if self.rejected
                else ""
            )
            raise InputError(f"no documents in {self.source}{why}")
        dates = self.values.pop("date", None)
        docs = Documents(self.texts, times=None if dates is None else times_of(dates), columns=self.values)
        rows = np.array(self.rows, dtype=np.int64)
        return Corpus(docs, rows, tuple(self.rejected), self.n_rows, dict(self.columns), self.source)

    def _fault(self, values: Mapping[str, Any]) -> str | None:
        text = values.get(self.columns["text"])
        if text is None or (isinstance(text, float) and text != text):
            return NO_TEXT
        if not isinstance(text, str):
            return NOT_A_STRING
        if not text.strip():
            return NO_TEXT
        if "id" in self.columns:
            key = values.get(self.columns["id"])
            if key in self.ids and key is not None:
                return DUPLICATE_ID
            if isinstance(key, str | int):
                self.ids.add(key)
        return None

    def _text(self, values: Mapping[str, Any]) -> str:
        text = str(values[self.columns["text"]])
        title = values.get(self.columns.get("title", ""))
        if not isinstance(title, str) or not title.strip():
            return text
        title = title.strip()
        if text.startswith(title) and text[len(title) : len(title) + 1] in ("", "\n", ".", ":", "!", "?"):
            return text  # it opens with its title already
        return f"{title} {text}" if title[-1] in ".!?" else f"{title}. {text}"

    def _set_aside(self, row: Row, reason: str) -> None:
        if self.strict:
            raise InputError(
                f"{self.source}, line {row.line}: {reason} (strict reading stops at the first bad row)"
            )
        raw = (
            row.raw if row.raw is not None else json.dumps(dict(row.values), default=str, ensure_ascii=False)
        )
        self.rejected.append(Rejected(row.line, reason, raw[:2000]))


def times_of(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    """(n,) datetime64[ns] in UTC; NaT for what is no date. Plain years are years."""
    import pandas as pd

    plain = [f"{value}-01-01" if _is_year(value) else value for value in values]
    found = pd.to_datetime(pd.Series(plain, dtype=object), utc=True, errors="coerce", format="mixed")
    return found.dt.tz_localize(None).to_numpy().astype("datetime64[ns]")


def _is_year(value: Any) -> bool:
    return str(value).isdigit() and 1000 <= int(value) <= 2999


def _head(rows: Iterator[Row], n: int = 200) -> tuple[list[Row], Iterator[Row]]:
    head = []
    for row in rows:
        head.append(row)
        if len(head) == n:
            break
    return head, rows


def _chain(head: Sequence[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from head
    yield from rest
