"""Texts and columns of documents as one table that other programs can read too: Parquet, or JSON lines without pyarrow."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import MANY
from themata.core.documents import Documents
from themata.core.errors import MissingExtraError
from themata.core.text_column import TextColumn

log = logging.getLogger(__name__)

PARQUET, LINES = "documents.parquet", "documents.jsonl"
_FACTS = b"themata"
_NUMBERS = "biufmM"  # kinds of numpy arrays that Parquet's numbers hold


def write(folder: Path, docs: Documents, *, texts: bool = True) -> Path:
    """Write documents.parquet, or documents.jsonl where pyarrow is not installed; returns its path.

    texts : False leaves texts and titles out, for models of what others must not read
    """
    if find_spec("pyarrow") is None:
        _write_lines(folder / LINES, docs, texts=texts)
        return folder / LINES
    _write_parquet(folder / PARQUET, docs, texts=texts)
    return folder / PARQUET


def read(path: Path) -> Documents:
    """The documents of a table without their arrays."""
    if path.name == LINES:
        return _read_lines(path)
    if find_spec("pyarrow") is None:
        raise MissingExtraError(f"the table of documents in {path.parent}", extra="parquet")
    return _read_parquet(path)


def _write_lines(path: Path, docs: Documents, *, texts: bool) -> None:
    """First what each column is, then the values of each document; JSON escapes what is no Unicode."""
    columns: dict[str | None, Any] = {None: docs.times} if docs.times is not None else {}
    columns |= {name: values for name, values in docs.columns.items() if texts or name != "title"}
    facts = [{"name": name, **_kind(values)} for name, values in columns.items()]
    listed = [_listed(values) for values in columns.values()]
    shown = docs.texts if texts else [""] * docs.n_docs
    with path.open("w", encoding="ascii") as file:
        for row in ([facts], *zip(shown, *listed, strict=True)):
            file.write(json.dumps(row) + "\n")


def _read_lines(path: Path) -> Documents:
    with path.open(encoding="ascii") as file:
        (facts,) = json.loads(next(file))
        rows = [json.loads(line) for line in file]
    values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(1 + len(facts))]
    columns = {
        fact["name"]: _meant_as(column, fact["kind"], fact["dtype"])
        for fact, column in zip(facts, values[1:], strict=True)
    }
    times = columns.pop(None, None)
    return Documents(values[0], times=times, columns=columns)


def _kind(values: Any) -> dict[str, str]:
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in _NUMBERS:
        return {"kind": "array", "dtype": values.dtype.newbyteorder("=").str}
    return {"kind": "objects" if isinstance(values, np.ndarray) else "list", "dtype": ""}


def _listed(values: Any) -> list[Any]:
    if _kind(values)["kind"] != "array":
        return [_encoded(value) for value in values]
    native = values.astype(values.dtype.newbyteorder("="))
    numbers: list[Any] = (native.view("int64") if native.dtype.kind in "mM" else native).tolist()
    return numbers


def _meant_as(values: list[Any], kind: str, dtype: str) -> Any:
    if kind == "array":
        wanted = np.dtype(dtype)
        return np.array(values, np.int64).view(wanted) if wanted.kind in "mM" else np.array(values, wanted)
    meant = [_decoded(value) for value in values]
    return _objects(meant) if kind == "objects" else meant


def _write_parquet(path: Path, docs: Documents, *, texts: bool) -> None:
    """Texts as bytes, so that a lone surrogate survives; each column by the plainest type that loses nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    shown = docs.texts if texts else [""] * docs.n_docs
    if isinstance(shown, TextColumn):
        packed = shown.column.cast(pa.large_binary())
    else:
        packed = pa.array([text.encode("utf-8", "surrogatepass") for text in shown], pa.large_binary())
    table: dict[str, Any] = {"text": packed}
    facts: list[dict[str, Any]] = []
    if docs.times is not None:
        kind, dtype, table["times"] = _packed(docs.times)
        facts.append({"name": None, "field": "times", "kind": kind, "dtype": dtype})
    for name, values in docs.columns.items():
        if texts or name != "title":
            field = _field(name, table)
            kind, dtype, table[field] = _packed(values)
            facts.append({"name": name, "field": field, "kind": kind, "dtype": dtype})
    made = pa.table(table).replace_schema_metadata({_FACTS: json.dumps(facts).encode()})
    pq.write_table(made, path, compression="zstd")


