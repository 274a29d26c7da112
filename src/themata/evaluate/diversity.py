"""Diversity: whether topics speak of different things, or say the same words again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np


def unique_share(topics: Sequence[Sequence[str]]) -> float:
    """Share of all keywords that are different from one another (Dieng et al. 2020): 1 when no topic repeats another's.

    >>> unique_share([["cat", "dog"], ["cat", "fish"]])
    0.75
    """
    said = [word for words in topics for word in words]
    return len(set(said)) / len(said) if said else float("nan")


def inverted_rbo(topics: Sequence[Sequence[str]], *, weight: float = 0.9) -> float:
    """1 minus the rank-biased overlap of two topics' keywords (Webber et al. 2010), mean over all pairs.

    weight : how little the first keywords count more than the last, below 1. What two topics share at their heads
        weighs more than what they share at the ends; lists are compared as far as the shorter one goes

    >>> round(inverted_rbo([["cat", "dog"], ["cat", "fish"], ["tax", "law"]]), 3)
    0.817
    """
    pairs = [1 - _overlap(a, b, weight) for a, b in combinations(topics, 2) if len(a) and len(b)]
    return float(np.mean(pairs)) if pairs else float("nan")


def _overlap(a: Sequence[str], b: Sequence[str], weight: float) -> float:
    """Rank-biased overlap, extrapolated from the depth that both lists reach (Webber et al. 2010, eq. 32)."""
    depth = min(len(a), len(b))
    shared = np.array([len(set(a[:d]) & set(b[:d])) for d in range(1, depth + 1)], dtype=np.float64)
    share = shared / np.arange(1, depth + 1)
    powers = weight ** np.arange(1, depth + 1)
    return float(share[-1] * weight**depth + (1 - weight) / weight * (share * powers).sum())
