"""Texts of many documents in one Arrow column, in memory or on disk, of which only those asked for become strings."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any, overload

import numpy as np

from themata.core.arrays import Int1d

BATCH = 4_096  # texts that are strings at once while all are read


class TextColumn(Sequence[str]):
    """A list of strings that is not in memory: a text is made a string when it is asked for.

    column : of Arrow, of strings without nulls

    >>> import pyarrow
    >>> texts = TextColumn(pyarrow.chunked_array([["a", "b"], ["c"]]))
    >>> texts[2], texts[:2], list(texts), len(texts)
    ('c', ['a', 'b'], ['a', 'b', 'c'], 3)
    """

    def __init__(self, column: Any) -> None:
        self.column = column

    def __len__(self) -> int:
        return len(self.column)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            if step == 1:
                return list(self.column.slice(start, max(0, stop - start)).to_pylist())
            return self.take(np.arange(start, stop, step))
        row = int(place) + (len(self) if place < 0 else 0)
        if not 0 <= row < len(self):
            raise IndexError(f"there are {len(self)} texts, so none has the number {place}")
        return str(self.column[row].as_py())

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), BATCH):
            yield from self[start : start + BATCH]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str) or len(other) != len(self):
            return False
        return self is other or all(ours == theirs for ours, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def take(self, rows: Sequence[int] | Int1d) -> list[str]:
        """The texts of some rows, in the order asked."""
        return list(self.column.take(np.asarray(rows, dtype=np.int64)).to_pylist())

    def lengths(self) -> Int1d:
        """(n,) characters of each text."""
        import pyarrow.compute as pc

        return np.asarray(pc.utf8_length(self.column), dtype=np.int64)


class TextFile:
    """Collects texts one by one in a file without a name, which is gone with the last who reads it.

    >>> file = TextFile()
    >>> for text in ("one", "two"):
    ...     file.append(text)
    >>> list(file.column())
    ['one', 'two']
    """

    def __init__(self) -> None:
        import pyarrow as pa

        self._file = TemporaryFile(prefix="themata-")  # noqa: SIM115 — it lives as long as the column does
        self._schema = pa.schema([("text", pa.large_string())])
        self._writer = pa.ipc.new_file(self._file, self._schema)
        self._waiting: list[str] = []

    def append(self, text: str) -> None:
        self._waiting.append(text)
        if len(self._waiting) == BATCH:
            self._write()

    def column(self) -> TextColumn:
        """The texts, mapped into memory; nothing can be added any more."""
        import pyarrow as pa

        self._write()
        self._writer.close()
        self._file.flush()
        mapped = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
        return TextColumn(pa.ipc.open_file(pa.BufferReader(pa.py_buffer(mapped))).read_all().column(0))

    def _write(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_batch(
                pa.record_batch([pa.array(self._waiting, pa.large_string())], schema=self._schema)
            )
            self._waiting = []
