"""Prompts that begin alike: what to read once, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

SHORTEST = 16  # tokens; a shorter common beginning is not worth a cache of its own
ANOTHER = 32  # tokens that a further family must save beyond what the fewer families do


@dataclass(frozen=True)
class PromptFamily:
    """Prompts that share a beginning.

    prefix : the tokens all of them begin with, at least one token short of each; none where they share too little
    places : of the prompts, in the list they came in
    """

    prefix: tuple[int, ...]
    places: tuple[int, ...]


def families(prompts: Sequence[list[int]]) -> list[PromptFamily]:
    """Prompts parted so that the fewest tokens are read: names begin with one system prompt, summaries with another.

    >>> ones, twos = [[1] * 40 + [i] for i in range(3)], [[2] * 40 + [i] for i in range(3)]
    >>> [(family.prefix[0], family.places) for family in families([*ones, *twos])]
    [(1, (0, 1, 2)), (2, (3, 4, 5))]
    """
    if not prompts:
        return []
    order = sorted(range(len(prompts)), key=lambda place: prompts[place])
    alike = np.array([n_alike(prompts[a], prompts[b]) for a, b in pairwise(order)], dtype=np.int64)
    alike[alike < SHORTEST] = 0
    # saved[n]: tokens that need not be read when the first n prompts, in order, are parted best; begins[n]: its last family
    saved, begins = np.zeros(len(order) + 1, dtype=np.int64), np.zeros(len(order) + 1, dtype=np.int64)
    for end in range(1, len(order) + 1):
        # By a last family of two prompts, of three, ...
        shared = np.minimum.accumulate(alike[: end - 1][::-1])
        gains = np.append(0, shared * np.arange(1, end)) + saved[end - 1 :: -1] - ANOTHER
        begins[end] = end - 1 - int(gains.argmax())
        saved[end] = gains.max()
    groups: list[PromptFamily] = []
    end = len(order)
    while end > 0:
        start = int(begins[end])
        n_shared = int(alike[start : end - 1].min()) if end - start > 1 else 0
        places = tuple(sorted(order[start:end]))
        groups.append(PromptFamily(tuple(prompts[order[start]][:n_shared]), places))
        end = start
    return _loners_together(groups[::-1])


def n_alike(first: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two prompts begin with alike, at least one token short of both.

    >>> n_alike([1, 2, 3], [1, 2, 4, 5]), n_alike([1, 2], [1, 2])
    (2, 1)
    """
    most = min(len(first), len(other)) - 1
    n = 0
    while n < most and first[n] == other[n]:
        n += 1
    return n


def _loners_together(groups: Sequence[PromptFamily]) -> list[PromptFamily]:
    """Families in the order of their first prompts, and all that share nothing as one."""
    alone = [place for family in groups if not family.prefix for place in family.places]
    kept = [family for family in groups if family.prefix]
    if alone:
        kept.append(PromptFamily((), tuple(sorted(alone))))
    return sorted(kept, key=lambda family: family.places[0])
