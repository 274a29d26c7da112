"""How the command line speaks: tables and JSON on standard output, progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

# A pipe or a file has no width of its own; names and keywords need more than the usual 80
out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True, highlight=False)

_SAID = {
    "read": "reading",
    "embed": "embedding",
    "count": "counting words",
    "relate": "relating documents",
    "group": "finding topics",
    "describe": "describing topics",
    "label": "naming topics",
    "layout": "drawing the map",
    "report": "writing the report",
}


class Listener:
    """Shows the steps of a fit: a line each when done, a bar while a long one runs."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def started(self, step: str) -> None:
        self._tasks[step] = self._progress.add_task(_SAID.get(step, step), total=None)

    def progress(self, step: str) -> Any:
        def told(done: int, total: int) -> None:
            self._progress.update(self._tasks[step], completed=done, total=total)

        return told

    def finished(self, step: str, seconds: float, *, reused: bool) -> None:
        task = self._tasks.pop(step, None)
        if task is not None:
            self._progress.remove_task(task)
        told = "kept from the last run" if reused else f"{seconds:.1f} s"
        self._progress.console.print(f"  [green]✓[/] {_SAID.get(step, step):<20} [dim]{told}[/]")


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener with a live display on standard error."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        yield Listener(progress)


def print_json(value: Any) -> None:
    """One JSON document on standard output and nothing else."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value)
