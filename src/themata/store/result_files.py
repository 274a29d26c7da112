"""Tables of results as files for other programs: Excel's workbooks, CSV that Excel opens, Parquet."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from themata.core.errors import InputError, MissingExtraError, first_line

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".xlsx", ".csv", ".parquet")
# What Excel can hold
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 1_048_576, 16_384, 32_767
MOST_DIGITS = 15  # of a whole number; of a longer one Excel forgets the last

_ILLEGAL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # in XML
_NUMBER = regex.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")
# What a spreadsheet would take for a formula, and numbers, which begin alike
_FORMULA = regex.compile(r"[=+\-@\t\r].*[\p{L}\p{N}].*", regex.DOTALL)
_SIGNED = regex.compile(r"[+-]?[\d\s.,'’]*\d\s*[%€$£]?|[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_WIDE, _NARROW = 60, 14  # characters of a column


def table_kind(path: Path) -> str:
    """The kind of file that a name asks for."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError(f"{path}: results are written as {', '.join(KINDS)}: choose one of these endings")
    if kind == ".parquet" and find_spec("pyarrow") is None:
        raise MissingExtraError("Parquet", extra="parquet")
    return kind


def write(path: Path, documents: pd.DataFrame, topics: pd.DataFrame) -> list[str]:
    """Write both tables: a workbook of two sheets, or a second file of topics beside the first.

    returns : what a reader must know of it, in sentences: the second file, cells that were changed
    """
    kind = table_kind(path)
    if kind == ".xlsx":
        return _write_workbook(path, {"documents": documents, "topics": topics})
    if kind == ".parquet":
        with in_place(path) as unfinished:
            documents.to_parquet(unfinished, index=False)
        return write_topics(path, topics)
    with csv_file(path) as out:
        made_safe = write_csv(documents, out)
    return write_topics(path, topics, made_safe)


def write_topics(path: Path, topics: pd.DataFrame, made_safe: int = 0) -> list[str]:
    """Write the table of topics beside a file of documents; returns what `write` does.

    made_safe : cells of the documents that were
    """
    beside = path.with_name(f"{path.stem}.topics{path.suffix}")
    if table_kind(path) == ".parquet":
        with in_place(beside) as unfinished:
            topics.to_parquet(unfinished, index=False)
    else:
        with csv_file(beside) as out:
            made_safe += write_csv(topics, out)
    return [f"the topics are in {beside}", *formula_notes(made_safe)]


def formula_notes(n_cells: int) -> list[str]:
    """What is said of cells that were made safe."""
    if not n_cells:
        return []
    return [f"a ' stands before {_cells(n_cells)} that a spreadsheet would take for a formula"]


@contextmanager
def csv_file(path: Path) -> Iterator[Any]:
    """A file to write CSV to that Excel opens, moved into place when it is whole."""
    with (
        in_place(path) as unfinished,
        unfinished.open("w", encoding="utf-8-sig", errors="replace", newline="") as out,
    ):
        yield out


def write_csv(table: pd.DataFrame, out: Any, *, head: bool = True) -> int:
    """Write a table as CSV; returns how many cells were made safe: those that spreadsheets would take for formulas."""
    made_safe = 0
    writer = csv.writer(out)
    if head:
        writer.writerow([_safe(str(name)) for name in table.columns])
    for row in _rows(table):
        cells = [_csv_cell(value) for value in row]
        safe = [
            _safe(cell) if isinstance(value, str) else cell for cell, value in zip(cells, row, strict=True)
        ]
        made_safe += sum(written != cell for written, cell in zip(safe, cells, strict=True))
        writer.writerow(safe)
    return made_safe


def stream_csv(tables: Iterable[pd.DataFrame], out: Any) -> tuple[int, int]:
    """Write tables one after the other, with the columns of the first; returns rows, and cells that were made safe."""
    n_rows = made_safe = 0
    names: list[str] | None = None
    for table in tables:
        names = names or list(table.columns)
        made_safe += write_csv(table.reindex(columns=names), out, head=not n_rows)
        n_rows += len(table)
    return n_rows, made_safe


