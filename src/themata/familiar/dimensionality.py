"""Dimensionality reduction that is none, for embeddings that are to be clustered as they are."""

from __future__ import annotations

from typing import Any

from themata.core.arrays import Float2d


class BaseDimensionalityReduction:
    """Leaves points where they are."""

    def fit(self, X: Float2d | None = None, y: Any = None) -> BaseDimensionalityReduction:
        return self

    def transform(self, X: Float2d) -> Float2d:
        return X
