"""Names by local language models: through transformers, and in llama.cpp's format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from themata.chat.third_party import (
    called_llama,
    called_pipeline,
    is_causal_pipeline,
    pipeline_options,
    sampling_of,
)
from themata.core.errors import InputError
from themata.familiar.representation.llm_batch import ANSWER_LENGTH, Asking

_MARKS = ("<|", "<start_of_turn>")  # of a template that the user's prompt brings itself


@dataclass(eq=False, repr=False)
class TextGeneration(Asking):
    """A local model: its name or folder, or a transformers pipeline such as the tutorial's.

    prompt : of the user's, with [KEYWORDS] and [DOCUMENTS]; one in Llama 2's [INST] format is taken apart into its
        messages, one with the marks of another template is handed on as it stands
    pipeline_kwargs : temperature, repetition_penalty and max_new_tokens, over those of the pipeline. Answers are
        greedy unless do_sample says otherwise
    doc_length, tokenizer : length of the documents shown, and what it is measured in
    """

    model: Any
    prompt: str | None = None
    pipeline_kwargs: Mapping[str, Any] | None = None
    random_state: int = 42
    nr_docs: int = 4
    diversity: float | None = None
    doc_length: int | None = None
    tokenizer: Any = None

    def __post_init__(self) -> None:
        if not (isinstance(self.model, str) or callable(self.model)):
            raise InputError(
                f"model is a model's name or folder, or a text-generation pipeline, got {self.model!r:.80}"
            )
        super().__post_init__()

    def max_tokens(self) -> int:
        return int(self._options().get("max_new_tokens") or ANSWER_LENGTH)

    def chat(self) -> Any:
        if not isinstance(self.model, str) and not is_causal_pipeline(self.model):
            return called_pipeline(self.model, self.pipeline_kwargs)
        from themata.chat.transformers import Transformers

        marked = self.prompt is not None and any(mark in self.prompt for mark in _MARKS)
        return Transformers(
            self.model,
            template="raw" if marked else None,
            random_state=self.random_state,
            **sampling_of(self._options()),
        )

    def _options(self) -> dict[str, Any]:
        """What the pipeline was made with, and the user's own over it."""
        return {**pipeline_options(self.model), **(self.pipeline_kwargs or {})}


@dataclass(eq=False, repr=False)
class LlamaCPP(Asking):
    """A model in llama.cpp's format: the path of its file, or a llama_cpp.Llama.

    pipeline_kwargs : handed to create_chat_completion, such as {"max_tokens": 50, "stop": ["\\n"]}
    """

    model: Any
    prompt: str | None = None
    system_prompt: str | None = None
    pipeline_kwargs: Mapping[str, Any] | None = None
    nr_docs: int = 4
    diversity: float | None = None
    doc_length: int | None = None
    tokenizer: Any = None

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

        return called_llama(self.model, given)
