"""UMAP, as the tutorial sets it: five dimensions for clustering, two for a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import MissingExtraError


class UMAP:
    """Uniform manifold approximation and projection (McInnes et al. 2018), from umap-learn.

    n_neighbors : points that each is held together with; more of them show the larger shapes
    n_components : dimensions that are left
    min_dist : how near points may come to one another, 0..1
    metric : of the embeddings
    random_state : the same seed, the same result, on one thread; None draws one
    options : any other parameter of umap.UMAP

    A corpus smaller than the neighborhood gets a smaller one; fewer than n_components + 2 documents are padded with
    zeros, because UMAP has no answer for them.
    """

    def __init__(
        self,
        n_neighbors: int = 15,
        n_components: int = 5,
        min_dist: float = 0.0,
        metric: str = "cosine",
        random_state: int | None = 42,
        **options: Any,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.n_components = n_components
        self.min_dist = min_dist
        self.metric = metric
        self.random_state = random_state
        self.options = options
        self._umap: Any = None

    def fit_transform(self, points: Float2d, y: Any = None) -> Float2d:
        """y : (n,) known classes, -1 for unknown, for semi-supervised topics"""
        if len(points) < self.n_components + 3:
            self._umap = None
            return _first(points, self.n_components)
        self._umap = _umap()(
            n_neighbors=min(self.n_neighbors, len(points) - 1),
            n_components=self.n_components,
            min_dist=self.min_dist,
            metric=self.metric,
            random_state=self.random_state,
            n_jobs=1 if self.random_state is not None else -1,
            **self.options,
        )
        return np.asarray(self._umap.fit_transform(points, y=y), dtype=np.float32)

    def transform(self, points: Float2d) -> Float2d:
        if self._umap is None:
            return _first(points, self.n_components)
        return np.asarray(self._umap.transform(points), dtype=np.float32)


def _umap() -> Any:
    try:
        from umap import UMAP as Theirs
    except ImportError as error:
        raise MissingExtraError("UMAP", extra="classic") from error
    return Theirs


def _first(points: Float2d, n: int) -> Float2d:
    placed = np.zeros((len(points), n), dtype=np.float32)
    placed[:, : points.shape[1]] = points[:, :n]
    return placed
