"""Letters of Turkic languages with and without a dot, and the endings that an apostrophe parts from names."""

from __future__ import annotations

import regex

_ENDING = regex.compile(r"['’]\p{Ll}{1,8}$")
_WITH_I = regex.compile(r"\w*I\w*")


def lower_dotless(text: str) -> str:
    """Small letters: of I one without a dot, but not in shortenings; of İ one with a dot and no other mark.

    >>> lower_dotless("Işık, MRI ve İzmir")
    'ışık, mri ve izmir'
    """
    if "I" in text:
        text = _WITH_I.sub(_dotless, text)
    return text.replace("İ", "i").lower()


def upper(text: str) -> str:
    """
    >>> upper("iç")
    'İÇ'
    """
    return text.replace("i", "İ").upper()


def _dotless(word: regex.Match[str]) -> str:
    said = word[0]
    return str(said if len(said) > 1 and said.isupper() else said.replace("I", "ı"))


def without_suffix(word: str) -> str:
    """A name without its ending.

    >>> without_suffix("Türkiye'nin"), without_suffix("1990'larda"), without_suffix("O'Neill")
    ('Türkiye', '1990', "O'Neill")
    """
    return _ENDING.sub("", word) if "'" in word or "’" in word else word
