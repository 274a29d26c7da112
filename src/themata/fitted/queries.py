"""Questions to a fitted model about its topics and documents. None changes it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis import distribution as mixing
from themata.analysis import search, tables
from themata.analysis.by_class import ByClass, by_class
from themata.analysis.distribution import Compare, Mixture
from themata.analysis.hierarchy import Hierarchy, hierarchy
from themata.analysis.over_time import Timeline, over_time
from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.topics import Topics
from themata.fitted.fitted_model import FittedModel, topic_weights, weights_under_topics
from themata.fitted.vectorizer_facts import counts_single_words, tokenizer_of
from themata.pipeline import arguments
from themata.pipeline.assignment import shares
from themata.pipeline.describe import showable_terms
from themata.pipeline.multimodal import IMAGE, image_points

if TYPE_CHECKING:
    import pandas as pd

_APART = "these documents have rows of their own, the last of the table"


def topics_near(
    model: FittedModel, query: str | Sequence[str] | None, n: int, image: Any
) -> tuple[Int1d, Float1d]:
    """The numbers and cosines of the topics nearest to words or to an image, nearest first."""
    if image is not None:
        point = image_points([image], model.space.embedder())[0]
        return search.nearest_topics(point, model.topics, n)
    if query is None:
        raise InputError("nothing to look for: give words, or image=")
    words, point = model.space.query(arguments.query(query))
    if point is not None:
        return search.nearest_topics(point, model.topics, n)
    return search.topics_with(words, topic_weights(model), n)


def search_documents(model: FittedModel, query: str | Sequence[str], n: int) -> pd.DataFrame:
    """Document, Topic, Name, Score and Row of the documents that match words best."""
    import pandas as pd

    docs = model.known_documents
    words, point = model.space.query(arguments.query(query))
    rows, scores = search.matching_documents(docs, words=words, point=point, n=n)
    topics = model.topics.assignment[rows]
    return pd.DataFrame(
        {
            "Document": tables.text_column([docs.texts[row] for row in rows]),
            "Topic": topics,
            "Name": tables.custom_names(model.topics, topics.tolist()),
            "Score": scores,
            "Row": rows,
        }
    )


def topic_hierarchy(
    model: FittedModel,
    by: str,
    linkage: Callable[[Any], Any] | None,
    distance: Callable[[Any], Any] | None,
) -> Hierarchy:
    if by == "terms" and not model.topics.n_terms and model.documents.terms is None:
        raise InputError("this model holds no counts of words: ask for the tree with by='embeddings'")
    return hierarchy(
        model.topics,
        topic_weights(model),
        model.description.weighting,
        by=by,
        linkage=linkage,
        distance=distance,
        showable=showable_terms(model.topics, model.description),
    )


def memberships(model: FittedModel, texts: Sequence[str] | None, embeddings: Any) -> Float2d:
    """(n_docs, n_topics) shares of the votes of each document's neighbors."""
    known = model.space.known
    points = known if texts is None else model.space.place(arguments.texts(texts), embeddings)
    return shares(points, known, model.topics.assignment, model.topics.n_topics)


def topic_mixture(
    model: FittedModel,
    texts: Sequence[str] | None,
    *,
    embeddings: bool = False,
    separator: str = " ",
    **windows: Any,
) -> Mixture:
    """windows : as analysis.distribution takes them"""
    return mixing.distribution(
        model.known_documents.texts if texts is None else arguments.texts(texts),
        tokenizer_of(model.recipe.vectorizer),
        _comparison(model, embeddings, separator),
        model.topics.n_topics,
        **windows,
    )


def _comparison(model: FittedModel, embeddings: bool, separator: str) -> Compare:
    if embeddings:
        if model.topics.centroids is None:
            raise InputError("this model has no embeddings: compare by terms")
        return mixing.compare_by_embeddings(model.space.place, model.topics.centroids, separator)
    weights = topic_weights(model)

    def weigh(counts: Any) -> Any:
        return weights_under_topics(model, counts)

    if counts_single_words(model.recipe.vectorizer):
        return mixing.by_words(model.space.words, weigh, weights)
    return mixing.compare_by_terms(model.space.words, weigh, weights, separator)


def topics_over_time(
    model: FittedModel,
    times: Any,
    texts: Sequence[str] | None,
    topics: Sequence[int] | None,
    **options: Any,
) -> Timeline:
    """options : as analysis.over_time takes them"""
    grouped, docs, assignment = _counted(model, texts, topics)
    times = docs.times if times is None else times
    if times is None:
        raise InputError("the documents have no times: give times=, or fit(documents, times=)")
    return over_time(
        grouped,
        docs,
        arguments.entries(times, docs.n_docs, "times", example="date", consequence=_APART, blank=True),
        model.description.weighting,
        showable=showable_terms(model.topics, model.description),
        assignment=assignment,
        **options,
    )


def topics_by_class(
    model: FittedModel,
    classes: Sequence[Any] | None,
    texts: Sequence[str] | None,
    topics: Sequence[int] | None,
    *,
    tuning: bool,
) -> ByClass:
    grouped, docs, assignment = _counted(model, texts, topics)
    classes = docs.columns.get("class") if classes is None else classes
    if classes is None:
        raise InputError("the documents have no column of classes: give classes=")
    return by_class(
        grouped,
        docs,
        arguments.entries(classes, docs.n_docs, "classes", example="class", consequence=_APART),
        model.description.weighting,
        showable=showable_terms(model.topics, model.description),
        tuning=tuning,
        assignment=assignment,
    )


def _counted(
    model: FittedModel, texts: Sequence[str] | None, topics: Sequence[int] | None
) -> tuple[Topics, Documents, Int1d]:
    """Topics, documents to count, and where these belong: the model's, some of them, or others."""
    docs, grouped = model.known_documents, model.topics
    given = docs.texts if texts is None else arguments.texts(texts)
    if len(given) == docs.n_docs and all(map(operator.eq, given, docs.texts)):
        if topics is not None:
            grouped = Topics.of(docs, arguments.assignment(topics, docs.n_docs))
        return grouped, docs, grouped.assignment
    if topics is not None:
        assignment = arguments.assignment(topics, len(given))
        grouped.check(*np.unique(assignment).tolist(), outliers=True)
        counted = Documents(given, terms=model.space.words(given), vocabulary=docs.vocabulary)
        return grouped, counted, assignment
    rows = docs.rows_of(given)
    if (rows < 0).any():
        raise InputError(
            f"{int((rows < 0).sum())} of {len(rows)} documents are not among those the model was fitted on: give "
            "their topics=, such as transform(documents) finds"
        )
    return grouped, docs.take(rows), grouped.assignment[rows]


def image_exemplars(model: FittedModel, topic: int, n: int) -> list[Any]:
    """The images that show a topic best, best first: paths, or PNG bytes of images that had no file."""
    topics = model.topics
    topics.check(topic)
    images = model.known_documents.columns.get(IMAGE)
    if images is None:
        raise InputError("the documents have no images: fit(documents, images=)")
    rows = dict.fromkeys([*topics.exemplars[topic].tolist(), *topics.members(topic).tolist()])
    return [images[row] for row in rows if images[row] is not None][:n]
