"""Count terms, in several processes where there are many documents."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from themata.graph import Csr, n_workers
from themata.parts.words.languages import segmenter
from themata.parts.words.tokens import sentences, tokens, words

# Two processes count 55,877 abstracts in 6 s and one in 4.3: to start another and hand it the texts costs what it saves
APART_FROM = 100_000
BLOCK = 4_096  # documents, fixed so that nothing depends on the number of processes


@dataclass(frozen=True)
class Terms:
    """What the terms of a text are: a value, so that another process can be told.

    ngram_range : (fewest, most) words in a term
    stopped : words that no term of several words begins or ends in
    dropped : words that are no term by themselves; None keeps even single letters, for whoever chooses later
    """

    languages: tuple[str, ...]
    lowercase: bool
    ngram_range: tuple[int, int]
    stopped: frozenset[str]
    dropped: frozenset[str] | None

    def analyzer(self) -> Callable[[str], list[str]]:
        """A function from a text to its terms."""
        segment, lowercase = segmenter(self.languages), self.lowercase
        fewest, most = self.ngram_range
        dropped = self.dropped

        def whole(text: str) -> list[str]:
            return tokens(text.lower() if lowercase else text, segment)

        def single(text: str) -> list[str]:  # sentences do not matter to words
            return [word for word in whole(text) if _is_term(word, dropped or ())]

        def several(text: str) -> list[str]:
            found: list[str] = []
            for piece in sentences(text.lower() if lowercase else text):
                said = words(piece, segment)
                if fewest == 1:
                    found += [word for word in said if _is_term(word, dropped or ())]
                for n in range(max(2, fewest), most + 1):
                    found += _ngrams(said, n, self.stopped)
            return found

        if most > 1:
            return several
        return whole if dropped is None else single


def count(texts: Sequence[str], terms: Terms, index: defaultdict[str, int]) -> Csr:
    """(n_docs, n_terms) CSR int64 counts; terms not in the index get the next columns, in the order they are met."""
    blocks = [texts[start : start + BLOCK] for start in range(0, len(texts), BLOCK)]
    if len(texts) >= APART_FROM and n_workers() > 1:
        from joblib import Parallel, delayed

        found = Parallel(n_jobs=n_workers())(delayed(_count)(block, terms) for block in blocks)
    else:
        found = [_count(block, terms) for block in blocks]
    columns = [np.array([index[term] for term in said], dtype=np.int64)[rows.indices] for said, rows in found]
    data = [rows.data for _, rows in found]
    ends = np.append(0, np.cumsum(np.concatenate([[0], *(np.diff(rows.indptr) for _, rows in found)])[1:]))
    none = np.empty(0, dtype=np.int64)
    shape = (len(texts), len(index))
    return sparse.csr_matrix((np.concatenate([none, *data]), np.concatenate([none, *columns]), ends), shape)


def counts_of(columns: Sequence[int], ends: Sequence[int], n_terms: int) -> Csr:
    """(n_docs, n_terms) counts of the columns met, document after document."""
    indices = np.array(columns, dtype=np.int64)
    ones = np.ones(len(indices), dtype=np.int64)
    counts = sparse.csr_matrix((ones, indices, np.array(ends)), shape=(len(ends) - 1, n_terms))
    counts.sum_duplicates()
    return counts


def _count(texts: Sequence[str], terms: Terms) -> tuple[list[str], Csr]:
    """returns : the terms met, in that order, and the counts with a column for each"""
    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    rows, ends, column, analyze = array("i"), array("q", [0]), index.__getitem__, terms.analyzer()
    for text in texts:
        rows.extend(map(column, analyze(text)))
        ends.append(len(rows))
    return list(index), counts_of(rows, ends, len(index))


def is_long_enough(word: str) -> bool:
    return len(word) > 1 or not word.isascii()


def _is_term(word: str, dropped: frozenset[str] | tuple[()]) -> bool:
    return word not in dropped and is_long_enough(word)


def _ngrams(said: list[str], n: int, stopped: frozenset[str]) -> list[str]:
    spans = (said[i : i + n] for i in range(len(said) - n + 1))
    return [
        " ".join(s) for s in spans if s[0] not in stopped and s[-1] not in stopped and is_long_enough(s[0])
    ]
