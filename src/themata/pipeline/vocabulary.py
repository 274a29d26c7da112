"""Counts of what a vectorizer learns, and what in its settings leaves nothing to count."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from themata.core.arrays import Csr
from themata.core.errors import InputError
from themata.pipeline import validation

log = logging.getLogger(__name__)

# How scikit-learn says that nothing is left to count
_NO_TERMS = ("empty vocabulary", "no terms remain", "max_df corresponds to < documents than min_df")
_COUNTING = ("ngram_range", "min_df", "max_df", "stop_words", "token_pattern", "tokenizer", "vocabulary")


def learned_counts(vectorizer: Any, texts: Sequence[str]) -> Csr:
    """(n_docs, n_terms) counts of the terms that a vectorizer learns from texts; none is an error that names its settings."""
    _look_at_stop_phrases(vectorizer)
    try:
        found = vectorizer.fit_transform(texts)
    except ValueError as error:
        if not any(told in str(error) for told in _NO_TERMS):
            raise
        own = {name: getattr(vectorizer, name) for name in _COUNTING if hasattr(vectorizer, name)}
        told = ", ".join(f"{name}={value!r:.40}" for name, value in own.items())
        raise InputError(
            f"no term is left of {len(texts)} documents: {type(vectorizer).__name__}({told}) said {str(error)!r}. "
            "Loosen the setting that leaves none, such as ngram_range=(1, 2) where documents have a word each, or give "
            "no vectorizer"
        ) from error
    rows = validation.counts(vectorizer, found, len(texts))
    if not rows.shape[1] and any(text.strip() for text in texts):
        of_words = getattr(vectorizer, "ngram_range", None)
        log.warning("no document has a term of ngram_range=%s, so that topics have no keywords", of_words)
    return rows


def _look_at_stop_phrases(vectorizer: Any) -> None:
    """Say which stop words a vectorizer like scikit-learn's never meets: it holds them against single words."""
    listed = getattr(vectorizer, "stop_words", None)
    if hasattr(vectorizer, "learned") or not isinstance(listed, list | tuple | set | frozenset):
        return
    if not hasattr(vectorizer, "build_tokenizer") or getattr(vectorizer, "analyzer", "word") != "word":
        return
    cut = vectorizer.build_tokenizer()
    phrases = [
        word for word in listed if isinstance(word, str) and " " in word.strip() and cut(word) != [word]
    ]
    if phrases:
        log.warning(
            "%d stop words of %s have no effect, because it compares them with single words: %r, for example. "
            "themata's own Words(stop_words=...) leaves phrases out, too",
            len(phrases),
            type(vectorizer).__name__,
            phrases[0],
        )
