"""Rows of CSV and TSV, where one bad row never takes others with it."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO

from themata.core.errors import InputError
from themata.read.encodings import BROKEN, is_whole
from themata.read.row import Row

DELIMITERS = (",", ";", "\t", "|")
STRAY_QUOTE = "a quote that is not closed"
_SAMPLE = 20
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def table_rows(stream: IO[bytes], delimiter: str | None, source: str) -> Iterator[Row]:
    """The rows under the header; blank lines are none. delimiter : None finds it

    Bytes that are no UTF-8 are carried through, so that only the row that has them is set aside. A quote that is opened
    and not closed would swallow all rows up to the next quote: then its own line is set aside, and the others are read.
    """
    csv.field_size_limit(1 << 30)  # the module's only way to take cells above 128 KiB
    lines = _Lines(io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline=""))
    first = lines.ahead(_SAMPLE)
    if not any(line.strip() for line in first):
        raise InputError(f"{source}: the table is empty, expected a line with the names of its columns")
    mark = delimiter or delimiter_of(first)
    header = _header(lines, mark, source)
    while True:
        start, taken, cells = lines.number, *_record(lines, mark)
        if not taken:
            return
        if len(taken) > 1 and (cells is None or _swallowed(taken, cells, mark, len(header))):
            lines.give_back(taken[1:])
            taken, cells = taken[:1], _unquoted(taken[0], mark, len(header))
        if cells is None:
            yield Row(start, fault=STRAY_QUOTE, raw=_shown(taken))
        elif cells:
            yield _row(start, header, cells, taken)


def delimiter_of(lines: Sequence[str]) -> str:
    """The mark that cuts the first lines into the same number of cells, two or more; a comma if none does.

    >>> delimiter_of(["id;what, exactly", "1;this, and that", "2;nothing"])
    ';'
    """

    def score(mark: str) -> tuple[float, int]:
        counts = [len(cells) for cells in csv.reader(lines, delimiter=mark) if cells]
        if not counts or counts[0] < 2:
            return 0.0, 0
        return counts.count(counts[0]) / len(counts), counts[0]

    return max(DELIMITERS, key=score)


def looks_like_table(lines: Sequence[str], mark: str) -> bool:
    """Whether lines whose first has no telling name are a table all the same: short names, and as many cells in each.

    >>> looks_like_table(["Nr;Meinung", "1;sehr gut", "2;schlecht"], ";")
    True
    """
    rows = [cells for cells in csv.reader(lines, delimiter=mark) if cells]
    if len(rows) < 3 or len(rows[0]) < 2 or len({len(cells) for cells in rows}) > 1:
        return False
    names = rows[0]
    short = all(
        name == name.strip() and 0 < len(name) <= 40 and not _NUMBER.fullmatch(name) for name in names
    )
    return short and len(set(names)) == len(names)


class _Lines:
    """Lines for csv.reader, which takes them one by one; it can be given some back.

    number : of the line that comes next
    taken : the lines since it was last cleared
    """

    def __init__(self, stream: IO[str]) -> None:
        self.stream, self.waiting = stream, deque[str]()
        self.taken: list[str] = []
        self.number = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.waiting.popleft() if self.waiting else next(self.stream)
        self.taken.append(line)
        self.number += 1
        return line

    def ahead(self, n: int) -> list[str]:
        """The next lines, without taking them."""
        self.waiting.extend(islice(self.stream, n - len(self.waiting)))
        return list(self.waiting)

    def give_back(self, lines: Sequence[str]) -> None:
        self.waiting.extendleft(reversed(lines))
        self.number -= len(lines)


def _record(lines: _Lines, mark: str) -> tuple[list[str], list[str] | None]:
    """The lines of the next record and its cells; None for cells when a quote is open at the end of the file."""
    lines.taken = []
    try:
        cells = next(csv.reader(lines, delimiter=mark, strict=True), [])
        return lines.taken, cells
    except csv.Error:
        taken = lines.taken
    if len(taken) == 1 and mark == "\t":  # most programs write TSV without quoting
        return taken, taken[0].rstrip("\r\n").split(mark)
    # A quote inside a quoted cell is forgiven on one line; over several it is rather one that was never closed
    forgiven = len(taken) == 1 and taken[0].count('"') > 1
    return taken, next(csv.reader(taken, delimiter=mark)) if forgiven else None


def _swallowed(taken: Sequence[str], cells: Sequence[str], mark: str, n_cells: int) -> bool:
    """Whether a record of several lines is none, and each of its lines but the first is a row of its own."""
    counts = [len(cells_of_line) for cells_of_line in csv.reader(taken[1:], delimiter=mark) if cells_of_line]
    return len(cells) != n_cells and bool(counts) and all(count == n_cells for count in counts)


def _unquoted(line: str, mark: str, n_cells: int) -> list[str] | None:
    """The cells of a line whose quotes mean nothing, as most programs write TSV."""
    cells = line.rstrip("\r\n").split(mark)
    return cells if mark == "\t" and len(cells) == n_cells else None


def _header(lines: _Lines, mark: str, source: str) -> list[str]:
    cells: list[str] = []
    while not any(cells):
        _, header = _record(lines, mark)
        if header is None:
            raise InputError(f"{source}: the names of the columns hold {STRAY_QUOTE}")
        cells = header
    names = [cell.strip() for cell in cells]
    numbered = any(_NUMBER.fullmatch(name) for name in names)  # beside a number, a few words are a text
    if any((len(name) > 100 or numbered) and name.count(" ") >= (3 if numbered else 8) for name in names):
        raise InputError(
            f"{source}: its first line looks like a document, expected the names of the columns: add a line with them"
        )
    return [
        name if name not in names[:i] else f"{name}.{names[:i].count(name)}" for i, name in enumerate(names)
    ]


def _row(line: int, header: Sequence[str], cells: list[str], taken: Sequence[str]) -> Row:
    raw = "".join(taken).rstrip("\r\n")
    if len(header) == 1 and len(cells) > 1 and len(taken) == 1:
        cells = [raw]  # a table of one column: its commas are the text's own
    while len(cells) > len(header) and cells[-1] == "":
        cells = cells[:-1]  # spreadsheets add empty cells
    if not is_whole(raw):
        return Row(line, fault=BROKEN, raw=_shown(taken))
    if len(cells) != len(header):
        return Row(line, fault=f"{len(cells)} cells, expected {len(header)}", raw=raw)
    return Row(
        line,
        {name: cell if cell != "" else None for name, cell in zip(header, cells, strict=True)},
        None,
        raw,
    )


def _shown(lines: Sequence[str]) -> str:
    data = "".join(lines).rstrip("\r\n").encode("utf-8", "surrogateescape")
    return data.decode("utf-8", "backslashreplace")
