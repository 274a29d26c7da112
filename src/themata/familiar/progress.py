"""What verbose=True shows: a line per step on standard error."""

from __future__ import annotations

import sys
import time
from typing import Any

EVERY = 5.0  # seconds between two lines of one step


class Told:
    """Tells how far a fit is."""

    def started(self, step: str) -> None:
        self._said = time.perf_counter()
        self._say(f"{step} ...")

    def progress(self, step: str) -> Any:
        def told(done: int, total: int) -> None:
            now = time.perf_counter()
            if now - self._said > EVERY:
                self._said = now
                self._say(f"{step}: {done} of {total}")

        return told

    def finished(self, step: str, seconds: float, *, reused: bool) -> None:
        self._say(f"{step} done in {seconds:.1f} s")

    def _say(self, what: str) -> None:
        print(f"themata - {what}", file=sys.stderr, flush=True)
