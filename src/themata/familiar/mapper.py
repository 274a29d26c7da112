"""Which topic became which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from themata.core.topics import Topics


@dataclass(frozen=True)
class TopicMapper:
    """The way of every cluster to the topic it is in now.

    mappings_ : a row per cluster: its number as the clusterer gave it, its topic after the fit and after each edit
    """

    mappings_: list[list[int]]

    @classmethod
    def of(cls, moments: Sequence[Topics]) -> TopicMapper:
        """moments : the topics after the fit and after each edit, oldest first"""
        pairs = sorted(
            {theirs for topics in moments for theirs in topics.origin}
        )  # some came with later batches
        rows = [[theirs, *(topics.origin.get(theirs, -1) for topics in moments)] for theirs in pairs]
        width = len(moments) + 1
        outliers = [[-1] * width] if moments and any(topics.n_outliers for topics in moments) else []
        return cls([*outliers, *rows])

    def get_mappings(self, original_topics: bool = True) -> dict[int, int]:
        """From the clusterer's own numbers, or from the topics before the last edit, to the topics of now."""
        start = 0 if original_topics else -2
        return {row[start]: row[-1] for row in self.mappings_}
