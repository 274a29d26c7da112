"""Rows of every kind of source, each with its line and, where it cannot be read, its fault."""

from __future__ import annotations

import difflib
import io
import logging
import os
import sys
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import IO

from themata.core.encodings import Decoding, as_utf8
from themata.core.errors import InputError
from themata.core.progress_reports import report_share, reported
from themata.read.chats import is_slack, is_whatsapp, slack_rows, whatsapp_rows
from themata.read.csv_rows import delimiter_of, looks_like_table, table_rows
from themata.read.encodings import PACKINGS, arrived, decoded, unpacked
from themata.read.file_rows import SUFFIXES, email_row, file_rows, kind_of_file, pdf_row, text_row
from themata.read.hub_rows import hub_rows
from themata.read.json_rows import is_one_object, json_lines, json_rows
from themata.read.parquet_rows import parquet_rows
from themata.read.row import Row
from themata.read.spreadsheet_rows import SHEETS, is_workbook, sheet_rows

FILES = ("html", "eml", "mbox", "pdf")  # a document, or a box of e-mails
FORMATS = ("csv", "tsv", "json", "jsonl", "parquet", "txt", *SHEETS, *FILES)
log = logging.getLogger(__name__)
_ALSO = {
    "ndjson": "jsonl",
    "text": "txt",
    "md": "txt",
    "markdown": "txt",
    "rst": "txt",
    "tab": "tsv",
    "pq": "parquet",
    "htm": "html",
    "xhtml": "html",
}


def rows_of(
    source: str,
    *,
    limit: int | None = None,
    format: str | None = None,
    decoding: Decoding | None = None,
    sheet: str | None = None,
) -> Iterator[Row]:
    """The rows of a source, at most `limit`; whatever stops the reading is an InputError that names the source.

    decoding : how its bytes become text; says afterwards what was detected
    sheet : name of a spreadsheet's sheet; None: the first that holds something
    """
    how = Decoding() if decoding is None else decoding
    try:
        rows = islice(_rows(source, format, how, sheet), limit)
        yield from rows if limit is None else reported(rows, limit)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InputError(f"{source} cannot be read: {error}") from error


def _rows(source: str, format: str | None, how: Decoding, sheet: str | None) -> Iterator[Row]:
    kind = None if format is None else _known(format, f"{format!r}")
    if source == "-":
        data = sys.stdin.buffer.read()
        return _sniffed(arrived(data, "standard input"), "standard input", kind, how, sheet)
    if source.startswith("hf:"):
        return hub_rows(source.removeprefix("hf:"))
    if not source:
        raise InputError("no file is named: give a path, - for standard input or hf:owner/name")
    path = Path(source).expanduser()
    if path.is_dir():
        return _folder(path, how)
    if not path.exists():
        raise InputError(f"no file {source}{_near(path, source)}")
    if kind is None and not _suffix(path):
        return _sniffed(arrived(path.read_bytes(), source), source, None, how, sheet)
    kind = kind or _known(_suffix(path), f"{source}, which has the ending {_suffix(path)!r}")
    if kind in FILES:
        return file_rows(path, path.name, how)
    if kind == "parquet" and path.suffix.lower() not in PACKINGS:
        return parquet_rows(path, source)  # read where it lies, without a copy in memory
    return _of_kind(unpacked(path), kind, source, how, sheet)


def _of_kind(stream: IO[bytes], kind: str, source: str, how: Decoding, sheet: str | None) -> Iterator[Row]:
    if kind in SHEETS or is_workbook(stream):  # programs that write "csv" are known to write workbooks
        return sheet_rows(stream, source, sheet)
    if sheet is not None:
        raise InputError(f"{source} has no sheets: leave --sheet out")
    if kind == "parquet":
        return parquet_rows(stream, source)
    if kind == "pdf":
        return iter([pdf_row(stream.read(), source)])
    if kind in ("eml", "mbox"):
        return iter([email_row(stream.read(), source)])
    packed, stream = stream, as_utf8(stream, how)
    if kind == "html":
        return iter([text_row(stream, source, "html", Decoding("utf-8"))])
    if kind == "json":
        return json_rows(stream, source)
    if kind in ("csv", "tsv"):
        return _by_place(table_rows(stream, "\t" if kind == "tsv" else None, source), packed)
    return _by_place(json_lines(stream) if kind == "jsonl" else _text_lines(stream), packed)


