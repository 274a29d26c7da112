"""Local models through transformers: one batch for all prompts, their common beginning computed once."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from themata.errors import BadAnswer, ChatError, InputError
from themata.parts.chat.choice import Settings
from themata.parts.chat.decoding import Asked, Decoder
from themata.parts.chat.loading import BYTES, load, look_at
from themata.parts.chat.template import STOPS, render, without_system
from themata.protocols import Answer, Prompt

log = logging.getLogger(__name__)


class Transformers:
    """A causal language model by name or folder, or a ready text-generation pipeline.

    model : a name of the hub, a folder, or the pipeline the tutorial makes
    quantize : "nf4" (4 bits, double quantization, bfloat16 compute: the tutorial's four settings), "int8" or None
    device : "cpu", "cuda"; None puts the model where there is room
    template : "llama2", "plain", or "raw" for none, in place of the tokenizer's own chat template
    temperature : 0 is greedy, so that labels are the same every time; above it answers are drawn by `random_state`.
        None: what a pipeline was given, and else 0
    repetition_penalty : above 1 holds a model from repeating itself; None: what a pipeline was given, and else 1
    stop : texts at which an answer is over; a blank line by default
    batch_size : prompts computed at once; None: as many as free memory holds, halved when it does not

    Loaded when first asked; `close` frees it.
    """

    mixes = True

    def __init__(
        self,
        model: Any,
        *,
        quantize: str | None = None,
        device: str | None = None,
        template: str | None = None,
        temperature: float | None = None,
        repetition_penalty: float | None = None,
        stop: Sequence[str] = ("\n\n",),
        batch_size: int | None = None,
        random_state: int = 42,
    ) -> None:
        if quantize not in BYTES:
            raise InputError(f"quantize must be 'nf4', 'int8' or None, got {quantize!r}")
        self.model = model
        self.quantize = quantize
        self.device = device
        self.template = template
        given = {} if isinstance(model, str) else _given(model)
        self.temperature = given.get("temperature", 0.0) if temperature is None else temperature
        self.repetition_penalty = (
            given.get("repetition_penalty", 1.0) if repetition_penalty is None else repetition_penalty
        )
        self.most_tokens = given.get("max_new_tokens")
        self.stop = tuple(stop)
        self.batch_size = batch_size
        self.random_state = random_state

    @property
    def name(self) -> str:
        """The model's name, as labels show it."""
        if isinstance(self.model, str):
            return os.path.basename(self.model.rstrip("/\\")) or self.model
        return str(getattr(self.model.model, "name_or_path", "") or type(self.model.model).__name__)

    @property
    def holds(self) -> bool:
        """Whether llguidance, which holds the model to a schema, is installed."""
        return find_spec("llguidance") is not None

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together."""
        return int(getattr(self._loaded().model.config, "max_position_embeddings", 2048))

    def count(self, text: str) -> int:
        return len(self._loaded().tokenizer(_valid(text), add_special_tokens=False)["input_ids"])

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens."""
        found = self._loaded().tokenizer(_valid(text), add_special_tokens=False, return_offsets_mapping=True)
        ends = [end for _, end in found["offset_mapping"]]
        return text if len(ends) <= n_tokens else text[: ends[n_tokens - 1]] if n_tokens > 0 else ""

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 256,
        schema: Mapping[str, Any] | None = None,
        on_answer: Callable[[int, Answer | ChatError], None] | None = None,
    ) -> list[Answer | ChatError]:
        """Answer all prompts as one batch.

        schema : a model is held to it by llguidance, where that is installed and can follow; answers that no schema
            bounds end with `max_tokens`, in JSON that is whole

        A prompt that does not fit the context is a BadAnswer in its place; a model that cannot be loaded is the same
        error in every place. Greedy answers in float32 are those of prompts asked one at a time, token for token.
        """
        found: list[Answer | ChatError] = [BadAnswer("not asked")] * len(prompts)

        def told(place: int, answer: Answer | ChatError) -> None:
            found[place] = answer
            if on_answer is not None:
                on_answer(place, answer)

        try:
            loaded = self._loaded()
        except ChatError as error:
            for place in range(len(prompts)):
                told(place, error)
            return found
        fitting = []
        for place, prompt in enumerate(prompts):
            wanted = prompt.wanting(max_tokens, schema)
            room = min(wanted.max_tokens or max_tokens, self.most_tokens or sys.maxsize)
            tokens = self._tokens(prompt)
            if len(tokens) + room > self.context:
                said = f"a prompt of {len(tokens)} tokens and an answer of {room} exceed {self.context}"
                told(place, BadAnswer(said))
            else:
                fitting.append(Asked(place, tokens, room, wanted.schema))
        loaded.decode(fitting, told)
        return found

    def check(self) -> None:
        """Raise what would keep the model from being loaded, as far as its config and tokenizer tell."""
        if isinstance(self.model, str) and not hasattr(self, "_decoder"):
            look_at(self.model, self.quantize, self.device)

    def load(self) -> None:
        """Load the model now, rather than at the first prompt; raises what is wrong with it."""
        self._loaded()

    def close(self) -> None:
        """Free the model's memory."""
        self.__dict__.pop("_decoder", None)
        gc.collect()

    def _loaded(self) -> Decoder:
        if not hasattr(self, "_decoder"):
            model, tokenizer = (
                load(self.model, self.quantize, self.device)
                if isinstance(self.model, str)
                else (self.model.model, self.model.tokenizer)
            )
            stops = (*self.stop, *STOPS.get(self._template(tokenizer) or "", ()))
            settings = Settings(
                stops, self.temperature, self.repetition_penalty, self.batch_size, self.random_state
            )
            self._decoder = Decoder(model.eval(), tokenizer, settings)
        return self._decoder

    def _template(self, tokenizer: Any) -> str | None:
        """None: the tokenizer's own."""
        if self.template is not None or getattr(tokenizer, "chat_template", None):
            return self.template
        name = self.name.lower()
        return "llama2" if "llama-2" in name and "chat" in name else "plain"

    def _tokens(self, prompt: Prompt) -> list[int]:
        tokenizer = self._loaded().tokenizer
        template = self._template(tokenizer)
        if template is not None:
            return list(tokenizer(_valid(render(prompt, template)))["input_ids"])
        try:
            text = _chat_text(tokenizer, prompt)
        except (
            Exception
        ) as error:  # templates are programs and raise what they like; most know no system message
            log.debug("the chat template refused a system message: %s", error)
            text = _chat_text(tokenizer, without_system(prompt))
        return list(tokenizer(_valid(text), add_special_tokens=False)["input_ids"])


def _valid(text: str) -> str:
    """Half a character, as broken files have them, is a question mark; tokenizers refuse it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _chat_text(tokenizer: Any, prompt: Prompt) -> str:
    return str(tokenizer.apply_chat_template(prompt.talk, tokenize=False, add_generation_prompt=True))


def _given(pipeline: Any) -> dict[str, Any]:
    """How the user told a pipeline to write: what differs from what transformers and the model bring themselves."""
    told = getattr(pipeline, "generation_config", None)
    usual = (getattr(pipeline, "_default_generation_config", None), pipeline.model.generation_config)
    found = {}
    for name in ("temperature", "repetition_penalty", "max_new_tokens"):
        value = getattr(told, name, None)
        if value is not None and all(value != getattr(config, name, None) for config in usual):
            found[name] = value
    if getattr(told, "do_sample", None) is False:
        found.pop("temperature", None)
    return found
