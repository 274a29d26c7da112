"""A map by umap-learn, from the neighbors that are known already."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.documents import Documents
from themata.core.errors import MissingExtraError
from themata.core.graph import NeighborGraph
from themata.core.topics import Topics
from themata.layout.multilevel import Multilevel


class UMAPLayout:
    """UMAP to two dimensions on the graph's own neighbors (umap-learn compiles for many seconds at first use).

    min_dist : how near points may come to one another, 0..1
    random_state : the same seed, the same map
    options : any other parameter of umap.UMAP
    """

    def __init__(self, min_dist: float = 0.1, random_state: int = 42, **options: Any) -> None:
        self.min_dist = min_dist
        self.random_state = random_state
        self.options = options

    def lay_out(self, docs: Documents, graph: NeighborGraph, topics: Topics) -> Float2d:
        """returns : (n_docs, 2) float32"""
        try:
            from umap import UMAP
        except ImportError as error:
            raise MissingExtraError("the UMAP layout", extra="classic") from error
        near, cosines = graph.neighbors, graph.similarities
        if docs.embeddings is None or near.shape[1] < 2 or (near < 0).any() or graph.n_docs < 50:
            return Multilevel(random_state=self.random_state).lay_out(docs, graph, topics)
        rows = np.arange(graph.n_docs)[:, None]
        known = (np.hstack([rows, near]), np.hstack([np.zeros_like(rows, dtype=np.float32), 1 - cosines]))
        umap = UMAP(
            n_neighbors=near.shape[1] + 1,
            min_dist=self.min_dist,
            metric="cosine",
            random_state=self.random_state,
            n_jobs=1,
            precomputed_knn=known,
            **self.options,
        )
        return np.asarray(umap.fit_transform(docs.embeddings), dtype=np.float32)
