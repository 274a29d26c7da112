"""Models made one: their documents, words, exemplars and names; topics that are alike are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from themata.core.arrays import Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.graph import unit_rows
from themata.core.membership import sent
from themata.core.protocols import Learner
from themata.core.topics import MAIN, Label, Topics
from themata.pipeline import arguments, validation
from themata.pipeline.concatenation import all_documents, with_vocabulary
from themata.pipeline.describe import Description, Showable, describe, keyword_weights, label
from themata.pipeline.embedding import embed, readable
from themata.pipeline.fit import Fitted
from themata.pipeline.merged_layers import with_layers
from themata.pipeline.recipe import Recipe


def merge(
    models: Sequence[Fitted], recipes: Sequence[Recipe], min_similarity: float
) -> tuple[Fitted, Recipe]:
    """The documents of all models, in order, and their topics.

    min_similarity : cosine from which a topic is the same as one of the models before it: of centroids, or of keyword
        weights where there are no embeddings
    returns : topics by falling size, and the first model's recipe with a vectorizer that knows the words of all
    """
    if not models:
        raise InputError("one model or more is needed, got none")
    models = [models[0], *(_in_space_of(recipes[0], model) for model in models[1:])]
    docs, recipe = _documents(models, recipes)
    rows, home = _rows(models, docs, recipe.description, min_similarity)
    n_topics = int(max((row.max(initial=-1) for row in rows), default=-1)) + 1
    assignment = np.concatenate([sent(m.topics.assignment, row) for m, row in zip(models, rows, strict=True)])
    topics = Topics.of(
        docs,
        assignment,
        n_topics=n_topics,
        strength=np.concatenate([m.topics.strength for m in models]),
        origin={id: int(rows[0][row]) if row >= 0 else -1 for id, row in models[0].topics.origin.items()},
    )
    topics = with_layers(topics, [m.topics for m in models], rows, home)
    topics = _with_descriptions(topics, models, rows, recipe.description.n_exemplars).by_size()
    topics = label(
        describe(topics, docs, recipe.description),
        docs,
        recipe.labeler,
        recipe.description,
        embedder=replace(recipe, embeds=False).space(docs),  # other models may have other embedders
    )
    has_graph = any(model.graph is not None for model in models)
    return Fitted(docs, topics, recipe.relater.relate(docs) if has_graph else None), recipe


def _in_space_of(recipe: Recipe, model: Fitted) -> Fitted:
    """The model with its documents embedded by another's embedder, if that one learned from its own corpus."""
    embedder = recipe.embedder.part if recipe.has_embedder else None
    if not isinstance(embedder, Learner) or model.documents.embeddings is None:
        return model
    points = arguments.embeddings(
        embed(readable(model.documents, recipe.ignore).texts, embedder), model.documents.n_docs
    )
    docs = model.documents.having(embeddings=points)
    again = Topics.of(docs, model.topics.assignment, n_topics=model.topics.n_topics)
    return replace(model, documents=docs, topics=model.topics.having(centroids=again.centroids))


def _documents(models: Sequence[Fitted], recipes: Sequence[Recipe]) -> tuple[Documents, Recipe]:
    """All documents, their terms counted anew in the words of all models where all texts are there."""
    recipe = recipes[0]
    docs = all_documents([model.documents for model in models])
    vectorizer = None
    if docs.vocabulary is not None:
        vectorizer = with_vocabulary([r.vectorizer for r in recipes], [str(term) for term in docs.vocabulary])
    if vectorizer is None:
        return docs, recipe
    blank = np.flatnonzero([not text.strip() for text in docs.texts])
    if docs.terms is not None and not docs.terms[blank].nnz:  # a model may have been saved without its texts
        terms = validation.counts(vectorizer, vectorizer.transform(docs.texts), docs.n_docs)
        docs = docs.having(terms=terms)
    showable = Showable(vectorizer)
    return docs, replace(
        recipe, vectorizer=vectorizer, description=replace(recipe.description, showable=showable)
    )


