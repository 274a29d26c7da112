"""A model behind a client of the openai package that the user has made, with its proxies, headers and keys."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache
from threading import Thread
from typing import Any

from themata.chat.openai_server import OpenAIChat
from themata.core.errors import ChatError, InputError, Unreachable, first_line
from themata.http.client import Post, Response
from themata.http.prompt_length import too_long


class ClientChat(OpenAIChat):
    """OpenAIChat over another's connection.

    model : the name that requests ask for
    client : an openai.OpenAI, AzureOpenAI or AsyncOpenAI, or anything with chat.completions.create
    options : of the request, handed on as they are. For the others see OpenAIChat
    """

    def __init__(self, client: Any, model: str, **others: Any) -> None:
        if others.get("batch"):
            raise InputError("jobs go by OpenAIChat(model, batch=True), not by a client")
        address = getattr(client, "base_url", None)
        super().__init__(
            model, base_url=str(address) if address else "http://client", api_key="its own", **others
        )
        is_theirs = type(client).__module__.startswith("openai")
        # Asking again is done here
        self.client: Any = client.with_options(max_retries=0) if is_theirs else client

    def check(self) -> None:
        """The client's maker has seen to it that it works."""

    def _window_of_server(self) -> int | None:
        """Another's client is asked for answers and nothing else: what its refusals show is learned."""
        return None

    @asynccontextmanager
    async def _posting(self) -> AsyncIterator[Post]:
        yield self._post

    async def _post(self, body: Mapping[str, Any]) -> Response:
        try:
            answer = await asyncio.to_thread(self.client.chat.completions.create, **body)
            if inspect.isawaitable(answer):
                answer = await asyncio.wrap_future(
                    asyncio.run_coroutine_threadsafe(_awaited(answer), _loop())
                )
            return 200, {}, _as_json(answer)
        except Exception as error:  # the client's own kinds of error; what they carry says which it was
            response = getattr(error, "response", None)
            status = getattr(error, "status_code", None)
            if isinstance(status, int) and response is not None:
                return status, response.headers, response.text
            if "Connection" in type(error).__name__ or "Timeout" in type(error).__name__:
                raise Unreachable(f"no answer from {self.name}: {first_line(error)}") from error
            words = f"{type(error).__name__}: {first_line(error)}"
            raise (too_long(words) or ChatError(words)) from error


async def _awaited(answer: Any) -> Any:
    return await answer


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    """The loop of all asynchronous clients: their connections live in the loop that opened them, for ever."""
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, daemon=True, name="themata-clients").start()
    return loop


def _as_json(answer: Any) -> str:
    """The answer as the JSON that a server sends."""
    if hasattr(answer, "model_dump_json"):
        return str(answer.model_dump_json())
    choice = answer.choices[0]
    completion = {
        "message": {"content": choice.message.content},
        "finish_reason": getattr(choice, "finish_reason", None),
    }
    return json.dumps({"choices": [completion]}, default=str)
