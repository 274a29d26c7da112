"""Embeddings of one byte a number, with the range of each dimension."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from themata.core.arrays import Float2d, Int1d
from themata.core.errors import InputError
from themata.core.graph import BLOCK_MADE

N_STEPS = 255  # of a range, between the lowest byte and the highest


class QuantizedEmbeddings:
    """What sentence-transformers' `quantize_embeddings` makes with precision "int8" or "uint8".

    values : (n, dim) int8 or uint8, in memory or mapped from a file
    ranges : (2, dim) lowest and highest number of each dimension, which became the lowest and the highest byte
    raises : InputError where the two do not belong together

    An array of int8 that is one number times the embeddings needs no ranges: no cosine is another.

    >>> rows = QuantizedEmbeddings(np.array([[-128, 127]], dtype=np.int8), [[0.0, -1.0], [2.55, 1.55]])
    >>> rows[:1].round(3).tolist()
    [[0.004999999888241291, 1.5549999475479126]]
    """

    def __init__(self, values: npt.NDArray[Any], ranges: npt.ArrayLike) -> None:
        limits = np.asarray(ranges, dtype=np.float32)
        if values.dtype not in (np.int8, np.uint8) or values.ndim != 2:
            raise InputError(
                f"quantized embeddings are a table of int8 or uint8, got shape {values.shape} of {values.dtype}"
            )
        if limits.shape != (2, values.shape[1]) or not (limits[0] <= limits[1]).all():
            raise InputError(
                f"ranges are the lowest and the highest number of each of {values.shape[1]} dimensions, a row of each, got "
                f"shape {limits.shape}: give the ranges that quantize_embeddings was given"
            )
        self.values, self.ranges = values, limits
        self.shape = values.shape

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: slice | Int1d) -> Float2d:
        """(n_rows, dim) float32, each the middle of what its byte stands for."""
        steps = (self.ranges[1] - self.ranges[0]) / N_STEPS
        lowest = 0 if self.values.dtype == np.uint8 else -128
        return np.asarray(
            (np.asarray(self.values[rows], dtype=np.float32) + (0.5 - lowest)) * steps + self.ranges[0]
        )

    def restored(self, dtype: npt.DTypeLike) -> Float2d:
        """All of them as an array, made a few thousand at a time."""
        points = np.empty(self.shape, dtype=dtype)
        for start in range(0, len(self), BLOCK_MADE):
            points[start : start + BLOCK_MADE] = self[start : start + BLOCK_MADE]
        return points
