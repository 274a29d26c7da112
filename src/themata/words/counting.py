"""Count terms, in several processes where there are many documents."""

from __future__ import annotations

import itertools
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Int1d
from themata.core.graph import n_workers
from themata.core.plain_text import KINDS, plain
from themata.core.progress_reports import report_share
from themata.languages.catalog import first_of
from themata.words.tokens import BETWEEN_RUNS, composed, sentences
from themata.words.word_boundaries import cutter, joins

# 167,631 plain abstracts take one process as long as two, which must be started and handed the texts. Texts of other
# letters are read one by one and would gain earlier
APART_FROM = 100_000
BLOCK = 4_096  # documents, fixed so that nothing depends on the number of processes
# Names, numbers and slips make new terms as long as one reads; those of a single document are forgotten from so many on
MOST_TERMS = 2_000_000
PRUNED_EVERY = 250_000  # documents


@dataclass(frozen=True)
class Terms:
    """What the terms of a text are: a value, so that another process can be told.

    ngram_range : (fewest, most) words in a term
    stopped : words that no term of several words begins or ends in
    dropped : words that are no term by themselves; None keeps even single letters, for whoever chooses later
    known : words of the corpus that spaces do not tell
    ignore : kinds of what is no language, as `themata.core.plain_text` knows them
    phrases : stop phrases; where one is said, its words are not counted, and no term spans it
    """

    languages: tuple[str, ...]
    lowercase: bool
    ngram_range: tuple[int, int]
    stopped: frozenset[str]
    dropped: frozenset[str] | None
    known: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    ignore: tuple[str, ...] = KINDS

    def analyzer(self) -> Callable[[str], list[str]]:
        """A function from a text to its terms."""
        cut, read = self.cutter(), self.reader()
        fewest, most = self.ngram_range
        whole = words_of(cut, self.languages)

        def single(text: str) -> list[str]:
            return self.kept(whole(read(text)))

        def several(text: str) -> list[str]:
            terms: list[str] = []
            for piece in sentences(read(text)):
                for said in without_phrases(cut(piece), self.phrases):
                    if fewest == 1:
                        terms += self.kept(said)
                    for n in range(max(2, fewest), most + 1):
                        terms += _ngrams(said, n, self.stopped)
            return terms

        if most > 1 or self.phrases:
            return several
        return single

    def cutter(self) -> Callable[[str], list[str]]:
        """A function from a piece of a text to its words."""
        return cutter(self.languages, self.known)

    def reader(self) -> Callable[[str], str]:
        """A function from a text to its language, in letters as they are counted."""
        lower, ignore = self.lower(), self.ignore
        return lambda text: lower(plain(text, ignore))

    def lower(self) -> Callable[[str], str]:
        """A function from a text to its letters as they are counted."""
        return first_of(self.languages).lower if self.lowercase else str

    def kept(self, said: list[str]) -> list[str]:
        """Those words that are terms by themselves."""
        dropped = self.dropped
        return said if dropped is None else [word for word in said if _is_term(word, dropped)]


