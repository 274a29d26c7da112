"""What every verb of a model reads: its latest result and the parts that made it."""

from __future__ import annotations

from typing import Any, Self

from themata.documents import Documents
from themata.errors import NotFittedError
from themata.graph import Float1d, Int1d, NeighbourGraph
from themata.pipeline.describe import describe, label
from themata.pipeline.fit import Fitted, Recipe
from themata.pipeline.space import Space
from themata.topics import Topics


class Result:
    """The latest result of a fit. The verbs read it; an edit puts another in its place and keeps the one before."""

    _state: Fitted
    _recipe: Recipe
    _space: Space
    _past: list[tuple[str, Fitted]]
    layout: Any

    @property
    def _fitted(self) -> Fitted:
        if not hasattr(self, "_state"):
            raise NotFittedError(f"this {type(self).__name__} has no topics yet: call fit(documents) first")
        return self._state

    @property
    def result_(self) -> Topics:
        return self._fitted.topics

    @property
    def documents_(self) -> Documents:
        return self._fitted.documents

    @property
    def graph_(self) -> NeighbourGraph | None:
        return self._fitted.graph

    @property
    def topics_(self) -> list[int]:
        return self.result_.assignment.tolist()

    @property
    def probabilities_(self) -> Float1d:
        return self.result_.strength

    @property
    def labels_(self) -> Int1d:
        """topics_ as an array, under scikit-learn's name for clusterers."""
        return self.result_.assignment

    # Helpers of the verbs

    def _checked(self, topic: int) -> int:
        self.result_.check(topic, outliers=True)
        return topic

    def _edit(self, name: str, topics: Topics) -> Self:
        """Describe and name what an edit left bare, and make it the result."""
        described = describe(topics, self.documents_, self._recipe.description)
        return self._keep(name, label(described, self.documents_, self._recipe.labeler))

    def _keep(self, name: str, topics: Topics) -> Self:
        return self._keep_all(name, Fitted(self.documents_, topics, self.graph_))

    def _keep_all(self, name: str, fitted: Fitted) -> Self:
        """Make this the result; `undo` takes it back."""
        self._past.append((name, self._fitted))
        self._state = fitted
        return self
