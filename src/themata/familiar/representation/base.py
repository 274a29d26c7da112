"""Representations as BERTopic's users write them, among our representers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator

from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.protocols import Embedder
from themata.core.registry import make
from themata.core.topics import MAIN, Aspect, Keywords, Topics
from themata.core.weighting import Weighting

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)


class BaseRepresentation(BaseEstimator):
    """What a representation of the user's own inherits: it overrides `extract_topics`."""

    @property
    def n_padded(self) -> int:
        """Entries that its aspect shows of a topic at least, the missing ones empty."""
        return 0

    def extract_topics(
        self,
        topic_model: Any,
        documents: pd.DataFrame,
        c_tf_idf: Any,
        topics: dict[int, list[tuple[str, float]]],
    ) -> dict[int, list[tuple[str, float]]]:
        """The keywords of each topic.

        documents : Document, Topic, ID, Image
        c_tf_idf : (n_topics, n_terms), rows in the order of `topics`
        topics : {topic: candidates as (word, weight), heaviest first}
        """
        if not hasattr(self, "represent"):
            return topics
        ids = list(topics)
        base, docs = topic_model.rows_of(ids)
        base = base.with_aspect(MAIN, [topics[topic] for topic in ids])
        aspect = self.represent(base, docs, embedder=topic_model.word_embedder)
        return {topic: list(words) for topic, words in zip(ids, aspect, strict=True)}


@dataclass(eq=False, repr=False)
class Extracted:
    """A representer around an object that has `extract_topics`, as BERTopic's own and its users' have.

    An error in it costs its answers, never the topics: they keep the keywords they had.
    """

    theirs: Any
    model: Any

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        weights = Weighting().weigh(topics.term_counts, topics.background, topics.vocabulary)
        given = {row: list(words) for row, words in enumerate(topics.keywords)}
        try:
            keywords = self.theirs.extract_topics(self.model, frame_of(topics, docs), weights, given)
        except Exception:  # whatever a user's model raises, hours of fitting must survive it
            log.exception("%s failed; its topics keep the keywords they had", type(self.theirs).__name__)
            return topics.keywords
        return tuple(_words(keywords.get(row, ())) for row in range(topics.n_topics))


def native(part: Any, model: Any) -> Any:
    """A representer from what BERTopic takes for one: ours, a name, or any object with `extract_topics`."""
    made = make("representer", part) if isinstance(part, str | type) else part  # a class is refused there
    if hasattr(made, "represent"):
        return made
    if not hasattr(made, "extract_topics"):
        raise InputError(
            f"a representation has extract_topics(topic_model, documents, c_tf_idf, topics): {made!r:.80} has not"
        )
    return Extracted(made, model)


def frame_of(topics: Topics, docs: Documents) -> pd.DataFrame:
    """Document, Topic, ID and Image of the documents that have a topic."""
    import pandas as pd

    rows = np.flatnonzero(topics.assignment >= 0)
    images = docs.columns.get("image")
    return pd.DataFrame(
        {
            "Document": [docs.texts[row] for row in rows.tolist()],
            "Topic": topics.assignment[rows],
            "ID": rows,
            "Image": [None if images is None else images[row] for row in rows.tolist()],
        }
    )


def _words(words: Any) -> Keywords:
    """Keywords without the empty ones that pad them, and without weights that are no numbers."""
    return tuple((str(word), float(weight)) for word, weight in words if str(word).strip())
