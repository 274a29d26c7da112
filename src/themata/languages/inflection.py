"""The form of a word that a name shows, in languages whose nouns change with what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import regex

OFTEN = 0.6  # of the uses of a word whose ending a nominative may have too, which what may be its nominative must have
# Endings of other cases, the longest first; what the nominative may have in their place; and whether only they have it
Cases: TypeAlias = Sequence[tuple[regex.Pattern[str], Sequence[str], bool]]
Uses: TypeAlias = Callable[[str], int]  # how often a word is used


def cases(*endings: tuple[str, str, bool]) -> Cases:
    """The endings as they are looked for."""
    return [(regex.compile(f"(?:{ending})$"), forms.split(" "), surely) for ending, forms, surely in endings]


def surely_oblique(word: str, cases: Cases) -> bool:
    """Whether a word has an ending that no nominative has."""
    return any(surely and len(word) > 4 and ending.search(word) for ending, _, surely in cases)


def nominative(word: str, cases: Cases, uses: Uses) -> str:
    """The nominative of a word, if the writers use it; or else the word.

    uses : how often a word is said

    >>> endings, said = cases(("у", "а", True)), {"вода": 3, "воду": 9, "меню": 4}
    >>> [nominative(word, endings, lambda form: said.get(form, 0)) for word in ("воду", "меню")]
    ['вода', 'меню']
    """
    for ending, forms, surely in cases:
        if not ending.search(word):
            continue
        stem = ending.sub("", word, count=1)
        least = 1 if surely else max(1, OFTEN * uses(word))
        for form in forms:
            if len(stem + form) > 2 and uses(stem + form) >= least:
                return str(stem + form)
    return word
