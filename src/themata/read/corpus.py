"""From a file, a folder, standard input or a data set to a corpus."""

from __future__ import annotations

import html
import json
import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import MANY, Int1d
from themata.core.dates import times_of
from themata.core.documents import Documents
from themata.core.encodings import Decoding
from themata.core.errors import InputError
from themata.core.text_column import TextFile
from themata.languages.nonanswers import says_nothing
from themata.read.boilerplate import Boilerplate, boilerplate, without_windows
from themata.read.columns import ROLES, find_columns
from themata.read.encodings import BROKEN, is_whole
from themata.read.formats import rows_of
from themata.read.markup import MARKUPS, cleaned
from themata.read.row import Row, no_documents
from themata.read.source_table import SourceTable

log = logging.getLogger(__name__)

LOOKED_AT = 20_000  # documents, evenly spread, in which repeated passages are sought
NO_TEXT = "no text"
NO_ANSWER = "no answer, such as n/a"
NOT_A_STRING = "text is not a string"
LONE = "half a character (a lone surrogate)"
DUPLICATE_ID = "duplicate id"
_ENDS = (*".!?…:;。！？",)


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

    documents : the good rows; texts are "title. text" where both are there. Many lie in a file that goes with them
    rows : (n_docs,) place of each document among the rows of the source, from 0
    rejected : the bad rows
    n_rows : good and bad
    columns : the name found for each role
    decoding : in which encoding it was
    table : all rows as they came, with all their columns
    markup : how many documents were "html", "markdown" or "email", whose texts here are what people read of them
    dropped : what was left out, as `without=` takes it for later documents
    n_cut : how many documents something was left out of
    """

    documents: Documents
    rows: Int1d
    rejected: tuple[Rejected, ...]
    n_rows: int
    columns: Mapping[str, str]
    source: str
    decoding: Decoding = field(default_factory=Decoding)
    table: SourceTable = field(default_factory=SourceTable)
    markup: Mapping[str, int] = field(default_factory=dict)
    dropped: Int1d | None = None
    n_cut: int = 0

    @cached_property
    def boilerplate(self) -> Boilerplate:
        """Passages that many of the documents share word for word; of many documents some are looked at."""
        rows = np.unique(np.linspace(0, self.documents.n_docs - 1, LOOKED_AT).astype(np.int64))
        texts = self.documents.texts
        return boilerplate([texts[row] for row in rows] if len(texts) > LOOKED_AT else texts)

    def without_boilerplate(self) -> Corpus:
        """The same documents without the passages that they share; the table keeps them."""
        shared = boilerplate(self.documents.texts)
        cut = replace(
            self,
            documents=self.documents.having(texts=shared.without(self.documents.texts)),
            dropped=shared.windows,
            n_cut=shared.n_docs,
        )
        vars(cut)["boilerplate"] = self.boilerplate  # what was found stays known
        return cut

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
    link: str | None = None,
    format: str | None = None,
    strict: bool = False,
    limit: int | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    markup: str = "auto",
    like: Mapping[str, str] | None = None,
    without: Int1d | None = None,
) -> Corpus:
    """Read documents.

    source : CSV, TSV, JSON, JSONL, Parquet, .xlsx, .xls or .ods, each also .gz or .zst; a chat of WhatsApp (.txt),
        Telegram or Discord (.json); an .mbox of e-mails; a folder of .txt, .md, .html, .eml, .mbox and .pdf files, or an
        export of Slack; "-" for standard input; "hf:owner/name" for a data set of the hub
    text, title, id, date, class_, link : names of columns; found by themselves when obvious
    format : csv, tsv, json, jsonl, parquet or txt (a document a line), when the name of the file does not tell
    strict : the first bad row is an InputError
    limit : read only so many rows
    encoding : of text files, such as cp1252; several with commas between them: each line is in the first that it can be
        in. Without it UTF-8, or what is detected
    sheet : of a workbook; the first that holds something without it
    markup : what the texts are written in: "html", "markdown" or "email" are read as people see them, e-mails without
        headers, quoted messages and signatures; "auto" finds out for each text, "none" leaves all as they are
    like : columns of an earlier source by role, taken again where this one has them and none is named
    without : what was left out of an earlier source, its `dropped`, is left out of this one
    """
    if markup not in MARKUPS:
        raise InputError(f"markup is {', '.join(MARKUPS)}, got {markup!r}")
    decoding = Decoding(encoding)
    asked = {"text": text, "title": title, "id": id, "date": date, "class": class_, "link": link}
    rows = rows_of(str(source), limit=limit, format=format, decoding=decoding, sheet=sheet)
    head, rest = _head(rows)
    columns = find_columns(head, asked, str(source), like)
    reader = _Reader(str(source), columns, strict, asked["date"] is not None, markup, without)
    for row in _chain(head, rest):
        reader.take(row)
    return reader.corpus(decoding)


def batches(
    source: str | Path,
    *,
    size: int,
    like: Mapping[str, str] | None = None,
    strict: bool = False,
    limit: int | None = None,
    format: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    markup: str = "auto",
    without: Int1d | None = None,
    **named: str | None,
) -> Iterator[Corpus]:
    """What `read` reads, `size` rows at a time: `rows` and `n_rows` count from the first of the source.

    named : columns by role, as `read` takes them
    An id that comes again is found only within a batch, because a set of all ids grows with the source.
    """
    decoding = Decoding(encoding)
    asked = {role: named.get("class_" if role == "class" else role) for role in ROLES}
    head, rest = _head(rows_of(str(source), limit=limit, format=format, decoding=decoding, sheet=sheet))
    columns = find_columns(head, asked, str(source), like)
    rows = _chain(head, rest)
    n_rows, n_docs, first = 0, 0, None
    while some := list(islice(rows, size)):
        reader = _Reader(
            str(source), columns, strict, asked["date"] is not None, markup, without, n_rows=n_rows
        )
        for row in some:
            reader.take(row)
        n_rows, n_docs = reader.n_rows, n_docs + len(reader.rows)
        first = first or next(((row.line, row.reason) for row in reader.rejected), None)
        yield reader.batch(decoding)
    if not n_docs:
        raise no_documents(str(source), n_rows, first)


@dataclass
class _Reader:
    """Takes rows one by one, and sorts the good from the bad."""

    source: str
    columns: Mapping[str, str]
    strict: bool
    date_asked: bool = False
    markup: str = "none"
    without: Int1d | None = None
    texts: list[str] = field(default_factory=list)
    values: dict[str, list[Any]] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    ids: set[Any] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    table: SourceTable = field(default_factory=SourceTable)
    n_rows: int = 0
    file: TextFile | None = None  # where the texts are once they are many
    n_cut: int = 0

    def __post_init__(self) -> None:
        self.table.heavy = self.columns["text"]
        self.values = {role: [] for role in ROLES if role in self.columns and role != "text"}

    def take(self, row: Row) -> None:
        place, self.n_rows = self.n_rows, self.n_rows + 1
        values, kind = self._read(row)
        reason = row.fault or self._fault(values)
        self.table.take(row.values, f"line {row.line}: {reason}" if row.fault else reason)
        if reason:
            self._set_aside(row, reason)
            return
        self.rows.append(place)
        for role, held in self.values.items():
            held.append(values.get(self.columns[role]))
        self._keep(self._text(values))
        if kind is not None:
            self.kinds[kind] += 1

    def _keep(self, text: str) -> None:
        if self.without is not None:
            (rest,) = without_windows([text], self.without)
            self.n_cut += rest != text
            text = rest
        if self.file is not None:
            self.file.append(text)
            return
        self.texts.append(text)
        if len(self.texts) == MANY and find_spec("pyarrow") is not None:
            self.file = TextFile()
            for known in self.texts:
                self.file.append(known)
            self.texts.clear()

    def _read(self, row: Row) -> tuple[Mapping[str, Any], str | None]:
        """The values of a row, its text and title as people read them, and the markup that they were in."""
        text = row.values.get(self.columns["text"])
        if self.markup == "none" or row.fault or not isinstance(text, str):
            return row.values, None
        given = row.markup or self.markup
        clean, kind = cleaned(text, given)
        title = self._value(row.values, "title")
        changed = {self.columns["text"]: clean}
        if isinstance(title, str) and "&" in title:
            changed[self.columns["title"]] = html.unescape(title)
        return ({**row.values, **changed} if kind or len(changed) > 1 else row.values), kind

    def corpus(self, decoding: Decoding) -> Corpus:
        if not self.rows:
            first = (self.rejected[0].line, self.rejected[0].reason) if self.rejected else None
            raise no_documents(self.source, self.n_rows, first)
        return self.batch(decoding)

    def batch(self, decoding: Decoding) -> Corpus:
        """What was taken, which may be nothing."""
        texts = self.texts if self.file is None else self.file.column()
        docs = Documents(texts, times=self._times(), columns=self.values)
        rows = np.array(self.rows, dtype=np.int64)
        columns = dict(self.columns)
        return Corpus(
            docs,
            rows,
            tuple(self.rejected),
            self.n_rows,
            columns,
            self.source,
            decoding,
            self.table,
            dict(self.kinds.most_common()),
            self.without,
            self.n_cut,
        )

    def _times(self) -> np.ndarray[Any, Any] | None:
        values = self.values.pop("date", None)
        if values is None:
            return None
        times, name = times_of(values), self.columns["date"]
        odd = [
            value for value, none in zip(values, np.isnat(times), strict=True) if none and value is not None
        ]
        if np.isnat(times).all():
            if odd and self.date_asked:
                raise InputError(f"{self.source}: column {name!r} holds no dates, but {odd[0]!r}")
            self.columns = {role: column for role, column in self.columns.items() if role != "date"}
            return None
        if odd:
            log.warning("%d values of column %r are no dates, the first is %r", len(odd), name, odd[0])
        return times

    def _fault(self, values: Mapping[str, Any]) -> str | None:
        text = values.get(self.columns["text"])
        if text is None or (isinstance(text, float) and text != text):
            return NO_TEXT
        if not isinstance(text, str):
            return NOT_A_STRING
        if not text.strip():
            return NO_TEXT
        if says_nothing(text):
            return NO_ANSWER
        for column in self.columns.values():
            value = values.get(column)
            if isinstance(value, str) and not is_whole(value):
                return BROKEN if any("\udc80" <= mark <= "\udcff" for mark in value) else LONE
        return self._repeated(self._value(values, "id"))

    def _repeated(self, key: Any) -> str | None:
        """Note an id; the second time it is a fault."""
        if key is None or key != key or not isinstance(key, str | int | float):
            return None
        if key in self.ids:
            return DUPLICATE_ID
        self.ids.add(key)
        return None

    def _value(self, values: Mapping[str, Any], role: str) -> Any:
        """None where no column has the role: the column without a name, which pandas writes, has none."""
        return values.get(self.columns[role]) if role in self.columns else None

    def _text(self, values: Mapping[str, Any]) -> str:
        text = str(values[self.columns["text"]])
        title = self._value(values, "title")
        if not isinstance(title, str) or not title.strip() or _begins_with(text, title.strip()):
            return text
        title = title.strip()
        return f"{title} {text}" if title[-1] in _ENDS else f"{title}. {text}"

    def _set_aside(self, row: Row, reason: str) -> None:
        if self.strict:
            raise InputError(
                f"{self.source}, line {row.line}: {reason} (strict reading stops at the first bad row)"
            )
        raw = (
            row.raw if row.raw is not None else json.dumps(dict(row.values), default=str, ensure_ascii=False)
        )
        self.rejected.append(Rejected(row.line, reason, raw))


def _begins_with(text: str, title: str) -> bool:
    """Whether a text opens with its title already, perhaps as a heading; "Cats sleep" does not open with "Cats"."""
    text, title = text.lstrip("# \t\r\n*_=\"“'"), title.lstrip("# \t*_=\"“'")
    after = text[len(title) :].lstrip("*_\"”' \t")[:1]
    return text.startswith(title) and (title.endswith(_ENDS) or after in ("", "\n", "\r", *_ENDS))


def _head(rows: Iterator[Row], n: int = 200) -> tuple[list[Row], Iterator[Row]]:
    """The rows up to the n-th good one, and the rest."""
    head = []
    n_good = 0
    for row in rows:
        head.append(row)
        n_good += row.fault is None
        if n_good == n:
            break
    return head, rows


def _chain(head: Sequence[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from head
    yield from rest
