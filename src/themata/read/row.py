"""One row of a source, and what to say when no row is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from themata.core.errors import InputError
from themata.read.encodings import BROKEN


@dataclass(frozen=True)
class Row:
    """A row as it came.

    line : where it begins in the source, from 1
    fault : why it could not be read
    raw : as it stands there
    markup : of its text, where the name of its file tells
    """

    line: int
    values: Mapping[str, Any] = field(default_factory=dict)
    fault: str | None = None
    raw: str | None = None
    markup: str | None = None


def no_documents(source: str, n_rows: int, first: tuple[int, str] | None) -> InputError:
    """first : line and reason of the first row that was set aside"""
    if first is None:
        return InputError(f"no documents in {source}")
    hint = (
        "; is it in another encoding? name it with --encoding, such as cp1252" if first[1] == BROKEN else ""
    )
    return InputError(
        f"no documents in {source}: all {n_rows:,} rows were set aside, the first, in line {first[0]}, "
        f"for {first[1]!r}{hint}"
    )
