"""Where new texts get to in a model that knows its topics and none of their documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError, ThemataError
from themata.core.protocols import Progress
from themata.core.topics import Topics
from themata.pipeline import arguments
from themata.pipeline.assignment import Near, nearest
from themata.pipeline.embedding_space import Space
from themata.pipeline.lazy_embedder import LazyEmbedder
from themata.pipeline.multimodal import IMAGE, points_of


class Centroids(Space):
    """The centroids of topics, and of the outliers where there are any.

    dim : of the centroids
    outliers : (dim,) where the outliers lie, or None
    """

    def __init__(
        self, docs: Documents, vectorizer: Any, embedder: LazyEmbedder, *, dim: int, outliers: Float1d | None
    ) -> None:
        super().__init__(docs, vectorizer, embedder, made_here=True)  # without documents none can be probed
        self.dim, self.outliers = dim, outliers

    @property
    def known(self) -> Float2d:
        raise InputError("this model holds centroids of topics and no documents to compare with")

    def place(
        self,
        texts: Sequence[str],
        embeddings: Any = None,
        images: Sequence[Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Float2d:
        """(n, dim) embeddings of new texts."""
        new = Documents(texts, columns={} if images is None else {IMAGE: images})
        given = points_of(new, self.embedder(), progress=progress) if embeddings is None else embeddings
        return arguments.embeddings(given, len(texts), dim=self.dim)

    def assign(
        self,
        points: Float2d,
        topics: Topics,
        placed: tuple[Int1d, Float1d] | None = None,
        min_similarity: float = 0.0,
        *,
        near: Near | None = None,
    ) -> tuple[Int1d, Float1d]:
        """The topic with the nearest centroid, as BERTopic assigns after loading such a folder, and the cosine."""
        assert topics.centroids is not None
        rows, cosines = nearest(points, topics.centroids, self.outliers)
        weak = cosines < min_similarity
        return np.where(weak, -1, rows), np.where(weak, 0, cosines)

    def query(self, text: str) -> tuple[Csr, Float1d | None]:
        """Counts of a query, and its point where there is an embedder."""
        words = self.words([text])
        try:
            return words, self.place([text])[0]
        except ThemataError:
            if not words.shape[1]:
                raise
            return words, None

    def embedder(self) -> Any:
        try:
            return super().embedder()
        except InputError as error:
            raise InputError(
                f"{error}, or TopicModel.load(folder, embedder=) with the model that made the topics' embeddings"
            ) from error
