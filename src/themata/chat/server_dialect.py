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
from themata.chat.thoughts import ROOMIEST, STEP, is_silent
from themata.core.errors import ChatError, PromptTooLong
from themata.core.protocols import Answer, Prompt
from themata.http.client import Response
from themata.http.prompt_length import REFUSALS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RequestStyle:
    """The request as one server takes it.

    renamed : max_tokens is called max_completion_tokens
    dropped : names of what is left out; "system" is said by the user instead
    token_multiplier : times max_tokens, for models that think before they answer
    at_limit : more tokens are refused, or change nothing
    """

    renamed: bool = False
    dropped: frozenset[str] = frozenset()
    token_multiplier: int = 1
    at_limit: bool = False

    def __str__(self) -> str:
        limit = "max_completion_tokens" if self.renamed else "max_tokens"
        return (
            f"{limit} times {self.token_multiplier}, without {', '.join(sorted(self.dropped)) or 'nothing'}"
        )

    def body(self, prompt: Prompt) -> dict[str, Any]:
        if "system" in self.dropped:
            prompt = without_system(prompt)
        limit = "max_completion_tokens" if self.renamed else "max_tokens"
        body = {"messages": prompt.talk, "temperature": 0, limit: prompt.max_tokens * self.token_multiplier}
        if prompt.schema is not None:
            held = {"name": "answer", "strict": True, "schema": without_bounds(prompt.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": held}
        return {name: value for name, value in body.items() if name not in self.dropped}

    def adapted(self, status: int, text: str, options: Mapping[str, Any]) -> RequestStyle | None:
        """How to ask after this answer, or None if asking otherwise does not help."""
        if status == 200:
            return self._with_more_tokens(text, options)
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

    def _with_more_tokens(self, text: str, options: Mapping[str, Any]) -> RequestStyle | None:
        """A model that thinks first can spend all its tokens on thought: nothing is said, and it was cut off."""
        limits = {"max_tokens", "max_completion_tokens"}
        if self.at_limit or self.token_multiplier >= ROOMIEST or limits & set(options):
            return None
        if '"length"' not in text:  # no answer that was cut: most are not, and need no parsing
            return None
        try:
            silent = is_silent(answer_of(json.loads(text), 1))
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return None
        return replace(self, token_multiplier=self.token_multiplier * STEP) if silent else None


class Learned:
    """What has been learned of one model: how to ask it, and how much it takes.

    name : of the model
    options : of the request, which are the user's and never left out
    window : which refusals teach
    """

    def __init__(self, name: str, options: Mapping[str, Any], window: Window) -> None:
        self.name = name
        self.options = options
        self.style = RequestStyle()
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
        silent: Answer | None = None  # the last answer, which was cut before anything was said
        while True:
            style = self.style
            body = self.body(prompt)
            try:
                outcome = _outcome(await post(body), read, limit_of(body))
            except ChatError as error:
                outcome = _refusal(error)
            better = None if outcome.is_final else style.adapted(outcome.status, outcome.text, self.options)
            if better is not None:
                silent = outcome.answer or silent
                if self.style is style:  # else another answer has taught us meanwhile
                    self.style = better
                    log.info("%s is asked otherwise from now on: %s", self.name, better)
            elif silent is not None and outcome.status != 200:  # more tokens were refused
                self.style = replace(
                    style, token_multiplier=max(1, style.token_multiplier // STEP), at_limit=True
                )
                return silent
            elif isinstance(outcome.result, ChatError):
                raise self._seen(outcome.result, prompt)
            else:
                return outcome.result

    def body(self, prompt: Prompt) -> dict[str, Any]:
        """A request as the model is known to take it."""
        return {**self.style.body(prompt), **self.options, "model": self.name}

    def _seen(self, error: ChatError, prompt: Prompt) -> ChatError:
        if isinstance(error, PromptTooLong):
            self.window.refused(error, prompt)
            log.info("%s takes about %d tokens from now on: %s", self.name, self.window.context, error)
        return error


@dataclass(frozen=True)
class _Outcome:
    """What came of one request.

    status, text : as the server sent them; 400 and the error's words where a library speaks with the server
    is_final : asking otherwise cannot help
    """

    result: Answer | ChatError
    status: int
    text: str
    is_final: bool = False

    @property
    def answer(self) -> Answer | None:
        return None if isinstance(self.result, ChatError) else self.result


def _outcome(
    response: Response, read: Callable[[Response, int | None], Answer], limit: int | None
) -> _Outcome:
    status, text = response[0], response[2]
    try:
        return _Outcome(read(response, limit), status, text)
    except ChatError as error:
        return _Outcome(error, status, text, isinstance(error, PromptTooLong) or status == 200)


def _refusal(error: ChatError) -> _Outcome:
    """A refusal as a library tells it; raised where asking otherwise cannot heal it, such as no connection."""
    if type(error) not in (ChatError, PromptTooLong):
        raise error
    return _Outcome(error, 400, str(error), isinstance(error, PromptTooLong))


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


def without_bounds(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without lengths and patterns of texts: strict modes of servers refuse a schema that has any.

    >>> without_bounds({"type": "object", "properties": {"a": {"type": "string", "maxLength": 9}}})
    {'type': 'object', 'properties': {'a': {'type': 'string'}}}
    """
    if schema.get("type") == "string":
        return {
            name: value for name, value in schema.items() if name not in ("minLength", "maxLength", "pattern")
        }
    unbounded = dict(schema)
    if "properties" in schema:
        unbounded["properties"] = {
            name: without_bounds(field) for name, field in schema["properties"].items()
        }
    if isinstance(schema.get("items"), Mapping):
        unbounded["items"] = without_bounds(schema["items"])
    return unbounded
