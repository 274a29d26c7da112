"""Names by language models: local ones, and those behind a server or a client of the user's."""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Mapping
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

from themata.documents import Documents
from themata.errors import InputError
from themata.familiar.representation.asking import (
    ANSWER_LENGTH,
    DOC_LENGTH,
    Asking,
    tokens_of,
)
from themata.parts.chat.called import Called
from themata.parts.label.brief import Shape, briefs
from themata.parts.label.wording import filled, values
from themata.protocols import Chat, Prompt
from themata.topics import Topics

log = logging.getLogger(__name__)

_MARKS = ("<|", "<start_of_turn>")  # of a template that the user's prompt brings itself
QUESTION = (
    "What are these documents about? Their keywords are: [KEYWORDS]. Answer with a label of two to six words."
)


class TextGeneration(Asking):
    """A local model: its name or folder, or a transformers pipeline such as the tutorial's.

    prompt : of the user's, with [KEYWORDS] and [DOCUMENTS]; one in Llama 2's [INST] format is taken apart into its
        messages, one with the marks of another template is handed on as it stands
    pipeline_kwargs : temperature, repetition_penalty and max_new_tokens, over those of the pipeline. Answers are
        greedy unless do_sample says otherwise
    doc_length, tokenizer : length of the documents shown, and what it is measured in
    """

    def __init__(
        self,
        model: Any,
        prompt: str | None = None,
        pipeline_kwargs: Mapping[str, Any] | None = None,
        random_state: int = 42,
        nr_docs: int = 4,
        diversity: float | None = None,
        doc_length: int | None = None,
        tokenizer: Any = None,
    ) -> None:
        if not (isinstance(model, str) or callable(model)):
            raise InputError(
                f"model is a model's name or folder, or a text-generation pipeline, got {model!r:.80}"
            )
        self.model = model
        self.prompt = prompt
        self.pipeline_kwargs = pipeline_kwargs
        self.random_state = random_state
        self._shows(nr_docs, diversity, doc_length, tokenizer)

    def max_tokens(self) -> int:
        return int(self._options().get("max_new_tokens") or ANSWER_LENGTH)

    def chat(self) -> Any:
        options = self._options()
        if not isinstance(self.model, str) and not _is_causal(self.model):
            return Called(self._piped, _name_of(self.model), together=True)
        from themata.parts.chat.transformers import Transformers

        marked = self.prompt is not None and any(mark in self.prompt for mark in _MARKS)
        return Transformers(
            self.model,
            template="raw" if marked else None,
            temperature=float(options.get("temperature") or 1.0) if options.get("do_sample") else 0.0,
            repetition_penalty=float(options.get("repetition_penalty") or 1.0),
            random_state=self.random_state,
        )

    def _options(self) -> dict[str, Any]:
        """What the pipeline was made with, and the user's own over it."""
        config = getattr(self.model, "generation_config", None)
        known = {
            name: getattr(config, name, None)
            for name in ("max_new_tokens", "repetition_penalty", "temperature")
        }
        return {**known, **getattr(self.model, "_forward_params", {}), **(self.pipeline_kwargs or {})}

    def _piped(self, prompts: list[Prompt]) -> list[str]:
        """Answers of a pipeline that is not a causal model's: called as it is."""
        asked = ["\n\n".join(text for _, text in prompt.messages) for prompt in prompts]
        found = self.model(asked, **(self.pipeline_kwargs or {}))
        first = [answer[0] if isinstance(answer, list) else answer for answer in found]
        said = [answer["generated_text"] if isinstance(answer, Mapping) else str(answer) for answer in first]
        return [text.removeprefix(prompt) for text, prompt in zip(said, asked, strict=True)]


class LlamaCPP(Asking):
    """A model in llama.cpp's format: the path of its file, or a llama_cpp.Llama.

    pipeline_kwargs : handed to create_chat_completion, such as {"max_tokens": 50, "stop": ["\\n"]}
    """

    def __init__(
        self,
        model: Any,
        prompt: str | None = None,
        system_prompt: str | None = None,
        pipeline_kwargs: Mapping[str, Any] | None = None,
        nr_docs: int = 4,
        diversity: float | None = None,
        doc_length: int | None = None,
        tokenizer: Any = None,
    ) -> None:
        self.model = model
        self.prompt = prompt
        self.system_prompt = system_prompt
        self.pipeline_kwargs = pipeline_kwargs
        self._shows(nr_docs, diversity, doc_length, tokenizer)

    def max_tokens(self) -> int:
        return int((self.pipeline_kwargs or {}).get("max_tokens") or ANSWER_LENGTH)

    def chat(self) -> Any:
        given = dict(self.pipeline_kwargs or {})
        if isinstance(self.model, str):
            from themata.parts.chat.llamacpp import LlamaCpp

            stop = given.get("stop") or ["\n\n"]
            return LlamaCpp(
                self.model,
                temperature=float(given.get("temperature") or 0.0),
                stop=[stop] if isinstance(stop, str) else stop,
            )

        def ask(prompt: Prompt) -> str:
            found = self.model.create_chat_completion(messages=_messages(prompt), **given)
            return str(found["choices"][0]["message"]["content"])

        return Called(ask, _name_of(self.model))


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
        self._shows(nr_docs, diversity, doc_length, tokenizer)
        self._others = kwargs

    def chat(self) -> Chat:
        from themata.parts.chat.client import ClientChat

        options = {**self._others, **(self.generator_kwargs or {})}
        model = str(options.pop("model", self.model))
        return ClientChat(self.client, model, options=options, **_pace(self.delay_in_seconds))


