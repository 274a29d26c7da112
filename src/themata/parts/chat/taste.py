"""How a server wants to be asked, learned from what it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import regex

from themata.parts.chat.schemas import without_bounds
from themata.parts.chat.template import without_system
from themata.protocols import Prompt

ROOMIEST = 16  # times max_tokens, for models that think before they speak
_CONTEXT = regex.compile(
    r"(?i)context.{0,20}(length|window|size)|(length|window) of the context|too many tokens"
)


class Taste:
    """The request as one server takes it.

    renamed : max_tokens is called max_completion_tokens
    dropped : names of what is left out; "system" is said by the user instead
    room : times max_tokens
    """

    def __init__(self, renamed: bool = False, dropped: frozenset[str] = frozenset(), room: int = 1) -> None:
        self.renamed = renamed
        self.dropped = dropped
        self.room = room

    def __repr__(self) -> str:
        limit = "max_completion_tokens" if self.renamed else "max_tokens"
        return f"{limit} times {self.room}, without {', '.join(sorted(self.dropped)) or 'nothing'}"

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """prompt : with what it wants of its answer"""
        if "system" in self.dropped:
            prompt = without_system(prompt)
        body: dict[str, Any] = {"messages": prompt.talk, "temperature": 0}
        if prompt.max_tokens is not None:
            limit = "max_completion_tokens" if self.renamed else "max_tokens"
            body[limit] = prompt.max_tokens * self.room
        if prompt.schema is not None:
            held = {"name": "answer", "strict": True, "schema": without_bounds(prompt.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": held}
        return {name: value for name, value in body.items() if name not in self.dropped}

    def after(self, status: int, told: str, options: Mapping[str, Any]) -> Taste | None:
        """How to ask after this answer, or None if asking otherwise does not help."""
        if status == 200:
            return self._roomier(told, options)
        if status not in (400, 422, 500) or _CONTEXT.search(told):
            return None
        named = [name for name in self._offers() if name not in options and _names(told, name)]
        if not named or (status == 500 and named[0] != "system"):
            return None
        if named[0] == "max_tokens" and not self.renamed:
            return Taste(True, self.dropped, self.room)
        return Taste(self.renamed, self.dropped | {named[0]}, self.room)

    def _offers(self) -> list[str]:
        limit = "max_completion_tokens" if self.renamed else "max_tokens"
        offers = ["temperature", "response_format", limit, "system"]
        return [name for name in offers if name not in self.dropped]

    def _roomier(self, told: str, options: Mapping[str, Any]) -> Taste | None:
        """A model that thinks first can spend all its tokens on thought: nothing is said, and it was cut off."""
        if (
            self.room >= ROOMIEST
            or "length" not in told
            or {"max_tokens", "max_completion_tokens"} & set(options)
        ):
            return None
        try:
            choice = json.loads(told)["choices"][0]
            silent = not text_of((choice.get("message") or {}).get("content"))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return None
        cut = choice.get("finish_reason") == "length"
        return Taste(self.renamed, self.dropped, self.room * 4) if silent and cut else None


def _names(told: str, name: str) -> bool:
    """A refusal that speaks of this part of the request."""
    if name == "system":
        return bool(
            regex.search(r"(?i)system (role|message|prompt|instruction)|developer (role|instruction)", told)
        )
    param = regex.search(r'"param"\s*:\s*"([^"]+)"', told)
    if param:
        return param[1].startswith(name)
    found = regex.search(rf"(?i)\b{name}\b|json_schema|structured output|grammar", told)
    return bool(found) and (name == "response_format" or name in found[0].lower())


def text_of(content: Any) -> str:
    """A message's content: a string, or parts of which some are text."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
