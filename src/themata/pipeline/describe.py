"""Describe and name topics: all of them after a fit, only those that changed after an edit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from themata.analysis.exemplars import exemplars
from themata.core import powers
from themata.core.arrays import Bool1d, Csr, Float1d, Int1d
from themata.core.documents import Documents
from themata.core.errors import first_line
from themata.core.membership import summed
from themata.core.plain_text import names_a_handle
from themata.core.progress_reports import share
from themata.core.protocols import Asker, Borrower, Embedder, ShowingVectorizer
from themata.core.topics import MAIN, Aspect, Topics
from themata.core.weighting import BY_CONTRAST, Weighting, everywhere, top_ideas, top_terms
from themata.naming import layer_names
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.questions import Ask, Asks, ask_together
from themata.pipeline import validation

log = logging.getLogger(__name__)

OUTLIERS = "Outliers"
SHOWN = 5  # common terms that are named where they are told
N_CANDIDATES = 30  # keywords that aspects choose from, as BERTopic's users know it


def shows_all() -> None:
    """What a vectorizer says of its terms that hides none. Not a lambda: a model may be pickled by who holds it."""
    return


class Showable:
    """Which terms of a vectorizer may be shown: what it says itself, else all but those without a letter or a digit."""

    def __init__(self, vectorizer: Any) -> None:
        self.vectorizer = vectorizer
        self._last: tuple[Any, Bool1d] | None = None

    def __call__(self) -> Bool1d:
        if isinstance(self.vectorizer, ShowingVectorizer):
            return self.vectorizer.showable()
        terms = np.asarray(self.vectorizer.get_feature_names_out(), dtype=object)
        if self._last is None or not np.array_equal(self._last[0], terms):  # every question asks
            is_shown = np.array([any(map(str.isalnum, str(term))) for term in terms], dtype=bool)
            self._last = terms, is_shown
        return self._last[1]


@dataclass(frozen=True)
class Description:
    """How topics are described.

    weighting : counts -> weights of keywords
    aspects : {name: representer}; one named "Main" takes the place of the plain keywords
    top_n_words : keywords kept of each topic
    n_exemplars : example documents kept of each topic
    showable : (n_terms,) columns that may be shown as keywords, or None for all of them
    embedder : for representers that embed words
    spoken_of : share of a topic's documents that mention somebody's handle, from which it may be a keyword; 0 for any
    """

    weighting: Weighting = BY_CONTRAST
    aspects: Mapping[str, Any] = field(default_factory=dict)
    top_n_words: int = 10
    n_exemplars: int = 10
    showable: Callable[[], Bool1d | None] = shows_all
    embedder: Any = None
    spoken_of: float = 0.0


def describe(topics: Topics, docs: Documents, how: Description) -> Topics:
    """Give every topic its keywords, exemplars and aspects, all but the answers of language models: `label` asks for those.

    Keywords are weighed anew for all, because they depend on all topics; exemplars and other aspects only of topics
    that lack them, so that an edit pays for what it changed and nothing more. Of documents that are not known, only
    topics that lack keywords get any.
    """
    if docs.is_bare:
        return _by_counts(topics, how)
    if by_contrast(how):
        topics = _with_common(topics, docs, how.showable())
    weights = keyword_weights(topics, how)
    candidates = _candidates(topics, weights, how)
    topics = _with_exemplars(topics, docs, weights, how.n_exemplars)
    base = topics.with_aspect(MAIN, candidates)
    _ask_ahead(base, docs, how)
    main = how.aspects.get(MAIN)
    shown = candidates if main is None else _all_rows(main, base, docs, how)
    # No topic is left without words
    kept = [row or plain for row, plain in zip(shown, candidates, strict=True)]
    described = topics.with_aspect(MAIN, [words[: how.top_n_words] for words in kept])
    for name, part in how.aspects.items():
        if name != MAIN and isinstance(part, Ask):
            described = described.with_aspect(name, topics.aspects.get(name, ((),) * topics.n_topics))
        elif name != MAIN:
            described = described.with_aspect(name, _missing_rows(name, part, base, docs, how))
    return described


def by_contrast(how: Description) -> bool:
    """Whether keywords are to tell topics apart, rather than to follow BERTopic's formula."""
    return isinstance(how.weighting, Weighting) and how.weighting.by_contrast


