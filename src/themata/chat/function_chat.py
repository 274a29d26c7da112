"""Any function as a chat: a client, a chain, a pipeline of the user's own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from themata.chat.chat_template import has_system, refuses_system, without_system
from themata.chat.context_window import GuessedTokens, Window
from themata.chat.in_process import delivered
from themata.chat.thoughts import Room
from themata.core.errors import BadAnswer, ChatError, PromptTooLong, first_line
from themata.core.protocols import Answer, OnAnswer, Outcome, Prompt
from themata.http.prompt_length import too_long

log = logging.getLogger(__name__)


class Called(GuessedTokens):
    """Answers prompts by calling a function with each, one after another.

    ask : from a Prompt to its Answer, or the text of it; what it raises is that prompt's ChatError
    name : of the model
    delay : seconds between two calls
    retries : further calls for a prompt whose call raised, each after twice the wait of the one before
    context : tokens that the model takes, prompt and answer together, where that is known
    together : `ask` takes the list of all prompts and returns the list of their answers

    >>> Called(lambda prompt: prompt.messages[-1][1].upper(), "shout").complete([Prompt.of("whales")])[0].text
    'WHALES'
    """

    def __init__(
        self,
        ask: Callable[[Any], Any],
        name: str,
        *,
        delay: float = 0.0,
        retries: int = 0,
        context: int | None = None,
        together: bool = False,
    ) -> None:
        self.ask = ask
        self.name = name
        self.delay = delay
        self.retries = retries
        self.together = together
        self._knows_system = True
        self._room, self._window = Room(), Window()
        if context is not None:
            self._window.limit_to(context)

    @property
    def identity(self) -> dict[str, Any]:
        return {"model": self.name}

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : for each prompt its answer, or the ChatError that tells why there is none"""
        answers = self._together(prompts) if self.together and prompts else self._each(prompts)
        return delivered(answers, len(prompts), on_answer)

    def _each(self, prompts: Sequence[Prompt]) -> Iterator[Outcome]:
        for place, prompt in enumerate(prompts):
            if place and self.delay:
                time.sleep(self.delay)
            yield self._answered(prompt)

    def _answered(self, prompt: Prompt) -> Outcome:
        for again in range(self.retries + 1):
            try:
                return self._room.answer(prompt, self._asked)
            except ChatError as error:
                failed = error
            if isinstance(failed, PromptTooLong):
                self._window.refused(failed, prompt)
                break
            if again < self.retries:
                time.sleep(min(30.0, 0.5 * 2**again))
        return failed

    def _asked(self, prompt: Prompt) -> Answer:
        """One call, and a second without a system message where the first is refused for it."""
        given = prompt if self._knows_system else without_system(prompt)
        try:
            return _answer(self.ask(given))
        except Exception as error:  # another's code raises what it likes; one prompt must not cost the others
            log.info("%s raised %s", self.name, error)
            if not (has_system(given) and refuses_system(str(error))):
                raise _failed(error) from error
        try:
            answer = _answer(self.ask(without_system(prompt)))
        except Exception as error:  # as above
            raise _failed(error) from error
        self._knows_system = False
        return answer

    def _together(self, prompts: Sequence[Prompt]) -> Sequence[Outcome]:
        try:
            answers = list(self.ask(list(prompts)))
        except Exception as error:  # as above
            return [_failed(error)] * len(prompts)
        if len(answers) != len(prompts):
            return [BadAnswer(f"{len(answers)} answers came for {len(prompts)} prompts")] * len(prompts)
        return [_answer(said) for said in answers]


def _answer(said: Any) -> Answer:
    return said if isinstance(said, Answer) else Answer("" if said is None else str(said))


def _failed(error: Exception) -> ChatError:
    if isinstance(error, ChatError):
        return error
    words = f"{type(error).__name__}: {first_line(error)}"
    return too_long(words) or ChatError(words)
