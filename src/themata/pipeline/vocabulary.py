"""Counts of what a vectorizer learns, and what in its settings leaves nothing to count."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from themata.core import powers
from themata.core.arrays import Csr
from themata.core.errors import InputError
from themata.core.protocols import StopWordVectorizer
from themata.pipeline import validation

log = logging.getLogger(__name__)

# How scikit-learn says that nothing is left to count
_NO_TERMS = ("empty vocabulary", "no terms remain", "max_df corresponds to < documents than min_df")
_COUNTING = ("ngram_range", "min_df", "max_df", "stop_words", "token_pattern", "tokenizer", "vocabulary")


def learned_counts(vectorizer: Any, texts: Sequence[str]) -> Csr:
    """(n_docs, n_terms) counts of the terms that a vectorizer learns from texts; none is an error that names its settings."""
    _look_at_stop_phrases(vectorizer)
    try:
        matrix = vectorizer.fit_transform(texts)
    except ValueError as error:
        if not any(message in str(error) for message in _NO_TERMS):
            raise
        settings = powers.parameters(vectorizer)
        shown = ", ".join(f"{name}={settings[name]!r:.40}" for name in _COUNTING if name in settings)
        raise InputError(
            f"no term is left of {len(texts)} documents: {type(vectorizer).__name__}({shown}) said {str(error)!r}. "
            "Loosen the setting that leaves none, such as ngram_range=(1, 2) where documents have a word each, or give "
            "no vectorizer"
        ) from error
    rows = validation.counts(vectorizer, matrix, len(texts))
    if not rows.shape[1] and any(text.strip() for text in texts):
        of_words = powers.ngram_range(vectorizer)
        log.warning("no document has a term of ngram_range=%s, so that topics have no keywords", of_words)
    return rows


def _look_at_stop_phrases(vectorizer: Any) -> None:
    """Say which stop words a vectorizer like scikit-learn's never meets: it holds them against single words."""
    if not isinstance(vectorizer, StopWordVectorizer) or vectorizer.analyzer != "word":
        return
    if not isinstance(vectorizer.stop_words, list | tuple | set | frozenset):
        return
    listed = [word for word in vectorizer.stop_words if isinstance(word, str) and " " in word.strip()]
    cut = vectorizer.build_tokenizer()
    phrases = [word for word in listed if cut(word) != [word]]
    if phrases:
        log.warning(
            "%d stop words of %s have no effect, because it compares them with single words: %r, for example. "
            "themata's own Words(stop_words=...) leaves phrases out, too",
            len(phrases),
            type(vectorizer).__name__,
            phrases[0],
        )
