"""Ask a server many things at once: what may heal is asked again, what cannot ends the asking at once."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from themata.core.errors import (
    UNSENT,
    Absent,
    BadAnswer,
    ChatError,
    Gated,
    PromptTooLong,
    RateLimited,
    Refused,
    Unreachable,
    failure_log,
)
from themata.http.rate_limit import Pace

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")
Send = Callable[[Item], Awaitable[Result]]
Session = Callable[[], AbstractAsyncContextManager[Send[Item, Result]]]

FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds, of waits that the server does not set
# How often an address is tried at which nobody, or nothing that is a chat, has ever answered: it is wrong, or not up yet
CALLS = 3
PATIENCE = 300.0  # a server that asks for a longer wait has ended the day's work


def ask_all(
    prompts: Sequence[Item],
    session: Session[Item, Result],
    pace: Pace,
    *,
    size: Callable[[Item], int],
    retries: int = 6,
    on_answer: Callable[[int, Result | ChatError], None] | None = None,
) -> list[Result | ChatError]:
    """Answer every prompt, or say why not, at the pace the server allows.

    size : characters of a prompt

    session : opens a connection inside a loop of its own, so that Jupyter's loop is no hindrance, and gives a function
        that sends one prompt and returns its answer or raises a ChatError. Refused and Gated end the whole asking, as
        does a server that never answers; other errors cost their own prompt only
    on_answer : called in the caller's thread
    """
    answers: list[Result | ChatError | None] = [None] * len(prompts)
    asking = _Asking(prompts, session, pace, size, retries)
    thread = Thread(target=asking.run, daemon=True, name="themata-chat")
    thread.start()
    try:
        while (arrived := asking.arrived.get()) is not None:
            place, answer = arrived
            answers[place] = answer
            if on_answer is not None:
                on_answer(place, answer)
    finally:  # Ctrl-C, or an error in on_answer, ends the requests too
        asking.stop()
        thread.join()
    if asking.error is not None:
        raise asking.error
    return [answer if answer is not None else ChatError("never asked") for answer in answers]


class _Asking(Generic[Item, Result]):
    """One batch under way, in a thread with a loop of its own."""

    def __init__(
        self,
        prompts: Sequence[Item],
        session: Session[Item, Result],
        pace: Pace,
        size: Callable[[Item], int],
        retries: int,
    ) -> None:
        self.size = size
        self.prompts = prompts
        self.session = session
        self.pace = pace
        self.retries = retries
        self.arrived: SimpleQueue[tuple[int, Result | ChatError] | None] = SimpleQueue()
        self.waiting = deque(range(len(prompts)))
        self.n_answered = 0
        self.over: ChatError | None = None
        self.longest: tuple[int, PromptTooLong] | None = None  # characters of the shortest that was too long
        self.error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._all())
        except asyncio.CancelledError:
            log.info("asking was stopped")
        except BaseExceptionGroup as several:
            self.error = several.exceptions[0]
        except BaseException as error:  # handed to the caller's thread, which raises it
            self.error = error
        finally:
            self.arrived.put(None)

    def stop(self) -> None:
        self.waiting.clear()
        if self._loop is not None and self._main is not None and not self._main.done():
            self._loop.call_soon_threadsafe(self._main.cancel)

    async def _all(self) -> None:
        self._loop, self._main = asyncio.get_running_loop(), asyncio.current_task()
        self._ended = asyncio.Event()
        # Others' clients block a thread for each request, and a loop lends but a few more than there are processors
        self._loop.set_default_executor(ThreadPoolExecutor(self.pace.concurrency))
        async with self.session() as send, asyncio.TaskGroup() as group:
            for _ in range(min(self.pace.concurrency, len(self.prompts))):
                group.create_task(self._work(send))

    async def _work(self, send: Send[Item, Result]) -> None:
        while self.waiting:
            place = self.waiting.popleft()
            answer = await self._one(self.prompts[place], send)
            self.n_answered += not isinstance(answer, ChatError)
            self.arrived.put((place, answer))

    async def _one(self, prompt: Item, send: Send[Item, Result]) -> Result | ChatError:
        """Ask until there is an answer, or no hope of one."""
        tries, begun, seen = 0, self.n_answered, self.n_answered
        n_characters = self.size(prompt)
        while True:
            if self.over is not None:
                return _unsent(self.over)
            async with self.pace.turn(n_characters // 4, self._ended):
                if self.over is not None:
                    return _unsent(self.over)
                if self.longest is not None and n_characters >= self.longest[0]:
                    return self.longest[1]  # what is no shorter is not taken either
                try:
                    answer = await send(prompt)
                except ChatError as error:
                    failed = error
                else:
                    self.pace.went_well()
                    return answer
            if isinstance(failed, PromptTooLong) and (self.longest is None or n_characters < self.longest[0]):
                self.longest = n_characters, failed
            if self._hopeless(failed):
                self._end(failed)
                return failed
            if not failed.retryable or self.over is not None:
                return failed
            # Too fast is no failure while others are answered: it is this prompt's turn later
            waits_its_turn = isinstance(failed, RateLimited) and self.n_answered > seen
            tries, seen = (1 if waits_its_turn else tries + 1), self.n_answered
            never_there = isinstance(failed, Absent | BadAnswer) and self.n_answered == 0
            if tries > (min(self.retries, CALLS) if never_there else self.retries):
                if self.n_answered == begun:
                    self._end(failed)
                return failed
            await self._rest(failed, tries)

    def _hopeless(self, error: ChatError) -> bool:
        long = isinstance(error, RateLimited) and error.after is not None and error.after > PATIENCE
        return long or isinstance(error, Refused | Gated)

    def _end(self, error: ChatError) -> None:
        if self.over is None:
            self.over = error
            if len(self.prompts) > 1:
                failure_log.warning("no more is asked: %s", error)
        self._ended.set()

    async def _rest(self, error: ChatError, tries: int) -> None:
        """Wait as long as the server asks, else longer each time; jitter keeps many from coming back together."""
        after = error.after if isinstance(error, RateLimited) else None
        if isinstance(error, RateLimited):
            self.pace.too_fast(after)
        seconds = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)) * random.uniform(0.5, 1.0)
        if after is not None:
            seconds = after + random.uniform(0.0, 0.1 + 0.1 * after)
        log.info("asked again in %.1f s: %s", seconds, error)
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return


def _unsent(error: ChatError) -> ChatError:
    """What a prompt that was never sent says, after another's error ended the asking."""
    kind = type(error) if isinstance(error, Refused | Gated | RateLimited | Unreachable) else ChatError
    return kind(f"{UNSENT}{error}")
