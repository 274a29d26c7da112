"""Where words lie among the documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from themata.core.arrays import Float2d
from themata.core.documents import Documents
from themata.core.graph import unit_rows
from themata.core.protocols import Embedder, WordEmbedder
from themata.core.topics import Topics


def word_points(words: Sequence[str], docs: Documents, embedder: Embedder | None) -> Float2d | None:
    """(n_words, dim) rows of length 1: by an embedder, asked once, or at the mean of the documents that use a word.

    None where there is neither an embedder nor embeddings. Means of documents are taken away from the center of the
    corpus, since all of them share it.
    """
    if embedder is not None:
        encode = embedder.encode_words if isinstance(embedder, WordEmbedder) else embedder.encode
        return unit_rows(encode(list(words)))
    if docs.embeddings is None or docs.terms is None or docs.vocabulary is None:
        return None
    columns = {str(term): column for column, term in enumerate(docs.vocabulary)}
    known = np.array([columns.get(word, -1) for word in words], dtype=np.int64)
    used = sparse.csc_matrix(docs.terms)[:, np.maximum(known, 0)].astype(bool).astype(np.float32)
    counts = np.diff(used.indptr)
    means = np.asarray(used.T @ docs.embeddings) / np.maximum(counts, 1)[:, None]
    points = unit_rows(means - docs.center)
    points[known < 0] = 0
    return points


def topic_points(
    topics: Topics, docs: Documents, embedder: Embedder | None, n_exemplars: int = 5
) -> Float2d | None:
    """(n_topics, dim) rows of length 1: the mean of each topic's exemplars, else its centroid."""
    if docs.embeddings is None or topics.centroids is None:
        return None
    points = np.array(topics.centroids, dtype=np.float32)
    for row, shown in enumerate(topics.exemplars):
        if len(shown):
            points[row] = docs.embeddings[shown[:n_exemplars]].mean(axis=0)
    return unit_rows(points if embedder is not None else points - docs.center)