def _with_common(topics: Topics, docs: Documents, showable: Bool1d | None) -> Topics:
    """The topics with the terms that nearly every document of nearly every topic uses; of one topic none are known."""
    if docs.terms is None or topics.n_topics < 2 or len(topics.vocabulary) != docs.terms.shape[1]:
        return topics
    used = sparse.csr_matrix(docs.terms, copy=True)
    used.data = np.ones_like(used.data)
    filled = np.flatnonzero(topics.sizes)
    holding = summed(used, topics.assignment, topics.n_topics)[filled]
    of_all = everywhere(sparse.diags(1 / topics.sizes[filled]) @ holding)
    # Stop words are hidden as it is
    shown = showable if showable is not None and len(showable) == len(of_all) else np.ones_like(of_all)
    of_all = of_all & shown
    if not (holding @ (shown & ~of_all)).all():  # a topic that says nothing else must be told by what it says
        of_all[:] = False
    common = tuple(map(str, topics.vocabulary[of_all]))
    if common and common != topics.common:
        log.warning(
            "%s %s in nearly every document of nearly every topic: neither keywords nor names are made of %s",
            ", ".join(map(repr, common[:SHOWN]))
            + (f" and {len(common) - SHOWN} more" if len(common) > SHOWN else ""),
            "stand" if len(common) > 1 else "stands",
            "them" if len(common) > 1 else "it",
        )
    return topics.having(common=common)


def _candidates(topics: Topics, weights: Csr, how: Description) -> Aspect:
    """The heaviest terms of each row, from which its keywords are chosen; by contrast, none that is a piece of another."""
    n = max(N_CANDIDATES, how.top_n_words)
    if by_contrast(how):
        return top_ideas(weights, topics.term_counts, topics.vocabulary, n)
    return top_terms(weights, topics.vocabulary, n)


def questions(how: Description) -> dict[str, Ask]:
    """The aspects that are answers of language models."""
    return {name: part for name, part in how.aspects.items() if isinstance(part, Ask) and name != MAIN}


def _by_counts(topics: Topics, how: Description) -> Topics:
    """Keywords for topics that have none, from their counts alone."""
    if not topics.n_terms:
        return topics
    weights = keyword_weights(topics, how)
    made = [words[: how.top_n_words] for words in _candidates(topics, weights, how)]
    rows = [row or new for row, new in zip(topics.keywords, made, strict=True)]
    return topics.with_aspect(MAIN, rows)


def with_outliers(
    topics: Topics, docs: Documents, how: Description, centroid: Float1d | None = None
) -> Topics:
    """The outliers as topic 0, described like the topics, which follow; for those who count outliers as a topic.

    centroid : (dim,) of the outliers, where the documents have no embeddings

    A part that pays for its answers (`asks`) is not asked about them: they are "Outliers" to it.
    """
    shown = topics.outliers_first(docs, centroid)
    if shown is topics:
        return topics
    weights = keyword_weights(shown, how)
    shown = shown if docs.is_bare else _with_exemplars(shown, docs, weights, how.n_exemplars)
    candidates = _candidates(topics, weights[:1], how)
    base = shown.with_aspect(MAIN, [candidates[0], *shown.keywords[1:]])
    alone = _only(base, np.arange(base.n_topics) == 0)
    for name, part in {MAIN: None, **how.aspects}.items():
        if part is None:
            words = candidates[0]
        elif powers.is_paid(part) or docs.is_bare:
            words = ((OUTLIERS, 1.0),)
        else:
            words = _all_rows(part, alone, docs, how)[0]
        rows = shown.aspects.get(name, ((),) * shown.n_topics)
        base = base.with_aspect(name, [words[: how.top_n_words], *rows[1:]])
    for name in shown.aspects.keys() - how.aspects.keys() - {MAIN}:  # of a part that no file could hold
        base = base.with_aspect(name, [((OUTLIERS, 1.0),), *shown.aspects[name][1:]])
    return base


