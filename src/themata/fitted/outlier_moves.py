"""Topics for the documents that have none, by one strategy or another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from themata.analysis import outliers
from themata.analysis.outliers import STRATEGIES, Moves
from themata.core.arrays import Float2d, Int1d
from themata.core.errors import InputError
from themata.fitted.fitted_model import FittedModel, graph_of, topic_weights, weights_under_topics
from themata.fitted.queries import topic_mixture
from themata.pipeline import arguments


def outlier_moves(
    model: FittedModel,
    strategy: str,
    threshold: float,
    *,
    probabilities: Any = None,
    embeddings: Any = None,
    assignment: Sequence[int] | Int1d | None = None,
    texts: Sequence[str] | None = None,
    windows: Mapping[str, Any],
) -> Moves:
    """For the parameters see TopicModel.reduce_outliers."""
    topics = model.topics
    texts = None if texts is None else arguments.texts(texts)
    n_docs = model.documents.n_docs if texts is None else len(texts)
    before = arguments.assignment(topics.assignment if assignment is None else assignment, n_docs)
    topics.check(*np.unique(before).tolist(), outliers=True)
    if strategy == "neighbors":
        scores = _by_neighbors(model, before, texts)
    elif strategy == "probabilities":
        scores = _by_probabilities(probabilities, before, topics.n_topics)
    elif strategy == "distributions":
        scores = topic_mixture(model, _outlying_texts(model, before, texts), **windows).weights
    elif strategy == "c-tf-idf":
        scores = _by_terms(model, before, texts)
    elif strategy == "embeddings":
        scores = _by_embeddings(model, before, texts, embeddings)
    else:
        raise InputError(f"strategy must be one of {', '.join(STRATEGIES)}, got {strategy!r}")
    return outliers.moves(before, scores, strategy, threshold)


def _outlying_texts(model: FittedModel, before: Int1d, texts: Sequence[str] | None) -> list[str]:
    given = model.known_documents.texts if texts is None else texts
    return [given[row] for row in np.flatnonzero(before < 0).tolist()]


def _by_neighbors(model: FittedModel, before: Int1d, texts: Sequence[str] | None) -> Float2d:
    if texts is not None:
        raise InputError("other documents are not in the neighbor graph: use another strategy")
    return outliers.votes(before, model.topics.n_topics, graph_of(model).weights)


def _by_probabilities(probabilities: Any, before: Int1d, n_topics: int) -> Float2d:
    shape = (len(before), n_topics)
    if np.shape(probabilities) != shape:
        raise InputError(
            f"probabilities of shape {shape} are needed for this strategy, got {np.shape(probabilities)}"
        )
    return np.asarray(probabilities, dtype=np.float32)[before < 0]


def _by_terms(model: FittedModel, before: Int1d, texts: Sequence[str] | None) -> Float2d:
    terms = model.known_documents.terms if texts is None else None
    counts = (
        model.space.words(_outlying_texts(model, before, texts))
        if terms is None
        else terms[np.flatnonzero(before < 0)]
    )
    return outliers.by_terms(weights_under_topics(model, counts), topic_weights(model))


def _by_embeddings(
    model: FittedModel, before: Int1d, texts: Sequence[str] | None, embeddings: Any
) -> Float2d:
    """embeddings : of all documents; None: those of the model, or made now"""
    centroids, known = model.topics.centroids, model.documents.embeddings
    if centroids is None:
        raise InputError("this model has no embeddings: use another strategy, such as 'c-tf-idf'")
    if embeddings is not None:
        points = arguments.embeddings(embeddings, len(before), dim=centroids.shape[1])[before < 0]
    elif texts is None and known is not None:
        points = known[before < 0]
    else:
        points = model.space.place(_outlying_texts(model, before, texts))
    return outliers.by_embeddings(points, centroids)
