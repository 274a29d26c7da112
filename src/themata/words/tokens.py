"""Words of a text, in any script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import regex

from themata.languages.catalog import LANGUAGES

# Sentences end here, but not after the "W." of a name: no term spans two of them. The marks of Chinese, Hindi, Arabic and
# Thai are among them
_ENDS = regex.compile(
    r"[.!?…](?=\s|$)(?<!(?<![\p{L}\p{N}])\p{Lu}\.)|[;:()\[\]{}\"“”«»|\n\r]|[。！？；：、，।؟،؛]"
)
# c++, c#, f#, .net, #tag and @name; words with inner apostrophes; and hyphens where a side is short or has a digit
_WORD = regex.compile(
    r"\p{L}\+\+|\p{L}#(?!\w)|\.net\b"
    r"|[#@]?[\p{L}\p{N}_][\p{L}\p{N}\p{M}_]*(?:['’][\p{L}\p{M}]+)*(?:-(?=\S*\p{N})[\p{L}\p{N}\p{M}]+)*",
    regex.IGNORECASE,
)
_ASCII_WORD = re.compile(
    r"[a-z]\+\+|[a-z]#(?!\w)|\.net\b|[#@]?\w+(?:'[a-z]+)*(?:-(?=\w*\d)\w+)*", re.IGNORECASE
)
# The same words in a text without these marks, and without an apostrophe or such a hyphen
_UNMARKED_WORD = re.compile(r"\w+(?:'[a-zA-Z]+)*(?:-(?=\w*\d)\w+)*", re.ASCII)
_HYPHEN = re.compile(r"-\w*\d")
_GAPS = "".join(char if char.isalnum() or char == "_" else " " for char in map(chr, range(128)))
# What no word of ASCII stretches over but ".net"
BETWEEN_RUNS = "".join(char if char.isalnum() or char in "_#@+'-" else " " for char in map(chr, range(128)))
_ELIDED = [elided for language in LANGUAGES for elided in language.elided]
_ELISION = regex.compile(rf"^(?:{'|'.join([*_ELIDED, '(?!)'])})['’](?=\p{{L}})", regex.IGNORECASE)
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々・]+|[\p{Thai}]+")
# What a number counts: 19世紀, 15番目
_COUNTED = regex.compile(
    r"^(?:[十百千万億兆]*(?:年代?|月|日間?|時間?|分間?|秒|世[紀纪]|歳|岁|回|度|個|个|人目?|位|番目|点|代|対|倍|号))"
)


def sentences(text: str) -> list[str]:
    """Pieces that no term spans.

    >>> sentences("Cats sleep. Dogs (big ones) bark")
    ['Cats sleep', ' Dogs ', 'big ones', ' bark']
    """
    return [piece for piece in _ENDS.split(composed(text)) if piece and not piece.isspace()]


def tokens(text: str, segment: Callable[[str], list[str]]) -> list[str]:
    """Words of a whole text, for counts that need no sentences."""
    return words(composed(text), segment)


def composed(text: str) -> str:
    """The text with each letter and its accents as one character."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def words(text: str, segment: Callable[[str], list[str]]) -> list[str]:
    """Words of one piece, as written.

    segment : cuts a run of a script without spaces

    >>> words("Don't use C++ for #covid-19, l'état d'Alice", list)
    ["Don't", 'use', 'C++', 'for', '#covid-19', 'état', 'Alice']
    """
    if text.isascii():
        quoted = "'" in text
        if "+" in text or "#" in text or "@" in text or ".net" in text.lower():
            words_read = _ASCII_WORD.findall(text)
        elif quoted or _HYPHEN.search(text) is not None:
            words_read = _UNMARKED_WORD.findall(text)
        else:
            return text.translate(_GAPS).split()  # a fifth of the time
        return [_bare(word) if "'" in word else word for word in words_read] if quoted else words_read
    if _UNSPACED.search(text) is None:
        return [_bare(word) for word in _WORD.findall(text)]
    words_read = []
    end = 0
    for run in _UNSPACED.finditer(text):
        words_read += [_bare(word) for word in _WORD.findall(text[end : run.start()])]
        counted = run.start() > 0 and text[run.start() - 1].isdigit()
        words_read += segment(_COUNTED.sub("", run.group()) if counted else run.group())
        end = run.end()
    return words_read + [_bare(word) for word in _WORD.findall(text[end:])]


def _bare(word: str) -> str:
    """A word without what is elided before it, as in French and Italian,, or an English possessive after it."""
    if "'" not in word and "’" not in word:
        return word
    word = _ELISION.sub("", word).replace("’", "'")
    return word[:-2] if word.endswith("'s") and len(word) > 4 else word