def keyword_weights(topics: Topics, how: Description) -> Csr:
    """(n_topics, n_terms) weights, nothing but showable columns."""
    weights = how.weighting.weigh(topics.term_counts, topics.background, topics.vocabulary)
    shown = _shown(topics, how)
    if shown is not None and len(shown) == weights.shape[1]:
        weights = sparse.csr_matrix(weights @ sparse.diags(shown.astype(np.float64)))
        weights.eliminate_zeros()
    return _without_passing_handles(weights, topics, how.spoken_of) if how.spoken_of else weights


def showable_terms(topics: Topics, how: Description) -> Bool1d | None:
    """(n_terms,) terms that may be shown as keywords, or None for all: handles are among them that some topic is about."""
    showable = _shown(topics, how)
    handles = _handles(topics) if how.spoken_of else np.empty(0, dtype=np.int64)
    if not len(handles):
        return showable
    shown = np.ones(topics.n_terms, dtype=bool) if showable is None else showable.copy()
    about = np.unique(keyword_weights(topics, how)[:, handles].indices)
    shown[np.delete(handles, about)] = False
    return shown


def _without_passing_handles(weights: Csr, topics: Topics, spoken_of: float) -> Csr:
    """Without the handles of people that too few documents of a topic mention for it to be about them."""
    handles = _handles(topics)
    if not len(handles):
        return weights
    is_handle = np.zeros(topics.n_terms, dtype=bool)
    is_handle[handles] = True
    said = sparse.csr_matrix(topics.term_counts, dtype=np.float64, copy=True)
    sizes = np.repeat(topics.sizes, np.diff(said.indptr))
    said.data[:] = is_handle[said.indices] & (said.data < np.maximum(2, spoken_of * sizes))
    said.eliminate_zeros()
    left = sparse.csr_matrix(weights - weights.multiply(said))
    left.eliminate_zeros()
    return left


def _handles(topics: Topics) -> Int1d:
    """Columns of terms that hold a handle."""
    columns = (column for column, term in enumerate(topics.vocabulary) if names_a_handle(str(term)))
    return np.fromiter(columns, dtype=np.int64)


def _shown(topics: Topics, how: Description) -> Bool1d | None:
    """(n_terms,) terms that are neither hidden nor common; None for all of them."""
    showable = how.showable()
    if not topics.common:
        return showable
    if showable is None or len(showable) != topics.n_terms:
        return topics.distinctive
    return np.asarray(topics.distinctive & showable)


def label(
    topics: Topics,
    docs: Documents,
    labeler: Any,
    how: Description | None = None,
    *,
    embedder: Embedder | None = None,
) -> Topics:
    """Name the topics that have no label, then the groups of each coarser layer, from fine to coarse.

    Questions for language models that topics have no answer to go out with the names, in one batch where chat and cache
    are the same.

    how : the questions; and keywords of groups are weighed as those of topics are
    embedder : of the documents, for a labeler that holds names against them
    returns : a labeler or a question that fails costs its labels or answers, never the topics
    """
    asks = {} if how is None or docs.is_bare else _lacking(topics, questions(how))
    if embedder is not None and isinstance(labeler, Borrower):
        labeler.lend(embedder)
    if isinstance(labeler, LLM):
        labeler.begin()
    bare = topics
    answers: dict[str, Aspect] = {}
    try:
        if labeler is not None and not all(topics.labels):
            if isinstance(labeler, LLM):
                labels, answers = labeler.label_and_ask(topics, docs, asks)
            else:
                with share(0.0, 0.6):
                    labels = labeler.label(topics, docs)
            new_labels = validation.labels(labeler, labels, topics)
            kept = [
                old if old is not None else new for old, new in zip(topics.labels, new_labels, strict=True)
            ]
            topics = topics.having(labels=tuple(kept))
        if labeler is not None and layer_names.lacking(topics):
            with share(0.6, 1.0):
                labels_of_layers = layer_names.label_layers(topics, docs, labeler, keywords_by(how))
            topics = topics.having(layer_labels=labels_of_layers)
    except Exception:  # whatever a user's model raises, hours of fitting must survive it
        log.exception("%s failed; its topics keep their keywords as names", type(labeler).__name__)
    left = {name: ask for name, ask in asks.items() if name not in answers}
    return _answered(topics, asks, answers | ask_together(left, bare, docs))


