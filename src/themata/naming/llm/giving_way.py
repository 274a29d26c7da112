"""A name by a model is never worse than none: one that fits its topic worse than the topic's own phrase gives way."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from themata.core.arrays import Bool1d
from themata.core.documents import Documents
from themata.core.errors import ThemataError
from themata.core.protocols import Embedder, Learner
from themata.core.topics import Topics
from themata.evaluate.labels import label_scores

log = logging.getLogger(__name__)

# Likeness by which a name may fall short of a phrase: people read a model's words with more ease than a phrase
READABLE = 0.05


def fits_worse(
    topics: Topics,
    docs: Documents,
    embedder: Embedder | None,
    names: Sequence[str],
    phrases: Sequence[str],
) -> Bool1d:
    """For each topic whether its name fits it worse than its phrase, by the measure of `label_scores`.

    names, phrases : (n_topics,)

    A name that is nearest to its own topic stays, however near the phrase is. One that is nearer to another topic gives way
    to a phrase that tells its own better by more than a margin.
    """
    if isinstance(embedder, Learner):  # it knows the words of these documents alone, and not a model's
        embedder = None
    try:
        by_name, by_phrase = (label_scores(topics, docs, embedder, names=shown) for shown in (names, phrases))
    except ThemataError as error:  # an embedder that cannot be had, or did not make the embeddings
        log.info("names are held against the words of their topics alone: %s", error)
        return fits_worse(topics, docs, None, names, phrases)
    worse: Bool1d = (by_name.lead < 0) & (by_name.lead + READABLE < by_phrase.lead)
    return worse
