"""The value that a fit makes and an edit replaces, and what most functions over it need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from themata.core import powers
from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.graph import NeighborGraph
from themata.core.protocols import Placer
from themata.core.topics import Topics
from themata.languages.nonanswers import mute_rows
from themata.pipeline.assignment import Near
from themata.pipeline.centroid_assignment import Centroids
from themata.pipeline.describe import Description, keyword_weights, label
from themata.pipeline.embedding_space import Space
from themata.pipeline.fit import Fitted
from themata.pipeline.recipe import Recipe


@dataclass(frozen=True)
class FittedModel:
    """documents and topics, the graph of their neighbors (None on roads that need none), the parts, and the space.

    recipe : the parts that made the topics
    space : where documents lie and new texts get to
    """

    documents: Documents
    topics: Topics
    graph: NeighborGraph | None
    recipe: Recipe
    space: Space

    @property
    def tables(self) -> Fitted:
        return Fitted(self.documents, self.topics, self.graph)

    @property
    def description(self) -> Description:
        return self.recipe.description

    @property
    def known_documents(self) -> Documents:
        """The documents, of which more must be known than how many they were."""
        if self.documents.is_bare:
            raise InputError(
                "this model holds topics and no documents, as the folders of BERTopic's do that it came from: fit a "
                "model on the documents for what needs their texts, words or embeddings"
            )
        return self.documents

    def having(self, **fields: Any) -> FittedModel:
        """The same with other fields."""
        return replace(self, **fields)

    def with_tables(self, tables: Fitted, **fields: Any) -> FittedModel:
        """The same with other documents, topics and graph."""
        return replace(self, documents=tables.documents, topics=tables.topics, graph=tables.graph, **fields)


def fitted_model(
    tables: Fitted,
    recipe: Recipe,
    outliers: Float1d | None = None,
) -> FittedModel:
    """The value of tables and parts.

    outliers : (dim,) their centroid, where no document is known
    """
    docs, centroids = tables.documents, tables.topics.centroids
    if docs.is_bare and centroids is not None:
        space: Space = Centroids(
            docs, recipe.vectorizer, recipe.embedder, dim=centroids.shape[1], outliers=outliers
        )
    else:
        space = recipe.space(docs)
    return FittedModel(docs, tables.topics, tables.graph, recipe, space)


def with_graph(model: FittedModel) -> FittedModel:
    """The model with a neighbor graph, built now on roads that found their topics without it."""
    docs = model.known_documents
    return model if model.graph is not None else model.having(graph=model.recipe.relater.relate(docs))


def graph_of(model: FittedModel) -> NeighborGraph:
    """The neighbor graph, of a model that has one or could have."""
    graph = with_graph(model).graph
    assert graph is not None
    return graph


def with_labels(model: FittedModel, topics: Topics) -> Topics:
    """The topics with names for those, and those groups of coarser layers, that have none."""
    return label(topics, model.documents, model.recipe.labeler, model.description, embedder=model.space)


def topic_weights(model: FittedModel) -> Csr:
    """(n_topics, n_terms) weights of terms as keywords."""
    return keyword_weights(model.topics, model.description)


def weights_under_topics(model: FittedModel, counts: Csr) -> Csr:
    """(n, n_terms) weights of other counts under the idf of the topics."""
    topics = model.topics
    return model.description.weighting.of(counts, topics.term_counts, topics.background, topics.vocabulary)


def place_texts(
    model: FittedModel,
    texts: Sequence[str],
    embeddings: Any = None,
    images: Sequence[Any] | None = None,
    min_similarity: float = 0.0,
    *,
    streamed: bool = False,
) -> tuple[Int1d, Float1d]:
    """(n,) topic of each new document, -1 for none, and (n,) its strength there.

    min_similarity : as TopicModel.transform takes it
    streamed : they are a batch of many
    """
    if not texts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    points = model.space.place(texts, embeddings, images)
    near = near_points(model, points, streamed=streamed)
    return place_points(model, texts, points, images, min_similarity, near=near)


def near_points(model: FittedModel, points: Float2d, *, streamed: bool = False) -> Near | None:
    """The nearest fitted documents of new ones; None where the model holds none. streamed : they are a batch of many"""
    return None if model.documents.is_bare else model.space.neighbors(points, streamed=streamed)


def place_points(
    model: FittedModel,
    texts: Sequence[str],
    points: Float2d,
    images: Sequence[Any] | None = None,
    min_similarity: float = 0.0,
    *,
    near: Near | None = None,
) -> tuple[Int1d, Float1d]:
    """What `place_texts` gives, of new documents whose places in the space are known: (n, dim) points.

    near : as `near_points` gives them, where they were looked for already
    """
    rows, strength = model.space.assign(
        points, model.topics, _placed_by_seeder(model, points), min_similarity, near=near
    )
    mute = mute_rows(texts, images)
    if mute and powers.needs_graph(model.recipe.grouper):
        # What says nothing, such as "n/a", has no topic, unless documents that say the same have one
        said = {texts[row] for row in mute}
        known = {text for text in model.documents.texts if text in said}
        without = [row for row in mute if texts[row] not in known]
        rows, strength = rows.copy(), strength.copy()
        rows[without], strength[without] = -1, 0
    return rows, strength


def _placed_by_seeder(model: FittedModel, points: Float2d) -> tuple[Int1d, Float1d] | None:
    """The topics that a seeder knows new documents to belong to."""
    seeder = model.recipe.seeder
    if not isinstance(seeder, Placer) or model.documents.embeddings is None:
        return None
    ids, strength = seeder.place(points)
    row_of = model.topics.origin
    return np.array([row_of.get(id, -1) for id in ids.tolist()], dtype=np.int64), strength
