"""Every other provider, through LiteLLM."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from typing import Any

from themata.chat.chat_template import refuses_system
from themata.chat.context_window import GuessedTokens, Window, n_characters
from themata.chat.server_dialect import Learned, answer_of
from themata.core.errors import (
    BadAnswer,
    ChatError,
    MissingExtraError,
    PromptTooLong,
    RateLimited,
    Refused,
    Unreachable,
)
from themata.core.part_descriptions import SECRET
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt
from themata.http.client import Response
from themata.http.errors import retry_after
from themata.http.prompt_length import too_long
from themata.http.rate_limit import Pace
from themata.http.retries import Send, ask_all


class LiteLLM(GuessedTokens):
    """A model by LiteLLM's name for it, such as "anthropic/claude-sonnet-4" or "bedrock/...".

    options : handed to litellm.acompletion as they are, such as api_base, temperature, num_ctx; a secret is better
        left in the environment, where LiteLLM finds it
    price : (prompt, answer) per million tokens
    concurrency, requests_per_minute, tokens_per_minute, timeout, retries : as OpenAIChat takes them

    Parameters that a provider does not know are dropped by LiteLLM.
    """

    def __init__(
        self,
        model: str,
        *,
        concurrency: int = 16,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        timeout: float = 60.0,
        retries: int = 6,
        price: tuple[float, float] | None = None,
        **options: Any,
    ) -> None:
        self.model = self.name = model
        self.concurrency = concurrency
        self.requests_per_minute = requests_per_minute
        self.tokens_per_minute = tokens_per_minute
        self.timeout = timeout
        self.retries = retries
        self.price = price
        self.options = options
        self._pace = Pace(concurrency, requests_per_minute, tokens_per_minute)
        self._window = Window(partial(_window_of, model))
        held = {name: value for name, value in options.items() if name in _OFFERED}
        self._learned = Learned(model, held, self._window)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r})"

    @property
    def holds(self) -> bool:
        """Whether LiteLLM knows that the model can be held to a schema."""
        return find_spec("litellm") is not None and bool(
            _litellm().supports_response_schema(model=self.model)
        )

    @property
    def identity(self) -> dict[str, Any]:
        options = {name: value for name, value in self.options.items() if not name.endswith(SECRET)}
        return {"model": self.model, "options": options}

    def check(self) -> None:
        """Raise where LiteLLM is missing; keys and models are the providers' to know."""
        if find_spec("litellm") is None:
            raise MissingExtraError(f"the chat {self.model!r}", extra="litellm")

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        self.check()
        litellm = _litellm()
        rest = {"timeout": self.timeout, "num_retries": 0, "drop_params": True, **self.options}
        can_hold = self.holds

        async def post(body: dict[str, Any]) -> Response:
            return await _sent(litellm, body | rest)

        async def send(prompt: Prompt) -> Answer:
            asked = prompt if can_hold else replace(prompt, schema=None)
            return await self._learned.send(post, self._answer, asked)

        @asynccontextmanager
        async def session() -> AsyncIterator[Send[Prompt, Answer]]:
            yield send

        if not prompts:
            return []
        return ask_all(
            prompts, session, self._pace, size=n_characters, retries=self.retries, on_answer=on_answer
        )

    def _answer(self, response: Response, limit: int | None) -> Answer:
        text = response[2]
        try:
            return answer_of(json.loads(text), limit)
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise BadAnswer(f"{self.model} gave no completion: {text[:80]}") from error


_OFFERED = {"temperature", "max_tokens", "max_completion_tokens", "response_format"}


def _litellm() -> Any:
    # Else importing it fetches a list of prices, which we do not read, and waits long where there is no network
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    return litellm


async def _sent(litellm: Any, request: Mapping[str, Any]) -> Response:
    try:
        response = await litellm.acompletion(**request)
    except Exception as error:  # LiteLLM passes on whatever a provider's own client raises
        raise _ours(litellm, error) from error
    try:
        return 200, {}, str(response.model_dump_json())
    except AttributeError as error:
        raise BadAnswer(f"{request['model']} gave no completion: {response!r:.80}") from error


def _window_of(model: str) -> int | None:
    """Tokens of prompt and answer together, as LiteLLM knows them."""
    if find_spec("litellm") is None:
        return None
    try:
        info = _litellm().get_model_info(model)
    except Exception:  # a model that LiteLLM's table does not hold, which it says as it likes
        return None
    window: int | None = info.get("max_input_tokens") or info.get("max_tokens")
    return window


def _ours(litellm: Any, error: Exception) -> ChatError:
    kinds = litellm.exceptions
    words = str(error).split("\n")[0][:500]
    if isinstance(error, kinds.AuthenticationError | kinds.PermissionDeniedError | kinds.NotFoundError):
        return Refused(words)
    if isinstance(error, kinds.RateLimitError):
        if "insufficient_quota" in str(error):
            return Refused(words)
        headers = getattr(getattr(error, "response", None), "headers", None) or {}
        return RateLimited(words, after=retry_after(headers))
    if isinstance(error, kinds.ContentPolicyViolationError):
        return ChatError(words)
    if isinstance(error, kinds.ContextWindowExceededError):
        return too_long(words) or PromptTooLong(words)
    if isinstance(error, kinds.BadRequestError | kinds.UnprocessableEntityError) or refuses_system(words):
        if refuses_system(words):
            return ChatError(words)
        if (long := too_long(words)) is not None:
            return long
        hint = "LiteLLM names a model PROVIDER/MODEL, such as anthropic/claude-sonnet-4"
        return Refused(words, hint=hint) if "provider" in words.lower() else ChatError(words)
    return Unreachable(words)
