"""Layers above topics that were found without any: topics joined by where they lie."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from themata.graph import Float2d, Int1d, unit_rows


def layers_of(labels: Int1d, embeddings: Float2d) -> list[Int1d]:
    """The topics, and groups of them: each layer has half as many as the one before, down to two.

    labels : (n_docs,) any ids from 0, -1 for outliers, who are in no layer
    returns : (n_docs,) labellings from fine to coarse, the topics' own first, each nested in the next

    Topics are joined by Ward's rule over the directions of their means, as `hierarchy` draws them: it makes groups of like
    size, where the nearest first (average linkage) would leave one large group and many that stand alone.

    >>> points = np.array([[1, 0.0], [1, 0.1], [0, 1.0], [0.1, 1]], dtype=np.float32)
    >>> [layer.tolist() for layer in layers_of(np.array([7, 3, 5, 2, -1]), np.vstack([points, [[1, 1]]]))]
    [[7, 3, 5, 2, -1], [1, 1, 0, 0, -1]]
    """
    ids, rows = np.unique(labels[labels >= 0], return_inverse=True)
    layers = [labels]
    sizes = [len(ids) >> step for step in range(1, 64) if len(ids) >> step >= 2]
    if not sizes:
        return layers
    from scipy.cluster.hierarchy import cut_tree, linkage

    inside = np.flatnonzero(labels >= 0)
    shape = (len(ids), len(labels))
    member = sparse.csr_matrix((np.ones(len(inside), dtype=np.float32), (rows, inside)), shape)
    sums = np.asarray(member @ unit_rows(embeddings), dtype=np.float64)
    groups = cut_tree(linkage(unit_rows(sums), "ward"), n_clusters=sizes)
    for level in groups.T:
        layer = np.full(len(labels), -1, dtype=np.int64)
        layer[inside] = np.unique(level, return_inverse=True)[1][rows]
        layers.append(layer)
    return layers
