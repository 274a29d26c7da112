"""Passages that many documents share word for word: signatures, disclaimers, the head of a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import regex

from themata.core.arrays import Bool1d, Int1d

# Of scripts without blanks each character is taken by itself; numbers are alike, since dates and cases differ
_UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}ー々]"
_WORD = regex.compile(rf"{_UNSPACED}|(?:(?!{_UNSPACED})[\p{{L}}\p{{M}}])+|\p{{N}}+")
WINDOW = 8  # words in a row that are compared,
# and of a text mostly in a script without blanks so many times as many characters: eight of those are a word or two
_PER_WORD = {regex.compile(r"\p{Thai}"): 4, regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々]"): 2}
LEAST, SHARE = 5, 0.01  # documents, and their share of all, that say a passage before it is boilerplate
LEAST_REST = (
    4  # words besides such passages, under which a document is a copy of others and not one with a footer
)
_PRIME = np.uint64(1_099_511_628_211)


@dataclass(frozen=True)
class Boilerplate:
    """What documents share.

    passages : as one document has each, the most repeated first
    counts : documents that hold the beginning of each
    spans : of each document, (start, end) of what it shares, in characters
    windows : a number for each WINDOW words in a row that are shared, by which `without_windows` finds them in other texts
    """

    passages: tuple[str, ...]
    counts: tuple[int, ...]
    spans: tuple[tuple[tuple[int, int], ...], ...]
    windows: Int1d

    @property
    def n_docs(self) -> int:
        """Documents that hold a shared passage."""
        return sum(map(bool, self.spans))

    def without(self, texts: Sequence[str]) -> list[str]:
        """The texts that were looked at, without what they share; one that is nothing else stays as it is."""
        return [_cut(text, spans_of_text) for text, spans_of_text in zip(texts, self.spans, strict=True)]


def boilerplate(texts: Sequence[str]) -> Boilerplate:
    """Find passages of eight words and more that one document in a hundred shares with others, and at least five do.

    Copies of whole documents, such as retweets, are no boilerplate: what only they share is left alone.

    >>> texts = [f"About {w}. This message is for the person it was sent to and for nobody else." for w in "abcdefg"]
    >>> found = boilerplate([f"The {t} was {t} and {t} again, so we wrote. {end}" for t, end in zip("uvwxyzs", texts)])
    >>> found.n_docs, found.passages[0][:35]
    (7, 'This message is for the person it w')
    """
    words = _words(texts)
    windows = [text.windows() for text in words]
    shared = _shared(windows, words)
    marked = [text.covered(np.isin(begins, shared)) for begins, text in zip(windows, words, strict=True)]
    places = _places(texts, marked)
    spans = tuple(_spans(mark, place) for mark, place in zip(marked, places, strict=True))
    passages, counts = _passages(texts, places, windows, shared, marked, words)
    return Boilerplate(passages, counts, spans, shared)


def without_windows(texts: Sequence[str], windows: Int1d) -> list[str]:
    """Texts without the passages that others share. windows : as `Boilerplate` holds them

    >>> end = "This message is for the person it was sent to and for nobody else."
    >>> shared = boilerplate([f"We need a new {word}. {end}" for word in ("fan", "lamp", "lift", "door", "tap")])
    >>> without_windows([f"The bell is broken. {end}"], shared.windows)
    ['The bell is broken.']
    """
    marked = [text.covered(np.isin(text.windows(), windows)) for text in _words(texts)]
    places = _places(texts, marked)
    spans = (_spans(mark, place) for mark, place in zip(marked, places, strict=True))
    return [_cut(text, spans_of_text) for text, spans_of_text in zip(texts, spans, strict=True)]


def _places(texts: Sequence[str], marked: Sequence[Bool1d]) -> list[list[tuple[int, int]]]:
    """Where the words stand, of the few texts alone that share anything."""
    return [
        [match.span() for match in _WORD.finditer(text)] if mark.any() else []
        for text, mark in zip(texts, marked, strict=True)
    ]


@dataclass(frozen=True)
class _Words:
    """The words of a text.

    codes : (n_words,) a number for each, the same in every corpus
    scale : 1; of a text that is mostly in a script without blanks how many characters count as a word
    """

    codes: Int1d
    scale: int

    @property
    def width(self) -> int:
        return WINDOW * self.scale

    def windows(self) -> Int1d:
        """A number for each `width` words in a row."""
        n = len(self.codes) - self.width + 1
        hashes: Int1d = np.zeros(max(0, n), dtype=np.uint64)
        if n > 0:
            with np.errstate(over="ignore"):
                for place in range(self.width):
                    hashes = hashes * _PRIME + self.codes[place : place + n]
        return hashes

    def covered(self, begins: Bool1d) -> Bool1d:
        """(n_words,) whether a word lies in a window that begins there or up to `width` - 1 words before."""
        ends = np.zeros(len(self.codes) + 1, dtype=np.int64)
        at = np.flatnonzero(begins)
        np.add.at(ends, at, 1)
        np.add.at(ends, at + self.width, -1)
        return np.asarray(np.cumsum(ends)[: len(self.codes)] > 0)


def _words(texts: Sequence[str]) -> list[_Words]:
    known = _Codes()
    words_of_texts: list[_Words] = []
    for text in texts:
        words = ["0" if word.isdigit() else word.casefold() for word in _WORD.findall(text)]
        codes = np.array([known[word] for word in words], dtype=np.uint64)
        words_of_texts.append(_Words(codes, _scale(text, len(words))))
    return words_of_texts


def _scale(text: str, n_words: int) -> int:
    if text.isascii():
        return 1
    return next(
        (scale for script, scale in _PER_WORD.items() if 2 * sum(1 for _ in script.finditer(text)) > n_words),
        1,
    )


class _Codes(dict[str, int]):
    """The number of each word."""

    def __missing__(self, word: str) -> int:
        code = int.from_bytes(
            blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little"
        )
        self[word] = code
        return code


def _shared(windows: Sequence[Int1d], words: Sequence[_Words]) -> Int1d:
    """The windows that enough documents have which are no copies of one another."""
    least = max(LEAST, int(np.ceil(SHARE * len(windows))))
    common = _frequent([np.unique(begins) for begins in windows], least)
    if not len(common):
        return common
    other = [
        np.unique(begins)
        for begins, text in zip(windows, words, strict=True)
        if (~text.covered(np.isin(begins, common))).sum() >= LEAST_REST * text.scale
    ]
    return _frequent(other, least)


def _frequent(sets: Sequence[Int1d], least: int) -> Int1d:
    if not sets:
        return np.empty(0, dtype=np.uint64)
    values, counts = np.unique(np.concatenate(sets), return_counts=True)
    return np.asarray(values[counts >= least])


def _runs(marked: Bool1d) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _spans(marked: Bool1d, places: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple((places[start][0], places[end - 1][1]) for start, end in _runs(marked))


def _passages(
    texts: Sequence[str],
    places: Sequence[Sequence[tuple[int, int]]],
    windows: Sequence[Int1d],
    shared: Int1d,
    marked: Sequence[Bool1d],
    words: Sequence[_Words],
    most: int = 20,
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The passages, each once: the longest of those that begin alike, with how many documents do."""
    holders: dict[int, set[int]] = {}
    best: dict[int, tuple[int, str]] = {}
    wanted = {*shared.tolist()}
    for row, (mark, begins) in enumerate(zip(marked, windows, strict=True)):
        for start, end in _runs(mark):
            middle = int(begins[min((start + end - words[row].width) // 2, len(begins) - 1)])
            if middle in wanted:
                holders.setdefault(middle, set()).add(row)
                text = texts[row][places[row][start][0] : places[row][end - 1][1]]
                if end - start > best.get(middle, (0, ""))[0]:
                    best[middle] = end - start, text
    ranked = sorted(holders, key=lambda key: (-len(holders[key]), best[key][1]))
    passages: list[str] = []
    counts: list[int] = []
    for key in ranked:
        text = " ".join(best[key][1].split())
        if len(holders[key]) >= LEAST and not any(text in other or other in text for other in passages):
            passages.append(text)
            counts.append(len(holders[key]))
        if len(passages) == most:
            break
    return tuple(passages), tuple(counts)


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text without some spans, and the marks that ended them."""
    if not spans:
        return text
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    pieces = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    kept = pieces[0] + "".join(regex.sub(r"^[\p{P}\p{S}]*[^\S\n]*", "", piece) for piece in pieces[1:])
    kept = regex.sub(r"\n{3,}", "\n\n", kept).strip()
    return kept if any(map(str.isalnum, kept)) else text
