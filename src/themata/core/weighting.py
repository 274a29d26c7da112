"""Counts of terms to weights of keywords: by contrast, c-TF-IDF, BM25, seed words. Pure functions of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Bool1d, Csr, Float1d, Float2d
from themata.core.errors import InputError

# Uses at the rate of the whole corpus, added to those of each term: a term used once tells little
PRIOR = 3.0
WHOLE = 0.5  # share of a word's uses that are in a longer term, from which it is but a piece of that one
NEARLY_ALL = 0.9  # share of all words from which a row has nothing left to be told from
TOO_LITTLE = 1e-6  # weight of a whole row that differs from the corpus by rounding alone
NEARLY = 0.8  # share of a topic's documents, and of the topics, from which it is nearly all of them


def idf(term_counts: Csr, background: Float1d, *, bm25: bool = False) -> Float1d:
    """How telling each term is, over all topics.

    term_counts : (n_topics, n_terms)
    background : (n_terms,) how often all documents use each term, outliers among them
    bm25 : the saturated form, less led by terms that few topics use

    Class-based TF-IDF (Grootendorst 2022, eq. 2): log(1 + A / f), with A the mean number of words per class and f the
    term's count over all classes. Outliers are a class where there are any: they share the language of the corpus.

    >>> idf(sparse.csr_matrix([[3, 1], [0, 4]]), np.array([3, 5])).round(3).tolist()
    [0.847, 0.588]
    """
    used = np.asarray(background, dtype=np.float64)
    outliers = used.sum() - term_counts.sum()
    n_classes = term_counts.shape[0] + (1 if outliers > 0 else 0)
    mean_words = int(used.sum() / n_classes) if n_classes else 0
    # A term nobody uses weighs nothing: its counts are 0
    with np.errstate(divide="ignore", invalid="ignore"):
        if bm25:
            rarity = np.log(1 + (mean_words - used + 0.5) / (used + 0.5))
        else:
            rarity = np.log(mean_words / used + 1)
    return np.where(used > 0, rarity, 0.0)


def weigh(counts: Csr, idf: Float1d, *, reduce_frequent: bool = False) -> Csr:
    """Share of each row's words that each term has (its square root with `reduce_frequent`), times idf."""
    rows = _canonical(sparse.csr_matrix(counts, dtype=np.float64))
    totals = np.asarray(rows.sum(axis=1)).ravel()
    share = rows.data * np.repeat(1 / np.where(totals > 0, totals, 1), np.diff(rows.indptr))
    if reduce_frequent:
        share = np.sqrt(share)
    weights = share * np.asarray(idf, dtype=np.float64)[rows.indices]
    # Scaled entry by entry, which a product with a diagonal matrix takes four times as long for
    return sparse.csr_matrix((weights, rows.indices.copy(), rows.indptr.copy()), rows.shape)


def contrast(counts: Csr, background: Float1d) -> Csr:
    """Root of the share of each row's words that each term has, times the log of how much more that is than in all documents.

    counts : (n_rows, n_terms) of topics, or of other rows
    background : (n_terms,) how often all documents use each term
    returns : weights above 0 for terms that a row uses more than the corpus does, and no others. A row that is nearly
        the whole corpus, as an only topic's, or just like it, has the share of each term times its idf

    The first factor asks how much of the row a term is, the second how surprising that is: their product orders terms
    as the pointwise divergence of the row from the corpus does, surprise counted twice, and rows compare by cosine.
    "said" is a large share of every topic of news and surprises in none. Counts are smoothed by a prior in the
    proportions of the corpus (Monroe, Colaresi and Quinn 2008).

    >>> contrast(sparse.csr_matrix([[5, 5, 0], [5, 0, 5]]), np.array([10, 5, 5])).toarray().round(2).tolist()
    [[0.0, 0.34, 0.0], [0.0, 0.0, 0.34]]
    """
    rows = _canonical(sparse.csr_matrix(counts, dtype=np.float64))
    used = np.asarray(background, dtype=np.float64)
    n_words = np.asarray(rows.sum(axis=1)).ravel()
    each = np.repeat(np.where(n_words > 0, n_words, 1.0), np.diff(rows.indptr))
    expected = each / max(used.sum(), 1.0)  # share of all words that are this row's
    surprise = np.log((rows.data + PRIOR * expected) / ((used[rows.indices] + PRIOR) * expected))
    values = np.sqrt(rows.data / each) * np.maximum(surprise, 0.0)
    weights = sparse.csr_matrix((values, rows.indices.copy(), rows.indptr.copy()), rows.shape)
    like_all = np.asarray(weights.sum(axis=1)).ravel() < TOO_LITTLE
    like_all = (like_all | (n_words >= NEARLY_ALL * used.sum())) & (n_words > 0)
    if like_all.any():
        plain = weigh(rows, idf(sparse.csr_matrix(used), used))
        weights = sparse.csr_matrix(
            sparse.diags((~like_all) * 1.0) @ weights + sparse.diags(like_all * 1.0) @ plain
        )
    weights.eliminate_zeros()
    return weights


