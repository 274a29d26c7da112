"""Several topics in one document: how far each window of its words resembles each topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float2d, Int1d
from themata.core.errors import InputError
from themata.core.graph import sparse_unit_rows, unit_rows
from themata.core.html_views import ShownAsTable
from themata.core.membership import membership

if TYPE_CHECKING:
    import pandas as pd

# Words of documents in a row, where each window begins and where it ends -> (n_windows, n_topics) cosines
Compare = Callable[[list[str], Int1d, Int1d], Float2d]
MOST_DENSE = 20_000_000  # cells of the topics' weights that are kept dense, which is several times faster


@dataclass(frozen=True)
class Mixture(ShownAsTable):
    """The share of each topic in each document.

    weights : (n_docs, n_topics) float32, rows that sum to 1, or to 0 where nothing resembles any topic
    words : the words of each document, when tokens were asked for
    tokens : (n_words, n_topics) float32 of each document, how far each of its words stands for each topic
    """

    weights: Float2d
    words: list[list[str]] | None = None
    tokens: list[Float2d] | None = None

    def to_frame(self) -> pd.DataFrame:
        """A row per document and a column per topic."""
        import pandas as pd

        return pd.DataFrame(self.weights, columns=range(self.weights.shape[1]))


def distribution(
    texts: Sequence[str],
    split: Callable[[str], list[str]],
    compare: Compare,
    n_topics: int,
    *,
    window: int = 4,
    stride: int = 1,
    min_similarity: float = 0.1,
    batch_size: int | None = 1000,
    padding: bool = False,
    tokens: bool = False,
) -> Mixture:
    """Slide a window over each document and add up what its places resemble.

    split : from a text to its words
    compare : from windows to cosines with the topics: by_words, by_terms or by_embeddings
    window, stride : words in a window, and words from one window to the next
    min_similarity : cosines below count as 0
    batch_size : documents handled at once; None: all
    padding : let windows reach over both ends, so that the first and last words count as often as the others
    tokens : keep what each word stands for
    """
    if window < 1 or stride < 1:
        raise InputError(f"window and stride must be 1 or more, got {window} and {stride}")
    shares, all_words, all_tokens = [], [], []
    at_once = max(1, len(texts) if batch_size is None else batch_size)
    for start in range(0, len(texts), at_once):
        words = [split(text) for text in texts[start : start + at_once]]
        spans = [_spans(len(windows_of_text), window, stride, padding) for windows_of_text in words]
        cosines = _compared(words, spans, compare, n_topics)
        cosines[cosines < min_similarity] = 0
        ends = np.append(0, np.cumsum([len(span) for span, _ in spans]))
        if tokens:
            each = [
                _of_tokens(cosines[ends[i] : ends[i + 1]], *span, len(words[i]))
                for i, span in enumerate(spans)
            ]
            all_tokens += each
            all_words += words
            shares.append(
                np.array([windows_of_text.sum(axis=0) for windows_of_text in each]).reshape(
                    len(each), n_topics
                )
            )
        else:
            shares.append(_summed(cosines, ends))
    weights = np.vstack(shares) if shares else np.zeros((0, n_topics))
    totals = weights.sum(axis=1, keepdims=True)
    weights = (weights / np.where(totals > 0, totals, 1)).astype(np.float32)
    return Mixture(weights, all_words if tokens else None, all_tokens if tokens else None)


def by_words(count: Callable[[list[str]], Csr], weigh: Callable[[Csr], Csr], topics: Csr) -> Compare:
    """Compare by terms of one word each: a window counts what its words count, so each word is counted once.

    count : from texts to (n, n_terms) counts
    weigh : from counts to weights
    topics : (n_topics, n_terms) weights
    """
    against = cosines_to(topics)
    place: defaultdict[str, int] = defaultdict()
    place.default_factory = place.__len__
    known = sparse.csr_matrix((0, topics.shape[1]), dtype=np.float64)

    def compare(words: list[str], starts: Int1d, ends: Int1d) -> Float2d:
        nonlocal known
        rows = np.fromiter(map(place.__getitem__, words), dtype=np.int64, count=len(words))
        if len(place) > known.shape[0]:
            new = list(islice(place, known.shape[0], None))
            known = sparse.vstack([known, sparse.csr_matrix(count(new), dtype=np.float64)]).tocsr()
        lengths = ends - starts
        pointers = np.append(0, np.cumsum(lengths))
        inside = np.repeat(starts - pointers[:-1], lengths) + np.arange(pointers[-1])
        return against(weigh(_counted(rows[inside], pointers, known)))

    return compare


def _counted(words: Int1d, pointers: Int1d, known: Csr) -> Csr:
    """Sums of the rows of `known` that each window's words have.

    words : the rows, window after window, which begin at `pointers`
    """
    counted = np.diff(known.indptr)
    if (counted > 1).any() or (known.data != 1).any():
        ones = np.ones(len(words))
        member = sparse.csr_matrix((ones, words, pointers), (len(pointers) - 1, known.shape[0]))
        return sparse.csr_matrix(member @ known)
    # A word is one term or none: no product is needed
    column = np.full(known.shape[0], -1, dtype=np.int32)
    column[counted > 0] = known.indices
    terms = column[words]
    there = terms >= 0
    ends = np.append(0, np.cumsum(there))[pointers]
    kept = (np.ones(int(ends[-1])), terms[there], ends)
    counts = sparse.csr_matrix(kept, (len(pointers) - 1, known.shape[1]))
    counts.sum_duplicates()
    return counts


def compare_by_terms(
    count: Callable[[list[str]], Csr], weigh: Callable[[Csr], Csr], topics: Csr, separator: str = " "
) -> Compare:
    """Compare by any terms, phrases of several words among them: the text of each different window is counted."""
    against = cosines_to(topics)
    return _by_texts(lambda texts: against(weigh(count(texts))), separator)


def compare_by_embeddings(
    encode: Callable[[list[str]], Any], centroids: Float2d, separator: str = " "
) -> Compare:
    """Compare by the meaning of each different window."""
    known = unit_rows(centroids).T
    return _by_texts(lambda texts: unit_rows(encode(texts)) @ known, separator)


def _by_texts(compare: Callable[[list[str]], Float2d], separator: str) -> Compare:
    def windows(words: list[str], starts: Int1d, ends: Int1d) -> Float2d:
        first: dict[str, int] = {}
        pieces = (separator.join(words[a:b]) for a, b in zip(starts.tolist(), ends.tolist(), strict=True))
        rows = np.array([first.setdefault(piece, len(first)) for piece in pieces], dtype=np.int64)
        return np.asarray(compare(list(first)), dtype=np.float32)[rows]

    return windows


def cosines_to(topics: Csr) -> Callable[[Csr], Float2d]:
    """Cosines of rows of weights with those of the topics."""
    known: Any = sparse_unit_rows(topics).T.tocsr().astype(np.float32)
    if np.prod(known.shape) <= MOST_DENSE:
        known = known.toarray()

    def cosines(weights: Csr) -> Float2d:
        similarities = sparse_unit_rows(weights).astype(np.float32) @ known
        return np.asarray(similarities.todense() if sparse.issparse(similarities) else similarities)

    return cosines


def _compared(
    words: list[list[str]], spans: list[tuple[Int1d, Int1d]], compare: Compare, n_topics: int
) -> Float2d:
    firsts = np.append(0, np.cumsum([len(text_words) for text_words in words]))
    starts = np.concatenate([span + first for (span, _), first in zip(spans, firsts, strict=False)])
    ends = np.concatenate([span + first for (_, span), first in zip(spans, firsts, strict=False)])
    if not len(starts) or not n_topics:
        return np.zeros((len(starts), n_topics), dtype=np.float32)
    return np.asarray(compare(list(chain.from_iterable(words)), starts, ends), dtype=np.float32)


def _spans(n_words: int, window: int, stride: int, padding: bool) -> tuple[Int1d, Int1d]:
    """Where windows begin and end; a document shorter than a window is one window."""
    if padding and n_words >= window:
        starts = np.arange(-((window - 1) // stride) * stride, n_words, stride)
    else:
        starts = np.arange(0, max(1, n_words - window + 1) if n_words else 0, stride)
    return np.maximum(starts, 0), np.minimum(starts + window, n_words)


def _of_tokens(cosines: Float2d, starts: Int1d, ends: Int1d, n_words: int) -> Float2d:
    shares = np.zeros((n_words, cosines.shape[1]), dtype=np.float32)
    for start, end, row in zip(starts.tolist(), ends.tolist(), cosines, strict=True):
        shares[start:end] += row
    return shares


def _summed(cosines: Float2d, ends: Int1d) -> Float2d:
    rows = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    return np.asarray(membership(rows, len(ends) - 1).astype(np.float32) @ cosines)
