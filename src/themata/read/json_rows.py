"""Rows of JSON and of JSON lines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from themata.core.errors import InputError
from themata.core.progress_reports import reported
from themata.read.chats import messages_of
from themata.read.columns import ROLES
from themata.read.encodings import decoded
from themata.read.row import Row

_TEXTS = frozenset(ROLES["text"])


def json_lines(stream: IO[bytes]) -> Iterator[Row]:
    """A row per line, an object or a string; a line that is neither is a fault of its own."""
    for number, data in enumerate(stream, start=1):
        text, fault = decoded(data.rstrip(b"\r\n"))
        if not text.strip():
            continue
        if fault:
            yield Row(number, fault=fault, raw=text)
            continue
        try:
            yield _json_row(number, json.loads(text), text)
        except (ValueError, RecursionError) as error:
            yield Row(number, fault=f"malformed JSON: {getattr(error, 'msg', error)}", raw=text)


def json_rows(stream: IO[bytes], source: str) -> Iterator[Row]:
    """The rows of one JSON document, or of JSON lines under another ending."""
    data = stream.read()
    if not data.strip():
        raise InputError(f"no documents in {source}: it is empty")
    try:
        # A broken byte becomes a lone surrogate, by which only the row that has it is set aside
        value = json.loads(data.decode("utf-8", "surrogateescape"))
    except json.JSONDecodeError as error:
        if data.strip().count(b"\n") > 0 and data.lstrip()[:1] == b"{":
            yield from json_lines(io.BytesIO(data))  # JSON lines under another ending
            return
        raise InputError(
            f"{source}: malformed JSON in line {error.lineno}, column {error.colno}: {error.msg}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{source}: malformed JSON: {error}") from error
    messages = messages_of(value)
    if messages is not None:
        yield from messages
        return
    rows = _listed(value, source)
    for number, row in enumerate(reported(rows, len(rows)), start=1):
        yield _json_row(number, row, None)


def _listed(value: Any, source: str) -> list[Any]:
    """The rows of a JSON document: a list, or an object that holds one, columns, rows by their keys, or one row."""
    if isinstance(value, list):
        return value
    rows = _held(value) if isinstance(value, dict) else None
    if rows is None:
        raise InputError(f"{source}: expected a JSON list of documents, got {_shown(value)}")
    return rows


def _held(value: Mapping[str, Any]) -> list[Any] | None:
    """The rows that an object holds, None if it holds none.

    >>> _held({"response": {"docs": [{"text": "a"}]}})
    [{'text': 'a'}]
    >>> _held({"d1": "one", "d2": "two"})
    [{'id': 'd1', 'text': 'one'}, {'id': 'd2', 'text': 'two'}]
    """
    lists = {name: rows for name, rows in value.items() if isinstance(rows, list)}
    objects = {name: inner for name, inner in value.items() if isinstance(inner, dict)}
    if any(isinstance(value[name], str) for name in _TEXTS & value.keys()) and not any(
        map(_of_rows, lists.values())
    ):
        return [value]
    if {"columns", "data"} <= lists.keys():  # as pandas writes a table: {"columns": names, "data": rows}
        return [dict(zip(value["columns"], row, strict=False)) for row in value["data"]]
    if len(lists) > 1 and len(lists) == len(value) and len({len(rows) for rows in lists.values()}) == 1:
        return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    if lists:
        return max(lists.values(), key=lambda rows: (_of_rows(rows), len(rows)))
    if value and len(objects) == len(value):
        return _of_objects(objects)
    if value and all(isinstance(text, str) for text in value.values()):
        return [{"id": key, "text": text} for key, text in value.items()]
    return next((rows for rows in map(_held, objects.values()) if rows), None)


def _of_objects(objects: Mapping[str, Mapping[str, Any]]) -> list[Any] | None:
    """Rows by their keys, columns as pandas writes a table ({column: {row: value}}), or an object in an object."""
    names = {
        name.lower() for inner in objects.values() for name, cell in inner.items() if isinstance(cell, str)
    }
    if names & {*ROLES["text"], *ROLES["title"]}:
        return [{"id": key, **row} for key, row in objects.items()]
    keys = next(iter(objects.values())).keys()
    plain = not any(isinstance(cell, list | dict) for inner in objects.values() for cell in inner.values())
    if keys and plain and all(inner.keys() == keys for inner in objects.values()):
        return [{name: rows[key] for name, rows in objects.items()} for key in keys]
    return next((rows for rows in map(_held, objects.values()) if rows), None)


def _of_rows(rows: list[Any]) -> bool:
    return bool(rows) and isinstance(rows[0], dict)


def is_one_object(data: bytes) -> bool:
    """Whether the first line alone is no JSON: an object over several lines, such as {"data": [...]}."""
    try:
        json.loads(data.lstrip().split(b"\n", 1)[0])
    except ValueError:
        try:
            json.loads(data)
        except ValueError:
            return False
        return True
    return False


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f"an object of {', '.join(map(repr, list(value)[:5])) or 'nothing'}"
    return type(value).__name__


def _json_row(number: int, value: Any, raw: str | None) -> Row:
    if isinstance(value, dict):
        return Row(number, value, raw=raw)
    if isinstance(value, str):
        return Row(number, {"text": value}, raw=raw)
    return Row(
        number,
        fault=f"expected an object or a string, got {type(value).__name__}",
        raw=raw or json.dumps(value),
    )
