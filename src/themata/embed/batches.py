"""Batches of texts of like length, computed side by side, each by one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from themata.core.arrays import Float2d
from themata.core.graph import n_workers

# Small enough for a processor's cache: four abstracts. 256 to 2,048 are as fast, more are a fifth slower (benchmarks/README.md)
BATCH_TOKENS = 1024


def side_by_side(
    embed: Callable[[list[int]], Float2d], lengths: Sequence[int], dim: int | None = None
) -> Float2d:
    """The embeddings of texts, computed in batches that are each one thread's, so that no thread waits for another.

    embed : the embeddings of the texts of some rows, called by several threads at once
    lengths : tokens of each text, or about so many
    dim : dimensions, where there may be no text
    """
    embeddings = np.empty((0, dim or 0), dtype=np.float32)
    batches = list(by_length(lengths))
    with ThreadPoolExecutor(n_workers()) as pool:
        try:
            for batch, points in zip(batches, pool.map(embed, batches), strict=True):
                if not len(embeddings):
                    embeddings = np.empty((len(lengths), points.shape[1]), dtype=np.float32)
                embeddings[batch] = points
        except BaseException:  # Ctrl-C among them: batches that have not begun are not waited for
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return embeddings


def by_length(lengths: Sequence[int], most: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Rows in batches of at most so many tokens, or one text, the longest first.

    >>> list(by_length([2, 9, 3, 4], most=6))
    [[1], [3], [2, 0]]
    """
    batch: list[int] = []
    n_tokens = 0
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batch and n_tokens + lengths[row] > most:
            yield batch
            batch, n_tokens = [], 0
        batch.append(row)
        n_tokens += lengths[row]
    if batch:
        yield batch
