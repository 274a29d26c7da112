"""Names by language models behind servers: through a client of the user's, or LiteLLM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from themata.chat.function_chat import Called
from themata.chat.stop_sequences import only_opens
from themata.core.protocols import Answer, Chat, Prompt
from themata.familiar.representation.llm_batch import Asking


class OpenAI(Asking):
    """A model of OpenAI, or of any server that speaks its language, through a client of the openai package.

    client : openai.OpenAI(...), AzureOpenAI or AsyncOpenAI: asked many at once, and again where that helps
    generator_kwargs : of the request, such as {"temperature": 0.7}; none are added that a server could refuse
    delay_in_seconds : between two requests
    exponential_backoff : changes nothing here: waits are always those the server asks for, or longer each time
    """

    n_padded = 1

    def __init__(
        self,
        client: Any,
        model: str = "gpt-4o-mini",
        prompt: str | None = None,
        system_prompt: str | None = None,
        generator_kwargs: Mapping[str, Any] | None = None,
        delay_in_seconds: float | None = None,
        exponential_backoff: bool = False,
        nr_docs: int = 4,
        diversity: float | None = None,
        doc_length: int | None = None,
        tokenizer: Any = None,
        **kwargs: Any,
    ) -> None:
        self.client = client
        self.model = model
        self.prompt = prompt
        self.system_prompt = system_prompt
        self.generator_kwargs = generator_kwargs
        self.delay_in_seconds = delay_in_seconds
        self.exponential_backoff = exponential_backoff
        self.nr_docs, self.diversity = nr_docs, diversity
        self.doc_length, self.tokenizer = doc_length, tokenizer
        self._others = kwargs
        self.__post_init__()

    def chat(self) -> Chat:
        from themata.chat.openai_client import ClientChat

        options = {**self._others, **(self.generator_kwargs or {})}
        model = str(options.pop("model", self.model))
        return ClientChat(self.client, model, options=options, **_pace(self.delay_in_seconds))


@dataclass(eq=False, repr=False)
class LiteLLM(Asking):
    """A model by LiteLLM's name for it. For the parameters see OpenAI."""

    model: str = "gpt-3.5-turbo"
    prompt: str | None = None
    generator_kwargs: Mapping[str, Any] | None = None
    delay_in_seconds: float | None = None
    exponential_backoff: bool = False
    nr_docs: int = 4
    diversity: float | None = None

    n_padded = 1

    def chat(self) -> Chat:
        from themata.chat.litellm import LiteLLM as Chatting

        return Chatting(self.model, **_pace(self.delay_in_seconds), **(self.generator_kwargs or {}))


@dataclass(eq=False, repr=False)
class Cohere(Asking):
    """A model of Cohere, through cohere.Client or cohere.ClientV2."""

    client: Any
    model: str = "command-r"
    prompt: str | None = None
    system_prompt: str | None = None
    delay_in_seconds: float | None = None
    nr_docs: int = 4
    diversity: float | None = None
    doc_length: int | None = None
    tokenizer: Any = None

    def max_tokens(self) -> int:
        return 50

    def chat(self) -> Chat:
        v2 = type(self.client).__name__.endswith("V2")
        return Called(
            self._by_messages if v2 else self._by_message,
            self.model,
            delay=self.delay_in_seconds or 0.0,
            retries=3,
        )

    def _by_message(self, prompt: Prompt) -> Answer:
        system = "\n\n".join(text for role, text in prompt.messages if role == "system")
        asked = "\n\n".join(text for role, text in prompt.messages if role != "system")

        def say(stops: list[str]) -> Answer:
            response = self.client.chat(
                model=self.model,
                preamble=system or None,
                message=asked,
                max_tokens=prompt.max_tokens,
                stop_sequences=stops,
            )
            return _cohere(response, response.text, prompt)

        return _upto_line(say)

    def _by_messages(self, prompt: Prompt) -> Answer:
        def say(stops: list[str]) -> Answer:
            response = self.client.chat(
                model=self.model, messages=prompt.talk, max_tokens=prompt.max_tokens, stop_sequences=stops
            )
            return _cohere(response, response.message.content[0].text, prompt)

        return _upto_line(say)


def _upto_line(say: Callable[[list[str]], Answer]) -> Answer:
    """The first line of an answer; all of it where that only announces what follows, or is a thought."""
    answer = say(["\n"])
    return say([]) if not answer.text.strip() or only_opens(answer.text) else answer


def _cohere(response: Any, text: Any, prompt: Prompt) -> Answer:
    cut = str(getattr(response, "finish_reason", "")).upper() == "MAX_TOKENS"
    return Answer(str(text), cut_at=prompt.max_tokens if cut else None)


def _pace(delay: float | None) -> dict[str, Any]:
    """One request at a time, as far apart as the user wants them."""
    return {"concurrency": 1, "requests_per_minute": max(1, int(60 / delay))} if delay else {}