def _by_place(rows: Iterator[Row], stream: IO[bytes], every: int = 200) -> Iterator[Row]:
    """Rows of a stream of lines, reporting the share of its bytes that were read; of a packed file, of the packed ones."""
    try:
        file = stream.fileno()
        size = os.fstat(file).st_size
    except io.UnsupportedOperation:  # it lies in memory
        file, size = None, len(stream.getbuffer()) if isinstance(stream, io.BytesIO) else 0
    for number, row in enumerate(rows):
        if number % every == 0 and size:
            report_share(min(1.0, (stream.tell() if file is None else os.lseek(file, 0, os.SEEK_CUR)) / size))
        yield row


def _suffix(path: Path) -> str:
    name = path.name.lower()
    for packing in PACKINGS:
        name = name.removesuffix(packing)
    return Path(name).suffix.lstrip(".")


def _known(name: str, format: str) -> str:
    kind = _ALSO.get(name.lower().lstrip("."), name.lower().lstrip("."))
    if kind not in FORMATS:
        raise InputError(
            f"expected .{', .'.join(FORMATS)}, each also .gz or .zst, or a folder of texts, got {format}"
        )
    return kind


def _near(path: Path, source: str) -> str:
    if "://" in source:
        return ": addresses are not read, download it first"
    if not path.parent.is_dir():
        return f": the folder {path.parent} is not there"
    near = difflib.get_close_matches(path.name, [other.name for other in path.parent.iterdir()], n=1)
    return f": did you mean {path.parent / near[0]}?" if near else ""


def _folder(path: Path, how: Decoding) -> Iterator[Row]:
    """Documents below a folder, in the order of their paths; hidden files and folders are not the user's documents."""
    if is_slack(path):
        yield from slack_rows(path)
        return
    names = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if not file.is_dir())
    shown = [name for name in names if not any(part.startswith(".") for part in name.split("/"))]
    files = [name for name in shown if kind_of_file(Path(name)) is not None]
    others = Counter(Path(name).suffix.lower() or "no ending" for name in shown if name not in {*files})
    kinds = ", ".join(f"{count:,} {ending}" for ending, count in others.most_common(5))
    if not files:
        has = f": it has {kinds}" if kinds else ""
        raise InputError(
            f"no {', '.join(SUFFIXES)} files in {path}{has}; name a table itself, as in {path / 'table.csv'}"
        )
    if others:
        log.warning("%s: %d files of other kinds are not read (%s)", path, others.total(), kinds)
    number = 1
    for done, name in enumerate(reported(files, len(files), every=1)):

        def tell_of_all(share: float, done: int = done) -> None:
            report_share((done + share) / len(files))

        for row in file_rows(path / name, name, how, number, tell_of_all):
            yield row
            number += 1


def _text_lines(stream: IO[bytes]) -> Iterator[Row]:
    """A document a line, or a message of a chat."""
    start = list(islice(stream, 40))
    if is_whatsapp([decoded(data)[0] for data in start]):
        yield from whatsapp_rows(decoded(data)[0] for data in chain(start, stream))
        return
    for number, data in enumerate(chain(start, stream), start=1):
        text, fault = decoded(data.rstrip(b"\r\n"))
        if text.strip():
            yield Row(number, {} if fault else {"text": text}, fault, text)


def _sniffed(data: bytes, source: str, kind: str | None, how: Decoding, sheet: str | None) -> Iterator[Row]:
    """Bytes without a name: a workbook, Parquet, JSON, JSON lines, a table with a header, or a document a line."""
    if not data.startswith(b"PAR1") and not is_workbook(io.BytesIO(data)):
        data = as_utf8(io.BytesIO(data), how).read()
        how = Decoding("utf-8")
    if not data.strip():
        raise InputError(f"no documents in {source}")
    if kind is None:
        kind = "parquet" if data.startswith(b"PAR1") else {b"[": "json", b"{": "jsonl"}.get(data.lstrip()[:1])
    kind = kind or _kind_of_lines(data)
    if kind == "jsonl" and is_one_object(data):
        kind = "json"
    return _of_kind(io.BytesIO(data), kind, source, how, sheet)


def _kind_of_lines(data: bytes) -> str:
    from themata.read.columns import ROLES

    lines = data[: 1 << 16].decode("utf-8", "replace").splitlines()[:20]
    mark = delimiter_of(lines)
    cells = {cell.strip().strip('"').lower() for cell in lines[0].strip().split(mark)}
    named = cells & {*ROLES["text"], *ROLES["title"]}
    if (len(cells) > 1 and named) or cells <= {"text", "abstract", "document"}:
        return "csv"
    return "csv" if looks_like_table(lines, mark) else "txt"
