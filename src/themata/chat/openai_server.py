"""Any server that speaks OpenAI's language: OpenAI, vLLM, llama.cpp, Ollama, TGI, LM Studio, Azure, by its address."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from importlib.util import find_spec
from typing import Any

from themata.chat.context_window import GuessedTokens, Window, n_characters
from themata.chat.openai_batch import BatchJobs
from themata.chat.server_dialect import Learned, RequestStyle, answer_of, limit_of
from themata.core.errors import Absent, BadAnswer, ChatError, MissingExtraError, Refused, Unreachable
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt
from themata.core.server_addresses import is_azure, public
from themata.http.client import OPENAI, Post, Response, Server
from themata.http.rate_limit import Pace
from themata.http.retries import Send, ask_all

log = logging.getLogger(__name__)


class OpenAIChat(GuessedTokens):
    """A model behind an OpenAI-compatible server.

    base_url : such as "http://localhost:8000/v1"; None reads OPENAI_BASE_URL, and else it is OpenAI's own. Without a path
        /v1 is meant, and /openai/v1 of Azure
    api_key : None reads OPENAI_API_KEY, or AZURE_OPENAI_API_KEY for Azure; never logged, shown or saved
    concurrency : requests in flight at most
    requests_per_minute, tokens_per_minute : what the provider allows; None: no limit
    timeout : seconds until an answer must be whole
    retries : of requests that may heal, at the pace the server asks for
    options : more of the request, handed on as it is, such as {"temperature": 0.7, "reasoning_effort": "low"}
    batch : hand prompts in as a job of the provider's, answered within a day, at OpenAI for half the price. Whoever waits
        may be killed: with a cache the same call or command asks for the same job again
    price : (prompt, answer) per million tokens, in any currency, for reports of what it cost

    What a server refuses of the request is left out, or said as it wants it, once and for all: max_tokens,
    temperature, response_format and the system message are only ever an offer. How much it takes is asked of it, or
    learned from what it refuses.
    """

    holds = True  # answers to a schema, where the server has constrained decoding

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        concurrency: int = 16,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        timeout: float = 60.0,
        retries: int = 6,
        options: Mapping[str, Any] | None = None,
        batch: bool = False,
        price: tuple[float, float] | None = None,
    ) -> None:
        if find_spec("httpx") is None:  # said now, and not after hours of fitting
            raise MissingExtraError(f"the chat {model!r}", extra="openai")
        self.model = self.name = model
        self.base_url: str = base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI
        self._api_key = api_key
        self.concurrency = concurrency
        self.requests_per_minute = requests_per_minute
        self.tokens_per_minute = tokens_per_minute
        self.timeout = timeout
        self.retries = retries
        self.options: dict[str, Any] = dict(options or {})
        self.batch = batch
        self.price = price
        self._pace = Pace(concurrency, requests_per_minute, tokens_per_minute)
        self._window = Window(self._window_of_server)
        self._learned = Learned(model, self.options, self._window)
        if batch:  # no refusal teaches the name of the limit before tomorrow
            self._learned.style = RequestStyle(renamed=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r}, base_url={public(self.base_url)!r})"

    def check(self) -> None:
        """Raise now what no waiting heals: no key, or a refused one. A server that is not there is a warning."""
        self._server.check_key()
        try:
            status, headers, text = self._server.request("GET", "/models", timeout=10.0)
        except Absent as error:  # it may be there when it is needed
            log.warning("no server at %s yet: %s", self._server.name, error)
        except Unreachable as error:
            log.info("%s does not list its models: %s", self._server.name, error)
        else:
            if status in (401, 403):  # other servers list no models, which says nothing
                raise self._server.error(status, headers, text, self.model)

    @property
    def identity(self) -> dict[str, Any]:
        """What changes its answers: an answer kept under another identity is not this chat's."""
        return {"model": self.model, "base_url": public(self.base_url), "options": self.options}

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        if not prompts:
            return []
        try:
            self._server.check_key()
        except Refused as error:
            return [error] * len(prompts)
        if self.batch:
            return self._complete_as_job(prompts, on_answer)

        @asynccontextmanager
        async def session() -> AsyncIterator[Send[Prompt, Answer]]:
            async with self._posting() as post:
                yield partial(self._learned.send, post, self._answer)

        return ask_all(
            prompts, session, self._pace, size=n_characters, retries=self.retries, on_answer=on_answer
        )

    @property
    def defers(self) -> bool:
        return self.batch

    def complete_later(
        self,
        prompts: Mapping[str, Prompt],
        jobs: MutableMapping[str, str],
        on_answer: Callable[[str, Outcome], None],
    ) -> None:
        """Hand in the prompts that no job has, and wait for the answers to all."""
        self._server.check_key()
        provider = BatchJobs(self._server, self.model, self.retries)
        bodies = {key: self._learned.body(prompt) for key, prompt in prompts.items()}

        def arrived(key: str, outcome: tuple[int, str] | ChatError) -> None:
            if isinstance(outcome, ChatError):
                on_answer(key, outcome)
                return
            try:
                on_answer(key, self._answer((outcome[0], {}, outcome[1]), limit_of(bodies[key])))
            except ChatError as error:
                on_answer(key, error)

        provider.run(bodies, jobs, arrived)

    def _complete_as_job(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None) -> list[Outcome]:
        answers: list[Outcome] = [ChatError("never asked")] * len(prompts)

        def came(key: str, answer: Outcome) -> None:
            answers[int(key)] = answer
            if on_answer is not None:
                on_answer(int(key), answer)

        self.complete_later({str(place): prompt for place, prompt in enumerate(prompts)}, {}, came)
        return answers

    @property
    def _server(self) -> Server:
        return Server(self.base_url, self._api_key, self.timeout)

    def _posting(self) -> AbstractAsyncContextManager[Post]:
        """A function that posts one request."""
        return self._server.posting("/chat/completions")

    def _window_of_server(self) -> int | None:
        """Tokens that the server says the model takes, as vLLM, llama.cpp, LM Studio and others do in their lists."""
        if self.base_url == OPENAI or is_azure(self.base_url):  # their lists tell of no windows
            return None
        seconds = min(5.0, self.timeout)
        try:
            *_, listed = self._server.request("GET", "/models", timeout=seconds)
            n_tokens = _window_listed(listed, self.model)
            if n_tokens is None:
                props = self._server.request("GET", "/props", timeout=seconds, rooted=False)
                n_tokens = _window_of_props(props[2])
        except ChatError as error:
            log.info("%s does not tell its window: %s", self._server.name, error)
            return None
        return n_tokens

    def _answer(self, response: Response, limit: int | None) -> Answer:
        status, headers, text = response
        if status != 200:
            raise self._server.error(status, headers, text, self.model)
        try:
            return answer_of(json.loads(text), limit)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            kind = headers.get("content-type", "no content type")
            raise BadAnswer(
                f"{self._server.name} gave no chat completion but {kind}: {text[:80]!r}",
                hint="does base_url end as the server wants it, such as in /v1?",
            ) from error


_WINDOWS = (
    "max_model_len",
    "loaded_context_length",
    "context_length",
    "max_context_length",
    "context_window",
    "n_ctx",
)


def _window_listed(listing: str, model: str) -> int | None:
    """The window of a model in a server's list of its models."""
    try:
        listed = json.loads(listing)["data"]
        entries = [entry for entry in listed if entry.get("id") == model] or (
            listed if len(listed) == 1 else []
        )
        fields = {**(entries[0].get("meta") or {}), **entries[0]}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    return next((n for n in map(fields.get, _WINDOWS) if isinstance(n, int) and n > 0), None)


def _window_of_props(props: str) -> int | None:
    """The window of each of llama.cpp's slots."""
    try:
        n = json.loads(props)["default_generation_settings"]["n_ctx"]
    except (ValueError, KeyError, TypeError):
        return None
    return n if isinstance(n, int) and n > 0 else None
