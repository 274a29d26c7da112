"""Rows of every kind of source, each with its line and, where it cannot be read, its fault."""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

from themata.errors import InputError, MissingExtraError

TEXT_SUFFIXES = (".txt", ".md", ".markdown", ".rst")
BROKEN = "broken UTF-8"


@dataclass(frozen=True)
class Row:
    """One row of a source; `fault` says why it could not be read."""

    line: int
    values: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None
    raw: str | None = None


def rows_of(source: str, limit: int | None = None) -> Iterator[Row]:
    """The rows of a source, at most `limit`."""
    return islice(_rows(source), limit)


def _rows(source: str) -> Iterator[Row]:
    if source == "-":
        return _sniffed(sys.stdin.buffer.read(), "standard input")
    if source.startswith("hf:"):
        return _hub(source.removeprefix("hf:"))
    path = Path(source)
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise InputError(f"no file {source}{_near(path)}")
    name = path.name.lower()
    for packed in (".gz", ".zst"):
        name = name.removesuffix(packed)
    suffix = Path(name).suffix
    if suffix == ".parquet":
        return _parquet(path)
    readers = {
        ".csv": lambda data: _table(data, None),
        ".tsv": lambda data: _table(data, "\t"),
        ".json": _json,
        ".jsonl": _json_lines,
        ".ndjson": _json_lines,
    }
    if suffix in readers:
        return readers[suffix](_opened(path))
    if suffix in TEXT_SUFFIXES:
        return _lines(_opened(path))
    raise InputError(
        f"{source}: expected .csv, .tsv, .json, .jsonl, .parquet or .txt, each also .gz or .zst, got {suffix or 'no ending'!r}"
    )


def _near(path: Path) -> str:
    if not path.parent.is_dir():
        return f": the folder {path.parent} is not there"
    near = difflib.get_close_matches(path.name, [other.name for other in path.parent.iterdir()], n=1)
    return f": did you mean {path.parent / near[0]}?" if near else ""


def _opened(path: Path) -> IO[bytes]:
    """The bytes of a file, unpacked; UTF-16 with its mark is turned into UTF-8."""
    try:
        if path.name.lower().endswith(".gz"):
            stream: Any = gzip.open(path, "rb")  # noqa: SIM115
        elif path.name.lower().endswith(".zst"):
            stream = _zstd(path)
        else:
            stream = path.open("rb")
        start = stream.read(4)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return io.BytesIO((start + stream.read()).decode("utf-16").encode("utf-8"))
        if start[:3] == b"\xef\xbb\xbf":
            stream.seek(3)
        else:
            stream.seek(0)
        return cast(IO[bytes], stream)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def _zstd(path: Path) -> IO[bytes]:
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtraError(f"reading {path.name}", extra="zstd") from error
    try:
        with path.open("rb") as file:
            return io.BytesIO(zstandard.ZstdDecompressor().stream_reader(file).read())
    except zstandard.ZstdError as error:
        raise InputError(f"{path} is not a zstd file: {error}") from error


def _decoded(line: bytes) -> tuple[str, str | None]:
    try:
        return line.decode("utf-8"), None
    except UnicodeDecodeError:
        return line.decode("utf-8", "backslashreplace"), BROKEN


def _raw_lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        for line in stream:
            number += 1
            yield number, line.rstrip(b"\r\n")
    except (OSError, EOFError) as error:  # a packed file cut short
        raise InputError(f"the source breaks off after line {number}: {error}") from error


def _json_lines(stream: IO[bytes]) -> Iterator[Row]:
    for number, data in _raw_lines(stream):
        text, fault = _decoded(data)
        if not text.strip():
            continue
        if fault:
            yield Row(number, fault=fault, raw=text)
            continue
        try:
            yield _json_row(number, json.loads(text), text)
        except ValueError as error:
            yield Row(number, fault=f"malformed JSON: {getattr(error, 'msg', error)}", raw=text)


def _json_row(number: int, value: Any, raw: str) -> Row:
    if isinstance(value, dict):
        return Row(number, value, raw=raw)
    if isinstance(value, str):
        return Row(number, {"text": value}, raw=raw)
    return Row(number, fault=f"expected an object or a string, got {type(value).__name__}", raw=raw)


