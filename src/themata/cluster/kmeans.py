"""k-means: when the number of topics is known and every document must have one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from themata.core.arrays import Float2d, Int1d


@dataclass(eq=False, repr=False)
class KMeans:
    """k-means of scikit-learn, with ten starts; a corpus of fewer documents than clusters gets fewer clusters.

    n_clusters : topics
    random_state : seed of the starts
    """

    n_clusters: int = 50
    random_state: int | None = 42

    def fit(self, points: Float2d) -> KMeans:
        from sklearn.cluster import KMeans as Theirs

        there = min(self.n_clusters, len(np.unique(points, axis=0)))
        self._kmeans = Theirs(there, n_init=10, random_state=self.random_state).fit(points)
        self.labels_: Int1d = self._kmeans.labels_.astype(np.int64)
        return self

    def predict(self, points: Float2d) -> Int1d:
        return np.asarray(self._kmeans.predict(points), dtype=np.int64)