def _read_parquet(path: Path) -> Documents:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    facts = json.loads((table.schema.metadata or {})[_FACTS])
    columns = {fact["name"]: _unpacked(table[fact["field"]], fact["kind"], fact["dtype"]) for fact in facts}
    times = columns.pop(None, None)
    return Documents(_texts(table["text"]), times=times, columns=columns)


def _texts(column: Any) -> Sequence[str]:
    """The texts; many stay in their column, unless a half of a character is among them."""
    import pyarrow as pa

    if len(column) >= MANY:
        try:
            return TextColumn(column.cast(pa.large_string()))
        except pa.ArrowInvalid:
            log.debug("a text holds half a character: all are read as strings")
    return [value.decode("utf-8", "surrogatepass") for value in column.to_pylist()]


def _field(name: str, taken: Mapping[str, Any]) -> str:
    """The name of a column in the table: its own where Parquet can hold it and nothing else has it."""
    is_free = _is_unicode(name) and name not in ("", "times", *taken)
    return name if is_free else f"column {len(taken)}"


def _packed(values: Any) -> tuple[str, str, Any]:
    """returns : kind, numpy dtype or "", and the Parquet column."""
    import pyarrow as pa

    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in _NUMBERS:
        values = values.astype(values.dtype.newbyteorder("="))
        numbers = values.view("int64") if values.dtype.kind in "mM" else values
        # Parquet has no float16
        numbers = numbers.astype("float32") if numbers.dtype == np.float16 else numbers
        return "array", values.dtype.str, pa.array(numbers)
    kind = "objects" if isinstance(values, np.ndarray) else "list"
    listed = list(values)
    if kind == "list" and all(value is None or _is_int64(value) for value in listed):
        return "plain", "", pa.array(listed, pa.int64())
    if kind == "list" and all(value is None or _is_unicode(value) for value in listed):
        return "plain", "", pa.array(listed, pa.large_string())
    return kind, "", pa.array([json.dumps(_encoded(value)) for value in listed], pa.large_string())


def _unpacked(column: Any, kind: str, dtype: str) -> Any:
    if kind == "array":
        numbers, wanted = column.to_numpy(), np.dtype(dtype)
        return numbers.view(wanted) if wanted.kind in "mM" else numbers.astype(wanted)
    values = column.to_pylist()
    if kind == "plain":
        return values
    listed = [_decoded(json.loads(value)) for value in values]
    return _objects(listed) if kind == "objects" else listed


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    made = np.empty(len(values), dtype=object)
    for row, value in enumerate(values):
        made[row] = value
    return made


def _is_int64(value: Any) -> bool:
    return type(value) is int and -(1 << 63) <= value < 1 << 63


def _is_unicode(value: Any) -> bool:
    """Whether it is a string without lone surrogates, which Parquet's strings cannot hold."""
    return type(value) is str and (value.isascii() or value.encode("utf-8", "replace").decode() == value)


def _encoded(value: Any) -> Any:
    """JSON of a value; what JSON has no form for is an object with its kind under "$"."""
    if isinstance(value, np.datetime64 | np.timedelta64):
        return {"$": "numpy", "dtype": value.dtype.str, "value": int(value.astype("int64"))}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    # A datetime too; its zone is in its text, and pandas' NaT is one that is no time
    if isinstance(value, date):
        if str(value) == "NaT":
            return _encoded(np.datetime64("NaT", "ns"))
        return {"$": "datetime" if isinstance(value, datetime) else "date", "value": value.isoformat()}
    if isinstance(value, bytes):
        return {"$": "bytes", "value": base64.b64encode(value).decode()}
    if isinstance(value, list | np.ndarray):
        return [_encoded(entry) for entry in value]
    if isinstance(value, tuple):
        return {"$": "tuple", "value": [_encoded(entry) for entry in value]}
    if isinstance(value, dict):
        return {"$": "dict", "value": [[_encoded(key), _encoded(entry)] for key, entry in value.items()]}
    log.warning("a column holds %s objects: they are saved as their text", type(value).__name__)
    return str(value)


def _decoded(encoded: Any) -> Any:
    if isinstance(encoded, list):
        return [_decoded(entry) for entry in encoded]
    if not isinstance(encoded, dict):
        return encoded
    kind, value = encoded["$"], encoded["value"]
    if kind == "numpy":
        return np.int64(value).view(encoded["dtype"])
    if kind == "dict":
        return {_decoded(key): _decoded(entry) for key, entry in value}
    if kind == "tuple":
        return tuple(_decoded(entry) for entry in value)
    if kind == "bytes":
        return base64.b64decode(value)
    return (datetime if kind == "datetime" else date).fromisoformat(value)