def _json(stream: IO[bytes]) -> Iterator[Row]:
    data = stream.read()
    try:
        value = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"the JSON is broken UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        if data.count(b"\n") > 0 and data.lstrip()[:1] == b"{":
            yield from _json_lines(io.BytesIO(data))  # JSON lines under another ending
            return
        raise InputError(
            f"malformed JSON in line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error
    for number, one in enumerate(_listed(value), start=1):
        yield _json_row(number, one, json.dumps(one, ensure_ascii=False))


def _listed(value: Any) -> list[Any]:
    """The rows of a JSON document: a list, an object that holds one, or columns of equal length."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        lists = {name: rows for name, rows in value.items() if isinstance(rows, list)}
        if len(lists) > 1 and len(lists) == len(value) and len({len(rows) for rows in lists.values()}) == 1:
            return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
        if lists:
            return max(lists.values(), key=len)
    raise InputError(f"expected a JSON list of documents, got {type(value).__name__}")


def _table(stream: IO[bytes], delimiter: str | None) -> Iterator[Row]:
    """Rows of a CSV: read as bytes that survive anything, so that one broken row is one broken row."""
    csv.field_size_limit(1 << 30)
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
    first = text.readline()
    if not first.strip():
        raise InputError("the table is empty: expected a header line")
    delimiter = delimiter or _delimiter(first)
    header = next(csv.reader([first], delimiter=delimiter))
    reader = csv.reader(text, delimiter=delimiter)
    line = 1
    while True:
        start = line + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            line = 1 + reader.line_num
            yield Row(start, fault=f"malformed CSV: {error}")
            continue
        if cells is None:
            return
        line = 1 + reader.line_num
        if cells:
            yield _table_row(start, header, cells)


def _table_row(line: int, header: list[str], cells: list[str]) -> Row:
    raw = ",".join(cells)
    if any("\udc80" <= mark <= "\udcff" for mark in raw):
        shown = raw.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return Row(line, fault=BROKEN, raw=shown)
    if len(cells) != len(header):
        return Row(line, fault=f"{len(cells)} cells, expected {len(header)}", raw=raw)
    return Row(line, {name: cell if cell != "" else None for name, cell in zip(header, cells, strict=True)})


def _delimiter(header: str) -> str:
    return max((",", ";", "\t", "|"), key=header.count) if header.count(",") == 0 else ","


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data: Any = path if path.suffix == ".parquet" else io.BytesIO(_opened(path).read())
    try:
        number = 0
        for batch in pq.ParquetFile(data).iter_batches(4096):
            for values in batch.to_pylist():
                number += 1
                yield Row(number, values)
    except (pa.ArrowInvalid, OSError) as error:
        raise InputError(f"{path} is not a Parquet file: {error}") from error


def _folder(path: Path) -> Iterator[Row]:
    files = sorted(f for f in path.rglob("*") if f.is_file() and f.suffix.lower() in TEXT_SUFFIXES)
    if not files:
        raise InputError(f"no .txt or .md files in {path}")
    for number, file in enumerate(files, start=1):
        text, fault = _decoded(file.read_bytes())
        name = str(file.relative_to(path))
        if fault:
            yield Row(number, fault=fault, raw=f"{name}: {text[:200]}")
            continue
        yield Row(
            number,
            {"id": name, "title": _heading(text) if file.suffix.lower() != ".txt" else None, "text": text},
        )


def _heading(text: str) -> str | None:
    for line in text.splitlines():
        if line.startswith("#"):
            return line.lstrip("# ").strip() or None
        if line.strip():
            return None
    return None


def _lines(stream: IO[bytes]) -> Iterator[Row]:
    """A document a line."""
    for number, data in _raw_lines(stream):
        text, fault = _decoded(data)
        if text.strip():
            yield Row(number, {} if fault else {"text": text}, fault, text)


def _sniffed(data: bytes, source: str) -> Iterator[Row]:
    """Standard input: JSON, JSON lines, a table with a header that names a text, or a document a line."""
    start = data.lstrip()[:1]
    if not start:
        raise InputError(f"no documents in {source}")
    if start == b"[":
        return _json(io.BytesIO(data))
    if start == b"{":
        return _json_lines(io.BytesIO(data))
    from themata.read.roles import ROLES

    header = data.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    cells = {cell.strip().strip('"').lower() for cell in header.split(_delimiter(header))}
    if (len(cells) > 1 and cells & {*ROLES["text"], *ROLES["title"]}) or cells & {
        "text",
        "abstract",
        "document",
    } == cells:
        return _table(io.BytesIO(data), None)
    return _lines(io.BytesIO(data))


def _hub(name: str) -> Iterator[Row]:
    try:
        from datasets import load_dataset
    except ImportError as error:
        raise MissingExtraError(f"the data set hf:{name}", extra="hub") from error
    name, _, split = name.partition(":")
    try:
        found = load_dataset(name, split=split or None)
    except Exception as error:  # the library raises a dozen kinds, all of which mean this
        told = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
        raise InputError(f"the data set hf:{name} cannot be loaded: {told}") from error
    table = (
        found if not isinstance(found, dict) else found["train" if "train" in found else next(iter(found))]
    )
    for number, values in enumerate(table, start=1):
        yield Row(number, values)
