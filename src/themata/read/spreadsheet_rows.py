"""Rows of spreadsheets: Excel's workbooks, old and new, and LibreOffice's."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from typing import IO, Any

from themata.core.errors import InputError, did_you_mean, first_line
from themata.core.progress_reports import reported
from themata.read.row import Row

log = logging.getLogger(__name__)

SHEETS = ("xlsx", "xlsm", "xls", "xlsb", "ods")
_BEGINNINGS = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # a zip, and the container of Office before 2007
_HEADER_WITHIN = 20  # rows: a title, a date and the like may stand above the names of the columns


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether a stream begins as workbooks do; it is left where it was."""
    place = stream.tell()
    start = stream.read(4)
    stream.seek(place)
    return start in _BEGINNINGS


def sheet_rows(stream: IO[bytes], source: str, sheet: str | None) -> Iterator[Row]:
    """The rows under the names of the columns; empty rows are none. sheet : None is the first that holds something"""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(stream.read()))
        table = _chosen(book, source, sheet)
        first, cells = table.start or (0, 0), table.to_python(skip_empty_area=True)
    except (CalamineError, OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{source} is not a workbook that can be read: {first_line(error)}") from error
    width = max((sum(map(_is_filled, row)) for row in cells[:_HEADER_WITHIN]), default=0)
    head = next((at for at, row in enumerate(cells) if _may_name(row, width)), None)
    if head is None or not width:
        raise InputError(
            f"{source}: sheet {table.name!r} is empty, expected a row with the names of its columns"
        )
    names = _names(cells[head])
    below = cells[head + 1 :]
    texts = [
        any(isinstance(row[column], str) and row[column] for row in below) for column in range(len(names))
    ]
    for place, row in enumerate(reported(below, len(below)), start=first[0] + head + 2):
        if any(map(_is_filled, row)):
            given = zip(names, row, texts, strict=True)
            yield Row(place, {name: _value(cell, text) for name, cell, text in given if name})


def _chosen(book: Any, source: str, name: str | None) -> Any:
    names: Sequence[str] = book.sheet_names
    if name is not None:
        if name not in names:
            hint = did_you_mean(name, names, f"it has {', '.join(map(repr, names))}")
            raise InputError(f"{source} has no sheet {name!r}: {hint}")
        return book.get_sheet_by_name(name)
    tables = [book.get_sheet_by_name(table_name) for table_name in names]
    filled = [table for table in tables if table.total_height]
    if not filled:
        raise InputError(f"no documents in {source}: its sheets are empty")
    if len(filled) > 1:
        others = ", ".join(repr(table.name) for table in filled[1:])
        log.warning("%s: sheet %r is read, and not %s: --sheet names another", source, filled[0].name, others)
    return filled[0]


def _names(cells: Sequence[Any]) -> list[str]:
    names = [str(_value(cell, True) or "").strip() for cell in cells]
    return [
        name if name not in names[:i] or not name else f"{name}.{names[:i].count(name)}"
        for i, name in enumerate(names)
    ]


def _may_name(row: Sequence[Any], width: int) -> bool:
    """Whether a row can hold the names of so many columns: most are filled, or all but the first, where pandas puts its index."""
    n_filled = sum(map(_is_filled, row))
    return 2 * n_filled > width or (0 < n_filled == width - 1 and not _is_filled(row[0]))


def _is_filled(cell: Any) -> bool:
    return cell is not None and cell != ""


def _value(cell: Any, as_text: bool) -> Any:
    """A cell's value, None for an empty one; numbers among texts are texts, as they look in the sheet."""
    if not _is_filled(cell):
        return None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell) if as_text and isinstance(cell, int | float) and not isinstance(cell, bool) else cell
