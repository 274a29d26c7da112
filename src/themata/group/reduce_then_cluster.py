"""The classic pipeline: reduce the embeddings, then cluster the points."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.cluster.hdbscan import HDBSCAN
from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.errors import PartError
from themata.core.registry import make
from themata.group.coarser_layers import layers_of
from themata.reduce.umap import UMAP
from themata.relate.lexical_view import fit_lexical

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.graph import NeighborGraph
    from themata.core.protocols import Clusters


@dataclass(eq=False, repr=False)
class ReduceThenCluster:
    """Topics as the tutorial finds them, exact to its settings; coarser layers join topics whose embeddings are near.

    reducer : fit_transform and transform, as scikit-learn's, or a name ("umap", "pca"); UMAP to 5 dimensions by default
    clusterer : fit and labels_, as scikit-learn's, or a name ("hdbscan", "kmeans"); HDBSCAN by default. One that has
        `predict` places new documents; without it they follow their neighbors. One that learns from batch to batch needs
        `partial_fit` alone

        ReduceThenCluster(
            UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42),
            HDBSCAN(min_cluster_size=150, metric="euclidean", cluster_selection_method="eom", prediction_data=True),
        )
    """

    reducer: Any = None
    clusterer: Any = None

    needs_graph = False

    def group(self, docs: Documents, graph: NeighborGraph | None = None, y: Int1d | None = None) -> Clusters:
        """Find the clusters of the embeddings, or without any of the lexical view; the graph is not used.

        y : (n_docs,) known classes, -1 for unknown, handed to reducer and clusterer. A classifier in the clusterer's
            place learns the known ones and places the others; a clusterer that finds nothing leaves them as they are
        """
        from themata.core.protocols import Clusters

        self.embedded_: Float2d = _lexical(docs) if docs.embeddings is None else docs.embeddings
        self.reducer_, self.clusterer_ = self._parts()
        self.points_: Float2d = reduced(self.reducer_, self.embedded_, y)
        labels = clustered(self.clusterer_, self.points_, y)
        return Clusters(labels, _strength(self.clusterer_, labels), layers_of(labels, self.embedded_))

    def check(self) -> None:
        """Raise where reducer or clusterer is none."""
        self._parts()

    def _parts(self) -> tuple[Any, Any]:
        reducer = UMAP() if self.reducer is None else make("reducer", self.reducer)
        return reducer, HDBSCAN() if self.clusterer is None else _adopted(make("clusterer", self.clusterer))

    @property
    def min_topic_size(self) -> int | None:
        """The smallest cluster that the fitted clusterer makes, where it tells."""
        return getattr(vars(self).get("clusterer_"), "min_cluster_size", None)

    @property
    def can_assign(self) -> bool:
        """Whether reducer and clusterer can place documents they have not seen."""
        return hasattr(self.reducer_, "transform") and hasattr(self.clusterer_, "predict")

    def assign(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """Place new documents: returns the clusterer's own ids, -1 for outliers, and strengths."""
        if not len(embeddings):  # which scikit-learn refuses
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        predicted = self.clusterer_.predict(np.asarray(self.reducer_.transform(embeddings)))
        if isinstance(predicted, tuple):
            return np.asarray(predicted[0], dtype=np.int64), np.asarray(predicted[1], dtype=np.float32)
        labels = np.asarray(predicted, dtype=np.int64)
        return labels, (labels >= 0).astype(np.float32)

    @property
    def can_grow(self) -> bool:
        """Whether the clusterer learns from more documents, with `partial_fit` as scikit-learn's."""
        return hasattr(self.reducer_, "transform") and hasattr(self.clusterer_, "partial_fit")

    def grow(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """Learn from more documents and place them: returns the clusterer's own ids, -1 for outliers, and strengths."""
        if hasattr(self.reducer_, "partial_fit"):
            self.reducer_.partial_fit(embeddings)
        points = np.asarray(self.reducer_.transform(embeddings), dtype=self.points_.dtype)
        self.clusterer_.partial_fit(points)
        labels = np.asarray(self.clusterer_.labels_, dtype=np.int64)
        if len(labels) != len(embeddings):  # some keep the labels of all documents seen
            labels = labels[-len(embeddings) :]
        return labels, (labels >= 0).astype(np.float32)


def _lexical(docs: Documents) -> Float2d:
    """Where documents without embeddings lie: by the words they share."""
    assert docs.terms is not None
    return fit_lexical(docs.terms).project(docs.terms)


def reduced(reducer: Any, points: Float2d, y: Int1d | None) -> Float2d:
    """The points of a reducer with scikit-learn's interface, fitted to these embeddings."""
    method = getattr(reducer, "fit_transform", None) or getattr(reducer, "fit", None) or reducer.partial_fit
    known = {"y": y} if y is not None and "y" in inspect.signature(method).parameters else {}
    if hasattr(reducer, "fit_transform"):
        return np.asarray(reducer.fit_transform(points, **known))
    method(points, **known)
    return np.asarray(reducer.transform(points))


def clustered(clusterer: Any, points: Float2d, y: Int1d | None) -> Int1d:
    """(n,) labels of a clusterer with scikit-learn's interface, fitted to these points; -1 for outliers."""
    if y is not None and _classifies(clusterer):
        return _classified(clusterer, points, y)
    method = getattr(clusterer, "fit", None) or clusterer.partial_fit
    known = {"y": y} if y is not None and "y" in inspect.signature(method).parameters else {}
    method(points, **known)
    labels = getattr(clusterer, "labels_", None)
    if labels is None:
        labels = y
    if labels is None:
        raise PartError(
            clusterer, "fit", "no labels_", "a label for each document, or y= with the topics known"
        )
    return np.asarray(labels, dtype=np.int64)


def _classifies(clusterer: Any) -> bool:
    from sklearn.base import ClassifierMixin

    return isinstance(clusterer, ClassifierMixin)


def _classified(classifier: Any, points: Float2d, y: Int1d) -> Int1d:
    """Known classes as they are, the others as the classifier has learned from those."""
    labels, known = np.array(y, dtype=np.int64), y >= 0
    classifier.fit(points[known], y[known])
    if not known.all():
        labels[~known] = classifier.predict(points[~known])
    return labels


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