def stream_parquet(tables: Iterable[pd.DataFrame], path: Path) -> int:
    """Write tables one after the other, with the columns of the first, a row group each; returns rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    n_rows, writer = 0, None
    with in_place(path) as unfinished:
        try:
            for table in tables:
                try:
                    kind = None if writer is None else writer.schema
                    fitting = table if kind is None else _as_before(table.reindex(columns=kind.names), kind)
                    made = pa.Table.from_pandas(fitting, kind, preserve_index=False)
                except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
                    raise InputError(
                        f"{path}: a column holds other things further down ({first_line(error)}): write .csv or .xlsx"
                    ) from error
                if writer is None:
                    fields = [
                        pa.field(column.name, pa.string() if pa.types.is_null(column.type) else column.type)
                        for column in made.schema
                    ]
                    made = made.cast(pa.schema(fields, made.schema.metadata))
                    writer = pq.ParquetWriter(unfinished, made.schema, compression="zstd")
                writer.write_table(made)
                n_rows += len(table)
        finally:
            if writer is not None:
                writer.close()
        if writer is None:
            raise InputError("there are no documents to assign")
    return n_rows


def _as_before(table: pd.DataFrame, schema: Any) -> pd.DataFrame:
    """A table whose columns are texts where those before it were."""
    import pyarrow as pa

    texts = [
        field.name for field in schema if pa.types.is_string(field.type) and table[field.name].dtype != object
    ]
    said = {name: table[name].astype(object).map(str, na_action="ignore") for name in texts}
    return table.assign(**said) if said else table


@contextmanager
def in_place(path: Path) -> Iterator[Path]:
    """A name to write to, moved into place when it is whole: a kill never leaves half a file."""
    unfinished = path.with_name(f".{path.name}.part")
    try:
        yield unfinished
        os.replace(unfinished, path)
    except OSError as error:
        if error.filename == str(unfinished):  # the user knows the file by its own name
            error.filename = str(path)
        raise
    finally:
        unfinished.unlink(missing_ok=True)


@dataclass
class _Changes:
    """How many cells a workbook cannot hold as they are."""

    cut: int = 0
    cleaned: int = 0
    columns: int = 0
    sheets: list[str] = field(default_factory=list)

    def notes(self) -> list[str]:
        said = []
        if self.cut:
            said.append(
                f"{_cells(self.cut)} {_are(self.cut)} cut at the {MOST_CHARACTERS:,} characters that Excel can hold"
            )
        if self.cleaned:
            said.append(
                f"{_cells(self.cleaned)} {_are(self.cleaned)} without control characters, which no workbook can hold"
            )
        if self.columns:
            said.append(
                f"{self.columns:,} columns beyond the {MOST_COLUMNS:,} that Excel can hold are left out"
            )
        if self.sheets:
            said.append(
                f"a sheet holds {MOST_ROWS:,} rows: those that follow are in {', '.join(map(repr, self.sheets))}"
            )
        return said


def _write_workbook(path: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    import xlsxwriter

    changes = _Changes()
    with in_place(path) as unfinished:
        # Row by row, so that a million rows need no memory; texts are texts, whatever they begin with
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(str(unfinished), options)
        try:
            for name, table in tables.items():
                _write_sheets(book, name, table, changes)
        finally:
            book.close()
    return changes.notes()


def _write_sheets(book: Any, name: str, table: pd.DataFrame, changes: _Changes) -> None:
    bold, day, moment = (
        book.add_format(how)
        for how in ({"bold": True}, {"num_format": "yyyy-mm-dd"}, {"num_format": "yyyy-mm-dd hh:mm:ss"})
    )
    left_out = max(0, len(table.columns) - MOST_COLUMNS)
    changes.columns += left_out
    shown = table.iloc[:, :MOST_COLUMNS]
    numeric = [_holds_numbers(shown.iloc[:, column]) for column in range(len(shown.columns))]
    sheet, at = None, MOST_ROWS
    for values in _rows(shown):
        if at == MOST_ROWS:
            sheet, at = _sheet(book, name, shown, bold, changes), 1
        for column, value in enumerate(values):
            _write_cell(sheet, at, column, value, numeric[column], day, moment, changes)
        at += 1
    if sheet is None:
        _sheet(book, name, shown, bold, changes)


def _sheet(book: Any, name: str, table: pd.DataFrame, bold: Any, changes: _Changes) -> Any:
    """A sheet of that name with the head of a table; "documents 2" and so on where there is one already."""
    n_before = sum(sheet.get_name().split(" ")[0] == name for sheet in book.worksheets())
    sheet = book.add_worksheet(name if not n_before else f"{name} {n_before + 1}")
    if n_before:
        changes.sheets.append(sheet.get_name())
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(table.columns):
        sheet.set_column(column, column, _width(str(title), table.iloc[:200, column]))
        sheet.write_string(0, column, _cell(str(title), changes), bold)
    if len(table.columns):
        sheet.autofilter(0, 0, min(len(table), MOST_ROWS - 1), len(table.columns) - 1)
    return sheet


def _write_cell(
    sheet: Any, row: int, column: int, value: Any, numeric: bool, day: Any, moment: Any, changes: _Changes
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and abs(value) < 10**MOST_DIGITS:
        sheet.write_number(row, column, value)
    elif isinstance(value, str) and numeric:
        sheet.write_number(row, column, float(value))
    elif isinstance(value, datetime) and value.tzinfo is None and value.year >= 1900:
        whole_day = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        sheet.write_datetime(row, column, value, day if whole_day else moment)
    else:
        text = value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
        sheet.write_string(row, column, _cell(text, changes))


def _cell(text: str, changes: _Changes) -> str:
    """A text as a workbook can hold it."""
    clean = _ILLEGAL.sub(" ", text) if _ILLEGAL.search(text) else text
    changes.cleaned += clean != text
    short = _cut(clean)
    changes.cut += short != clean
    return short


def _cut(text: str) -> str:
    """Excel counts as UTF-16 does: an emoji is two characters."""
    if len(text) <= MOST_CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"


def _holds_numbers(column: pd.Series) -> bool:
    """Whether a column of texts, as a CSV has, is one of numbers. Codes such as 01234 are none."""
    values = [value for value in column.tolist() if isinstance(value, str) and value]
    return bool(values) and all(map(_NUMBER.fullmatch, values)) and all(map(_is_short, values))


def numbers_of(values: Sequence[Any]) -> list[float | int | None] | None:
    """The numbers that texts hold, None for empty ones; None where they hold anything else.

    >>> numbers_of(["3", "", "4.5"]), numbers_of(["01234"]), numbers_of([None])
    ([3, None, 4.5], None, None)
    """
    texts = [value for value in values if value not in (None, "")]
    if not texts or not all(
        isinstance(text, str) and _NUMBER.fullmatch(text) and _is_short(text) for text in texts
    ):
        return None
    return [None if value in (None, "") else float(value) if "." in value else int(value) for value in values]


def _is_short(number: str) -> bool:
    return sum(map(str.isdigit, number)) <= MOST_DIGITS


def _width(title: str, values: pd.Series) -> int:
    lengths = sorted(len(str(value)) for value in values.tolist() if value is not None)
    usual = lengths[len(lengths) * 9 // 10] if lengths else 0
    return max(min(usual + 1, _WIDE), min(len(title) + 3, 2 * _NARROW), 6)


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """The rows as Python's own values; None for what is missing."""
    for start in range(0, len(table), 10_000):
        part = table.iloc[start : start + 10_000]
        columns = []
        for place in range(len(table.columns)):
            column = part.iloc[:, place]
            there = column.notna().tolist()
            columns.append(
                [value if known else None for value, known in zip(column.tolist(), there, strict=True)]
            )
        yield from zip(*columns, strict=True)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, date):
        at_midnight = (
            isinstance(value, datetime) and value.tzinfo is None and value.time() == datetime.min.time()
        )
        return str(value.date()) if isinstance(value, datetime) and at_midnight else str(value)
    return "" if value is None else value.replace("\0", " ") if isinstance(value, str) else value


def _safe(cell: Any) -> Any:
    """A cell that no spreadsheet runs.

    >>> [_safe(cell) for cell in ("=1+1", "-5", "+49 30 1234", "- good food", "-", "@home")]
    ["'=1+1", '-5', '+49 30 1234', "'- good food", '-', "'@home"]
    """
    if not isinstance(cell, str) or cell[:1] not in ("=", "+", "-", "@", "\t", "\r"):
        return cell
    return cell if _SIGNED.fullmatch(cell) or not _FORMULA.fullmatch(cell) else f"'{cell}"


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _cells(n: int) -> str:
    return "1 cell" if n == 1 else f"{n:,} cells"
