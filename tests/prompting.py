"""Prompts with a limit and a schema of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from themata.core.protocols import Prompt


def limited(
    prompts: Sequence[Prompt], *, max_tokens: int = 256, schema: Mapping[str, Any] | None = None
) -> list[Prompt]:
    return [replace(prompt, max_tokens=max_tokens, schema=schema) for prompt in prompts]
