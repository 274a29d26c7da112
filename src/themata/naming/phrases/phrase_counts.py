"""Phrases found among the words of many documents at once, which are numbers here and words only where they are shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TypeAlias

import numpy as np
import regex

from themata.core.arrays import Bool1d, Int1d, Int2d
from themata.languages.catalog import LANGUAGES, union
from themata.naming.phrases.sentences import Beginning

MOST = 5  # words in a phrase
Phrase: TypeAlias = tuple[str, ...]
# May stand inside a phrase, between two content words: an article only after a preposition, "state of the art"
ARTICLES = union(language.articles for language in LANGUAGES)
PREPOSITIONS = union(language.prepositions for language in LANGUAGES)
_LINKS = ARTICLES | PREPOSITIONS
# "3d" and "401k" may begin a phrase; "6am", "8th" and "35mm" may not
_MEASURE = regex.compile(r"^\d+(?:st|nd|rd|th|[ap]m|[ckm]?m|k?g|[kmg]b|hz|x|s)?$|^\d.*-", regex.IGNORECASE)

_UNITS = union(language.units for language in LANGUAGES) | frozenset(
    "km km2 km² mm cm nm mi ft lb lbs kg mg ml kb mb gb tb hz khz mhz ghz kw kwh mph".split()
)


@dataclass(frozen=True)
class Numbered:
    """The words of some documents of each topic.

    words : {word: its number}, by rising number
    tokens : (n_tokens,) numbers of the words said, document after document
    left : (n_tokens,) words from each to the end of its sentence, itself among them
    document : (n_tokens,) the document that each is said in, rising
    topic : (n_documents,) of each document, rising
    stops : (n_words,) whether a word is a stop word
    ends : (n_words,) whether a phrase may begin and end in it
    """

    words: Mapping[str, int]
    tokens: Int1d
    left: Int1d
    document: Int1d
    topic: Int1d
    stops: Bool1d
    ends: Bool1d

    @classmethod
    def of(cls, beginnings: Sequence[Sequence[Beginning]], stopped: frozenset[str]) -> Numbered:
        """beginnings : of the documents of each topic"""
        words: defaultdict[str, int] = defaultdict()
        words.default_factory = words.__len__
        texts = list(chain.from_iterable(beginnings))
        lengths = np.fromiter(chain.from_iterable(text.lengths for text in texts), dtype=np.int64)
        said = map(words.__getitem__, chain.from_iterable(text.words for text in texts))
        tokens = np.fromiter(said, dtype=np.int64, count=int(lengths.sum()))
        return cls(
            dict(words),
            tokens,
            np.repeat(np.cumsum(lengths), lengths) - np.arange(len(tokens)),
            np.repeat(np.arange(len(texts)), _lengths([text.words for text in texts])),
            np.repeat(np.arange(len(beginnings)), _lengths(beginnings)),
            np.fromiter((word in stopped for word in words), dtype=bool, count=len(words)),
            np.fromiter((_may_end(word, stopped) for word in words), dtype=bool, count=len(words)),
        )

    def phrases(
        self, topic: int, *, touching: Collection[str] | None = None, least: int = 1
    ) -> dict[Phrase, int]:
        """Documents of a topic that say each phrase: up to five words of one sentence, no stop word first or last.

        touching : only phrases that begin or end in one of these words
        least : only phrases of so many documents, if there are any
        """
        span = slice(
            *np.searchsorted(self.document, np.searchsorted(self.topic, [topic, topic + 1])).tolist()
        )
        tokens, left, document = self.tokens[span], self.left[span], self.document[span]
        touches = self.among(self.words if touching is None else touching)
        closed = self.stops & ~self.among(_LINKS)
        articles, leading = self.among(ARTICLES), self.among(PREPOSITIONS)
        indefinite = self.among(("a", "an"))
        counts: Counter[tuple[int, ...]] = Counter()
        starts = np.flatnonzero(self.ends[tokens])
        for length in range(1, MOST + 1):
            starts = starts[left[starts] >= length]
            last = tokens[starts + length - 1]
            chosen = starts[self.ends[last] & (touches[tokens[starts]] | touches[last])]
            said = zip(document[chosen].tolist(), *_columns(tokens, chosen, length), strict=True)
            counts.update(piece[1:] for piece in set(said))
            barred = closed[last]
            if length > 1:  # an article stands after a preposition only, or is that of "flip a coin"
                allowed = leading[tokens[starts + length - 2]] | (indefinite[last] & (length == 2))
                barred |= self.stops[last] & articles[last] & ~allowed
            starts = starts[~barred]
        often = {phrase: count for phrase, count in counts.items() if count >= least} or counts
        return {tuple(self._names[word] for word in phrase): count for phrase, count in often.items()}

    @cached_property
    def _names(self) -> list[str]:
        return list(self.words)

    def users(self, phrases: Sequence[Phrase]) -> tuple[Int1d, Int1d]:
        """Which of the phrases are said by which documents: rows of both, by rising phrase and then document.

        phrases : of this kind, as `phrases` finds them
        """
        n_documents = max(1, len(self.topic))
        rows, starts, _ = self._places(phrases)
        rows, documents = np.divmod(np.unique(rows * n_documents + self.document[starts]), n_documents)
        return rows, documents

    def around(
        self, phrases: Sequence[Phrase], before_things: Bool1d, before_deeds: Bool1d, after_deeds: Bool1d
    ) -> Int2d:
        """(n_phrases, 4) how often each phrase is said as a thing, as a deed, with a content word after it, and at all.

        before_things, before_deeds, after_deeds : (n_words,) the words that tell so
        """
        rows, starts, ends = self._places(phrases)
        left, right, begins, closes = self._neighbors(starts, ends - 1)
        deed = (after_deeds[right] & ~closes) | (before_deeds[left] & ~begins)
        thing = before_things[left] & ~begins & ~deed
        kinds = (thing, deed, ~self.stops[right] & ~closes, np.ones(len(rows), dtype=bool))
        return np.stack([np.bincount(rows[kind], minlength=len(phrases)) for kind in kinds], axis=1)

    def uses(self, before_things: Bool1d, before_deeds: Bool1d, after_deeds: Bool1d) -> Int2d:
        """(n_words, 5) how often each word that is no stop word is said as a thing, last after another content word, as a
        deed, before what is done to, and as one thing of many, "a token"; the words as in `around`.
        """
        places = np.flatnonzero(~self.stops[self.tokens])
        words = self.tokens[places]
        left, right, begins, closes = self._neighbors(places, places)
        objects = after_deeds[right] & ~closes
        deeds = before_deeds[left] & ~begins & ~objects
        free = (closes | self.stops[right]) & ~objects & ~deeds
        things = free & before_things[left] & ~begins
        last = free & ~things & ~begins & ~self.stops[left]
        after_article = free & self.among(("a", "an"))[left] & ~begins
        kinds = (things, last, deeds, objects, after_article)
        return np.stack(
            [np.bincount(words[after_article], minlength=len(self.words)) for after_article in kinds], axis=1
        )

    def _neighbors(self, first: Int1d, last: Int1d) -> tuple[Int1d, Int1d, Bool1d, Bool1d]:
        """The words before and after spans, and where there are none: at the ends of sentences."""
        begins = np.ones(len(first), dtype=bool)
        begins[first > 0] = self.left[first[first > 0] - 1] == 1
        closes = self.left[last] == 1
        left = self.tokens[np.maximum(first - 1, 0)]
        return left, self.tokens[np.where(closes, last, last + 1)], begins, closes

    def _places(self, phrases: Sequence[Phrase]) -> tuple[Int1d, Int1d, Int1d]:
        """Where the phrases are said: rows of them, first token, and the one after the last."""
        known: list[dict[tuple[int, ...], int]] = [{} for _ in range(MOST + 1)]
        for row, phrase in enumerate(phrases):
            if all(word in self.words for word in phrase):
                known[len(phrase)][tuple(self.words[word] for word in phrase)] = row
        places = [np.empty((3, 0), dtype=np.int64)]
        for length, of_length in enumerate(known):
            if not of_length:
                continue
            starts = np.flatnonzero(self.left >= length)
            for place, ids in enumerate(zip(*of_length, strict=True)):  # one place after the other leaves few
                possible = np.zeros(len(self.words), dtype=bool)
                possible[list(ids)] = True
                starts = starts[possible[self.tokens[starts + place]]]
            said = zip(*_columns(self.tokens, starts, length), strict=True)
            rows = np.fromiter((of_length.get(run, -1) for run in said), dtype=np.int64, count=len(starts))
            places.append(np.stack([rows, starts, starts + length])[:, rows >= 0])
        rows, starts, ends = np.concatenate(places, axis=1)
        return rows, starts, ends

    def beside(self, *, verbs_last: bool = False) -> tuple[Int1d, Int1d, Int1d]:
        """(n_words,) how often each word is said, how often after a word that is no stop word, and how often before one.

        verbs_last : what ends a sentence is a verb, and is not counted as a word that another stands before
        """
        n_words = len(self.words)
        first = np.flatnonzero(self.left > 1)
        left, other = self.tokens[first], self.tokens[first + 1]
        counted = (self.left[first] > 2) | (not verbs_last)
        return (
            np.bincount(self.tokens, minlength=n_words),
            np.bincount(other[~self.stops[left]], minlength=n_words),
            np.bincount(left[~self.stops[other] & counted], minlength=n_words),
        )

    def marked(self, marks: Iterable[str]) -> Int1d:
        """(n_words,) how often each word has one of the marks right after it."""
        first = np.flatnonzero(self.left > 1)
        first = first[self.among(marks)[self.tokens[first + 1]]]
        return np.bincount(self.tokens[first], minlength=len(self.words))

    def opening(self) -> Int1d:
        """(n_words,) how often each word begins a sentence of several words."""
        first = np.append(True, self.left[:-1] == 1)[: len(self.left)]
        return np.bincount(self.tokens[first & (self.left > 1)], minlength=len(self.words))

    def closing(self) -> Int1d:
        """(n_words,) how often each word ends its sentence."""
        return np.bincount(self.tokens[self.left == 1], minlength=len(self.words))

    def among(self, words: Iterable[str]) -> Bool1d:
        is_among = np.zeros(len(self.words), dtype=bool)
        is_among[[self.words[word] for word in words if word in self.words]] = True
        return is_among


def n_words(phrase: Phrase) -> int:
    """Words as a reader counts them: a Vietnamese one may have several syllables.

    >>> n_words(("tàu ngầm", "đức"))
    3
    """
    return len(phrase) + sum(word.count(" ") for word in phrase)


def _columns(tokens: Int1d, starts: Int1d, length: int) -> list[list[int]]:
    return [tokens[starts + place].tolist() for place in range(length)]


def _lengths(lists: Sequence[Sized]) -> Int1d:
    return np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))


def _may_end(word: str, stopped: frozenset[str]) -> bool:
    if word in stopped or word in _UNITS or (len(word) == 1 and word.isascii()):
        return False
    return not word[0].isdigit() or not _MEASURE.match(word)