@dataclass
class Counted:
    """Counts of many documents, block after block, before it is known which terms are kept.

    index : {term: column}; columns are numbered as terms are met, and no number is given twice
    blocks : counts of each block's documents, whose columns are numbers of terms
    used : (n_columns,) documents that use each term
    n_docs : documents counted
    """

    index: defaultdict[str, int]
    blocks: list[Csr] = field(default_factory=list)
    used: Int1d = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    n_docs: int = 0
    _dropped: Int1d = field(default_factory=lambda: np.empty(0, dtype=np.int64))  # hashes of terms, sorted
    _old: int = 0  # terms below it were met before the last pruning
    _looked: int = 0  # documents counted then

    def add(self, block: Csr) -> None:
        n_columns = 1 + int(block.indices.max(initial=-1))
        used = np.bincount(block.indices, minlength=len(self.used))
        used[: len(self.used)] += self.used
        self.used = used
        self.n_docs += block.shape[0]
        narrow = np.int32 if n_columns < np.iinfo(np.int32).max else np.int64
        held = (block.data.astype(np.int32), block.indices.astype(narrow), block.indptr.astype(np.int32))
        self.blocks.append(sparse.csr_matrix(held, shape=(block.shape[0], max(1, n_columns))))

    def prune(self) -> None:
        """Forget terms that a single document used, and none of the last PRUNED_EVERY.

        Should one come again, it is a new term here, and `terms` leaves it out: what is kept has been counted whole.
        """
        if self.n_docs - self._looked < PRUNED_EVERY or len(self.index) < MOST_TERMS:
            return
        used = self.used
        rare = [term for term, column in self.index.items() if column < self._old and used[column] < 2]
        for term in rare:
            del self.index[term]
        hashes = np.fromiter(map(hash, rare), dtype=np.int64, count=len(rare))
        self._dropped = np.union1d(self._dropped, hashes)
        self._old, self._looked = len(used), self.n_docs

    def terms(self) -> tuple[list[str], Int1d]:
        """The terms that were counted from their first document on, and their columns."""
        if not len(self._dropped):
            return list(self.index), np.fromiter(self.index.values(), dtype=np.int64, count=len(self.index))
        names = [term for term, column in self.index.items() if column < len(self.used)]
        hashes = np.fromiter(map(hash, names), dtype=np.int64, count=len(names))
        whole = np.flatnonzero(~np.isin(hashes, self._dropped))
        names = [names[place] for place in whole.tolist()]
        return names, np.array([self.index[name] for name in names], dtype=np.int64)

    def totals(self, columns: Int1d) -> Int1d:
        """How often each of these terms was said."""
        counts = np.zeros(max(1, len(self.used)), dtype=np.int64)
        for block in self.blocks:
            counts += np.bincount(block.indices, block.data, minlength=len(counts)).astype(np.int64)
        return counts[columns]

    def kept(self, columns: Int1d) -> Csr:
        """(n_docs, n_kept) counts of some terms, in this order; int64, and int32 of very many documents."""
        place = np.full(1 + max(len(self.used), int(columns.max(initial=0))), -1, dtype=np.int32)
        place[columns] = np.arange(len(columns), dtype=np.int32)
        kind = np.int64 if self.n_docs < APART_FROM else np.int32
        data, indices, ends = (
            [np.empty(0, dtype=kind)],
            [np.empty(0, dtype=np.int32)],
            [np.zeros(1, dtype=np.int64)],
        )
        while self.blocks:  # each is let go once it is taken over
            block = self.blocks.pop(0)
            said = place[block.indices]
            inside = said >= 0
            data.append(block.data[inside].astype(kind))
            indices.append(said[inside])
            ends.append(np.append(0, np.cumsum(inside))[block.indptr[1:]] + ends[-1][-1])
        shape = (self.n_docs, len(columns))
        return sparse.csr_matrix((_joined(data), _joined(indices), _joined(ends)), shape=shape)


def count(
    texts: Sequence[str], terms: Terms, known: Mapping[str, int] | None = None, *, prune: bool = False
) -> Counted:
    """Count the terms of texts, which are read once and in blocks.

    known : columns of terms; those that are not among them get the next columns, in the order they are met
    prune : forget rare terms where there are very many
    """
    known = {} if known is None else known
    counted = Counted(defaultdict(itertools.count(len(known)).__next__, known))
    blocks = (texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK))
    if len(texts) < APART_FROM:
        reader = BlockCounter(terms, counted.index)
        for block in blocks:
            counted.add(reader.count(block))
            report_share(counted.n_docs / len(texts))
        return counted
    for said, rows in _apart(blocks, terms):
        columns = np.fromiter(map(counted.index.__getitem__, said), dtype=np.int64, count=len(said))
        rows.indices = columns[rows.indices]
        counted.add(
            sparse.csr_matrix(
                (rows.data, rows.indices, rows.indptr), (rows.shape[0], len(counted.index) or 1)
            )
        )
        if prune:
            counted.prune()
        report_share(counted.n_docs / len(texts))
    return counted


def _apart(blocks: Iterable[Sequence[str]], terms: Terms) -> Iterator[tuple[list[str], Csr]]:
    """What `_count` finds in each block, in other processes where there are processors; few blocks are read ahead."""
    if n_workers() == 1:
        yield from (_count(block, terms) for block in blocks)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=n_workers(), return_as="generator")(
        delayed(_count)(block, terms) for block in blocks
    )


def counts_of(columns: Sequence[int], ends: Sequence[int] | Int1d, n_terms: int) -> Csr:
    """(n_docs, n_terms) counts of the columns met, document after document."""
    indices = np.array(columns, dtype=np.int64)
    ones = np.ones(len(indices), dtype=np.int64)
    counts = sparse.csr_matrix((ones, indices, np.array(ends)), shape=(len(ends) - 1, n_terms))
    counts.sum_duplicates()
    return counts


