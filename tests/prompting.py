"""Prompts with a limit and a schema of their own, and a context window whose tokens are words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from themata.core.protocols import Prompt


def limited(
    prompts: Sequence[Prompt], *, max_tokens: int = 256, schema: Mapping[str, Any] | None = None
) -> list[Prompt]:
    return [replace(prompt, max_tokens=max_tokens, schema=schema) for prompt in prompts]


class Words:
    """Tokens that are words, in a window of so many."""

    def __init__(self, context: int) -> None:
        self.context = context

    def count(self, text: str) -> int:
        return len(text.split())

    def cut(self, text: str, n_tokens: int) -> str:
        return " ".join(text.split()[:n_tokens])
