"""How a server wants to be asked, and how much it takes, learned from what it answers and refuses."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import regex

from themata.chat.chat_template import refuses_system, without_system
from themata.chat.context_window import Window
from themata.chat.json_schemas import without_bounds
from themata.chat.thoughts import ROOMIEST, STEP, is_silent
from themata.core.errors import ChatError, PromptTooLong
from themata.core.protocols import Answer, Prompt
from themata.http.client import Response
from themata.http.prompt_length import REFUSALS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taste:
    """The request as one server takes it.

    renamed : max_tokens is called max_completion_tokens
    dropped : names of what is left out; "system" is said by the user instead
    room : times max_tokens
    full : more room is refused, or changes nothing
    """

    renamed: bool = False
    dropped: frozenset[str] = frozenset()
    room: int = 1
    full: bool = False

    def __str__(self) -> str:
        limit = "max_completion_tokens" if self.renamed else "max_tokens"
        return f"{limit} times {self.room}, without {', '.join(sorted(self.dropped)) or 'nothing'}"

    def body(self, prompt: Prompt) -> dict[str, Any]:
        if "system" in self.dropped:
            prompt = without_system(prompt)
        limit = "max_completion_tokens" if self.renamed else "max_tokens"
        body = {"messages": prompt.talk, "temperature": 0, limit: prompt.max_tokens * self.room}
        if prompt.schema is not None:
            held = {"name": "answer", "strict": True, "schema": without_bounds(prompt.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": held}
        return {name: value for name, value in body.items() if name not in self.dropped}

    def after(self, status: int, text: str, options: Mapping[str, Any]) -> Taste | None:
        """How to ask after this answer, or None if asking otherwise does not help."""
        if status == 200:
            return self._roomier(text, options)
        if status not in REFUSALS:
            return None
        named = [name for name in self._offers() if name not in options and _names(text, name)]
        if not named or (status == 500 and named[0] != "system"):
            return None
        if named[0] == "max_tokens" and not self.renamed:
            return replace(self, renamed=True)
        return replace(self, dropped=self.dropped | {named[0]})

    def _offers(self) -> list[str]:
        limit = "max_completion_tokens" if self.renamed else "max_tokens"
        offers = ["temperature", "response_format", limit, "system"]
        return [name for name in offers if name not in self.dropped]

    def _roomier(self, text: str, options: Mapping[str, Any]) -> Taste | None:
        """A model that thinks first can spend all its tokens on thought: nothing is said, and it was cut off."""
        limits = {"max_tokens", "max_completion_tokens"}
        if self.full or self.room >= ROOMIEST or '"length"' not in text or limits & set(options):
            return None
        try:
            silent = is_silent(answer_of(json.loads(text), 1))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return None
        return replace(self, room=self.room * STEP) if silent else None


class Learned:
    """What has been learned of one model: how to ask it, and how much it takes.

    name : of the model
    options : of the request, which are the user's and never left out
    window : which refusals teach
    """

    def __init__(self, name: str, options: Mapping[str, Any], window: Window) -> None:
        self.name = name
        self.options = options
        self.taste = Taste()
        self.window = window

    async def send(
        self,
        post: Callable[[dict[str, Any]], Awaitable[Response]],
        read: Callable[[Response, int | None], Answer],
        prompt: Prompt,
    ) -> Answer:
        """Ask as the model wants to be asked, and learn where it does not.

        post : sends a request's body; what it raises as a plain ChatError is looked at as a refusal with status 400, and
            a PromptTooLong is one
        read : makes an answer of what came and of the tokens it was limited to, or raises what it means
        """
        thinking: Answer | None = None  # the last answer, which was cut before anything was said
        while True:
            taste, body = self.taste, self.body(prompt)
            came: Response | None = None
            answer: Answer | None = None
            failed: ChatError | None = None
            try:
                came = await post(body)
                answer = read(came, limit_of(body))
            except ChatError as error:
                failed = error
            if came is None and failed is not None and type(failed) not in (ChatError, PromptTooLong):
                raise failed
            status, text = (400, str(failed)) if came is None else (came[0], came[2])
            is_final = isinstance(failed, PromptTooLong) or (failed is not None and status == 200)
            better = None if is_final else taste.after(status, text, self.options)
            if better is None:
                if thinking is not None and status != 200:  # there is no room for a longer answer
                    self.taste = replace(taste, room=max(1, taste.room // STEP), full=True)
                    return thinking
                if answer is None:
                    assert failed is not None
                    raise self._seen(failed, prompt)
                return answer
            thinking = answer or thinking
            if self.taste is taste:  # else another answer has taught us meanwhile
                self.taste = better
                log.info("%s is asked otherwise from now on: %s", self.name, better)

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """A request as the model is known to take it."""
        return {**self.taste.body(prompt), **self.options, "model": self.name}

    def _seen(self, error: ChatError, prompt: Prompt) -> ChatError:
        if isinstance(error, PromptTooLong):
            self.window.refused(error, prompt)
            log.info("%s takes about %d tokens from now on: %s", self.name, self.window.context, error)
        return error


def limit_of(body: Mapping[str, Any]) -> int | None:
    """Tokens that a request allows its answer."""
    return body.get("max_tokens") or body.get("max_completion_tokens")


def answer_of(completion: Mapping[str, Any], limit: int | None) -> Answer:
    """The answer in a chat completion; KeyError, IndexError, TypeError or AttributeError where it is none.

    limit : of its tokens, for one that was cut and does not say after how many
    """
    choice = completion["choices"][0]
    message = choice.get("message") or {}
    text = (
        content_text(message.get("content"))
        or content_text(message.get("refusal"))
        or content_text(choice.get("text"))
    )
    finish = choice.get("finish_reason")
    if finish == "content_filter" and not text.strip():
        raise ChatError("a content filter of the server held the answer back (content_filter)")
    usage = completion.get("usage") or {}
    n_answer = usage.get("completion_tokens")
    cut_at = max(1, limit or n_answer or 1) if finish == "length" else None
    return Answer(text.strip(), usage.get("prompt_tokens"), n_answer, cut_at)


def _names(text: str, name: str) -> bool:
    """A refusal that speaks of this part of the request."""
    if name == "system":
        return refuses_system(text)
    param = regex.search(r'"param"\s*:\s*"([^"]+)"', text)
    if param:
        return bool(param[1].startswith(name))
    match = regex.search(rf"(?i)\b{name}\b|json_schema|structured output|grammar", text)
    return bool(match and (name == "response_format" or name in match[0].lower()))


def content_text(content: Any) -> str:
    """A message's content: a string, or parts of which some are text."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""
