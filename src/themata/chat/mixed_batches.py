"""Prompts that want different answers, asked of any chat."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from themata.core.errors import ChatError
from themata.core.protocols import Answer, Chat, Mixing, Prompt

Told = Callable[[int, Answer | ChatError], None]


def complete(
    chat: Chat,
    prompts: Sequence[Prompt],
    *,
    max_tokens: int = 256,
    schema: Mapping[str, Any] | None = None,
    on_answer: Told | None = None,
) -> list[Answer | ChatError]:
    """One batch where the prompts are of one kind or the chat mixes kinds, and else a batch for each kind.

    What all prompts want is told as the batch's own, so that a chat needs to know nothing of a prompt's wishes.
    """
    wanting = [prompt.wanting(max_tokens, schema) for prompt in prompts]
    kinds: dict[str, list[int]] = {}
    for place, prompt in enumerate(wanting):
        kinds.setdefault(kind(prompt), []).append(place)
    if len(kinds) > 1 and isinstance(chat, Mixing) and chat.mixes:
        return chat.complete(wanting, max_tokens=max_tokens, schema=schema, on_answer=on_answer)
    found: list[Answer | ChatError] = [ChatError("never asked")] * len(prompts)
    for places in kinds.values():
        first = wanting[places[0]]
        assert first.max_tokens is not None
        answers = chat.complete(
            [Prompt(prompts[place].messages) for place in places],
            max_tokens=first.max_tokens,
            schema=first.schema,
            on_answer=None if on_answer is None else _placed(on_answer, places),
        )
        for place, answer in zip(places, answers, strict=True):
            found[place] = answer
    return found


def kind(prompt: Prompt) -> str:
    """Equal for prompts that want the same kind of answer."""
    return json.dumps([prompt.max_tokens, prompt.schema], sort_keys=True, default=repr)


def _placed(on_answer: Told, places: Sequence[int]) -> Told:
    return lambda place, answer: on_answer(places[place], answer)
