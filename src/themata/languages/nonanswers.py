"""Answers that are none: "n/a", "-", "don't know", "keine Angabe", in many languages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import regex

from themata.languages.catalog import LANGUAGES
from themata.languages.language import without_accents

_OF_ANY_LANGUAGE = "n a|na|nan|null|nil"
_MARKS = regex.compile(r"[\p{P}\p{Z}\p{Sm}\p{Sc}\p{Sk}\s\u200b\ufeff]*")
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*")
LONGEST = 60  # characters


def says_nothing(text: str) -> bool:
    """Whether a text is no answer: a phrase that says so, or nothing but punctuation. Emoji and numbers say something.

    >>> [says_nothing(text) for text in ("N/A", "--", "Keine Angabe.", "no", "good", "👍", "")]
    [True, True, True, False, False, False, False]
    """
    short = text.strip()
    if not short or len(short) > LONGEST:
        return False
    return bool(_MARKS.fullmatch(short)) or _bare(short) in _phrases()


def mute_rows(texts: Sequence[str], images: Sequence[Any] | None = None) -> list[int]:
    """Rows of texts that are empty or say nothing, but for those with an image.

    >>> mute_rows(["good", "n/a", " "])
    [1, 2]
    """
    mute = [row for row, text in enumerate(texts) if not text.strip() or says_nothing(text)]
    return mute if images is None else [row for row in mute if images[row] is None]


@lru_cache(maxsize=1)
def _phrases() -> frozenset[str]:
    lists = [_OF_ANY_LANGUAGE, *(language.nonanswers for language in LANGUAGES)]
    phrases = (_bare(phrase) for line in lists for phrase in line.split("|"))
    return frozenset(phrase for phrase in phrases if phrase)


def _bare(text: str) -> str:
    """Words alone, in lower case and without accents."""
    return " ".join(_WORD.findall(without_accents(text.replace("'", "").replace("’", ""))))
