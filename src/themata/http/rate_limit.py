"""How fast a server may be asked: limits of requests and tokens in any minute, and fewer at once when it says so."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

POLL = 0.02  # seconds between two looks at whether a turn is free
LONGEST_NAP = 0.2  # seconds, until a look at whether all has ended


class Pace:
    """Turns to ask one server, shared by all that is asked of it.

    concurrency : requests in flight at most; halved when the server says it is too much, and grown back one by one
    requests_per_minute, tokens_per_minute : kept in every window of `window` seconds, wherever it begins
    """

    def __init__(
        self,
        concurrency: int = 16,
        requests_per_minute: int | None = None,
        tokens_per_minute: int | None = None,
        *,
        window: float = 60.0,
    ) -> None:
        self.concurrency = max(1, concurrency)
        self.requests_per_minute = requests_per_minute
        self.tokens_per_minute = tokens_per_minute
        self.window = window
        self.allowed = float(self.concurrency)
        self._active = 0
        self._resume = 0.0
        self._sent: deque[tuple[float, int]] = deque()

    @asynccontextmanager
    async def turn(self, n_tokens: int, ended: asyncio.Event) -> AsyncIterator[None]:
        """Wait until a request of so many tokens may be sent, or all has ended; hold its place while it is under way."""
        while (seconds := self.wait(n_tokens, time.monotonic())) > 0 and not ended.is_set():
            await asyncio.sleep(min(seconds, LONGEST_NAP))
        self._active += 1
        self._sent.append((time.monotonic(), n_tokens))
        try:
            yield
        finally:
            self._active -= 1

    def wait(self, n_tokens: int, now: float) -> float:
        """Seconds until it is worth asking again for a turn; 0: now.

        >>> pace = Pace(requests_per_minute=1)
        >>> pace._sent.append((100.0, 5))
        >>> pace.wait(5, 130.0), pace.wait(5, 161.0)
        (30.0, 0.0)
        """
        while self._sent and self._sent[0][0] + self.window <= now:
            self._sent.popleft()
        if now < self._resume:
            return self._resume - now
        if self._active >= int(self.allowed):
            return POLL
        many = self.requests_per_minute is not None and len(self._sent) >= self.requests_per_minute
        spent = sum(tokens for _, tokens in self._sent)
        # A request larger than the limit itself is sent alone: the server may know better
        large = self.tokens_per_minute is not None and spent + n_tokens > self.tokens_per_minute
        return self._sent[0][0] + self.window - now if self._sent and (many or large) else 0.0

    def too_fast(self, after: float | None) -> None:
        """The server asked to slow down, and to wait so many seconds where it says."""
        now = time.monotonic()
        if now >= self._resume:  # the others of the same burst say nothing new
            self.allowed = max(1.0, self.allowed / 2)
        self._resume = max(self._resume, now + (after or 0.0))

    def went_well(self) -> None:
        self.allowed = min(float(self.concurrency), self.allowed + 1 / max(1.0, self.allowed))
