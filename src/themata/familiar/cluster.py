"""Clustering that is none, for topics that are known."""

from __future__ import annotations

from typing import Any

from themata.core.arrays import Float2d


class BaseCluster:
    """Takes the topics it is given: fit(documents, y=topics) keeps them."""

    def fit(self, X: Float2d, y: Any = None) -> BaseCluster:
        if y is not None:
            self.labels_ = y
        else:
            self.labels_ = None
        return self

    def transform(self, X: Float2d) -> Float2d:
        return X
