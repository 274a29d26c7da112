"""The directions in which documents vary most, which keep their inner products best."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from themata.core.arrays import Csr, Float2d


def on_leading(points: Float2d, dim: int) -> Float2d:
    """Points on the `dim` directions of most (uncentred) variance; as they are where they have no more.

    points : (n, n_dimensions)
    returns : (n, dim), the same bits whatever the number of threads
    """
    if points.shape[1] <= dim:
        return points
    with threadpool_limits(1):
        _, directions = np.linalg.eigh(points.T @ points)
        return np.ascontiguousarray(points @ directions[:, ::-1][:, :dim])


def of_sparse(rows: Csr, dim: int, rng: np.random.Generator, n_power: int = 2) -> Float2d:
    """Leading right singular vectors by randomized range finding (Halko et al. 2011, algorithm 4.4).

    rows : (n, n_columns) float32
    returns : (n_columns, dim) float32, the same bits whatever the number of threads
    """
    with threadpool_limits(1):
        n_extra = min(dim + 10, *rows.shape)
        basis = rows @ rng.standard_normal((rows.shape[1], n_extra)).astype(np.float32)
        for _ in range(n_power):
            basis = rows @ (rows.T @ np.linalg.qr(basis)[0])
        basis = np.linalg.qr(basis)[0]
        _, _, directions = np.linalg.svd((rows.T @ basis).T, full_matrices=False)
    return np.ascontiguousarray(directions[:dim].T, dtype=np.float32)
