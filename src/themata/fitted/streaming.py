"""New documents by the million: read, embedded, assigned and written in batches, so that memory does not grow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.evaluate.rejection import Rejection
from themata.fitted.fitted_model import FittedModel, near_points, place_points
from themata.pipeline.assignment import assign, shares

if TYPE_CHECKING:
    from themata.read.corpus import Corpus

BATCH = 4_096  # documents; an embedder sorts so many by length
HELD_OUT = 2_000  # fitted documents that are assigned as if they were new


@dataclass(frozen=True)
class Assigned:
    """One batch of documents with their topics.

    corpus : what was read of the source
    topics : (n_docs,) rows, -1 for none
    strength : (n_docs,) in 0..1
    shares : (n_docs, n_topics) share of each topic in the votes of each document's neighbors, all 0 where the model holds none
    """

    corpus: Corpus
    topics: Int1d
    strength: Float1d
    shares: Csr

    @property
    def ids(self) -> list[Any]:
        """The documents' own, else their rows in the source, from 0."""
        return list(self.corpus.documents.columns.get("id", self.corpus.rows.tolist()))


def rejected(topics: Int1d, strength: Float1d, min_strength: float) -> tuple[Int1d, Float1d]:
    """The assignments that are strong enough, -1 and 0 in place of others."""
    weak = strength < min_strength
    return np.where(weak, -1, topics), np.where(weak, 0, strength).astype(np.float32)


def assigned(
    model: FittedModel,
    batches: Iterable[Corpus],
    embeddings: Any = None,
    *,
    min_similarity: float = 0.0,
    min_strength: float = 0.0,
) -> Iterator[Assigned]:
    """Assign documents batch after batch.

    embeddings : a row per row of the source, memory-mapped as `load_embeddings` has it; None: the model's embedder
    """
    for corpus in batches:
        texts = corpus.documents.texts
        points = None if embeddings is None else embeddings[corpus.rows]
        places = model.space.place(texts, points) if texts else np.zeros((0, 1), dtype=np.float32)
        topics, strength, others = place_with_shares(model, texts, places, min_similarity, streamed=True)
        yield Assigned(corpus, *rejected(topics, strength, min_strength), others)


def place_with_shares(
    model: FittedModel,
    texts: Sequence[str],
    points: Float2d,
    min_similarity: float = 0.0,
    *,
    streamed: bool = False,
) -> tuple[Int1d, Float1d, Csr]:
    """(n,) topics and strengths of new documents, and (n, n_topics) the share of each topic in their neighbors' votes.

    points : (n, dim) places of the texts in the space of the model
    streamed : they are a batch of many
    """
    n_topics = model.topics.n_topics
    if not texts:
        empty = np.empty(0, dtype=np.int64)
        return empty, np.empty(0, dtype=np.float32), sparse.csr_matrix((0, n_topics))
    near = near_points(model, points, streamed=streamed)
    topics, strength = place_points(model, texts, points, None, min_similarity, near=near)
    if near is None:
        return topics, strength, sparse.csr_matrix((len(texts), n_topics))
    others = shares(points, model.space.known, model.topics.assignment, n_topics, near=near)
    return topics, strength, sparse.csr_matrix(others)


def rejection(model: FittedModel, random_state: int = 42) -> Rejection:
    """How often documents are given their topic again when they are held out, by the strength they are given it with.

    A tenth of the documents, HELD_OUT at most, have no vote. What they are given is held against the topics of the fit.
    """
    known, topics = model.space.known, model.topics.assignment
    n = len(topics)
    rows = np.random.default_rng(random_state).permutation(n)[: max(1, min(HELD_OUT, n // 10))]
    others = np.setdiff1d(np.arange(n), rows)
    if n > 20 * HELD_OUT:  # so many are enough to vote
        others = np.sort(np.random.default_rng(random_state).choice(others, 20 * HELD_OUT, replace=False))
    assigned, strength = assign(known[rows], known[others], topics[others])
    return Rejection.of(strength, assigned, topics[rows])
