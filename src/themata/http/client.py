"""One way to speak to a server, for chats and embedders alike: its address, key, time-outs, proxies and refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from themata.core.errors import Absent, ChatError, Refused, Unreachable
from themata.core.server_addresses import api_key_of, is_azure, public, rooted
from themata.http.errors import error_of

OPENAI = "https://api.openai.com/v1"

Response = tuple[int, Mapping[str, str], str]  # status, headers with small letters, text
Post = Callable[[Mapping[str, Any]], Awaitable[Response]]


@dataclass(frozen=True)
class Server:
    """A server that speaks OpenAI's language.

    base_url : without a path /v1 is meant, and /openai/v1 of Azure
    api_key : None reads the environment
    timeout : seconds until an answer must be whole
    """

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    timeout: float = 60.0

    @property
    def name(self) -> str:
        """The address without what could be a secret in it."""
        return public(self.base_url)

    @property
    def key(self) -> str | None:
        return self.api_key or api_key_of(self.base_url)

    @property
    def headers(self) -> dict[str, str]:
        key = self.key
        if key is None:  # local servers want none
            return {}
        return {"api-key": key} if is_azure(self.base_url) else {"Authorization": f"Bearer {key}"}

    def check_key(self) -> None:
        """Raise where OpenAI itself is asked without a key."""
        if self.key is None and self.base_url == OPENAI:
            raise Refused("no API key", hint="set OPENAI_API_KEY or give api_key=")

    def address(self, path: str) -> str:
        """Where to send; a query, as Azure's api-version, stays at the end.

        >>> Server("http://localhost:8000/v1/").address("/models"), Server("http://localhost:11434").address("/models")
        ('http://localhost:8000/v1/models', 'http://localhost:11434/v1/models')
        >>> Server("https://me.openai.azure.com/openai/deployments/gpt?api-version=1").address("/chat/completions")
        'https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=1'
        """
        parts = urlsplit(rooted(self.base_url))
        path, _, query = path.partition("?")
        query = "&".join(filter(None, (parts.query, query)))
        return urlunsplit(
            parts._replace(path=parts.path.removesuffix("/chat/completions") + path, query=query)
        )

    def error(self, status: int, headers: Mapping[str, str], text: str, model: str) -> ChatError:
        """What an answer that is no success means."""
        return error_of(status, headers, text, where=self.name, model=model, key=self.key)

    def request(
        self, method: str, path: str, *, timeout: float | None = None, rooted: bool = True, **content: Any
    ) -> Response:
        """Send one request and wait for its answer. Raises Absent, Refused for an address that is none, or Unreachable.

        rooted : below /v1, and not at the root of the server
        content : as httpx takes it: json, data, files
        """
        import httpx

        seconds = self.timeout if timeout is None else timeout
        address = self.address(path) if rooted else urljoin(self.base_url, path)
        with self._failures(seconds):
            response = httpx.request(method, address, headers=self.headers, timeout=seconds, **content)
        return response.status_code, response.headers, response.text

    @asynccontextmanager
    async def posting(self, path: str) -> AsyncIterator[Post]:
        """A function that posts JSON to one address and gives what comes back, many at once.

        Each request under way has a client of its own, kept for the next: the pool of a shared one takes eight times the
        processor time at 64 requests at once (benchmarks/README.md).
        """
        import httpx

        address = self.address(path)
        trust = httpx.create_ssl_context() if address.startswith("https") else False
        headers = {"Content-Type": "application/json", **self.headers}
        idle: list[httpx.AsyncClient] = []

        async def post(body: Mapping[str, Any]) -> Response:
            content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
            with self._failures(self.timeout):
                client = (
                    idle.pop() if idle else httpx.AsyncClient(headers=headers, timeout=None, verify=trust)
                )
                try:
                    async with asyncio.timeout(self.timeout):
                        response = await _sent(client, address, content)
                finally:
                    idle.append(client)
            return response.status_code, response.headers, response.text

        try:
            yield post
        finally:
            for client in idle:
                await client.aclose()

    @contextmanager
    def _failures(self, seconds: float) -> Iterator[None]:
        """httpx's errors as ours."""
        import httpx

        try:
            yield
        except (TimeoutError, httpx.TimeoutException) as error:
            raise Unreachable(f"{self.name} gave no answer in {seconds:g} s") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            said = f"{self.name!r} is no address of a server: {str(error).rstrip('.')}"
            raise Refused(said, hint="base_url looks like http://localhost:8000/v1") from error
        except httpx.ConnectError as error:
            hint = "is the server running, and is base_url right?"
            refused = isinstance(_root(error), ConnectionRefusedError)
            why = "connection refused" if refused else str(error)
            raise Absent(f"no connection to {self.name}: {why}", hint=hint) from error
        except (httpx.HTTPError, OSError) as error:
            what = str(error).rstrip(".") or type(error).__name__
            raise Unreachable(f"no whole answer from {self.name}: {what}") from error


async def _sent(client: Any, address: str, content: bytes) -> Any:
    """The whole answer; sent once more where a server has hung up on a connection that nobody used, before it answered."""
    import httpx

    for is_last in (False, True):
        try:
            request = client.build_request("POST", address, content=content)
            response = await client.send(request, stream=True)
            break
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if is_last:
                raise
    await response.aread()
    return response


def _root(error: BaseException) -> BaseException:
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    return error
