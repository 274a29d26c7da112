"""From the parameters of BERTopic to the parts of themata."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis.reduction import nearest_joined
from themata.core.arrays import Int1d
from themata.core.errors import InputError
from themata.core.protocols import Clusters
from themata.group.coarser_layers import layers_of
from themata.group.reduce_then_cluster import ReduceThenCluster
from themata.pipeline.fit import as_topics

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.graph import NeighborGraph

log = logging.getLogger(__name__)


class ClassicRoad(ReduceThenCluster):
    """Reduce the embeddings, cluster the points, and join the nearest clusters when so many are not wanted.

    nr_topics : topics to be left, outliers counted as one; "auto" joins those that are nearly one; None joins none
    """

    def __init__(
        self, reducer: Any = None, clusterer: Any = None, nr_topics: int | str | None = None
    ) -> None:
        super().__init__(reducer, clusterer)
        self.nr_topics = nr_topics

    @property
    def n_topics(self) -> int | None:
        """So many topics are wanted, or None."""
        return self.nr_topics if isinstance(self.nr_topics, int) else None

    @n_topics.setter
    def n_topics(self, wanted: int) -> None:
        self.nr_topics = wanted

    def group(self, docs: Documents, graph: NeighborGraph | None = None, y: Int1d | None = None) -> Clusters:
        """Find the clusters. y : (n_docs,) known topics, -1 for unknown"""
        clusters = super().group(docs, graph, None if y is None else coded(y))
        if self.nr_topics is None:
            return clusters
        topics = as_topics(docs, clusters)
        wanted = wanted_topics(self.nr_topics, has_outliers=topics.n_outliers > 0)
        if isinstance(wanted, int) and wanted > topics.n_topics:
            log.warning(
                "%d topics were asked for (nr_topics=%s) and %d were found: nr_topics joins topics and makes none; more are "
                "found with a smaller min_topic_size, or a clusterer with more clusters",
                wanted,
                self.nr_topics,
                topics.n_topics,
            )
        rows = nearest_joined(topics, topics.term_counts.astype(np.float64), wanted)
        labels = np.where(topics.assignment >= 0, np.append(rows, -1)[topics.assignment], -1)
        layers = layers_of(labels, self.embedded_)
        return Clusters(
            labels, clusters.strength, layers, {id: int(rows[row]) for id, row in topics.origin.items()}
        )


def coded(y: Any) -> Int1d:
    """Known topics as numbers: numbers as they are, names by their order, and -1 for None and "".

    >>> coded(np.array(["b", None, "a"], dtype=object)).tolist()
    [1, -1, 0]
    """
    given = np.asarray(y)
    if given.dtype.kind in "iu":
        return given
    if given.dtype.kind == "f":
        return np.where(np.isnan(given), -1, given).astype(np.int64)
    names = [name for name in given.tolist() if name not in (None, "", -1)]
    place = {name: row for row, name in enumerate(sorted(set(names), key=str))}
    return np.array([place.get(name, -1) for name in given.tolist()], dtype=np.int64)


def wanted_topics(nr_topics: int | str, *, has_outliers: bool) -> int | str:
    """Topics that are to be left: BERTopic's number counts the outliers as one.

    >>> wanted_topics(20, has_outliers=True)
    19
    """
    if nr_topics == "auto":
        return "auto"
    if isinstance(nr_topics, str) or nr_topics < 1:
        raise InputError(f"nr_topics must be a number from 1, 'auto' or None, got {nr_topics!r}")
    return max(1, int(nr_topics) - has_outliers)


def default_reducer(low_memory: bool) -> Any:
    """UMAP with BERTopic's settings and a seed; PCA where umap-learn is not installed."""
    if find_spec("umap") is None:
        from themata.reduce.pca import PCA

        return PCA(n_components=5)
    from themata.reduce.umap import UMAP

    return UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=low_memory)


def default_clusterer(min_topic_size: int) -> Any:
    """HDBSCAN with BERTopic's settings; scikit-learn's where hdbscan is not installed."""
    if find_spec("hdbscan") is None:
        from sklearn.cluster import HDBSCAN as Sklearns

        return Sklearns(min_cluster_size=min_topic_size, metric="euclidean", copy=True)
    from themata.cluster.hdbscan import HDBSCAN

    return HDBSCAN(min_cluster_size=min_topic_size)


def aspects_of(representation_model: Any, model: Any) -> dict[str, Any] | None:
    """Native aspects: one model, or a list to chain, describes topics in the place of the plain keywords.

    model : handed to the user's own representations, which expect it
    """
    from themata.familiar.representation.base import native

    if representation_model is None:
        return None
    given = (
        representation_model if isinstance(representation_model, Mapping) else {"Main": representation_model}
    )
    return {
        name: [native(link, model) for link in part]
        if isinstance(part, list | tuple)
        else native(part, model)
        for name, part in given.items()
        if part is not None
    }
