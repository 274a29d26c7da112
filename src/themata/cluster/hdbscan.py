"""HDBSCAN, as the tutorial sets it."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.errors import MissingExtraError


class HDBSCAN:
    """Hierarchical density-based clustering (Campello et al. 2013), from the hdbscan package.

    min_cluster_size : fewest documents of a topic
    metric : of the reduced points
    cluster_selection_method : "eom" (excess of mass), or "leaf" for more and smaller clusters
    prediction_data : keep what `predict` needs
    options : any other parameter of hdbscan.HDBSCAN

    labels_ : (n,) -1 for outliers
    probabilities_ : (n,) how well each point sits in its cluster
    """

    def __init__(
        self,
        min_cluster_size: int = 10,
        metric: str = "euclidean",
        cluster_selection_method: str = "eom",
        prediction_data: bool = True,
        **options: Any,
    ) -> None:
        self.min_cluster_size = min_cluster_size
        self.metric = metric
        self.cluster_selection_method = cluster_selection_method
        self.prediction_data = prediction_data
        self.options = options

    @classmethod
    def of(cls, theirs: Any) -> HDBSCAN:
        """Adopt an hdbscan.HDBSCAN made by the user, who may have fitted it."""
        ours = cls(theirs.min_cluster_size, theirs.metric, theirs.cluster_selection_method)
        ours._hdbscan = theirs
        return ours

    def fit(self, points: Float2d) -> HDBSCAN:
        if not hasattr(self, "_hdbscan"):
            self._hdbscan = self._made()
        if len(points) < max(2, self._hdbscan.min_samples or self.min_cluster_size):
            self.labels_: Int1d = np.full(len(points), -1, dtype=np.int64)
            self.probabilities_: Float1d = np.zeros(len(points), dtype=np.float32)
            return self
        self._hdbscan.fit(points)
        self.labels_ = np.asarray(self._hdbscan.labels_, dtype=np.int64)
        self.probabilities_ = np.asarray(self._hdbscan.probabilities_, dtype=np.float32)
        return self

    def predict(self, points: Float2d) -> tuple[Int1d, Float1d]:
        """returns : (n,) clusters and (n,) strength of new points"""
        from hdbscan import approximate_predict

        if not (self.labels_ >= 0).any():
            return np.full(len(points), -1, dtype=np.int64), np.zeros(len(points), dtype=np.float32)
        labels, strength = approximate_predict(self._hdbscan, points)
        return np.asarray(labels, dtype=np.int64), np.asarray(strength, dtype=np.float32)

    def memberships(self) -> Float2d:
        """How far each fitted point belongs to every cluster: (n, n_clusters) float32."""
        from hdbscan import all_points_membership_vectors

        n_clusters = int(self.labels_.max(initial=-1)) + 1
        if n_clusters < 2:
            return self.probabilities_.reshape(-1, 1).astype(np.float32)[:, :n_clusters]
        return np.asarray(all_points_membership_vectors(self._hdbscan), dtype=np.float32)

    def _made(self) -> Any:
        try:
            from hdbscan import HDBSCAN as Theirs
        except ImportError as error:
            raise MissingExtraError("HDBSCAN", extra="classic") from error
        return Theirs(
            min_cluster_size=self.min_cluster_size,
            metric=self.metric,
            cluster_selection_method=self.cluster_selection_method,
            prediction_data=self.prediction_data,
            **self.options,
        )
