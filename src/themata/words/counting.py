"""Count terms, in several processes where there are many documents."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Int1d
from themata.core.graph import n_workers
from themata.core.plain_text import KINDS, plain
from themata.languages.catalog import first_of
from themata.words.bulk_tokens import runs_of
from themata.words.tokens import composed, sentences
from themata.words.word_boundaries import cutter, joins

# 167,631 plain abstracts take one process as long as two, which must be started and handed the texts. Texts of other
# letters are read one by one and would gain earlier
APART_FROM = 100_000
BLOCK = 4_096  # documents, fixed so that nothing depends on the number of processes


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
            found: list[str] = []
            for piece in sentences(read(text)):
                for said in without_phrases(cut(piece), self.phrases):
                    if fewest == 1:
                        found += self.kept(said)
                    for n in range(max(2, fewest), most + 1):
                        found += _ngrams(said, n, self.stopped)
            return found

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


def count(texts: Sequence[str], terms: Terms, index: defaultdict[str, int]) -> Csr:
    """(n_docs, n_terms) CSR int64 counts; terms not in the index get the next columns, in the order they are met."""
    blocks = [texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK)]
    if len(texts) >= APART_FROM and n_workers() > 1:
        from joblib import Parallel, delayed

        apart = Parallel(n_jobs=n_workers())(delayed(_count)(block, terms) for block in blocks)
        columns = (np.array([index[term] for term in said], dtype=np.int64) for said, _ in apart)
        found = [(own[rows.indices], rows) for own, (_, rows) in zip(columns, apart, strict=True)]
    else:
        reader = Reader(terms, index)
        found = [(rows.indices, rows) for rows in map(reader.count, blocks)]
    none = np.empty(0, dtype=np.int64)
    data = np.concatenate([none, *(rows.data for _, rows in found)])
    ends = np.cumsum(np.concatenate([[0], *(np.diff(rows.indptr) for _, rows in found)]))
    shape = (len(texts), len(index))
    return sparse.csr_matrix((data, np.concatenate([none, *(own for own, _ in found)]), ends), shape)


def counts_of(columns: Sequence[int], ends: Sequence[int] | Int1d, n_terms: int) -> Csr:
    """(n_docs, n_terms) counts of the columns met, document after document."""
    indices = np.array(columns, dtype=np.int64)
    ones = np.ones(len(indices), dtype=np.int64)
    counts = sparse.csr_matrix((ones, indices, np.array(ends)), shape=(len(ends) - 1, n_terms))
    counts.sum_duplicates()
    return counts


class Reader:
    """Counts the terms of one block of texts after another.

    index : the column of each term met so far
    """

    def __init__(self, terms: Terms, index: defaultdict[str, int]) -> None:
        self.terms, self.index = terms, index
        self._runs: defaultdict[str, int] = defaultdict()
        self._runs.default_factory = self._runs.__len__
        self._columns, self._ends = array("i"), array("q", [0])  # of the terms in each run

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
        cut, read, column = self.terms.cutter(), self.terms.reader(), self.index.__getitem__
        texts = [composed(read(text)) for text in texts]
        others = [row for row, text in enumerate(texts) if not text.isascii()]
        found = runs_of([text if text.isascii() else "" for text in texts])
        runs = np.fromiter(map(self._runs.__getitem__, found.different), np.int64, len(found.different))
        fresh = np.flatnonzero(runs >= len(self._ends) - 1)
        met_before = np.searchsorted(found.met_in[fresh], others).tolist()
        columns, ends, place = array("i"), np.zeros(len(texts) + 1, dtype=np.int64), 0
        for row, until in zip([*others, -1], [*met_before, len(fresh)], strict=True):
            for new in fresh[place:until].tolist():
                run = found.different[new]
                said = [run] if run.isalnum() else cut(run)
                self._columns.extend(map(column, self.terms.kept(said)))
                self._ends.append(len(self._columns))
            place = until
            if row >= 0:
                columns.extend(map(column, self.terms.kept(cut(texts[row]))))
                ends[row + 1 :] = len(columns)
        once = np.ones(len(found.which), dtype=np.int64)
        written = sparse.csr_matrix((once, found.which, found.ends), shape=(len(texts), len(runs)))
        counts = written @ counts_of(self._columns, self._ends, len(self.index))[runs]
        return counts + counts_of(columns, ends, len(self.index)) if others else counts


def _count(texts: Sequence[str], terms: Terms) -> tuple[list[str], Csr]:
    """returns : the terms met, in that order, and the counts with a column for each"""
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    counts = Reader(terms, index).count(texts)
    return list(index), counts


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
