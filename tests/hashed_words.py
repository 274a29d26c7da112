"""An embedder of its own kind for tests: words hashed to directions, the same in every process."""

from __future__ import annotations

import os
import signal
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np


class HashedWords:
    """dies : a file that is not there yet: the first process to embed `after` batches makes it and is killed"""

    def __init__(self, dim: int = 64, dies: Path | None = None, after: int = 2) -> None:
        self.dim, self.dies, self.after = dim, dies, after
        self._batches = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self._batches += 1
        if self.dies is not None and self._batches > self.after and not self.dies.exists():
            self.dies.write_text("killed")
            os.kill(os.getpid(), signal.SIGKILL)
        points = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                told = zlib.crc32(word.encode())
                points[row, told % self.dim] += 1 - 2 * (told >> 16 & 1)
        return points
