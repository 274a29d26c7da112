"""Several topics in one document: how far each window of its words resembles each topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from themata.errors import InputError
from themata.graph import Float2d, Int1d, sparse_unit_rows, unit_rows

if TYPE_CHECKING:
    import pandas as pd

Compare = Callable[[list[str]], Float2d]  # texts of windows -> (n_windows, n_topics) cosines


@dataclass(frozen=True)
class Mixture:
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
    batch_size: int = 1000,
    padding: bool = False,
    tokens: bool = False,
    separator: str = " ",
) -> Mixture:
    """Slide a window over each document and add up what its places resemble.

    split : from a text to its words
    compare : from the texts of windows to cosines with the topics
    window, stride : words in a window, and words from one window to the next
    min_similarity : cosines below count as 0
    batch_size : documents handled at once
    padding : let windows reach over both ends, so that the first and last words count as often as the others
    tokens : keep what each word stands for
    separator : between the words of a window
    """
    if window < 1 or stride < 1:
        raise InputError(f"window and stride must be 1 or more, got {window} and {stride}")
    found, all_words, all_tokens = [], [], []
    for start in range(0, len(texts), max(1, batch_size)):
        words = [split(text) for text in texts[start : start + batch_size]]
        spans = [list(_spans(len(one), window, stride, padding)) for one in words]
        pieces = [separator.join(one[a:b]) for one, own in zip(words, spans, strict=True) for a, b in own]
        cosines = _compared(pieces, compare, n_topics)
        cosines = np.where(cosines >= min_similarity, cosines, 0).astype(np.float32)
        ends = np.append(0, np.cumsum([len(own) for own in spans]))
        if tokens:
            each = [
                _of_tokens(cosines[ends[i] : ends[i + 1]], own, len(words[i])) for i, own in enumerate(spans)
            ]
            all_tokens += each
            all_words += words
            found.append(np.array([one.sum(axis=0) for one in each]).reshape(len(each), n_topics))
        else:
            found.append(_summed(cosines, ends))
    weights = np.vstack(found) if found else np.zeros((0, n_topics))
    totals = weights.sum(axis=1, keepdims=True)
    weights = (weights / np.where(totals > 0, totals, 1)).astype(np.float32)
    return Mixture(weights, all_words if tokens else None, all_tokens if tokens else None)


def by_terms(count: Callable[[list[str]], Any], weigh: Callable[[Any], Any], topics: Any) -> Compare:
    """Compare windows with topics by the weights of their terms.

    count : from texts to (n, n_terms) counts
    weigh : from counts to weights
    topics : (n_topics, n_terms) weights
    """
    known = sparse_unit_rows(topics).T.tocsc()

    def compare(texts: list[str]) -> Float2d:
        return np.asarray((sparse_unit_rows(weigh(count(texts))) @ known).todense())

    return compare


def by_embeddings(encode: Callable[[list[str]], Any], centroids: Float2d) -> Compare:
    """Compare windows with topics by their embeddings."""
    known = unit_rows(centroids).T
    return lambda texts: unit_rows(encode(texts)) @ known


def _compared(pieces: list[str], compare: Compare, n_topics: int) -> Float2d:
    """Cosines of the windows; each different one is compared once."""
    if not pieces or not n_topics:
        return np.zeros((len(pieces), n_topics), dtype=np.float32)
    first: dict[str, int] = {}
    rows = np.array([first.setdefault(piece, len(first)) for piece in pieces], dtype=np.int64)
    return np.asarray(compare(list(first)), dtype=np.float32)[rows]


def _spans(n_words: int, window: int, stride: int, padding: bool) -> Iterator[tuple[int, int]]:
    """Where windows begin and end; a document shorter than a window is one window."""
    if not n_words:
        return
    if padding:
        for start in range(1 - window, n_words, stride):
            yield max(0, start), min(n_words, start + window)
        return
    for start in range(0, max(1, n_words - window + 1), stride):
        yield start, min(n_words, start + window)


def _of_tokens(cosines: Float2d, spans: list[tuple[int, int]], n_words: int) -> Float2d:
    found = np.zeros((n_words, cosines.shape[1]), dtype=np.float32)
    for (start, end), row in zip(spans, cosines, strict=True):
        found[start:end] += row
    return found


def _summed(cosines: Float2d, ends: Int1d) -> Float2d:
    rows = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    member = sparse.csr_matrix(
        (np.ones(len(rows), dtype=np.float32), (rows, np.arange(len(rows)))), (len(ends) - 1, len(rows))
    )
    return np.asarray(member @ cosines)
