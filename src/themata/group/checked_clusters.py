"""The clusters that a grouper finds, once they are looked at."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.documents import Documents
from themata.core.errors import PartError
from themata.core.graph import NeighborGraph
from themata.core.parameter_checks import shown
from themata.core.protocols import Clusters, Grouper


def clusters_of(grouper: Grouper, docs: Documents, graph: NeighborGraph | None, **options: Any) -> Clusters:
    """What a grouper finds; what is no Clusters of these documents is a PartError that names it.

    options : what its `group` takes besides, such as y
    """
    return _checked(grouper, grouper.group(docs, graph, **options), docs.n_docs)


def _checked(part: object, clusters: Any, n_docs: int) -> Clusters:
    if not isinstance(clusters, Clusters):
        raise PartError(part, "group", shown(clusters), "Clusters(labels, strength, layers)")
    labels = np.asarray(clusters.labels)
    if labels.shape != (n_docs,) or labels.dtype.kind not in "iu":
        raise PartError(
            part, "group", f"{shown(labels)} as labels", f"one whole number per document ({n_docs})"
        )
    strength = np.asarray(clusters.strength, dtype=np.float32)
    if strength.shape != (n_docs,) or not np.isfinite(strength).all():
        raise PartError(
            part, "group", f"{shown(strength)} as strength", f"one finite number per document ({n_docs})"
        )
    for layer in clusters.layers:
        if np.shape(layer) != (n_docs,):
            raise PartError(part, "group", f"a layer of shape {np.shape(layer)}", f"shape ({n_docs},)")
    layers = tuple(np.asarray(layer) for layer in clusters.layers)
    return Clusters(labels.astype(np.int64), np.clip(strength, 0, 1), layers, clusters.origin)
