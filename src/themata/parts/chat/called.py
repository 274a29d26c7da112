"""Any function as a chat: a client, a chain, a pipeline of the user's own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from themata.errors import BadAnswer, ChatError, first_line
from themata.parts.chat.inprocess import Found, told
from themata.protocols import Answer, Prompt

log = logging.getLogger(__name__)


class Called:
    """Answers prompts by calling a function with each, one after another.

    ask : from a Prompt to the text of its answer; what it raises is that prompt's ChatError
    name : of the model
    delay : seconds between two calls
    retries : further calls for a prompt whose call raised, each after twice the wait of the one before
    together : `ask` takes the list of all prompts and returns the list of their answers

    >>> Called(lambda prompt: prompt.messages[-1][1].upper(), "shout").complete([Prompt.of("whales")])[0].text
    'WHALES'
    """

    mixes = True

    def __init__(
        self,
        ask: Callable[[Any], Any],
        name: str,
        *,
        delay: float = 0.0,
        retries: int = 0,
        together: bool = False,
    ) -> None:
        self.ask = ask
        self.name = name
        self.delay = delay
        self.retries = retries
        self.together = together

    @property
    def identity(self) -> dict[str, Any]:
        return {"model": self.name}

    def complete(
        self,
        prompts: Sequence[Prompt],
        *,
        max_tokens: int = 256,
        schema: Mapping[str, Any] | None = None,
        on_answer: Callable[[int, Found], None] | None = None,
    ) -> list[Found]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        prompts = [prompt.wanting(max_tokens, schema) for prompt in prompts]
        answers = self._together(prompts) if self.together and prompts else self._each(prompts)
        return told(answers, len(prompts), on_answer)

    def _each(self, prompts: Sequence[Prompt]) -> Iterator[Found]:
        for place, prompt in enumerate(prompts):
            if place and self.delay:
                time.sleep(self.delay)
            yield self._one(prompt)

    def _one(self, prompt: Prompt) -> Found:
        for again in range(self.retries + 1):
            try:
                return Answer(str(self.ask(prompt)))
            except (
                Exception
            ) as error:  # another's code raises what it likes; one prompt must not cost the others
                log.info("%s raised %s", self.name, error)
                failed = _failed(error)
            if again < self.retries:
                time.sleep(min(30.0, 0.5 * 2**again))
        return failed

    def _together(self, prompts: Sequence[Prompt]) -> Sequence[Found]:
        try:
            found = list(self.ask(list(prompts)))
        except Exception as error:  # as above
            return [_failed(error)] * len(prompts)
        if len(found) != len(prompts):
            return [BadAnswer(f"{len(found)} answers came for {len(prompts)} prompts")] * len(prompts)
        return [Answer(str(text)) for text in found]


def _failed(error: Exception) -> ChatError:
    return (
        error if isinstance(error, ChatError) else ChatError(f"{type(error).__name__}: {first_line(error)}")
    )
