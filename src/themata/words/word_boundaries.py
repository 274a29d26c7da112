"""Words of a piece of text as the languages of a corpus have them: with endings apart, and syllables together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import regex

from themata.core.plain_text import KINDS, plain
from themata.words import attached as attaching
from themata.words import compounds, function_words, korean, turkish
from themata.words.segmentation import segmenter
from themata.words.tokens import sentences, tokens, words

_THAI = regex.compile(r"\p{Thai}+")
_TURKIC = ("tr", "az")


def cutter(languages: Sequence[str], known: Collection[str] = ()) -> Callable[[str], list[str]]:
    """A function from one piece of a text to its words, as written.

    known : words of the corpus, as `learned` finds them or a vocabulary holds them

    >>> cutter(["ko"], {"고양이"})("고양이는 작다")
    ['고양이', '는', '작다']
    >>> cutter(["tr"])("Ankara'nın kedisi")
    ['Ankara', 'kedisi']
    """
    segment = segmenter(languages)
    attached = attaching.parting(languages)
    if attached is None and not {"ko", "vi", "th", *_TURKIC}.intersection(languages):
        return lambda piece: words(piece, segment)
    korean_too, turkish_too = "ko" in languages, is_turkish(languages)
    vietnamese = known if "vi" in languages else ()
    thai = frozenset(word for word in known if _THAI.fullmatch(word)) if "th" in languages else ()

    def cut(piece: str) -> list[str]:
        said = words(piece, segment)
        if turkish_too:
            said = [turkish.bare(word) for word in said]
        if attached is not None:
            said = [part for word in said for part in attached(word, known)]
        if korean_too:
            said = [part for word in said for part in korean.parted(word, known)]
        if thai:
            said = compounds.joined(said, thai, "")
        return compounds.joined(said, vietnamese) if vietnamese else said

    return cut


def joins(languages: Collection[str]) -> bool:
    """Whether words are found only in whole sentences."""
    return not {"vi", "th"}.isdisjoint(languages)


def is_turkish(languages: Sequence[str]) -> bool:
    """Whether a small I has no dot, which would change words of other languages."""
    return bool(languages) and languages[0] in _TURKIC


def lowering(languages: Sequence[str]) -> Callable[[str], str]:
    """A function from a text to its small letters."""
    return turkish.lower if is_turkish(languages) else _lower


def raising(languages: Sequence[str]) -> Callable[[str], str]:
    """A function from a text to its capitals."""
    return turkish.upper if is_turkish(languages) else str.upper


def learned(texts: Iterable[str], languages: Sequence[str], ignore: Sequence[str] = KINDS) -> frozenset[str]:
    """What the texts tell of words that spaces do not: Korean nouns, Vietnamese words of several syllables, Thai names,
    Arabic and Hebrew words that stand by themselves.

    ignore : kinds of what is no language in the texts
    """
    found: frozenset[str] = frozenset()
    if not {"ko", "vi", "th", *attaching.LANGUAGES}.intersection(languages):
        return found
    texts = [plain(text, ignore) for text in texts]
    if "ko" in languages:
        segment = segmenter(languages)
        found |= korean.nouns(word.lower() for text in texts for word in tokens(text, segment))
    for code, between, together in (("vi", " ", compounds.TOGETHER), ("th", "", compounds.OF_THAI)):
        if code in languages:
            segment = segmenter(languages)
            said = [words(piece, segment) for text in texts for piece in sentences(text.lower())]
            found |= compounds.compounds(said, function_words.words(code), together=together, between=between)
    if attaching.LANGUAGES.intersection(languages):
        segment = segmenter(languages)
        found |= attaching.learned(languages, (word for text in texts for word in tokens(text, segment)))
    return found


def _lower(text: str) -> str:
    """Small letters; that of İ by itself leaves a dot of its own behind."""
    return text.replace("İ", "i").lower() if "İ" in text else text.lower()