def everywhere(shares: Float2d | Csr) -> Bool1d:
    """What nearly every document of nearly every topic has: it tells nothing, however it is weighed.

    shares : (n_topics, n) share of each topic's documents
    returns : (n,) and none of them where there is but one topic

    >>> everywhere(np.array([[1.0, 0.9, 0.1], [0.9, 0.2, 0.9]])).tolist()
    [True, False, False]
    """
    if shares.shape[0] < 2:
        return np.zeros(shares.shape[1], dtype=bool)
    return np.asarray((shares >= NEARLY).mean(axis=0)).ravel() >= NEARLY


def _canonical(rows: Csr) -> Csr:
    """The same with sorted columns, each once; what came is not written to."""
    if rows.has_canonical_format:
        return rows
    rows = rows.copy()
    rows.sum_duplicates()
    return rows


@dataclass(frozen=True)
class Weighting:
    """How counts become weights: c-TF-IDF, as BERTopic's users know it, or by contrast, which is TopicModel's default.

    source : c-TF-IDF by Grootendorst 2022, eq. 2
    bm25 : BM25's form of idf (Robertson & Walker 1994)
    reduce_frequent : square root of a term's share in its topic
    seed_words : terms that matter to the user, their weights times `seed_multiplier`
    by_contrast : root of a term's share in its topic, times the log of how much more that is than in all documents (see
        `contrast`), in place of c-TF-IDF: words that all topics use are no keywords. Terms that nearly every document
        of nearly every topic uses are left out altogether

    >>> Weighting(by_contrast=True) == BY_CONTRAST
    True
    """

    bm25: bool = False
    reduce_frequent: bool = False
    seed_words: tuple[str, ...] = ()
    seed_multiplier: float = 2.0
    by_contrast: bool = False

    def __post_init__(self) -> None:
        if self.by_contrast and (self.bm25 or self.reduce_frequent):
            raise InputError("bm25 and reduce_frequent are forms of c-TF-IDF: leave them out, or by_contrast")
        object.__setattr__(self, "seed_words", tuple(self.seed_words))  # a list, as files have it, is welcome

    def weigh(self, term_counts: Csr, background: Float1d, vocabulary: np.ndarray[Any, Any]) -> Csr:
        """(n_topics, n_terms) weights."""
        return self.of(term_counts, term_counts, background, vocabulary)

    def of(self, counts: Csr, term_counts: Csr, background: Float1d, vocabulary: np.ndarray[Any, Any]) -> Csr:
        """Weights of other rows (documents, periods, classes), told from the whole corpus as the topics are."""
        factors = np.ones(counts.shape[1])
        if self.seed_words:
            factors[np.isin(np.asarray(vocabulary).astype(str), list(self.seed_words))] = self.seed_multiplier
        if self.by_contrast:
            weights = contrast(counts, background)
            weights.data = weights.data * factors[weights.indices]
            return weights
        known = idf(term_counts, background, bm25=self.bm25)
        return weigh(counts, known * factors, reduce_frequent=self.reduce_frequent)


