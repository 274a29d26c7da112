"""Phrases found among the words of many documents at once, which are numbers here and words only where they are shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np

from themata.graph import Bool1d, Int1d

MOST = 5  # words in a phrase
Phrase: TypeAlias = tuple[str, ...]
# May stand inside a phrase, between two telling words
_LINKS = frozenset(
    """
    of and for in to the a an on with at by from as or de del la le les des du di y et e und von der zu für
    """.split()
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
    def of(cls, pieces: Sequence[Sequence[Sequence[Sequence[str]]]], stopped: frozenset[str]) -> Numbered:
        """pieces : per topic and document, its sentences as lists of words"""
        words: defaultdict[str, int] = defaultdict()
        words.default_factory = words.__len__
        texts = list(chain.from_iterable(pieces))
        sentences = list(chain.from_iterable(texts))
        lengths = _lengths(sentences)
        said = map(words.__getitem__, chain.from_iterable(sentences))
        tokens = np.fromiter(said, dtype=np.int64, count=int(lengths.sum()))
        return cls(
            dict(words),
            tokens,
            np.repeat(np.cumsum(lengths), lengths) - np.arange(len(tokens)),
            np.repeat(np.repeat(np.arange(len(texts)), _lengths(texts)), lengths),
            np.repeat(np.arange(len(pieces)), _lengths(pieces)),
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
        touches = self._among(self.words if touching is None else touching)
        closed = self.stops & ~self._among(_LINKS)
        counts: Counter[tuple[int, ...]] = Counter()
        starts = np.flatnonzero(self.ends[tokens])
        for length in range(1, MOST + 1):
            starts = starts[left[starts] >= length]
            last = tokens[starts + length - 1]
            chosen = starts[self.ends[last] & (touches[tokens[starts]] | touches[last])]
            said = zip(document[chosen].tolist(), *_columns(tokens, chosen, length), strict=True)
            counts.update(one[1:] for one in set(said))
            starts = starts[~closed[last]]
        often = {phrase: count for phrase, count in counts.items() if count >= least} or counts
        names = list(self.words)
        return {tuple(names[word] for word in phrase): count for phrase, count in often.items()}

    def users(self, phrases: Sequence[Phrase]) -> tuple[Int1d, Int1d]:
        """Which of the phrases are said by which documents: rows of both, by rising phrase and then document.

        phrases : of this kind, as `phrases` finds them
        """
        known: list[dict[tuple[int, ...], int]] = [{} for _ in range(MOST + 1)]
        for row, phrase in enumerate(phrases):
            if all(word in self.words for word in phrase):
                known[len(phrase)][tuple(self.words[word] for word in phrase)] = row
        n_documents, pairs = max(1, len(self.topic)), [np.empty(0, dtype=np.int64)]
        for length, of_length in enumerate(known):
            if not of_length:
                continue
            starts = np.flatnonzero(self.left >= length)
            for place, ids in enumerate(zip(*of_length, strict=True)):  # one place after the other leaves few
                possible = np.zeros(len(self.words), dtype=bool)
                possible[list(ids)] = True
                starts = starts[possible[self.tokens[starts + place]]]
            said = zip(*_columns(self.tokens, starts, length), strict=True)
            rows = np.fromiter((of_length.get(one, -1) for one in said), dtype=np.int64, count=len(starts))
            pairs.append((rows * n_documents + self.document[starts])[rows >= 0])
        rows, documents = np.divmod(np.unique(np.concatenate(pairs)), n_documents)
        return rows, documents

    def beside(self) -> tuple[Int1d, Int1d, Int1d]:
        """(n_words,) how often each word is said, how often after a word that is no stop word, and how often before one."""
        n_words = len(self.words)
        first = np.flatnonzero(self.left > 1)
        one, other = self.tokens[first], self.tokens[first + 1]
        return (
            np.bincount(self.tokens, minlength=n_words),
            np.bincount(other[~self.stops[one]], minlength=n_words),
            np.bincount(one[~self.stops[other]], minlength=n_words),
        )

    def _among(self, words: Iterable[str]) -> Bool1d:
        found = np.zeros(len(self.words), dtype=bool)
        found[[self.words[word] for word in words if word in self.words]] = True
        return found


def _columns(tokens: Int1d, starts: Int1d, length: int) -> list[list[int]]:
    return [tokens[starts + place].tolist() for place in range(length)]


def _lengths(lists: Sequence[Sized]) -> Int1d:
    return np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))


def _may_end(word: str, stopped: frozenset[str]) -> bool:
    return word not in stopped and (len(word) > 1 or not word.isascii()) and not word[0].isdigit()
