"""What is shown of long work on standard error: a bar in a terminal, else a line per step and one now and then."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from themata.core.protocols import Progress

EVERY = 10.0  # seconds between two lines of one step
STEPS = {
    "collect": "collecting docstrings",
    "read": "reading",
    "load": "loading the embedder",
    "embed": "embedding",
    "count": "counting words",
    "relate": "relating documents",
    "group": "finding topics",
    "describe": "describing topics",
    "chat": "loading the language model",
    "label": "naming topics",
    "layout": "drawing the map",
    "report": "writing the report",
    "assign": "assigning documents",
    "update": "adding documents",
    "distill": "distilling the embedder",
    "again": "finding topics again",
    "measure": "measuring embedders",
}


# What a step is said to be of that tells a share of its work, rather than things one can count
WHOLE = 10_000


class Lines:
    """A line when a step is done, and one every ten seconds while it is not: for files, pipes and notebooks.

    stream : None is standard error, as it is when something is said
    """

    def __init__(self, stream: IO[str] | None = None, *, every: float = EVERY) -> None:
        self._stream, self._every = stream, every
        self._running: list[_Running] = []
        self._timer: threading.Timer | None = None

    def started(self, step: str) -> None:
        self._running.append(_Running(step))
        self._wait()

    def progress(self, step: str) -> Progress:
        def tell(done: int, total: int) -> None:
            for running in self._running:
                if running.step == step:
                    running.tell(done, total)

        return tell

    def finished(self, step: str, seconds: float, *, reused: bool) -> None:
        self.failed(step)
        said = "kept from the last run" if reused else span(seconds)
        self._say(f"  ✓ {STEPS.get(step, step):<26} {said}")

    def failed(self, step: str) -> None:
        """Say no more of a step."""
        self._running = [running for running in self._running if running.step != step]
        self._wait()

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._running:
            self._timer = threading.Timer(self._every, self._tick)
            self._timer.daemon = True
            self._timer.start()

    def _tick(self) -> None:
        running = self._running[-1:]
        for step in running:
            self._say(f"  … {step}")
        if running:
            self._wait()

    def _say(self, what: str) -> None:
        stream = usual_stream() if self._stream is None else self._stream
        try:
            print(what, file=stream, flush=True)
        except UnicodeEncodeError:  # a console that knows neither check marks nor dots
            print(what.encode("ascii", "replace").decode(), file=stream, flush=True)


def usual_stream() -> IO[str]:
    """Standard error; in Jupyter standard output, since there standard error looks as if something had gone wrong."""
    return sys.stdout if type(sys.stderr).__module__.startswith("ipykernel") else sys.stderr


class Bars:
    """A bar for each step that runs, and a line for each that is done: for terminals."""

    def __init__(self, progress: Any) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def started(self, step: str) -> None:
        self._tasks[step] = self._progress.add_task(STEPS.get(step, step), total=None, counted="")

    def progress(self, step: str) -> Progress:
        def tell(done: int, total: int) -> None:
            if step in self._tasks:
                counted = f"{done:,} of {total:,}" if total != WHOLE else ""
                self._progress.update(self._tasks[step], completed=done, total=total, counted=counted)

        return tell

    def finished(self, step: str, seconds: float, *, reused: bool) -> None:
        self.failed(step)
        said = "kept from the last run" if reused else span(seconds)
        self._progress.console.print(f"  [green]✓[/] {STEPS.get(step, step):<26} [dim]{said}[/]")

    def failed(self, step: str) -> None:
        """Take the bar of a step away."""
        task = self._tasks.pop(step, None)
        if task is not None:
            self._progress.remove_task(task)


@contextmanager
def listening(console: Console | None = None) -> Iterator[Lines | Bars]:
    """A listener for `Steps`: bars where standard error is a terminal, else lines. console : of rich, on standard error"""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    shown = Console(stderr=True, highlight=False) if console is None else console
    if not shown.is_terminal or shown.is_jupyter:
        lines = Lines()
        try:
            yield lines
        finally:
            for running in list(lines._running):
                lines.failed(running.step)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<26}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[counted]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    # The time left by all that was done, rather than by the last half minute, in which nothing may have been told
    with Progress(*columns, console=shown, transient=True, speed_estimate_period=3600) as progress:
        yield Bars(progress)


class _Running:
    """A step that is not done."""

    def __init__(self, step: str) -> None:
        self.step, self.start = step, time.perf_counter()
        self.done = self.total = 0
        self.reported = self.start  # when it was last said how much is done

    def tell(self, done: int, total: int) -> None:
        self.done, self.total, self.reported = done, total, time.perf_counter()

    def __str__(self) -> str:
        seconds = time.perf_counter() - self.start
        name = STEPS.get(self.step, self.step)
        if not self.done or not self.total:
            return f"{name}: {span(seconds)} so far"
        # What was done since is not known, so that the time left grows no longer while nothing is told
        left = (self.reported - self.start) * self.total / self.done - seconds
        share = self.done / self.total
        done = f"{self.done:,} of {self.total:,}" if self.total != WHOLE else f"{share:.0%}"
        return f"{name}: {done}, about {span(max(0.0, left))} left"


def span(seconds: float) -> str:
    """Time in the two largest units.

    >>> span(0.5), span(75), span(7300)
    ('0.5 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
