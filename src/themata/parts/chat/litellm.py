"""Every other provider, through LiteLLM."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import Any

from themata.errors import BadAnswer, ChatError, MissingExtraError, RateLimited, Refused, Unreachable
from themata.parts.chat.asking import Found, Send, ask_all
from themata.parts.chat.errors import retry_after
from themata.parts.chat.pace import Pace
from themata.parts.chat.schemas import without_bounds
from themata.protocols import Answer, Prompt


class LiteLLM:
    """A model by LiteLLM's name for it, such as "anthropic/claude-sonnet-4" or "bedrock/...".

    options : handed to litellm.acompletion as they are, such as api_base, temperature, num_ctx; a secret is better
        left in the environment, where LiteLLM finds it
    price : (prompt, answer) per million tokens

    Parameters that a provider does not know are dropped by LiteLLM.
    """

    mixes = True

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
        secret = ("key", "token", "password", "secret")
        told = {name: value for name, value in self.options.items() if not name.endswith(secret)}
        return {"model": self.model, "options": told}

    def check(self) -> None:
        """Raise where LiteLLM is missing; keys and models are the providers' to know."""
        if find_spec("litellm") is None:
            raise MissingExtraError(f"the chat {self.model!r}", extra="litellm")

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 256,
        schema: Mapping[str, Any] | None = None,
        on_answer: Callable[[int, Found], None] | None = None,
    ) -> list[Found]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        self.check()
        litellm = _litellm()
        rest = {"timeout": self.timeout, "num_retries": 0, "drop_params": True, **self.options}
        can_hold = self.holds

        def request(prompt: Prompt) -> dict[str, Any]:
            told: dict[str, Any] = {"model": self.model, "max_tokens": prompt.max_tokens, "temperature": 0}
            if prompt.schema is not None and can_hold:
                held = {"name": "answer", "strict": True, "schema": without_bounds(prompt.schema)}
                told["response_format"] = {"type": "json_schema", "json_schema": held}
            return told | rest

        @asynccontextmanager
        async def session() -> AsyncIterator[Send]:
            yield lambda prompt: _sent(litellm, prompt, request(prompt.wanting(max_tokens, schema)))

        if not prompts:
            return []
        return ask_all(prompts, session, self._pace, retries=self.retries, on_answer=on_answer)


def _litellm() -> Any:
    # Else importing it fetches a list of prices, which we do not read, and waits long where there is no network
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    import litellm

    return litellm


async def _sent(litellm: Any, prompt: Prompt, request: Mapping[str, Any]) -> Answer:
    try:
        found = await litellm.acompletion(messages=prompt.talk, **request)
    except Exception as error:  # LiteLLM passes on whatever a provider's own client raises
        raise _ours(litellm, error) from error
    try:
        usage = getattr(found, "usage", None)
        text = found.choices[0].message.content or ""
        return Answer(text, getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))
    except (AttributeError, IndexError, TypeError) as error:
        raise BadAnswer(f"{request['model']} gave no completion: {found!r:.80}") from error


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
    if isinstance(error, kinds.ContextWindowExceededError | kinds.ContentPolicyViolationError):
        return ChatError(words)
    if isinstance(error, kinds.BadRequestError):
        hint = "LiteLLM names a model PROVIDER/MODEL, such as anthropic/claude-sonnet-4"
        return Refused(words, hint=hint) if "provider" in words.lower() else ChatError(words)
    return Unreachable(words)
