"""Topics named beforehand, and hints of others: what no name claims is drawn to seed words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.protocols import Checkable

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.protocols import Embedder, Seeds


@dataclass(eq=False, repr=False)
class Both:
    """Named topics first, seed words among the documents that are left.

    named : ZeroShot, whose documents are topics by themselves
    hinted : SeedWords, which draw the others together and weigh more as keywords
    """

    named: Any
    hinted: Any

    def check(self) -> None:
        """Raise what makes no sense in either."""
        for part in (self.named, self.hinted):
            if isinstance(part, Checkable):
                part.check()

    @property
    def topics(self) -> list[str]:
        """The names."""
        return list(self.named.topics)

    @property
    def words(self) -> tuple[str, ...]:
        """All seed words."""
        return tuple(self.hinted.words)

    @property
    def multiplier(self) -> float:
        """Of the weight of the seed words."""
        return float(self.hinted.multiplier)

    def seed(self, docs: Documents, embedder: Embedder | None) -> Seeds:
        """Match documents with names, and those without one with seeds."""
        alone: Seeds = self.named.seed(docs, embedder)
        rest: Seeds = self.hinted.seed(docs, embedder)
        left = np.where(alone.assignment >= 0, -1, rest.assignment)
        return replace(alone, rest=replace(rest, assignment=left))

    def place(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """The nearest name of each document, -1 where none is near, and the cosine."""
        placed: tuple[Int1d, Float1d] = self.named.place(embeddings)
        return placed

    def state(self) -> dict[str, np.ndarray[Any, Any]]:
        """The points of the names, for a model that is saved."""
        return dict(self.named.state())

    def settled(self) -> Both:
        """The same seeder without what its state holds."""
        return Both(self.named.settled(), self.hinted)

    def with_state(self, state: Mapping[str, np.ndarray[Any, Any]]) -> Both:
        """The same seeder, its names embedded already."""
        return Both(self.named.with_state(state), self.hinted)
