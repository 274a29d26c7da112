"""Local models through transformers: one batch for all prompts, their common beginning computed once."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from themata.chat.chat_template import STOPS, has_system, render, without_system
from themata.chat.decoding import Asked, Decoder
from themata.chat.model_loading import BYTES, load_model, look_at
from themata.chat.sampling import Settings
from themata.chat.thoughts import ROOMIEST, STEP, is_silent
from themata.core.errors import BadAnswer, ChatError, InputError, PromptTooLong, Refused, first_line
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt

log = logging.getLogger(__name__)


class Transformers:
    """A causal language model by name or folder, or a ready text-generation pipeline.

    model : a name of the hub, a folder, a GGUF file, an installed package that holds one, or the pipeline the tutorial
        makes. A GGUF file's own tokenizer is rebuilt and tried; its weights become float32 or half precision, and of 4
        bits where those would not fit
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
        self.temperature: float = given.get("temperature", 0.0) if temperature is None else temperature
        self.repetition_penalty: float = (
            given.get("repetition_penalty", 1.0) if repetition_penalty is None else repetition_penalty
        )
        self.most_tokens: int | None = given.get("max_new_tokens")
        self.stop: tuple[str, ...] = tuple(stop)
        self.batch_size = batch_size
        self.random_state = random_state
        self._knows_system = True
        self._room = 1  # times max_tokens: a model that thinks first has shown that it needs them

    @property
    def name(self) -> str:
        """The model's name, as labels show it."""
        if isinstance(self.model, str):
            return os.path.basename(self.model.rstrip("/\\")).removesuffix(".gguf") or self.model
        return str(getattr(self.model.model, "name_or_path", "") or type(self.model.model).__name__)

    @property
    def holds(self) -> bool:
        """Whether llguidance, which holds the model to a schema, is installed."""
        return find_spec("llguidance") is not None

    @property
    def n_parameters(self) -> int:
        """Weights of the model; two of four bits are one byte."""
        weights = self._loaded().model.parameters()
        return sum(weight.numel() * (2 if hasattr(weight, "quant_state") else 1) for weight in weights)

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together."""
        loaded = self._loaded()
        config = loaded.model.config.get_text_config()
        taught = int(getattr(config, "max_position_embeddings", None) or 2048)
        return min(taught, int(getattr(loaded.tokenizer, "model_max_length", None) or taught))

    def count(self, text: str) -> int:
        return len(self._loaded().tokenizer(_valid(text), add_special_tokens=False)["input_ids"])

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens."""
        encoded = self._loaded().tokenizer(
            _valid(text), add_special_tokens=False, return_offsets_mapping=True
        )
        ends = [end for _, end in encoded["offset_mapping"]]
        return text if len(ends) <= n_tokens else text[: ends[n_tokens - 1]] if n_tokens > 0 else ""

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """Answer all prompts as one batch.

        A model is held to a prompt's schema by llguidance, where that is installed and can follow; answers that no schema
        bounds end with `max_tokens`, in JSON that is whole.

        A prompt that does not fit the context is a PromptTooLong in its place; a model that cannot be loaded is the same
        error in every place. Answers that the limit cut while the model was still thinking are asked for again with more
        room. Greedy answers in float32 are those of prompts asked one at a time, token for token.
        """
        answers: list[Outcome] = [BadAnswer("not asked")] * len(prompts)

        def deliver(place: int, answer: Answer | ChatError) -> None:
            answers[place] = answer
            if on_answer is not None:
                on_answer(place, answer)

        try:
            loaded = self._loaded()
        except ChatError as error:
            for place in range(len(prompts)):
                deliver(place, error)
            return answers
        asked = []
        for place, prompt in enumerate(prompts):
            room = min(prompt.max_tokens, self.most_tokens or sys.maxsize)
            try:
                tokens = self._tokens(prompt)
            except ChatError as error:
                deliver(place, error)
                continue
            if len(tokens) + room > self.context:
                said = f"a prompt of {len(tokens)} tokens and an answer of {room} exceed {self.context}"
                deliver(place, PromptTooLong(said, limit=self.context, size=len(tokens)))
            else:
                asked.append(Asked(place, tokens, room, prompt.schema))
        self._answer(loaded, asked, deliver)
        return answers

    def _answer(
        self, loaded: Decoder, asked: Sequence[Asked], on_answer: Callable[[int, Answer], None]
    ) -> None:
        """Answer prompts, and those again with more room whose answers hold nothing but thoughts."""
        while asked:
            asked = self._thinking(loaded, asked, on_answer)
            if asked:
                self._room *= STEP

    def _thinking(
        self, loaded: Decoder, asked: Sequence[Asked], on_answer: Callable[[int, Answer], None]
    ) -> list[Asked]:
        """Answer prompts; returns those whose answers hold nothing but thoughts, and may say more with more room."""
        by_place, thinking = {item.place: item for item in asked}, []

        def heard(place: int, answer: Answer) -> None:
            item = by_place[place]
            more = self._roomier(item, self._room * STEP) > self._roomier(item, self._room)
            if self._room < ROOMIEST and more and is_silent(answer):
                thinking.append(item)
            else:
                on_answer(place, answer)

        loaded.decode([replace(item, room=self._roomier(item, self._room)) for item in asked], heard)
        return thinking

    def _roomier(self, asked: Asked, times: int) -> int:
        """Tokens of an answer that is given so many times the usual ones, as far as the context and the user allow."""
        most = min(self.context - len(asked.tokens), self.most_tokens or sys.maxsize)
        return min(asked.room * times, most)

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
                load_model(self.model, self.quantize, self.device)
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
        text = self._chat_text(tokenizer, prompt)
        return list(tokenizer(_valid(text), add_special_tokens=False)["input_ids"])

    def _chat_text(self, tokenizer: Any, prompt: Prompt) -> str:
        """A prompt in the tokenizer's own chat template; the user says what the system would where the template refuses
        a system message, or leaves it out without a word."""
        if self._knows_system and has_system(prompt):
            try:
                text = _written(tokenizer, prompt)
            except Exception as error:  # templates are programs and raise what they like
                log.info("the chat template of %s refused a system message: %s", self.name, first_line(error))
            else:
                system = [said for role, said in prompt.messages if role == "system"]
                if all(_squeezed(said) in _squeezed(text) for said in system):
                    return text
                log.info("the chat template of %s leaves system messages out", self.name)
        try:
            text = _written(tokenizer, without_system(prompt))
        except Exception as error:  # as above
            hint = "template='plain', 'llama2' or 'raw' takes its place"
            raise Refused(
                f"the chat template of {self.name} fails: {first_line(error)}", hint=hint
            ) from error
        if has_system(prompt):
            self._knows_system = False
        return text


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _valid(text: str) -> str:
    """Half a character, as broken files have them, is a question mark; tokenizers refuse it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _written(tokenizer: Any, prompt: Prompt) -> str:
    return str(tokenizer.apply_chat_template(prompt.talk, tokenize=False, add_generation_prompt=True))


def _given(pipeline: Any) -> dict[str, Any]:
    """How the user told a pipeline to write: what differs from what transformers and the model bring themselves."""
    generation = getattr(pipeline, "generation_config", None)
    usual = (getattr(pipeline, "_default_generation_config", None), pipeline.model.generation_config)
    options = {}
    for name in ("temperature", "repetition_penalty", "max_new_tokens"):
        value = getattr(generation, name, None)
        if value is not None and all(value != getattr(config, name, None) for config in usual):
            options[name] = value
    if getattr(generation, "do_sample", None) is False:
        options.pop("temperature", None)
    return options
