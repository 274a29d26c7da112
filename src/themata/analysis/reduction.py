"""Fewer topics, and more: which topics to join, and how one falls into parts."""

from __future__ import annotations

import numpy as np

from themata.analysis.hierarchy import cosine_distances
from themata.core.arrays import Csr, Float2d, Int1d
from themata.core.errors import InputError
from themata.core.graph import unit_rows
from themata.core.topics import Topics


def nearest_joined(topics: Topics, weights: Csr, n_topics: int | str, *, by: str = "embeddings") -> Int1d:
    """The target row of each topic, for Topics.regroup, when the nearest are joined.

    weights : (n_topics, n_terms) of keywords
    n_topics : topics to be left, or "auto": only those so alike that they are denser together than apart
    by : "embeddings", cosine distance of the centroids, or "terms", of the weights. Without embeddings always terms

    A number joins by average linkage, and "auto" by HDBSCAN with two topics or more in a cluster, as BERTopic's users
    know it. Groups keep the order of their first topics.
    """
    n = topics.n_topics
    if by not in ("embeddings", "terms"):
        raise InputError(f"by must be 'embeddings' or 'terms', got {by!r}")
    if n_topics != "auto" and (isinstance(n_topics, str) or n_topics < 1):
        raise InputError(f"n_topics must be 'auto' or a number from 1, got {n_topics!r}")
    points = topics.centroids if by == "embeddings" and topics.centroids is not None else weights
    if n_topics == "auto":
        rows = _alike(points) if n > 2 else np.arange(n)
    elif int(n_topics) >= n:
        rows = np.arange(n)
    else:
        rows = _agglomerated(cosine_distances(points), int(n_topics))
    return in_order(rows)


def in_order(groups: Int1d) -> Int1d:
    """Groups numbered 0, 1, ... by their first members; -1 stands alone each time.

    >>> in_order(np.array([5, -1, 5, 2, -1])).tolist()
    [0, 1, 0, 2, 3]
    """
    first: dict[int, int] = {}
    keys = [int(group) if group >= 0 else -2 - place for place, group in enumerate(groups)]
    return np.array([first.setdefault(group, len(first)) for group in keys], dtype=np.int64)


def finer(topics: Topics, topic: int) -> Int1d | None:
    """(n_members,) parts of one topic in the coarsest layer that divides it; None where no layer does."""
    inside = topics.assignment == topic
    for layer in topics.layers[::-1]:
        parts = layer[inside]
        if len(np.unique(parts[parts >= 0])) > 1:
            return np.unique(parts, return_inverse=True)[1]
    return None


def spherical_parts(points: Float2d, k: int, random_state: int) -> Int1d:
    """(n_members,) k parts of the points of one topic, by k-means on the sphere; fewer where fewer points differ."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    if k < 2:
        raise InputError(f"a topic is split into 2 parts or more, got {k}")
    rows = unit_rows(points)
    different = len(np.unique(rows, axis=0))
    if different < k:
        raise InputError(f"{k} parts need {k} different documents, this topic has {different}")
    with threadpool_limits(1):  # sums in one order, whatever the number of threads
        return np.asarray(KMeans(k, n_init=4, random_state=random_state).fit_predict(rows))


def _agglomerated(distances: Float2d, n: int) -> Int1d:
    from sklearn.cluster import AgglomerativeClustering

    return np.asarray(
        AgglomerativeClustering(n, metric="precomputed", linkage="average").fit_predict(distances)
    )


def _alike(points: Csr | Float2d) -> Int1d:
    from sklearn.cluster import HDBSCAN

    # HDBSCAN takes dense points: distances of every two topics are small
    clusterer = HDBSCAN(min_cluster_size=2, metric="precomputed", copy=True)
    return np.asarray(clusterer.fit_predict(cosine_distances(points)))
