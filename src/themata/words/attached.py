"""What languages write onto words: function words count with it, and of Arabic and Hebrew it is told apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import product

from themata.words import arabic, hebrew

_OF = {"ar": arabic, "he": hebrew}
LANGUAGES = frozenset(_OF)
# Ends of words that make no other word of a function word: Finnish "onko", "sekin"; Indonesian "inilah"; Turkish "vardır"
_ENDS = {
    "fi": "kin kaan kään han hän ko kö pa pä kohan köhän pas päs".split(),
    "id": "lah kah pun nya".split(),
    "ms": "lah kah pun nya".split(),
    "tr": "dır dir dur dür tır tir tur tür ki".split(),
    "la": ["que", "ve", "ne"],
}


def stop_words_with(code: str, words: Iterable[str]) -> frozenset[str]:
    """Function words of a language, alone and with what is written onto them.

    >>> "onko" in stop_words_with("fi", ["on"]), "والتي" in stop_words_with("ar", ["التي"])
    (True, True)
    """
    own = frozenset(words)
    if code in _OF:
        return frozenset(_OF[code].written_onto(own | _OF[code].SMALL))
    return own | {word + end for word, end in product(own, _ENDS.get(code, ())) if len(word) > 1}


def parting(languages: Sequence[str]) -> Callable[[str, Collection[str]], list[str]] | None:
    """A function from a word, and the words known of the corpus, to it and what is written onto it; None where nothing is.

    Of several such languages a word is read in that of its script.
    """
    parts = [_OF[code].parted for code in languages if code in _OF]
    if not parts:
        return None

    def parted(word: str, known: Collection[str]) -> list[str]:
        return next((found for part in parts if len(found := part(word, known)) > 1), parts[0](word, known))

    return parted


def learned(languages: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    """Words of a corpus that stand by themselves, in the languages that write others onto them."""
    said = list(words)
    return frozenset().union(*(_OF[code].learned(said) for code in languages if code in _OF))


def is_verb(languages: Sequence[str]) -> Callable[[str, Callable[[str], int]], bool] | None:
    """Whether a word of the first language is a verb by its looks and uses; None where nothing is known of that."""
    return _OF[languages[0]].is_verb if languages and languages[0] in _OF else None
