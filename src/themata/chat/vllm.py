"""Models in this process by vLLM, for a graphics card that should be busy.

Written to vLLM's documented interface (LLM.chat, SamplingParams) and never run by our tests: vLLM needs a graphics card and
its own version of torch. A vLLM server is asked by OpenAIChat, which is tested.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any

from themata.chat.chat_template import refuses_system, without_system
from themata.chat.context_window import GuessedTokens, Window
from themata.chat.in_process import delivered
from themata.chat.model_loading import unloadable
from themata.chat.stop_sequences import only_opens
from themata.chat.thoughts import ROOMIEST, STEP, is_silent, roomier
from themata.core.errors import BadAnswer, MissingExtraError, Refused, first_line
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt
from themata.http.prompt_length import too_long


class VLLM(GuessedTokens):
    """A model by name or folder, all prompts as one batch of vLLM's.

    temperature, repetition_penalty, stop, random_state : as Transformers takes them
    options : more for vllm.LLM, such as {"quantization": "bitsandbytes", "tensor_parallel_size": 2, "max_model_len": 4096}
    sampling : more for vllm.SamplingParams, such as {"top_p": 0.9}

    What prompts begin with alike is computed once. A JSON schema is held to by vLLM's structured outputs.
    """

    holds = True

    def __init__(
        self,
        model: str,
        *,
        temperature: float = 0.0,
        repetition_penalty: float = 1.0,
        stop: Sequence[str] = ("\n\n",),
        random_state: int = 42,
        options: Mapping[str, Any] | None = None,
        sampling: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.temperature = temperature
        self.repetition_penalty = repetition_penalty
        self.stop: tuple[str, ...] = tuple(stop)
        self.random_state = random_state
        self.options: dict[str, Any] = dict(options or {})
        self.sampling: dict[str, Any] = dict(sampling or {})
        self._knows_system, self._times, self._window = True, 1, Window(self._window_asked_for)

    @property
    def name(self) -> str:
        """The model's name, as labels show it."""
        return os.path.basename(self.model.rstrip("/\\")) or self.model

    def _window_asked_for(self) -> int | None:
        n_tokens = self.options.get("max_model_len")
        return n_tokens if isinstance(n_tokens, int) else None

    def check(self) -> None:
        """Raise what would keep the model from being loaded: no vLLM."""
        if find_spec("vllm") is None:
            raise MissingExtraError(f"the model {self.model!r}", extra="vllm")

    def load(self) -> None:
        """Load the model now, rather than at the first prompt; raises what is wrong with it."""
        _ = self._llm

    def close(self) -> None:
        """Let go of the model; vLLM frees its memory when nothing else holds it."""
        self.__dict__.pop("_llm", None)

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        return delivered(self._answers(prompts), len(prompts), on_answer)

    def _answers(self, prompts: Sequence[Prompt]) -> Iterator[Outcome]:
        answers = self._batch([roomier(prompt, self._times) for prompt in prompts])
        while self._times < ROOMIEST:
            thinking = [
                i for i, outcome in enumerate(answers) if isinstance(outcome, Answer) and is_silent(outcome)
            ]
            if not thinking:
                break
            self._times *= STEP
            longer = self._batch([roomier(prompts[place], self._times) for place in thinking])
            for place, answer in zip(thinking, longer, strict=True):
                if isinstance(answer, Answer):  # else there is no room for more
                    answers[place] = answer
        yield from answers

    def _batch(self, prompts: Sequence[Prompt]) -> list[Outcome]:
        from jinja2 import TemplateError

        given = list(prompts) if self._knows_system else [without_system(prompt) for prompt in prompts]
        try:
            return [
                _answer(outcome, prompt) for outcome, prompt in zip(self._said(given), given, strict=True)
            ]
        except (ValueError, RuntimeError, TemplateError) as error:
            if self._knows_system and (isinstance(error, TemplateError) or refuses_system(str(error))):
                self._knows_system = False
                return self._batch(prompts)
            if len(prompts) == 1:
                words = f"{self.name}: {first_line(error)}"
                long = too_long(words)
                if long is not None:
                    self._window.refused(long, prompts[0])
                return [long or BadAnswer(words)]
        # What does not fit costs itself alone
        return [outcome for prompt in prompts for outcome in self._batch([prompt])]

    def _said(self, prompts: Sequence[Prompt]) -> list[Any]:
        talks = [prompt.talk for prompt in prompts]
        llm, params = self._llm, [self._params(prompt, self.stop) for prompt in prompts]
        said = list(llm.chat(talks, params, use_tqdm=False))
        again = [
            place
            for place, output in enumerate(said)
            if self.stop and prompts[place].schema is None and only_opens(output.outputs[0].text)
        ]
        if again:  # a blank line came after "Here is the label:"
            free = [self._params(prompts[place], ()) for place in again]
            more = llm.chat([talks[place] for place in again], free, use_tqdm=False)
            for place, output in zip(again, more, strict=True):
                said[place] = output
        return said

    def _params(self, prompt: Prompt, stops: Sequence[str]) -> Any:
        from vllm import SamplingParams, sampling_params

        schema = prompt.schema
        wanted: dict[str, Any] = {
            "max_tokens": prompt.max_tokens,
            "temperature": self.temperature,
            "repetition_penalty": self.repetition_penalty,
            "seed": self.random_state,
            "stop": list(stops) if schema is None else None,
            **self.sampling,
        }
        if schema is not None and hasattr(sampling_params, "StructuredOutputsParams"):
            wanted["structured_outputs"] = sampling_params.StructuredOutputsParams(json=dict(schema))
        elif schema is not None:  # before 0.11
            wanted["guided_decoding"] = sampling_params.GuidedDecodingParams(json=dict(schema))
        return SamplingParams(**wanted)

    @cached_property
    def _llm(self) -> Any:
        try:
            from vllm import LLM
        except ImportError as error:
            raise MissingExtraError(f"the model {self.model!r}", extra="vllm") from error
        try:
            return LLM(
                model=self.model, **{"enable_prefix_caching": True, "seed": self.random_state, **self.options}
            )
        except OSError as error:
            raise unloadable(self.model, error) from error
        except (ValueError, RuntimeError) as error:
            hint = "options= are handed to vllm.LLM, such as {'max_model_len': 4096}"
            raise Refused(f"vLLM cannot load {self.model!r}: {first_line(error)}", hint=hint) from error


def _answer(output: Any, prompt: Prompt) -> Answer:
    said = output.outputs[0]
    cut_at = prompt.max_tokens if getattr(said, "finish_reason", None) == "length" else None
    return Answer(said.text.strip(), len(output.prompt_token_ids or ()), len(said.token_ids), cut_at)