def _lacking(topics: Topics, asked: Mapping[str, Ask]) -> Asks:
    """The questions that some topics have no answer to, and which."""
    none = ((),) * topics.n_topics
    rows = {
        name: [row for row, words in enumerate(topics.aspects.get(name, none)) if not words] for name in asked
    }
    return {name: (asked[name], lacking) for name, lacking in rows.items() if lacking}


def _answered(topics: Topics, asks: Asks, answers: Mapping[str, Aspect]) -> Topics:
    for name, rows in answers.items():
        aspect = list(topics.aspects.get(name, ((),) * topics.n_topics))
        for row, answer in zip(asks[name][1], rows, strict=True):
            aspect[row] = answer
        topics = topics.with_aspect(name, aspect)
    return topics


def keywords_by(how: Description | None) -> Callable[[Topics], Aspect]:
    """A function from topics, or groups of topics, to their keywords."""
    given = how or Description()

    def keywords(topics: Topics) -> Aspect:
        described = _candidates(topics, keyword_weights(topics, given), given)
        return tuple(words[: given.top_n_words] for words in described)

    return keywords


def _with_exemplars(topics: Topics, docs: Documents, weights: Csr, n: int) -> Topics:
    lacking = np.array([not len(rows) for rows in topics.exemplars], dtype=bool) & (topics.sizes > 0)
    if not lacking.any():
        return topics
    made = exemplars(_only(topics, lacking), docs, n, weights=weights[np.flatnonzero(lacking)])
    return topics.having(exemplars=_put(topics.exemplars, lacking, made))


def _all_rows(part: Any, base: Topics, docs: Documents, how: Description) -> Aspect:
    return validation.aspect(part, part.represent(base, docs, embedder=how.embedder), base)


def _missing_rows(name: str, part: Any, base: Topics, docs: Documents, how: Description) -> Aspect:
    old, lacking = _bare_rows(name, base)
    if not lacking.any():
        return old
    made = _all_rows(part, _only(base, lacking), docs, how)
    return _put(old, lacking, [words[: how.top_n_words] for words in made])


def _bare_rows(name: str, base: Topics) -> tuple[Aspect, Bool1d]:
    """An aspect as it is, and which topics lack it."""
    old = base.aspects.get(name, ((),) * base.n_topics)
    return old, np.array([not words for words in old], dtype=bool)


def _ask_ahead(base: Topics, docs: Documents, how: Description) -> None:
    """Ask what several aspects will ask of one language model as one batch."""
    batches: list[list[tuple[Asker, Topics]]] = []
    for name, part in how.aspects.items():
        rows = np.ones(base.n_topics, dtype=bool) if name == MAIN else _bare_rows(name, base)[1]
        if not isinstance(part, Asker) or not rows.any():
            continue
        batch = next((batch for batch in batches if part.joins(batch[0][0])), None)
        if batch is None:
            batches.append(batch := [])
        batch.append((part, _only(base, rows)))
    for batch in batches:
        if len(batch) == 1:  # asks when it is its turn
            continue
        try:
            batch[0][0].ask([prompt for part, topics in batch for prompt in part.prompts(topics, docs)])
        except Exception as error:  # whatever a user's model raises, each is told of it in its turn
            log.info("what is asked together must be asked apart: %s", first_line(error))


def _only(topics: Topics, kept: Bool1d) -> Topics:
    """The topics of some rows, the documents of all others without one."""
    if kept.all():
        return topics
    return topics.regroup(np.where(kept, np.cumsum(kept) - 1, -1))


def _put(old: Any, where: Bool1d, new: Any) -> tuple[Any, ...]:
    rows = list(old)
    for row, value in zip(np.flatnonzero(where), new, strict=True):
        rows[row] = value
    return tuple(rows)