class LiteLLM(Asking):
    """A model by LiteLLM's name for it. For the parameters see OpenAI."""

    n_padded = 1

    def __init__(
        self,
        model: str = "gpt-3.5-turbo",
        prompt: str | None = None,
        generator_kwargs: Mapping[str, Any] | None = None,
        delay_in_seconds: float | None = None,
        exponential_backoff: bool = False,
        nr_docs: int = 4,
        diversity: float | None = None,
    ) -> None:
        self.model = model
        self.prompt = prompt
        self.generator_kwargs = generator_kwargs
        self.delay_in_seconds = delay_in_seconds
        self.exponential_backoff = exponential_backoff
        self._shows(nr_docs, diversity)

    def chat(self) -> Chat:
        from themata.parts.chat.litellm import LiteLLM as Chatting

        return Chatting(self.model, **_pace(self.delay_in_seconds), **(self.generator_kwargs or {}))


class Cohere(Asking):
    """A model of Cohere, through cohere.Client or cohere.ClientV2."""

    def __init__(
        self,
        client: Any,
        model: str = "command-r",
        prompt: str | None = None,
        system_prompt: str | None = None,
        delay_in_seconds: float | None = None,
        nr_docs: int = 4,
        diversity: float | None = None,
        doc_length: int | None = None,
        tokenizer: Any = None,
    ) -> None:
        self.client = client
        self.model = model
        self.prompt = prompt
        self.system_prompt = system_prompt
        self.delay_in_seconds = delay_in_seconds
        self._shows(nr_docs, diversity, doc_length, tokenizer)

    def chat(self) -> Chat:
        v2 = type(self.client).__name__.endswith("V2")
        return Called(
            self._by_messages if v2 else self._by_message,
            self.model,
            delay=self.delay_in_seconds or 0.0,
            retries=3,
        )

    def _by_message(self, prompt: Prompt) -> str:
        system = "\n\n".join(text for role, text in prompt.messages if role == "system")
        asked = "\n\n".join(text for role, text in prompt.messages if role != "system")
        found = self.client.chat(
            model=self.model, preamble=system or None, message=asked, max_tokens=50, stop_sequences=["\n"]
        )
        return str(found.text)

    def _by_messages(self, prompt: Prompt) -> str:
        found = self.client.chat(
            model=self.model, messages=_messages(prompt), max_tokens=50, stop_sequences=["\n"]
        )
        return str(found.message.content[0].text)


class LangChain(Asking):
    """A chain of LangChain, asked for all topics with one `batch`.

    chain : takes {"input_documents": documents, "question": text} and gives a text, a message, or a mapping with
        "output_text"
    prompt : the question, where [KEYWORDS] stands for the topic's; the documents go beside it
    """

    def __init__(
        self,
        chain: Any,
        prompt: str | None = None,
        nr_docs: int = 4,
        diversity: float | None = None,
        doc_length: int | None = None,
        tokenizer: Any = None,
        chain_config: Any = None,
    ) -> None:
        self.chain = chain
        self.prompt = prompt
        self._shows(nr_docs, diversity, doc_length, tokenizer)
        self.chain_config = chain_config

    def check(self) -> None:
        """A chain is its maker's to know."""

    def joins(self, other: Any) -> bool:
        """Never: a chain is asked in its own way."""
        return False

    def _answers(self, topics: Topics, docs: Documents) -> list[str]:
        shape = Shape(self.nr_docs, self.doc_length or DOC_LENGTH, self.diversity)
        made = briefs(topics, docs, range(topics.n_topics), shape, tokens_of(self.tokenizer, None))
        self.prompts_ = [filled(self.prompt or QUESTION, values(brief)) for brief in made]
        inputs = [
            {"input_documents": [_document(text) for text in brief.documents], "question": question}
            for brief, question in zip(made, self.prompts_, strict=True)
        ]
        keeps = "return_exceptions" in inspect.signature(self.chain.batch).parameters
        found = self.chain.batch(
            inputs, config=self.chain_config, **({"return_exceptions": True} if keeps else {})
        )
        failed = [answer for answer in found if isinstance(answer, Exception)]
        if failed:
            log.warning("%d of %d answers did not come: %s", len(failed), len(found), failed[0])
        return ["" if isinstance(answer, Exception) else _output(answer) for answer in found]


def _output(answer: Any) -> str:
    """The text in what a chain gives."""
    if isinstance(answer, Mapping):
        answer = answer["output_text"]
    return " ".join(str(getattr(answer, "content", answer)).split())


def _document(text: str) -> Any:
    """A document as LangChain's chains take it."""
    if find_spec("langchain_core") is None:
        return SimpleNamespace(page_content=text, metadata={})
    from langchain_core.documents import Document

    return Document(page_content=text)


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in prompt.messages]


def _pace(delay: float | None) -> dict[str, Any]:
    """One request at a time, as far apart as the user wants them."""
    return {"concurrency": 1, "requests_per_minute": max(1, int(60 / delay))} if delay else {}


def _is_causal(model: Any) -> bool:
    """Whether it is a pipeline of a model that our own decoding can batch."""
    config = getattr(getattr(model, "model", None), "config", None)
    return config is not None and hasattr(model, "tokenizer") and not config.is_encoder_decoder


def _name_of(model: Any) -> str:
    inner = getattr(model, "model", model)
    path = getattr(inner, "name_or_path", None) or getattr(model, "model_path", None)
    return os.path.basename(str(path).rstrip("/\\")) if path else type(model).__name__