class BlockCounter:
    """Counts the terms of one block of texts after another.

    index : the column of each term met so far
    """

    def __init__(self, terms: Terms, index: defaultdict[str, int]) -> None:
        self.terms, self.index = terms, index
        self._runs = Runs(lambda said: map(index.__getitem__, terms.kept(said)), terms.cutter())

    def count(self, texts: Sequence[str]) -> Csr:
        """(n_texts, n_terms so far) counts."""
        if self.terms.ngram_range == (1, 1) and not self.terms.phrases and not joins(self.terms.languages):
            return self._count_words(texts)
        columns, ends = array("i"), array("q", [0])
        column, analyze = self.index.__getitem__, self.terms.analyzer()
        for text in texts:
            columns.extend(map(column, analyze(text)))
            ends.append(len(columns))
        return counts_of(columns, ends, len(self.index))

    def _count_words(self, texts: Sequence[str]) -> Csr:
        """Counts of single words. Each different run of a plain text is read once, which takes a third of the time."""
        read, runs = self.terms.reader(), self._runs
        # Of runs, and of the words of texts that have other letters. A list grows in half the time that an array does
        numbers: list[int] = []
        columns = array("i")
        ends = array("q", [0]), array("q", [0])
        for text in texts:
            text = composed(read(text))
            if text.isascii() and ".net" not in text.lower():
                numbers += map(runs.__getitem__, text.translate(BETWEEN_RUNS).split())
            else:
                columns.extend(runs.columns_of(runs.cut(text)))
            ends[0].append(len(numbers))
            ends[1].append(len(columns))
        n_terms = len(self.index)
        once = np.ones(len(numbers), dtype=np.int64)
        places = np.array(numbers, dtype=np.int32)
        written = sparse.csr_matrix((once, places, np.array(ends[0])), (len(texts), len(runs)))
        counts = written @ counts_of(runs.columns, runs.ends, n_terms)
        return counts + counts_of(columns, ends[1], n_terms) if columns else counts


class Runs(dict[str, int]):
    """Numbers of runs of letters and marks in which words of ASCII lie. No word lies in two, and what is beside a run
    changes none of its words.

    columns_of : from words to the columns of those that are terms
    columns, ends : the terms of each run, one run after the other
    """

    def __init__(
        self, columns_of: Callable[[list[str]], Iterable[int]], cut: Callable[[str], list[str]]
    ) -> None:
        self.columns_of, self.cut = columns_of, cut
        self.columns, self.ends = array("i"), array("q", [0])

    def __missing__(self, run: str) -> int:
        self[run] = number = len(self)
        self.columns.extend(self.columns_of([run] if run.isalnum() else self.cut(run)))
        self.ends.append(len(self.columns))
        return number


def _count(texts: Sequence[str], terms: Terms) -> tuple[list[str], Csr]:
    """returns : the terms met, in that order, and the counts with a column for each"""
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    counts = BlockCounter(terms, index).count(texts)
    return list(index), counts


def _joined(parts: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """The parts on end; each is let go once it is copied, so that one at a time is there twice."""
    whole = np.empty(sum(map(len, parts)), dtype=parts[0].dtype)
    start = 0
    for place, part in enumerate(parts):
        whole[start : start + len(part)] = part
        start += len(part)
        parts[place] = part[:0].copy()
    return whole


def words_of(cut: Callable[[str], list[str]], languages: Sequence[str]) -> Callable[[str], list[str]]:
    """A function from a text to all its words; sentences do not matter to those of most languages."""
    if joins(languages):
        return lambda text: [word for piece in sentences(text) for word in cut(piece)]
    return lambda text: cut(composed(text))


def without_phrases(said: list[str], phrases: Collection[tuple[str, ...]]) -> list[list[str]]:
    """What is said before, between and after some phrases, the longest taken first.

    >>> without_phrases("the new york times of new york".split(), {("new", "york", "times")})
    [['the'], ['of', 'new', 'york']]
    """
    if not phrases:
        return [said]
    lengths = sorted({len(phrase) for phrase in phrases}, reverse=True)
    spans: list[list[str]] = [[]]
    at = 0
    while at < len(said):
        length = next((n for n in lengths if tuple(said[at : at + n]) in phrases), 0)
        if length:
            spans.append([])
        else:
            spans[-1].append(said[at])
        at += length or 1
    return [span for span in spans if span]


def is_long_enough(word: str) -> bool:
    """Two letters or more; a character of a script like Chinese is a word by itself."""
    return len(word) > 1 or not word.isascii()


def _is_term(word: str, dropped: frozenset[str] | tuple[()]) -> bool:
    return word not in dropped and is_long_enough(word)


def _ngrams(said: list[str], n: int, stopped: frozenset[str]) -> list[str]:
    spans = (said[i : i + n] for i in range(len(said) - n + 1))
    return [
        " ".join(s) for s in spans if s[0] not in stopped and s[-1] not in stopped and is_long_enough(s[0])
    ]
