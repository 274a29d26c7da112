"""Any server that speaks OpenAI's language: OpenAI, vLLM, llama.cpp, Ollama, TGI, LM Studio, Azure, by its address."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from themata.chat.connections import Line, NoConnection, lines
from themata.chat.rate_limit import Pace
from themata.chat.retries import Send, ask_all
from themata.chat.server_dialect import Learned, Told, answer_of
from themata.chat.server_errors import error_of
from themata.core.errors import Absent, BadAnswer, ChatError, MissingExtraError, Refused, Unreachable
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt
from themata.core.server_addresses import is_azure, key_of, public, rooted

log = logging.getLogger(__name__)

OPENAI = "https://api.openai.com/v1"


class OpenAIChat:
    """A model behind an OpenAI-compatible server.

    base_url : such as "http://localhost:8000/v1"; None reads OPENAI_BASE_URL, and else it is OpenAI's own. Without a path
        /v1 is meant, and /openai/v1 of Azure
    api_key : None reads OPENAI_API_KEY, or AZURE_OPENAI_API_KEY for Azure; never logged, shown or saved
    concurrency : requests in flight at most
    timeout : seconds until an answer must be whole
    retries : of requests that may heal, at the pace the server asks for
    options : more of the request, handed on as it is, such as {"temperature": 0.7, "reasoning_effort": "low"}
    price : (prompt, answer) per million tokens, in any currency, for reports of what it cost

    What a server refuses of the request is left out, or said as it wants it, once and for all: max_tokens,
    temperature, response_format and the system message are only ever an offer. How much it takes is asked of it, or
    learned from what it refuses.
    """

    holds = True  # as far as the server can: it is asked to

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
        price: tuple[float, float] | None = None,
    ) -> None:
        if find_spec("httpx") is None:  # said now, and not after hours of fitting
            raise MissingExtraError(f"the chat {model!r}", extra="openai")
        self.model = self.name = model
        self.base_url = base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI
        self._api_key = api_key
        self.concurrency = concurrency
        self.requests_per_minute = requests_per_minute
        self.tokens_per_minute = tokens_per_minute
        self.timeout = timeout
        self.retries = retries
        self.options = dict(options or {})
        self.price = price
        self._pace = Pace(concurrency, requests_per_minute, tokens_per_minute)
        self._learned = Learned(model, self.options)
        self._window_asked = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r}, base_url={public(self.base_url)!r})"

    def check(self) -> None:
        """Raise now what no waiting heals: no key, or a refused one. A server that is not there is a warning."""
        import httpx

        if self._key() is None and self.base_url == OPENAI:
            raise Refused("no API key", hint="set OPENAI_API_KEY or give api_key=")
        try:
            response = httpx.get(_address(self.base_url, "/models"), headers=self._headers(), timeout=10.0)
        except httpx.TimeoutException:
            log.info("%s has not answered in 10 s", public(self.base_url))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise self._no_address(error) from error
        except httpx.ConnectError as error:  # it may be there when it is needed
            log.warning("no server at %s yet: %s", public(self.base_url), error)
        except httpx.HTTPError as error:
            log.info("%s does not list its models: %s", public(self.base_url), error)
        else:
            if response.status_code in (401, 403):  # other servers list no models, which says nothing
                raise self._error(response.status_code, response.headers, response.text)

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together, as `count` counts them: as the server says, or has shown by refusing."""
        if not self._window_asked:
            self._window_asked = True
            n_tokens = self._window_of_server()
            if n_tokens is not None:
                self._learned.window.told(n_tokens)
        return self._learned.window.context

    def count(self, text: str) -> int:
        """Tokens of a text, by a guess: servers do not tell."""
        return self._learned.window.count(text)

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens."""
        return self._learned.window.cut(text, n_tokens)

    @property
    def identity(self) -> dict[str, Any]:
        """What changes its answers: an answer kept under another identity is not this chat's."""
        return {"model": self.model, "base_url": public(self.base_url), "options": self.options}

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        if not prompts:
            return []
        if self._key() is None and self.base_url == OPENAI:
            return [Refused("no API key", hint="set OPENAI_API_KEY or give api_key=")] * len(prompts)
        headers = self._headers()

        @asynccontextmanager
        async def session() -> AsyncIterator[Send]:
            async with lines(_address(self.base_url), headers, self.timeout) as borrowed:

                async def send(prompt: Prompt) -> Answer:
                    with borrowed() as line:
                        return await self._send(line, prompt)

                yield send

        return ask_all(prompts, session, self._pace, retries=self.retries, on_answer=on_answer)

    async def _send(self, line: Line, prompt: Prompt) -> Answer:
        limit: int | None = None

        async def post(body: dict[str, Any]) -> Told:
            nonlocal limit
            limit = body.get("max_tokens") or body.get("max_completion_tokens")
            return await self._post(line, {**body, "model": self.model})

        return await self._learned.send(
            prompt, post, lambda status, headers, told: self._answer(status, headers, told, limit)
        )

    def _window_of_server(self) -> int | None:
        """Tokens that the server says the model takes, as vLLM, llama.cpp, LM Studio and others do in their lists."""
        import httpx

        if self.base_url == OPENAI or is_azure(self.base_url):  # their lists tell of no windows
            return None
        try:
            with httpx.Client(headers=self._headers(), timeout=min(5.0, self.timeout)) as client:
                found = _window_listed(client.get(_address(self.base_url, "/models")), self.model)
                if found is None:
                    root = urlunsplit(urlsplit(self.base_url)._replace(path="/props", query=""))
                    found = _window_of_props(client.get(root))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            log.info("%s does not tell its window: %s", public(self.base_url), error)
            return None
        return found

    async def _post(self, line: Line, body: Mapping[str, Any]) -> Told:
        import h11
        import httpx

        try:
            content = json.dumps(_clean(body), ensure_ascii=False).encode()
            return await asyncio.wait_for(line.post(content), self.timeout)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Unreachable(f"{public(self.base_url)} gave no answer in {self.timeout:g} s") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise self._no_address(error) from error
        except (NoConnection, httpx.ConnectError) as error:
            hint = "is the server running, and is base_url right?"
            raise Absent(f"no connection to {public(self.base_url)}: {error}", hint=hint) from error
        except (httpx.HTTPError, h11.ProtocolError, OSError) as error:
            what = str(error) or type(error).__name__
            raise Unreachable(f"no whole answer from {public(self.base_url)}: {what}") from error

    def _answer(self, status: int, headers: Mapping[str, str], told: str, limit: int | None = None) -> Answer:
        if status != 200:
            raise self._error(status, headers, told)
        try:
            return answer_of(json.loads(told), limit)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            kind = headers.get("content-type", "no content type")
            raise BadAnswer(
                f"{public(self.base_url)} gave no chat completion but {kind}: {told[:80]!r}",
                hint="does base_url end as the server wants it, such as in /v1?",
            ) from error

    def _no_address(self, error: Exception) -> Refused:
        said = f"{public(self.base_url)!r} is no address of a server: {str(error).rstrip('.')}"
        return Refused(said, hint="base_url looks like http://localhost:8000/v1")

    def _error(self, status: int, headers: Mapping[str, str], told: str) -> ChatError:
        where = public(self.base_url)
        return error_of(status, headers, told, where=where, model=self.model, key=self._key())

    def _key(self) -> str | None:
        return self._api_key or key_of(self.base_url)

    def _headers(self) -> dict[str, str]:
        key = self._key()
        if key is None:  # local servers want none
            return {"Content-Type": "application/json"}
        name, value = ("api-key", key) if is_azure(self.base_url) else ("Authorization", f"Bearer {key}")
        return {"Content-Type": "application/json", name: value}