def _rows(
    models: Sequence[Fitted], docs: Documents, how: Description, min_similarity: float
) -> tuple[list[Int1d], Int1d]:
    """(n_topics,) for each model: the row each of its topics has among all; and of all the most alike of the first's."""
    points = _points(models, docs, how)
    rows: list[Int1d] = [np.arange(models[0].topics.n_topics)]
    known = points[0]
    for theirs in points[1:]:
        cosines = theirs @ known.T if len(known) else np.full((len(theirs), 1), -1.0)
        alike = cosines.max(axis=1, initial=-1) >= min_similarity
        rows_of_model = np.where(alike, cosines.argmax(axis=1), len(known) + np.cumsum(~alike) - 1)
        rows.append(rows_of_model)
        known = np.vstack([known, theirs[~alike]])
    home = np.arange(len(known))
    if len(points[0]):
        home[len(points[0]) :] = (known[len(points[0]) :] @ points[0].T).argmax(axis=1)
    return rows, home


def _points(models: Sequence[Fitted], docs: Documents, how: Description) -> list[Float2d]:
    """Unit rows of each model's topics, in one space."""
    if docs.embeddings is not None:
        return [unit_rows(m.topics.centroids) for m in models]  # type: ignore[arg-type]
    points, first = [], 0
    for model in models:
        docs_of_model = docs.take(np.arange(first, first + model.documents.n_docs))
        first += model.documents.n_docs
        counted = Topics.of(docs_of_model, model.topics.assignment, n_topics=model.topics.n_topics)
        points.append(unit_rows(keyword_weights(counted, how).toarray()))
    return points


def _with_descriptions(
    topics: Topics, models: Sequence[Fitted], rows: Sequence[Int1d], n_exemplars: int
) -> Topics:
    """Names and exemplars of all; aspects of topics that nothing was joined to."""
    labels: list[Label | None] = [None] * topics.n_topics
    shown: list[list[Int1d]] = [[] for _ in range(topics.n_topics)]
    first = 0
    for model, into in zip(models, rows, strict=True):
        for topic, row in enumerate(into.tolist()):
            labels[row] = _better(labels[row], model.topics.labels[topic])
            shown[row].append(model.topics.exemplars[topic] + first)
        first += model.documents.n_docs
    names = dict.fromkeys(name for model in models for name in model.topics.aspects if name != MAIN)
    return topics.having(
        labels=_distinct(labels),
        exemplars=tuple(_in_turn(each)[:n_exemplars] for each in shown),
        aspects={name: _aspect(name, models, rows, shown) for name in names},
    )


def _aspect(
    name: str, models: Sequence[Fitted], rows: Sequence[Int1d], shown: Sequence[Sequence[Int1d]]
) -> tuple[tuple[tuple[str, float], ...], ...]:
    aspect: list[tuple[tuple[str, float], ...]] = [()] * len(shown)
    for model, into in zip(models, rows, strict=True):
        for topic, row in enumerate(into.tolist()):
            if name in model.topics.aspects and len(shown[row]) == 1:
                aspect[row] = model.topics.aspects[name][topic]
    return tuple(aspect)


def _better(first: Label | None, other: Label | None) -> Label | None:
    """The first name, unless only the other is a person's."""
    if first is None or (other is not None and other.by_person and not first.by_person):
        return other
    return first


def _distinct(labels: Sequence[Label | None]) -> tuple[Label | None, ...]:
    """Names a machine gave, each once: a second topic of the same name is named anew."""
    taken = {name.name for name in labels if name is not None and name.by_person}
    kept: list[Label | None] = []
    for name in labels:
        again = name is not None and not name.by_person and name.name in taken
        kept.append(None if again else name)
        if name is not None:
            taken.add(name.name)
    return tuple(kept)


def _in_turn(exemplars: Sequence[Int1d]) -> Int1d:
    """The best of each, then the second of each, and so on."""
    longest = max((len(rows) for rows in exemplars), default=0)
    taken = [int(rows[place]) for place in range(longest) for rows in exemplars if place < len(rows)]
    return np.array(taken, dtype=np.int64)
