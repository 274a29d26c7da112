"""GGUF models in this process, by llama-cpp-python."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from themata.chat.chat_template import has_system, refuses_system, without_system
from themata.chat.in_process import delivered
from themata.chat.server_dialect import answer_of
from themata.chat.stop_sequences import only_opens
from themata.chat.thoughts import Room
from themata.core.errors import BadAnswer, ChatError, InputError, MissingExtraError, Refused, first_line
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt
from themata.http.prompt_length import too_long

log = logging.getLogger(__name__)

# llama.cpp's formats that leave a system message out without a word
NO_SYSTEM = ("gemma", "mistral-instruct")


class LlamaCpp:
    """A model as a GGUF file, or in a repository of the hub.

    model : the path of a .gguf file, or a repository's name
    file : in a repository, which file, as a name or a pattern such as "*Q4_K_M.gguf"
    n_ctx : tokens of prompt and answer together; 0: as many as the model was taught with
    gpu_layers : layers put on a graphics card; -1: all, where llama.cpp was built for one
    template : llama.cpp's name of a chat format, such as "llama-2", in place of the model's own
    temperature, repetition_penalty, stop, random_state : as Transformers takes them
    options : more for llama_cpp.Llama, such as {"n_threads": 4}

    Prompts are answered one after the other, and what each begins with as the one before is not computed again. A JSON
    schema is held to by llama.cpp's own grammars. Loaded when first asked; `close` frees it.
    """

    holds = True

    def __init__(
        self,
        model: str,
        *,
        file: str | None = None,
        n_ctx: int = 0,
        gpu_layers: int = -1,
        template: str | None = None,
        temperature: float = 0.0,
        repetition_penalty: float = 1.0,
        stop: Sequence[str] = ("\n\n",),
        random_state: int = 42,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.file = file
        self.gpu_layers = gpu_layers
        self.template = template
        self.temperature = temperature
        self.repetition_penalty = repetition_penalty
        self.stop: tuple[str, ...] = tuple(stop)
        self.random_state = random_state
        self.options: dict[str, Any] = dict(options or {})
        self.n_ctx = n_ctx
        self._knows_system = template not in NO_SYSTEM
        self._room = Room()
        if not self._is_file and file is None:
            raise InputError(
                f"{model!r} is no .gguf file: give the path of one, or a repository and its file=, such as '*Q4_K_M.gguf'"
            )

    @property
    def _is_file(self) -> bool:
        return self.model.endswith(".gguf") or (self.file is None and os.path.isfile(self.model))

    @property
    def name(self) -> str:
        """The model's name, as labels show it."""
        return os.path.basename(self.model.rstrip("/\\")).removesuffix(".gguf") or self.model

    @property
    def identity(self) -> dict[str, Any]:
        """What changes its answers."""
        names = ("model", "file", "template", "temperature", "repetition_penalty", "random_state", "options")
        return {**{name: getattr(self, name) for name in names}, "stop": list(self.stop)}

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together."""
        return int(self._llama.n_ctx())

    def count(self, text: str) -> int:
        return len(self._llama.tokenize(text.encode("utf-8", "replace"), add_bos=False))

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens, but for half a character."""
        tokens = self._llama.tokenize(text.encode("utf-8", "replace"), add_bos=False)
        if len(tokens) <= n_tokens:
            return text
        cut = self._llama.detokenize(tokens[: max(0, n_tokens)]).decode("utf-8", "ignore")
        return text[: len(cut)] if text.startswith(cut) else text[: len(cut.lstrip())]

    def check(self) -> None:
        """Raise what would keep the model from being loaded: no llama-cpp-python, or no such file."""
        if find_spec("llama_cpp") is None:
            raise MissingExtraError(f"the model {self.model!r}", extra="llamacpp")
        if self._is_file and not os.path.isfile(self.model):
            raise _unloadable(self.model, "no such file")

    def load(self) -> None:
        """Load the model now, rather than at the first prompt; raises what is wrong with it."""
        _ = self._llama

    def close(self) -> None:
        """Free the model's memory."""
        loaded = self.__dict__.pop("_llama", None)
        if loaded is not None:
            loaded.close()

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        return delivered(self._answers(prompts), len(prompts), on_answer)

    def _answers(self, prompts: Sequence[Prompt]) -> Iterator[Outcome]:
        self.load()
        for prompt in prompts:
            try:
                yield self._room.answer(prompt, self._answer)
            except ChatError as error:
                yield error

    def _answer(self, prompt: Prompt) -> Answer:
        stops = [] if prompt.schema is not None else list(self.stop)
        answer = self._asked(prompt, stops)
        return self._asked(prompt, []) if stops and only_opens(answer.text) else answer

    def _asked(self, prompt: Prompt, stops: Sequence[str]) -> Answer:
        schema = prompt.schema
        request: dict[str, Any] = {
            "max_tokens": prompt.max_tokens,
            "temperature": self.temperature,
            "repeat_penalty": self.repetition_penalty,
            "seed": self.random_state,
            "stop": list(stops),
        }
        if schema is not None:
            request["response_format"] = {"type": "json_object", "schema": dict(schema)}
        try:
            said = self._talk(prompt, request)
        except (ValueError, RuntimeError) as error:  # does not fit the context, or cannot be computed
            words = f"{self.name}: {first_line(error)}"
            raise too_long(words) or BadAnswer(words) from error
        return answer_of(said, prompt.max_tokens)

    def _talk(self, prompt: Prompt, request: Mapping[str, Any]) -> Any:
        """Asked as it is, or without a system message where the model's template refuses one."""
        from jinja2 import TemplateError

        if self._knows_system and has_system(prompt):
            try:
                return self._llama.create_chat_completion(_messages(prompt), **request)
            except TemplateError as error:
                refused: Exception = error
            except ValueError as error:  # what a template raises on purpose is one in llama-cpp-python
                if not refuses_system(str(error)):
                    raise
                refused = error
            log.info("the chat template of %s refused a system message: %s", self.name, first_line(refused))
            self._knows_system = False
        return self._llama.create_chat_completion(_messages(without_system(prompt)), **request)

    @cached_property
    def _llama(self) -> Any:
        try:
            from llama_cpp import Llama
        except ImportError as error:
            raise MissingExtraError(f"the model {self.model!r}", extra="llamacpp") from error
        options: dict[str, Any] = {
            "n_ctx": self.n_ctx,
            "n_gpu_layers": self.gpu_layers,
            "chat_format": self.template,
            "seed": self.random_state,
            "verbose": False,
            **self.options,
        }
        try:
            if self._is_file:
                return Llama(model_path=self.model, **options)
            return Llama.from_pretrained(repo_id=self.model, filename=self.file, **options)
        except (ValueError, OSError, RuntimeError) as error:
            raise _unloadable(self.model, first_line(error)) from error


def _unloadable(model: str, why: str) -> Refused:
    hint = "give the path of a .gguf file, or a repository and its file="
    return Refused(f"the model {model!r} cannot be loaded: {why}", hint=hint)


def _messages(prompt: Prompt) -> list[dict[str, str]]:
    clean = [(role, text.encode("utf-8", "replace").decode()) for role, text in prompt.messages]
    return [{"role": role, "content": text} for role, text in clean]