BY_CONTRAST = Weighting(by_contrast=True)


def each_once(terms: Sequence[str], counts: Sequence[float] | None = None) -> list[str]:
    """Terms, of which some have several words, without those that are nested in another: each idea once.

    counts : as `ideas` takes them

    >>> each_once(["city", "city hall", "hall of fame"])
    ['city hall', 'hall of fame']
    """
    return [terms[best] for _, best in ideas(terms, counts)]


def top_ideas(
    weights: Csr, counts: Csr, vocabulary: np.ndarray[Any, Any], n: int
) -> tuple[tuple[tuple[str, float], ...], ...]:
    """The n heaviest terms of each row, as `top_terms`, each idea once and as heavy as the heaviest of its terms.

    counts : (n_rows, n_terms) that the weights were made of
    """
    heaviest = top_terms(weights, vocabulary, 2 * n)
    if not any(" " in term for words in heaviest for term, _ in words):
        return tuple(words[:n] for words in heaviest)
    column = {str(term): place for place, term in enumerate(vocabulary)}
    keywords = []
    for row, words in enumerate(heaviest):
        term_counts = counts[row]
        used = dict(zip(term_counts.indices.tolist(), term_counts.data.tolist(), strict=True))
        terms = [term for term, _ in words]
        kept_ideas = ideas(terms, [used.get(column[term], 0) for term in terms])
        keywords.append(tuple((terms[best], words[place][1]) for place, best in kept_ideas[:n]))
    return tuple(keywords)


def ideas(terms: Sequence[str], counts: Sequence[float] | None = None) -> list[tuple[int, int]]:
    """Of terms that are nested in one another, heaviest first: the place of each idea, and the place of its best term.

    counts : how often each is used. A term gives way to a longer one that half or more of its uses are in, and else
        stands for it; where nothing is known, the longer one is taken

    >>> ideas(["hall of fame", "city", "city hall"], [5, 90, 10])
    [(0, 0), (1, 1)]
    """
    words = [tuple(term.split()) for term in terms]
    if all(len(term_words) < 2 for term_words in words):
        return [(place, place) for place in range(len(words))]
    kept: dict[int, int] = {}
    for place, term_words in enumerate(words):
        nested = [
            at
            for at, best in kept.items()
            if _is_piece(words[best], term_words) or _is_piece(term_words, words[best])
        ]
        if not nested:
            kept[place] = place
            continue
        shorter = [at for at in nested if len(words[kept[at]]) < len(term_words)]
        if len(shorter) == len(nested) and all(
            counts is None or counts[place] >= WHOLE * counts[kept[at]] for at in shorter
        ):
            for at in nested[1:]:
                del kept[at]
            kept[nested[0]] = place
    return list(kept.items())


def _is_piece(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether one is in the other, word after word; each is in itself."""
    return any(long[start : start + len(short)] == short for start in range(len(long) - len(short) + 1))


def top_terms(
    weights: Csr, vocabulary: Sequence[str] | np.ndarray[Any, Any], n: int
) -> tuple[tuple[tuple[str, float], ...], ...]:
    """The n heaviest terms of each row, heaviest first, ties in the order of the columns; none of weight 0.

    >>> top_terms(sparse.csr_matrix([[0.1, 0.0, 0.5]]), ["a", "b", "c"], 2)
    ((('c', 0.5), ('a', 0.1)),)
    """
    keywords = []
    for row in range(weights.shape[0]):
        span = slice(weights.indptr[row], weights.indptr[row + 1])
        columns, values = weights.indices[span], weights.data[span]
        if len(values) > 4 * n > 0:
            kept = values >= np.partition(values, len(values) - n)[len(values) - n]
            columns, values = columns[kept], values[kept]
        order = np.lexsort((columns, -values))[:n]
        pairs = ((str(vocabulary[columns[i]]), float(values[i])) for i in order if values[i] > 0)
        keywords.append(tuple(pairs))
    return tuple(keywords)
