"""Texts and columns of documents as one Parquet table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from themata.documents import Documents

_PREFIX = "column "


def write(path: Path, docs: Documents) -> None:
    """Texts as bytes, so that a lone surrogate survives; columns as JSON where Parquet has no type for them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table: dict[str, Any] = {
        "text": pa.array([t.encode("utf-8", "surrogatepass") for t in docs.texts], pa.large_binary())
    }
    if docs.times is not None:
        table["times"] = pa.array(np.asarray(docs.times).astype("datetime64[ns]").astype("int64"), pa.int64())
    for name, values in docs.columns.items():
        table[_PREFIX + name] = pa.array([json.dumps(_plain(value)) for value in values], pa.large_string())
    pq.write_table(pa.table(table), path, compression="zstd")


def read(path: Path) -> Documents:
    """The documents without their arrays."""
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    texts = [value.decode("utf-8", "surrogatepass") for value in table["text"].to_pylist()]
    times = None
    if "times" in table.column_names:
        times = table["times"].to_numpy().astype("datetime64[ns]")
    columns = {
        name.removeprefix(_PREFIX): [json.loads(value) for value in table[name].to_pylist()]
        for name in table.column_names
        if name.startswith(_PREFIX)
    }
    return Documents(texts, times=times, columns=columns)


def _plain(value: Any) -> Any:
    """What JSON holds: numpy's numbers as Python's, dates and other things as their text."""
    if isinstance(value, np.generic):
        return value.item() if not isinstance(value, np.datetime64) else str(value)
    if isinstance(value, str | int | float | bool | list | dict) or value is None:
        return value
    return str(value)
