"""Keywords of some parts of speech: nouns, and adjectives before nouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from themata.core.documents import Documents
from themata.core.errors import InputError, MissingExtraError
from themata.core.plain_text import plain
from themata.core.protocols import Embedder
from themata.core.topics import Aspect, Keywords, Topics

PATTERNS = (("ADJ", "NOUN"), ("NOUN",), ("PROPN",))


@dataclass(eq=False, repr=False)
class PartOfSpeech:
    """Keeps the candidates that a topic's exemplars use as one of the patterns.

    model : a spaCy pipeline with a tagger, by name or loaded
    patterns : sequences of parts of speech (Universal POS tags); every word of one is kept
    top_n_words : keywords kept
    """

    model: Any = "en_core_web_sm"
    patterns: Sequence[Sequence[str]] = PATTERNS
    top_n_words: int = 10

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : candidates that fit, in their order; all of a topic's where none does"""
        pipeline = self._pipeline()
        return tuple(
            self._fitting(words, [plain(docs.texts[i])[:5000] for i in shown], pipeline)
            for words, shown in zip(topics.keywords, topics.exemplars, strict=True)
        )

    def _fitting(self, words: Keywords, texts: Sequence[str], pipeline: Any) -> Keywords:
        used: set[str] = set()
        for parsed in pipeline.pipe(texts):
            tags = [token.pos_ for token in parsed]
            for pattern in self.patterns:
                for start in range(len(tags) - len(pattern) + 1):
                    if tags[start : start + len(pattern)] == list(pattern):
                        span = parsed[start : start + len(pattern)]
                        used.update(token.lower_ for token in span)
                        used.add(span.text.lower())
        kept = tuple((word, weight) for word, weight in words if word.lower() in used)
        return (kept or words)[: self.top_n_words]

    def _pipeline(self) -> Any:
        if not isinstance(self.model, str):
            return self.model
        try:
            import spacy
        except ImportError as error:
            raise MissingExtraError("keywords by part of speech", extra="pos") from error
        try:
            return spacy.load(self.model)
        except OSError as error:
            raise InputError(
                f"spaCy has no pipeline {self.model!r}: python -m spacy download {self.model}, or hand one over"
            ) from error
