"""Layers above topics that were found without any: topics joined by where they lie."""

from __future__ import annotations

from themata.core.arrays import Float2d, Int1d
from themata.core.graph import unit_rows
from themata.core.membership import in_rows, means, sent


def layers_of(labels: Int1d, embeddings: Float2d) -> list[Int1d]:
    """The topics, and groups of them: each layer has half as many as the one before, down to two.

    labels : (n_docs,) any ids from 0, -1 for outliers, who are in no layer
    returns : (n_docs,) labelings from fine to coarse, the topics' own first, each nested in the next

    Topics are joined by Ward's rule over the directions of their means, as `hierarchy` draws them: it makes groups of like
    size, where the nearest first (average linkage) would leave one large group and many that stand alone.

    >>> import numpy as np
    >>> points = np.array([[1, 0.0], [1, 0.1], [0, 1.0], [0.1, 1]], dtype=np.float32)
    >>> [layer.tolist() for layer in layers_of(np.array([7, 3, 5, 2, -1]), np.vstack([points, [[1, 1]]]))]
    [[7, 3, 5, 2, -1], [1, 1, 0, 0, -1]]
    """
    assignment = in_rows(labels)
    n_topics = int(assignment.max(initial=-1)) + 1
    layers = [labels]
    sizes = [n_topics >> step for step in range(1, 64) if n_topics >> step >= 2]
    if not sizes:
        return layers
    from scipy.cluster.hierarchy import cut_tree, linkage

    directions = unit_rows(means(unit_rows(embeddings), assignment, n_topics))
    groups = cut_tree(linkage(directions, "ward"), n_clusters=sizes)
    return layers + [sent(assignment, in_rows(level)) for level in groups.T]
