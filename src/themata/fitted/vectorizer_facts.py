"""What is known of a vectorizer, whoever made it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from themata.core.protocols import AnalyzingVectorizer
from themata.words.vectorizer import Words


def tokenizer_of(vectorizer: Any) -> Callable[[str], list[str]]:
    """A function from a text to its words, as the vectorizer sees them."""
    return vectorizer.build_tokenizer() if isinstance(vectorizer, AnalyzingVectorizer) else str.split


def counts_single_words(vectorizer: Any) -> bool:
    """Whether its terms are words, each of which it counts wherever it stands."""
    if not isinstance(vectorizer, Words):
        from sklearn.feature_extraction.text import CountVectorizer

        if not isinstance(vectorizer, CountVectorizer) or vectorizer.analyzer != "word":
            return False
    return tuple(vectorizer.ngram_range) == (1, 1)


def vectorizer_languages(vectorizer: Any) -> list[str]:
    """Codes of the languages that it detected or was given; none of one that knows none."""
    return vectorizer.languages() if isinstance(vectorizer, Words) else []


def only_language(languages: Sequence[str]) -> str | None:
    """The language of the documents; None where there are several."""
    return languages[0] if len(languages) == 1 else None
