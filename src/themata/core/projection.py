"""The directions in which documents vary most, which keep their inner products best."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from themata.core.arrays import Csr, Float2d
from themata.core.graph import UnitRows


def leading(points: Float2d | UnitRows, dim: int) -> Float2d | None:
    """(n_dimensions, dim) directions of most (uncentred) variance; None where the points have no more dimensions.

    points : (n, n_dimensions)
    returns : the same bits whatever the number of threads
    """
    if points.shape[1] <= dim:
        return None
    with threadpool_limits(1):
        if isinstance(points, UnitRows):
            none = np.zeros((points.shape[1], points.shape[1]), dtype=np.float32)
            products = sum((part.T @ part for _, part in points.blocks()), start=none)
        else:
            products = points.T @ points
        return np.linalg.eigh(products)[1][:, ::-1][:, :dim]


def on(points: Float2d | UnitRows, directions: Float2d | None) -> Float2d:
    """(n, dim) points on directions; as they are where there are none."""
    if directions is None:
        return points[:]
    with threadpool_limits(1):
        if not isinstance(points, UnitRows):
            return np.ascontiguousarray(points @ directions)
        placed = np.empty((len(points), directions.shape[1]), dtype=np.float32)
        for rows, part in points.blocks():
            placed[rows] = part @ directions
    return placed


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
