"""Rows of Parquet files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from themata.core.errors import InputError, MissingExtraError
from themata.core.progress_reports import reported
from themata.read.encodings import BROKEN, decoded
from themata.read.row import Row

ROWS_AT_ONCE = 4_096


def parquet_rows(data: IO[bytes] | Path, source: str) -> Iterator[Row]:
    """The rows, without columns of vectors: as Python's numbers they would take minutes."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError(f"the Parquet file {source}", extra="parquet") from error
    try:
        file = pq.ParquetFile(data if isinstance(data, Path) else io.BytesIO(data.read()))
        names = [field.name for field in file.schema_arrow if not _is_vectors(field.type)]
        rows = _rows(file.iter_batches(ROWS_AT_ONCE, columns=names))
        for number, (values, fault) in enumerate(reported(rows, file.metadata.num_rows), start=1):
            yield Row(number, values, fault)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{source} is not a Parquet file that can be read: {error}") from error


def _rows(batches: Iterator[Any]) -> Iterator[tuple[dict[str, Any], str | None]]:
    for batch in batches:
        for start in range(batch.num_rows) if _is_broken(batch) else [slice(None)]:
            yield from _values(batch if isinstance(start, slice) else batch.slice(start, 1))


def _is_vectors(kind: Any) -> bool:
    import pyarrow as pa

    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists and pa.types.is_floating(kind.value_type))


def _is_broken(batch: Any) -> bool:
    try:
        batch.validate(full=True)  # looks at the bytes of strings, which Parquet does not promise to be UTF-8
    except ValueError:
        return True
    return False


def _values(batch: Any) -> Iterator[tuple[dict[str, Any], str | None]]:
    import pyarrow as pa

    try:
        columns = [_column(column) for column in batch.columns]
    except (UnicodeDecodeError, pa.ArrowException):  # which of them depends on how the strings are made
        yield {}, BROKEN
        return
    for row in zip(*columns, strict=True) if columns else ((),) * batch.num_rows:
        yield dict(zip(batch.schema.names, row, strict=True)), None


def _column(column: Any) -> list[Any]:
    """Its values as Python's; bytes as the text they are, since some programs write strings without saying so."""
    import pyarrow as pa

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return list(column.to_numpy(zero_copy_only=False))  # a quarter of the time that to_pylist takes
    return [decoded(value)[0] if _is_text(value) else value for value in column.to_pylist()]


def _is_text(value: Any) -> bool:
    return isinstance(value, bytes) and decoded(value)[1] is None
