"""What a part of BERTopic's users can have that others have not, each asked for with isinstance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from themata.core.arrays import Csr, Float1d, Float2d


@runtime_checkable
class Padded(Protocol):
    """A representation whose aspect shows so many entries of a topic at least, the missing ones empty."""

    @property
    def n_padded(self) -> int: ...


@runtime_checkable
class Pictured(Protocol):
    """A representation that shows a topic as an image."""

    def shown(self, model: Any, topic: int) -> Any: ...


@runtime_checkable
class Captioning(Protocol):
    """A representation that says in words what an image shows, where it has a model for it."""

    image_to_text_model: Any

    def image_to_text(self, images: list[Any]) -> list[str]: ...


@runtime_checkable
class GrowingCounts(Protocol):
    """A vectorizer that keeps the counts of all batches so far, in X_, a row per topic."""

    def update_bow(self, raw_documents: Sequence[str]) -> Csr: ...


@runtime_checkable
class GrowingReducer(Protocol):
    """A reducer that learns from batches."""

    def partial_fit(self, points: Float2d) -> Any: ...

    def transform(self, points: Float2d) -> Float2d: ...


@runtime_checkable
class Confident(Protocol):
    """A clusterer that knows how well each point sits in its cluster, once it is fitted."""

    probabilities_: Float1d
