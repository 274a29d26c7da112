"""How good the topics are, in numbers."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from themata.core.errors import InputError, ThemataError
from themata.core.protocols import AnalyzingVectorizer
from themata.evaluate import scores
from themata.evaluate.clusters import agreement
from themata.evaluate.coherence import CV_WINDOW, NPMI_WINDOW
from themata.evaluate.labels import LabelScores, label_scores
from themata.evaluate.occurrences import Occurrences, in_documents, positions
from themata.evaluate.scores import Scores
from themata.evaluate.stability import refits, stability
from themata.fitted.fitted_model import FittedModel, graph_of
from themata.pipeline import arguments
from themata.pipeline.regrouping import group_again

if TYPE_CHECKING:
    from themata.group.granularity import Granularity

log = logging.getLogger(__name__)


def quality_scores(
    model: FittedModel,
    classes: Sequence[Any] | None,
    *,
    outliers: str,
    top_n: int,
    n_refits: int,
    share: float,
    random_state: int,
) -> Scores:
    """For the parameters see TopicModel.evaluate."""
    topics, docs = model.topics, model.known_documents
    keywords = [[word for word, _ in words[:top_n]] for words in topics.keywords]
    values: dict[str, float] = {"n_topics": topics.n_topics, "outliers": topics.n_outliers / topics.n_docs}
    of_keywords, per_topic = scores.of_keywords(keywords, *_occurrences(model, keywords))
    values |= of_keywords
    if any(topics.labels):
        values |= scores.of_labels(name_scores(model))
    classes = docs.columns.get("class") if classes is None else classes
    if classes is not None:
        classes = arguments.entries(
            classes, docs.n_docs, "classes", example="class", consequence="these documents are not compared"
        )
        values |= scores.of_classes(agreement(topics.assignment, classes, outliers=outliers))
    if n_refits:
        again = refits(
            lambda rows, seed: group_again(docs, model.recipe, rows, seed),
            docs.n_docs,
            n_refits=n_refits,
            share=share,
            random_state=random_state,
        )
        stable = stability(topics.assignment, again, topics.n_topics)
        values |= scores.of_stability(stable)
        per_topic["stability"] = stable.per_topic
    return Scores(values, per_topic, topics.names)


def _occurrences(
    model: FittedModel, keywords: Sequence[Sequence[str]]
) -> tuple[Occurrences, Occurrences, Occurrences]:
    """Where keywords occur in near windows, wide ones and documents; in documents alone without an analyzer."""
    words = [word for topic in keywords for word in topic]
    docs, vectorizer = model.documents, model.recipe.vectorizer
    if not isinstance(vectorizer, AnalyzingVectorizer):
        assert docs.terms is not None and docs.vocabulary is not None
        counted = in_documents(docs.terms, docs.vocabulary, words)
        return counted, counted, counted
    analyze = vectorizer.build_analyzer()
    occurrences = positions((list(analyze(text)) for text in docs.texts), words)
    return occurrences.windows(NPMI_WINDOW), occurrences.windows(CV_WINDOW), occurrences.windows(None)


def name_scores(model: FittedModel, names: Sequence[str] | None = None) -> LabelScores:
    """How well each topic's name, or other names, say what its documents are about."""
    names = None if names is None else arguments.texts(names, "names")
    return label_scores(model.topics, model.documents, _embedder_of_names(model), names=names)


def _embedder_of_names(model: FittedModel) -> Any:
    """The embedder of the documents, to hold names against them; None where there is none."""
    if model.documents.embeddings is None:
        return None
    try:
        return model.space.embedder()
    except ThemataError as error:
        log.info("names are compared by their words: %s", error)
        return None


def granularity_of(model: FittedModel, random_state: int) -> Granularity:
    from themata.group.communities import Communities

    granularity = Communities(random_state=random_state).look(model.known_documents, graph_of(model))
    if granularity is None:
        raise InputError("too few documents, or none like another, to tell how many topics there could be")
    return granularity
