"""Keywords chosen by meaning, difference, part of speech, or from a list of the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from themata.core.documents import Documents
from themata.core.errors import InputError, MissingExtraError
from themata.core.parameter_checks import whole
from themata.core.protocols import Embedder
from themata.core.topics import MAIN, Aspect, Keywords, Topics
from themata.core.weighting import Weighting, top_terms
from themata.familiar.representation.base import BaseRepresentation
from themata.represent.keybert import KeyBERT
from themata.represent.mmr import MMR
from themata.represent.part_of_speech import PATTERNS
from themata.represent.part_of_speech import PartOfSpeech as Pos


@dataclass(eq=False, repr=False)
class KeyBERTInspired(BaseRepresentation):
    """Keywords that mean what the topic is about: see themata.represent.keybert.

    nr_repr_docs : exemplars whose mean is the topic's point
    nr_candidate_words : words of each topic to choose from
    nr_samples, random_state : change nothing here: exemplars are found among all documents of a topic
    """

    top_n_words: int = 10
    nr_repr_docs: int = 5
    nr_samples: int = 500
    nr_candidate_words: int = 100
    random_state: int = 42

    @property
    def n_padded(self) -> int:
        return self.top_n_words

    def check(self) -> None:
        """Raise what makes no sense."""
        for name in ("top_n_words", "nr_repr_docs", "nr_samples", "nr_candidate_words"):
            whole(name, getattr(self, name))

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : keywords and their cosines, nearest first"""
        weights = Weighting().weigh(topics.term_counts, topics.background, topics.vocabulary)
        candidates = top_terms(weights, topics.vocabulary, self.nr_candidate_words)
        known = topics.with_aspect(MAIN, candidates)
        return KeyBERT(self.top_n_words, self.nr_repr_docs).represent(known, docs, embedder=embedder)


class MaximalMarginalRelevance(MMR, BaseRepresentation):
    """Keywords that are relevant and unlike one another: see themata.represent.mmr."""

    @property
    def n_padded(self) -> int:
        return self.top_n_words

    def __init__(self, diversity: float = 0.1, top_n_words: int = 10) -> None:
        super().__init__(diversity, top_n_words)


@dataclass(eq=False, repr=False)
class PartOfSpeech(BaseRepresentation):
    """Keywords of some parts of speech.

    model : a spaCy pipeline with a tagger, by name or loaded
    pos_patterns : lists of {"POS": tag}, as spaCy's matcher takes them; nouns, and adjectives before nouns, by default
    """

    model: Any = "en_core_web_sm"
    top_n_words: int = 10
    pos_patterns: Sequence[Sequence[Mapping[str, str]]] | None = None

    @property
    def n_padded(self) -> int:
        return self.top_n_words

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : candidates that fit, in their order; all of a topic's where none does"""
        return Pos(self.model, self._patterns(), self.top_n_words).represent(topics, docs, embedder=embedder)

    def _patterns(self) -> Sequence[Sequence[str]]:
        if self.pos_patterns is None:
            return PATTERNS
        for pattern in self.pos_patterns:
            for token in pattern:
                if set(token) != {"POS"}:
                    raise InputError(f"a pattern is a list of {{'POS': tag}}, got {token!r}")
        return [[token["POS"] for token in pattern] for pattern in self.pos_patterns]


@dataclass(eq=False, repr=False)
class ZeroShotClassification(BaseRepresentation):
    """The names among a list of the user's that a topic's keywords entail, as a model of language inference sees it.

    candidate_topics : the names
    model : name or folder of a model for zero-shot classification, or a pipeline of it
    pipeline_kwargs : of the call, such as {"multi_label": True}
    min_prob : below it a topic keeps its keywords
    """

    candidate_topics: list[str]
    model: Any = "facebook/bart-large-mnli"
    pipeline_kwargs: Mapping[str, Any] | None = None
    min_prob: float = 0.8

    n_padded = 10

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : the names above min_prob, surest first; a topic's keywords where there is none"""
        said = [" ".join(word for word, _ in words) for words in topics.keywords]
        given = dict(self.pipeline_kwargs or {})
        results = self._classifier()(said, self.candidate_topics, **given) if said else []
        results = [results] if isinstance(results, Mapping) else results  # a pipeline's answer to one text
        n = len(self.candidate_topics) if given.get("multi_label") else 1
        return tuple(
            self._sure(answer, n) or words for answer, words in zip(results, topics.keywords, strict=True)
        )

    def _sure(self, answer: Mapping[str, Any], n: int) -> Keywords:
        pairs = zip(answer["labels"][:n], answer["scores"][:n], strict=True)
        return tuple((str(name), float(score)) for name, score in pairs if score > self.min_prob)

    def _classifier(self) -> Any:
        if not isinstance(self.model, str):
            return self.model
        try:
            from transformers import pipeline
        except ImportError as error:
            raise MissingExtraError("zero-shot classification", extra="llm") from error
        return pipeline("zero-shot-classification", model=self.model)
