"""Where words occur together: the counts that coherence is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from themata.core.arrays import Csr, Float2d, Int1d, Int2d
from themata.core.errors import InputError


@dataclass(frozen=True)
class Occurrences:
    """The windows of a corpus, side by side on one axis, and the spans of them that hold each word.

    index : {word: its number}, words that occur nowhere left out
    spans : (n_spans, 2) half-open [start, end) of windows, those of word w from ends[w] to ends[w + 1], in order
    ends : (n_words + 1,)
    n_windows : all of them, those that hold none of the words too
    """

    index: dict[str, int]
    spans: Int2d
    ends: Int1d
    n_windows: int

    def known(self, words: Iterable[str]) -> list[str]:
        """Those of the words that occur at all."""
        return [word for word in words if word in self.index]

    def together(self, words: Sequence[str]) -> Float2d:
        """(n, n) number of windows that hold two of the words, on the diagonal that hold one."""
        rows = [self.index[word] for word in words]
        spans = [self.spans[self.ends[row] : self.ends[row + 1]] for row in rows]
        marks = np.concatenate([span.ravel() for span in spans]) if spans else np.empty(0, dtype=np.int64)
        times, place = np.unique(marks, return_inverse=True)
        change = np.zeros((len(times), len(rows)), dtype=np.int32)
        column = np.repeat(np.arange(len(rows)), [span.size for span in spans])
        np.add.at(change, (place.ravel(), column), np.tile([1, -1], len(marks) // 2))
        held = np.cumsum(change, axis=0)[:-1].astype(np.float64)  # between two times nothing changes
        return np.asarray(held.T @ (held * np.diff(times)[:, None]))


@dataclass(frozen=True)
class Positions:
    """Where some words stand in texts.

    index : {word: its number}
    column : (n,) which word, occurrence after occurrence as they were read
    place : (n,) at which word of its text, from 0
    row : (n,) in which text
    lengths : (n_texts,) words of each text
    """

    index: dict[str, int]
    column: Int1d
    place: Int1d
    row: Int1d
    lengths: Int1d

    def windows(self, size: int | None) -> Occurrences:
        """Where the words occur in windows that slide over each text, one word at a time.

        size : words in a window; a shorter text is one window. None: every text is one window

        A word that a window holds twice is taken to leave it when the first of the two leaves: so gensim counts,
        whose numbers people compare with.
        """
        if size is not None and size < 1:
            raise InputError(f"a window of 1 word or more is needed, got {size}")
        each = np.maximum(1, self.lengths - (size or self.lengths.max(initial=1)) + 1)
        first_window = np.append(0, np.cumsum(each))
        first_word = np.append(0, np.cumsum(self.lengths))
        start = np.zeros_like(self.place) if size is None else np.maximum(0, self.place - size + 1)
        # Words by their number, then by where they stand in the whole corpus
        base = self.column * (first_word[-1] + 1) + first_word[self.row]
        order = np.argsort(base + self.place, kind="stable")
        leaves = np.searchsorted((base + self.place)[order], (base + start)[order])
        # Of those that leave together, the earliest to come
        last, first = np.unique(leaves, return_index=True)
        begun, ended = order[first], order[last]
        until = np.minimum(self.place[ended] + 1, each[self.row[ended]])
        spans = np.column_stack([start[begun], until]) + first_window[self.row[begun]][:, None]
        return _of_spans(list(self.index), self.column[begun], spans, int(first_window[-1]))


def positions(texts: Iterable[Sequence[str]], words: Iterable[str]) -> Positions:
    """Read texts once. texts : the words of each document, in order; words : those to look for"""
    index = {word: number for number, word in enumerate(dict.fromkeys(words))}
    columns, places, lengths = [], [], []
    for text in texts:
        said = np.fromiter((index.get(word, -1) for word in text), dtype=np.int64, count=len(text))
        places_of_word = np.flatnonzero(said >= 0)
        columns.append(said[places_of_word])
        places.append(places_of_word)
        lengths.append(len(text))
    row = np.repeat(np.arange(len(lengths)), [len(places_of_word) for places_of_word in places])
    return Positions(index, _joined(columns), _joined(places), row, np.array(lengths, dtype=np.int64))


def in_documents(terms: Csr, vocabulary: Sequence[str] | np.ndarray, words: Iterable[str]) -> Occurrences:
    """Where words occur in documents, each of which is one window.

    terms : (n_docs, n_terms) counts
    vocabulary : (n_terms,) strings
    """
    column_of = {str(term): column for column, term in enumerate(vocabulary)}
    wanted = [word for word in dict.fromkeys(words) if word in column_of]
    used = terms[:, [column_of[word] for word in wanted]].tocsc()
    used.eliminate_zeros()
    used.sort_indices()
    rows = used.indices.astype(np.int64)
    column = np.repeat(np.arange(len(wanted)), np.diff(used.indptr))
    return _of_spans(wanted, column, np.column_stack([rows, rows + 1]), terms.shape[0])


def _of_spans(words: Sequence[str], column: Int1d, spans: Int2d, n_windows: int) -> Occurrences:
    """column : word of each span, rising"""
    counts = np.bincount(column, minlength=len(words))
    there = np.flatnonzero(counts)
    index = {words[old]: new for new, old in enumerate(there.tolist())}
    return Occurrences(index, spans, np.append(0, np.cumsum(counts[there])), n_windows)


def _joined(pieces: Sequence[Int1d]) -> Int1d:
    return np.concatenate([np.empty(0, dtype=np.int64), *pieces])
