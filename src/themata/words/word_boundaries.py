"""Words of a piece of text as the languages of a corpus have them: with endings apart, and syllables together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain

import regex

from themata.core.plain_text import KINDS, plain
from themata.languages.catalog import LANGUAGES, first_of, languages_of
from themata.languages.language import Language, as_written, pairs
from themata.words import compounds
from themata.words.stop_words import function_words
from themata.words.tokens import sentences, tokens, words

# Those with letters of their own first: Han is Japanese beside kana
_SEGMENTED = sorted(
    (language for language in LANGUAGES if language.segment), key=lambda language: language.script_share
)


def segmenter(codes: Iterable[str]) -> Callable[[str], list[str]]:
    """A function from a run of a script without spaces to its words.

    Without the extra "languages" a run is cut into overlapping pairs of characters.
    """
    languages = [language for language in languages_of(codes) if language.also_segmented]

    def segment(run: str) -> list[str]:
        by_script = (
            language for language in _SEGMENTED if not language.script_share and _has(language.segmented, run)
        )
        shared = (language for language in languages if _is(language.also_segmented, run))
        others = (language for language in _SEGMENTED if _has(language.segmented, run))
        language = next(chain(by_script, shared, others), None)
        return pairs(run) if language is None or language.segment is None else language.segment(run)

    return segment


def cutter(codes: Sequence[str], known: Collection[str] = ()) -> Callable[[str], list[str]]:
    """A function from one piece of a text to its words, as written.

    known : words of the corpus, as `learned` finds them or a vocabulary holds them

    >>> cutter(["ko"])("고양이는 작다")
    ['고양이', '는', '작다']
    >>> cutter(["tr"])("Ankara'nın kedisi")
    ['Ankara', 'kedisi']
    """
    segment, bare, languages = segmenter(codes), first_of(codes).without_suffix, languages_of(codes)
    splits = [language.split_word for language in languages if language.split_word]
    joined = [
        (pieces, compounds.allowed(known, pieces))
        for language in languages
        if (pieces := language.compounds) is not None
    ]
    if bare is as_written and not splits and not joined:
        return lambda piece: words(piece, segment)

    def cut(piece: str) -> list[str]:
        cut_words = [bare(word) for word in words(piece, segment)]
        for split in splits:
            cut_words = [part for word in cut_words for part in split(word, known)]
        for pieces, allowed in joined:
            cut_words = compounds.joined(cut_words, allowed, pieces.between) if allowed else cut_words
        return cut_words

    return cut


def joins(codes: Iterable[str]) -> bool:
    """Whether words are found only in whole sentences."""
    return any(language.compounds for language in languages_of(codes))


def corpus_words(texts: Iterable[str], codes: Sequence[str], ignore: Sequence[str] = KINDS) -> frozenset[str]:
    """What the texts tell of words that spaces do not: Vietnamese words of several syllables, Thai names,
    Arabic and Hebrew words that stand by themselves.

    ignore : kinds of what is no language in the texts
    """
    languages = [language for language in languages_of(codes) if language.learn_words or language.compounds]
    if not languages:
        return frozenset()
    segment, texts = segmenter(codes), [plain(text, ignore) for text in texts]
    return frozenset().union(*(_learned(texts, language, segment) for language in languages))


def _learned(texts: list[str], language: Language, segment: Callable[[str], list[str]]) -> frozenset[str]:
    words_learned: frozenset[str] = frozenset()
    if language.learn_words is not None:
        words_learned |= language.learn_words(
            word.lower() for text in texts for word in tokens(text, segment)
        )
    if language.compounds is not None:
        pieces = [words(piece, segment) for text in texts for piece in sentences(text.lower())]
        words_learned |= compounds.compounds(pieces, function_words(language), language.compounds)
    return words_learned


def _has(letters: regex.Pattern[str] | None, run: str) -> bool:
    return letters is not None and letters.search(run) is not None


def _is(pattern: regex.Pattern[str] | None, run: str) -> bool:
    return pattern is not None and pattern.fullmatch(run) is not None
