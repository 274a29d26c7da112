"""Names by local language models: through transformers, and in llama.cpp's format."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from themata.chat.function_chat import Called
from themata.chat.server_dialect import answer_of
from themata.core.errors import InputError
from themata.core.protocols import Answer, Prompt
from themata.familiar.representation.llm_batch import ANSWER_LENGTH, Asking

_MARKS = ("<|", "<start_of_turn>")  # of a template that the user's prompt brings itself


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
        from themata.chat.transformers import Transformers

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
            from themata.chat.llamacpp import LlamaCpp

            stop = given.get("stop") or ["\n\n"]
            return LlamaCpp(
                self.model,
                temperature=float(given.get("temperature") or 0.0),
                stop=[stop] if isinstance(stop, str) else stop,
            )

        def ask(prompt: Prompt) -> Answer:
            found = self.model.create_chat_completion(messages=prompt.talk, **given)
            return answer_of(found, given.get("max_tokens"))

        context = self.model.n_ctx() if hasattr(self.model, "n_ctx") else None
        return Called(ask, _name_of(self.model), context=context)


def _is_causal(model: Any) -> bool:
    """Whether it is a pipeline of a model that our own decoding can batch."""
    config = getattr(getattr(model, "model", None), "config", None)
    return config is not None and hasattr(model, "tokenizer") and not config.is_encoder_decoder


def _name_of(model: Any) -> str:
    inner = getattr(model, "model", model)
    path = getattr(inner, "name_or_path", None) or getattr(model, "model_path", None)
    return os.path.basename(str(path).rstrip("/\\")) if path else type(model).__name__