def _clean(body: Mapping[str, Any]) -> dict[str, Any]:
    """Half a surrogate pair is no text, and JSON servers refuse it."""
    messages = [
        {**message, "content": message["content"].encode("utf-8", "replace").decode()}
        for message in body["messages"]
    ]
    return {**body, "messages": messages}


def _address(base_url: str, what: str = "/chat/completions") -> str:
    """Where to post; a query, as Azure's api-version, stays at the end.

    >>> _address("http://localhost:8000/v1/"), _address("http://localhost:11434")
    ('http://localhost:8000/v1/chat/completions', 'http://localhost:11434/v1/chat/completions')
    >>> _address("https://me.openai.azure.com/openai/deployments/gpt?api-version=1")
    'https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=1'
    """
    parts = urlsplit(rooted(base_url))
    return urlunsplit(parts._replace(path=parts.path.removesuffix("/chat/completions") + what))


_WINDOWS = (
    "max_model_len",
    "loaded_context_length",
    "context_length",
    "max_context_length",
    "context_window",
    "n_ctx",
)


def _window_listed(response: Any, model: str) -> int | None:
    """The window of a model in a server's list of its models."""
    try:
        listed = response.json()["data"]
        own = [one for one in listed if one.get("id") == model] or (listed if len(listed) == 1 else [])
        fields = {**(own[0].get("meta") or {}), **own[0]}
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    return next((n for n in map(fields.get, _WINDOWS) if isinstance(n, int) and n > 0), None)


def _window_of_props(response: Any) -> int | None:
    """The window of each of llama.cpp's slots."""
    try:
        n = response.json()["default_generation_settings"]["n_ctx"]
    except (ValueError, KeyError, TypeError):
        return None
    return n if isinstance(n, int) and n > 0 else None
