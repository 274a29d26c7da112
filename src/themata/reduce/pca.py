"""Principal components: a reducer that is fast, exact and the same every time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from themata.core.arrays import Float2d


@dataclass(eq=False, repr=False)
class PCA:
    """Principal component analysis, from scikit-learn; components that a small corpus does not have are zeros.

    n_components : dimensions that are left
    random_state : seed of the randomized solver, which large inputs take
    """

    n_components: int = 5
    random_state: int | None = 42

    def fit_transform(self, points: Float2d) -> Float2d:
        from sklearn.decomposition import PCA as Theirs

        there = min(self.n_components, *points.shape)
        self._pca = Theirs(there, random_state=self.random_state).fit(points)
        return self.transform(points)

    def transform(self, points: Float2d) -> Float2d:
        placed = np.zeros((len(points), self.n_components), dtype=np.float32)
        known = self._pca.transform(points)
        placed[:, : known.shape[1]] = known
        return placed
