"""Texts and columns of documents as one Parquet table that other programs can read too."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from themata.documents import Documents
from themata.errors import StoreError

_FACTS = b"themata"
_NUMBERS = "biufmM"  # kinds of numpy arrays that Parquet's numbers hold


def write(path: Path, docs: Documents, *, texts: bool = True) -> None:
    """Texts as bytes, so that a lone surrogate survives; each column by the plainest type that loses nothing.

    texts : False leaves texts and titles out, for models of what others must not read
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    shown = docs.texts if texts else [""] * docs.n_docs
    table: dict[str, Any] = {
        "text": pa.array([text.encode("utf-8", "surrogatepass") for text in shown], pa.large_binary())
    }
    facts: list[dict[str, Any]] = []
    given = {"": docs.times, **docs.columns} if docs.times is not None else docs.columns
    for name, values in given.items():
        if name == "title" and not texts:
            continue
        field = "times" if name == "" and values is docs.times else _field(name, table)
        kind, dtype, table[field] = _packed(values)
        facts.append({"name": name, "field": field, "kind": kind, "dtype": dtype})
    made = pa.table(table).replace_schema_metadata({_FACTS: json.dumps(facts).encode()})
    pq.write_table(made, path, compression="zstd")


def read(path: Path) -> Documents:
    """The documents without their arrays."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    facts = json.loads((table.schema.metadata or {})[_FACTS])
    columns: dict[str, Any] = {}
    times = None
    for fact in facts:
        values = _unpacked(table[fact["field"]], fact["kind"], fact["dtype"])
        if fact["field"] == "times":
            times = values
        else:
            columns[fact["name"]] = values
    texts = [value.decode("utf-8", "surrogatepass") for value in table["text"].to_pylist()]
    return Documents(texts, times=times, columns=columns)


def _field(name: str, taken: Mapping[str, Any]) -> str:
    """The name of a column in the table: its own where Parquet can hold it and nothing else has it."""
    plain = name.encode("utf-8", "replace").decode() == name and name not in ("", "text", "times")
    return name if plain and name not in taken else f"column {len(taken)}"


def _packed(values: Any) -> tuple[str, str, Any]:
    """returns : kind, numpy dtype or "", and the Parquet column."""
    import pyarrow as pa

    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in _NUMBERS:
        numbers = values.view("int64") if values.dtype.kind in "mM" else values
        # float16 and other byte orders have no type of their own in Parquet
        numbers = numbers.astype("float32") if numbers.dtype == np.float16 else numbers
        return "array", values.dtype.str, pa.array(numbers.astype(numbers.dtype.newbyteorder("=")))
    kind = "objects" if isinstance(values, np.ndarray) else "list"
    listed = list(values)
    if kind == "list" and all(value is None or type(value) is int for value in listed):
        if all(value is None or abs(value) < 1 << 63 for value in listed):
            return "plain", "", pa.array(listed, pa.int64())
    if kind == "list" and all(
        value is None or (type(value) is str and _is_unicode(value)) for value in listed
    ):
        return "plain", "", pa.array(listed, pa.large_string())
    return kind, "", pa.array([json.dumps(_told(value)) for value in listed], pa.large_string())


def _unpacked(column: Any, kind: str, dtype: str) -> Any:
    if kind == "array":
        numbers = column.to_numpy()
        wanted = np.dtype(dtype)
        return numbers.view(wanted) if wanted.kind in "mM" and wanted.isnative else numbers.astype(wanted)
    values = column.to_pylist()
    if kind == "plain":
        return values
    listed = [_meant(json.loads(value)) for value in values]
    return _objects(listed) if kind == "objects" else listed


def _objects(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _told(value: Any) -> Any:
    """JSON of a value; what JSON has no form for is an object with its kind under "$"."""
    if isinstance(value, np.generic):
        if isinstance(value, np.datetime64 | np.timedelta64):
            return {"$": "numpy", "dtype": value.dtype.str, "value": int(value.astype("int64"))}
        value = value.item()
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, date):  # a datetime too; the zone is in its text
        return {"$": "datetime" if isinstance(value, datetime) else "date", "value": value.isoformat()}
    if isinstance(value, bytes):
        return {"$": "bytes", "value": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [_told(one) for one in value]
    if isinstance(value, tuple):
        return {"$": "tuple", "value": [_told(one) for one in value]}
    if isinstance(value, dict):
        return {"$": "dict", "value": [[_told(key), _told(one)] for key, one in value.items()]}
    raise StoreError(
        f"a column holds {type(value).__name__} objects, which no file of a saved model can hold: "
        "make strings or numbers of them"
    )


def _meant(told: Any) -> Any:
    if isinstance(told, list):
        return [_meant(one) for one in told]
    if not isinstance(told, dict):
        return told
    kind, value = told["$"], told["value"]
    if kind == "numpy":
        return np.int64(value).view(told["dtype"])
    if kind == "dict":
        return {_meant(key): _meant(one) for key, one in value}
    if kind == "tuple":
        return tuple(_meant(one) for one in value)
    if kind == "bytes":
        return base64.b64decode(value)
    return (datetime if kind == "datetime" else date).fromisoformat(value)
