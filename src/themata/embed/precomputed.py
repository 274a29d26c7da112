"""Embeddings made already: a .npy or .npz file, read as it is needed; of bytes, with their ranges in a file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from themata.core.errors import AlignmentError, InputError
from themata.embed.quantized import QuantizedEmbeddings

RANGES = ".ranges.npy"  # of NAME.npy in NAME.ranges.npy


def load_embeddings(
    path: str | Path, n_docs: int | None = None
) -> np.ndarray[Any, Any] | QuantizedEmbeddings:
    """The (n, dim) array of a file: memory-mapped from .npy, in the precision it was saved in.

    path : of a .npy or .npz file; of bytes, the ranges of the dimensions are read from NAME.ranges.npy beside NAME.npy
    n_docs : rows there must be
    raises : InputError where there is no such file or no table in it, AlignmentError where it has other rows
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"no embeddings at {path}: expected a .npy or .npz file")
    try:
        points = _read(path)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is not a .npy or .npz file of numbers: {error}") from error
    if points.ndim != 2 or points.dtype.kind not in "fiu":
        raise InputError(
            f"{path} must hold a table of numbers, one row per document: it has shape {points.shape} of {points.dtype}"
        )
    if n_docs is not None and len(points) != n_docs:
        raise AlignmentError(
            f"one embedding per document is needed: {path} has {len(points):,} rows for {n_docs:,} documents"
        )
    ranges = path.with_name(path.stem + RANGES)
    if points.dtype in (np.int8, np.uint8) and ranges.exists():
        return QuantizedEmbeddings(points, _read(ranges))
    return points


def _read(path: Path) -> np.ndarray[Any, Any]:
    with path.open("rb") as file:
        start = file.read(6)
    if not start.startswith((b"\x93NUMPY", b"PK\x03\x04")):  # numpy would speak of pickles
        raise ValueError(f"it begins with {start!r}")
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if isinstance(array, np.ndarray):
        return array
    with array:
        names = array.files
        if len(names) != 1:
            raise InputError(f"{path} holds {len(names)} arrays ({', '.join(names)}): expected one")
        return np.asarray(array[names[0]])
