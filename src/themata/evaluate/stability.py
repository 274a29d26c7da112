"""Stability: whether the same topics are found again, from other seeds and other samples of the documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.errors import InputError
from themata.evaluate.clusters import agreement

UNSEEN = -2  # a document that a refit was not given


@dataclass(frozen=True)
class Stability:
    """How much of the topics is found again.

    ami, ari : mean over pairs of fits, over the documents both were given, outliers a group: 1 is the same every time
    per_topic : (n_topics,) the best overlap (Jaccard) of each topic with one topic of a refit, mean over refits: of a
        topic below 0.5 more is lost than found again (Hennig 2007)
    n_topics : of each refit
    """

    ami: float
    ari: float
    per_topic: Float1d
    n_topics: tuple[int, ...]


def refits(
    group: Callable[[Int1d, int], Int1d],
    n_docs: int,
    *,
    n_refits: int = 3,
    share: float = 0.8,
    random_state: int = 42,
) -> list[Int1d]:
    """Group the documents again, from other seeds, each time another random share of them.

    group : rows of documents and a seed -> their topics, -1 for outliers
    share : 1 gives all of them to every refit, so that only the seed differs
    returns : n_refits times (n_docs,) topics, UNSEEN for a document that was not given
    """
    if not 0 < share <= 1:
        raise InputError(f"the share of documents must be above 0 and at most 1, got {share}")
    if n_refits < 1:
        raise InputError(f"at least one refit is needed to see what is found again, got {n_refits}")
    rng = np.random.default_rng(random_state)
    assignments: list[Int1d] = []
    for _ in range(n_refits):
        rows = np.sort(rng.choice(n_docs, max(1, round(share * n_docs)), replace=False))
        topics = np.full(n_docs, UNSEEN, dtype=np.int64)
        topics[rows] = group(rows, int(rng.integers(1 << 30)))
        assignments.append(topics)
    return assignments


def stability(assignment: Int1d, again: Sequence[Int1d], n_topics: int) -> Stability:
    """Compare topics with those of refits, and the refits with one another.

    again : as `refits` gives them

    >>> stability(np.array([0, 0, 1, 1]), [np.array([1, 1, 0, 0]), np.array([0, -2, 1, 1])], 2).per_topic.tolist()
    [1.0, 1.0]
    """
    pairs = [_compared(first, other) for first, other in combinations([assignment, *again], 2)]
    overlaps = [_overlaps(assignment, topics, n_topics) for topics in again]
    return Stability(
        ami=float(np.mean([pair[0] for pair in pairs])),
        ari=float(np.mean([pair[1] for pair in pairs])),
        per_topic=_mean_of_known(np.array(overlaps)),
        n_topics=tuple(int(topics.max(initial=-1)) + 1 for topics in again),
    )


def _compared(first: Int1d, other: Int1d) -> tuple[float, float]:
    seen = (first != UNSEEN) & (other != UNSEEN)
    scores = agreement(first[seen], other[seen].tolist())
    return scores.ami, scores.ari


def _mean_of_known(overlaps: Float2d) -> Float1d:
    """Mean of each column without its NaN, which stand for topics that a refit was given no document of."""
    known = ~np.isnan(overlaps)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, overlaps, 0).sum(axis=0) / known.sum(axis=0))


def _overlaps(assignment: Int1d, topics: Int1d, n_topics: int) -> Float1d:
    """(n_topics,) the largest overlap of each topic with one of the other topics, among the documents seen."""
    seen = topics != UNSEEN
    rows, other = assignment[seen], topics[seen]
    both = np.zeros((n_topics + 1, int(other.max(initial=-1)) + 2))
    np.add.at(both, (rows, other), 1)  # outliers, -1, are the last row and column
    union = both.sum(axis=1)[:, None] + both.sum(axis=0) - both
    with np.errstate(invalid="ignore"):
        share = both / union
    best = np.nanmax(share[:-1, :-1], axis=1, initial=0) if n_topics else np.empty(0)
    return np.where(both[:-1].sum(axis=1) > 0, best, np.nan)
