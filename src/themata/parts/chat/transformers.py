"""Local models through transformers: one batch for all prompts, their common beginning computed once."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from themata.errors import BadAnswer, ChatError, Gated, InputError, MissingExtraError, Refused, first_line
from themata.parts.chat.decoding import Decoder, Settings, free_memory
from themata.parts.chat.template import STOPS, render, without_system
from themata.protocols import Answer, Prompt

log = logging.getLogger(__name__)

# Bytes of one parameter, with the constants that 4-bit weights carry
_BYTES = {"nf4": 0.57, "int8": 1.1, None: 2.0}


class Transformers:
    """A causal language model by name or folder, or a ready text-generation pipeline.

    model : a name of the hub, a folder, or the pipeline the tutorial makes
    quantize : "nf4" (4 bits, double quantization, bfloat16 compute: the tutorial's four settings), "int8" or None
    device : "cpu", "cuda"; None puts the model where there is room
    template : "llama2", "plain", or "raw" for none, in place of the tokenizer's own chat template
    temperature : 0 is greedy, so that labels are the same every time; above it answers are drawn by `random_state`
    repetition_penalty : above 1 holds a model from repeating itself
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
        temperature: float = 0.0,
        repetition_penalty: float = 1.0,
        stop: Sequence[str] = ("\n\n",),
        batch_size: int | None = None,
        random_state: int = 42,
    ) -> None:
        if quantize not in _BYTES:
            raise InputError(f"quantize must be 'nf4', 'int8' or None, got {quantize!r}")
        self.model = model
        self.quantize = quantize
        self.device = device
        self.template = template
        self.temperature = temperature
        self.repetition_penalty = repetition_penalty
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
        tokens = [self._tokens(prompt) for prompt in prompts]
        fitting = []
        for place, ids in enumerate(tokens):
            if len(ids) + max_tokens > self.context:
                told(
                    place,
                    BadAnswer(
                        f"a prompt of {len(ids)} tokens and an answer of {max_tokens} exceed {self.context}"
                    ),
                )
            else:
                fitting.append(place)
        loaded.decode(tokens, fitting, max_tokens, told)
        return found

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
                self._load() if isinstance(self.model, str) else (self.model.model, self.model.tokenizer)
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

    def _load(self) -> tuple[Any, Any]:
        try:
            from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
        except ImportError as error:
            raise MissingExtraError(f"the model {self.model!r}", extra="llm") from error
        try:
            config = AutoConfig.from_pretrained(self.model)
            self._check_memory(config)
            tokenizer = AutoTokenizer.from_pretrained(self.model)
            model = AutoModelForCausalLM.from_pretrained(self.model, **self._options())
        except OSError as error:
            raise _unloadable(str(self.model), error) from error
        return model, tokenizer

    def _options(self) -> dict[str, Any]:
        import torch

        options: dict[str, Any] = {
            "device_map": self.device or ("auto" if torch.cuda.is_available() else "cpu")
        }
        if self.quantize is None:
            return {**options, "dtype": "auto"}
        try:
            import bitsandbytes  # noqa: F401
            from transformers import BitsAndBytesConfig
        except ImportError as error:
            raise MissingExtraError(f"quantize={self.quantize!r}", extra="llm") from error
        if self.quantize == "int8":
            return {**options, "quantization_config": BitsAndBytesConfig(load_in_8bit=True)}
        four = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=torch.bfloat16,
        )
        return {**options, "quantization_config": four, "dtype": torch.bfloat16}

    def _check_memory(self, config: Any) -> None:
        need = memory_needed(config, self.quantize)
        free = free_memory(self.device)
        if need.total > free:
            raise Refused(
                f"{self.model} needs about {need.total / 2**30:.1f} GB of memory and {free / 2**30:.1f} GB are free",
                hint="quantize='nf4', or a smaller model"
                if self.quantize != "nf4"
                else "take a smaller model",
            )


@dataclass(frozen=True)
class Memory:
    """weights, and the working memory of a small batch, in bytes."""

    weights: float
    work: float

    @property
    def total(self) -> float:
        return self.weights + self.work


def memory_needed(config: Any, quantize: str | None) -> Memory:
    """What a model of this config needs, from the shapes of its weights alone: nothing is downloaded for it."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    total = sum(weight.numel() for weight in model.parameters())
    # Embeddings and the output layer are never quantized
    embedded = sum(
        module.weight.numel()
        for module in (model.get_input_embeddings(), model.get_output_embeddings())
        if module is not None
    )
    inner = max(0, total - embedded)
    layers, width = getattr(config, "num_hidden_layers", 1), getattr(config, "hidden_size", 1)
    return Memory(inner * _BYTES[quantize] + embedded * 2.0, 4 * 2048 * layers * width * 2 * 2.0)


def _valid(text: str) -> str:
    """Half a character, as broken files have them, is a question mark; tokenizers refuse it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _chat_text(tokenizer: Any, prompt: Prompt) -> str:
    messages = [{"role": role, "content": text} for role, text in prompt.messages]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def _unloadable(name: str, error: OSError) -> ChatError:
    told = str(error)
    if "gated" in told.lower() or "401" in told or "403" in told:
        return Gated(
            f"access to {name} must be asked for first",
            hint=f"ask on the model's page of the hub ({name}), then log in with `hf auth login`",
        )
    return Refused(
        f"the model {name!r} cannot be loaded: {first_line(error)}",
        hint="give a folder, or a name the hub knows",
    )
