"""The classic road: reduce the embeddings, then cluster the points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from themata.errors import InputError
from themata.graph import Float1d, Float2d, Int1d
from themata.parts.cluster.hdbscan import HDBSCAN
from themata.parts.reduce.umap import UMAP

if TYPE_CHECKING:
    from themata.documents import Documents
    from themata.graph import NeighbourGraph
    from themata.protocols import Clusters


class ReduceThenCluster:
    """Topics as the tutorial finds them, exact to its settings.

    reducer : fit_transform and transform, as scikit-learn's; UMAP to 5 dimensions by default
    clusterer : fit and labels_, as scikit-learn's; HDBSCAN by default. One that has `predict` places new documents;
        without it they follow their neighbours

        ReduceThenCluster(
            UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42),
            HDBSCAN(min_cluster_size=150, metric="euclidean", cluster_selection_method="eom", prediction_data=True),
        )
    """

    needs_graph = False

    def __init__(self, reducer: Any = None, clusterer: Any = None) -> None:
        self.reducer = reducer
        self.clusterer = clusterer

    def group(self, docs: Documents, graph: NeighbourGraph | None = None, y: Int1d | None = None) -> Clusters:
        """Find the clusters; the graph is not used.

        y : (n_docs,) known classes, -1 for unknown, handed to a reducer that takes them
        """
        from themata.protocols import Clusters

        if docs.embeddings is None:
            raise InputError("the classic road reduces embeddings: give an embedder or embeddings=")
        self.reducer_ = self.reducer if self.reducer is not None else UMAP()
        self.clusterer_ = _adopted(self.clusterer if self.clusterer is not None else HDBSCAN())
        known = {} if y is None else {"y": y}
        self.points_ = np.asarray(self.reducer_.fit_transform(docs.embeddings, **known))
        self.clusterer_.fit(self.points_)
        labels = np.asarray(self.clusterer_.labels_, dtype=np.int64)
        return Clusters(labels, _strength(self.clusterer_, labels))

    @property
    def can_assign(self) -> bool:
        """Whether reducer and clusterer can place documents they have not seen."""
        return hasattr(self.reducer_, "transform") and hasattr(self.clusterer_, "predict")

    def assign(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """Place new documents: returns the clusterer's own ids, -1 for outliers, and strengths."""
        if not len(embeddings):  # which scikit-learn refuses
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        found = self.clusterer_.predict(np.asarray(self.reducer_.transform(embeddings)))
        if isinstance(found, tuple):
            return np.asarray(found[0], dtype=np.int64), np.asarray(found[1], dtype=np.float32)
        labels = np.asarray(found, dtype=np.int64)
        return labels, (labels >= 0).astype(np.float32)


def _adopted(clusterer: Any) -> Any:
    """An hdbscan.HDBSCAN has no predict of its own; ours gives it one."""
    if type(clusterer).__module__.split(".")[0] == "hdbscan":
        return HDBSCAN.of(clusterer)
    return clusterer


def _strength(clusterer: Any, labels: Int1d) -> Float1d:
    given = getattr(clusterer, "probabilities_", None)
    if given is None:
        return (labels >= 0).astype(np.float32)
    return np.nan_to_num(np.clip(np.asarray(given, dtype=np.float32), 0, 1))
