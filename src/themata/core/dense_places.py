"""Where a cluster's name belongs on a map: where its points are dense."""

from __future__ import annotations

import numpy as np

from themata.core.arrays import Float2d


def densest_place(points: Float2d, cell: Float2d) -> Float2d:
    """(2,) the middle of the points of the fullest nine cells of a grid: unlike a mean, it never lies between two clusters.

    points : (n, 2)
    cell : (2,) least width and height

    >>> densest_place(np.array([[0.0, 0.0], [0.1, 0.0], [9.0, 9.0]]), np.ones(2)).tolist()
    [0.05, 0.0]
    """
    # A wide cluster is looked at from afar: it is named in its middle, not at a chance crowd at its edge
    low, high = np.quantile(points, [0.1, 0.9], axis=0)
    cell = np.maximum(cell, np.maximum((high - low) / 5, 1e-9))
    at = np.floor((points - points.min(axis=0)) / cell).astype(np.int64) + 1
    counts = np.zeros(at.max(axis=0) + 2)
    np.add.at(counts, (at[:, 0], at[:, 1]), 1)
    around = sum(np.roll(counts, (right, up), axis=(0, 1)) for right in (-1, 0, 1) for up in (-1, 0, 1))
    # Between cells with as many around them, the one that holds more itself
    best = np.unravel_index(np.argmax(around + counts / (len(points) + 1)), counts.shape)
    return np.asarray(points[(np.abs(at - best) <= 1).all(axis=1)].mean(axis=0))


def reach(points: Float2d, place: Float2d) -> Float2d:
    """(2,) how far seven tenths of a cluster's points reach from a place in it, to both sides, and above and below.

    The rest are strays, which say nothing about how large a cluster looks.

    >>> reach(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [99.0, 99.0]]), np.array([1.0, 0.0])).round(1).tolist()
    [1.0, 0.0]
    """
    return np.asarray(np.quantile(np.abs(points - place), 0.7, axis=0, method="lower"))
