"""Several ways to describe topics, one after the other."""

from __future__ import annotations

from typing import Any

from themata.core.documents import Documents
from themata.core.protocols import Checkable, Embedder
from themata.core.topics import MAIN, Aspect, Topics


class Chain:
    """Hands each representer the keywords that the one before it chose.

    parts : representers, first to last
    """

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    @property
    def asks(self) -> bool:
        """Whether one of them pays for its answers."""
        return any(getattr(part, "asks", False) for part in self.parts)

    def check(self) -> None:
        """Raise what would keep one of them from its work."""
        for part in self.parts:
            if isinstance(part, Checkable):
                part.check()

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : the answer of the last one"""
        for part in self.parts:
            topics = topics.with_aspect(MAIN, part.represent(topics, docs, embedder=embedder))
        return topics.keywords
