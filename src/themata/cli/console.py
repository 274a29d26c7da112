"""How the command line speaks: tables and JSON on standard output, progress on standard error."""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from themata.core.text_layout import with_direction_marks
from themata.pipeline import progress

# A pipe or a file has no width of its own; names and keywords need more than the usual 80
out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
err = Console(stderr=True, highlight=False)
# What keeps the bars and warnings of other libraries away, unless the user has said otherwise
_HUSHED = {
    "TQDM_DISABLE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


def _hush(asked: bool) -> bool:
    err.quiet = asked
    return asked


RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", callback=_hush, help="Nothing on standard error but warnings and errors."),
]


def say(what: str, style: str = "") -> None:
    """A line on standard error, as it is: brackets in names of files are no markup."""
    err.print(Text(what, style), soft_wrap=True)


def warn(what: str) -> None:
    """A line on standard error, which --quiet leaves."""
    quiet, err.quiet = err.quiet, False
    try:
        say(what, "yellow")
    finally:
        err.quiet = quiet


@contextmanager
def console_listener() -> Iterator[Any]:
    """A listener with a live display on standard error; --quiet hears nothing."""
    if err.quiet:
        from themata.pipeline.step_cache import Silent

        yield Silent()
        return
    with progress.listening(err) as listener:
        yield listener


@contextmanager
def standard_error_is_ours() -> Iterator[None]:
    """Standard error is ours alone: what themata logs is shown as a warning, other libraries' bars and warnings are not."""
    set_here = {name: value for name, value in _HUSHED.items() if name not in os.environ}
    os.environ.update(set_here)
    ours, root, silent = _Warnings(logging.WARNING), logging.getLogger(), logging.NullHandler()
    logging.getLogger("themata").addHandler(ours)
    root.addHandler(silent)
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")
            yield
    finally:
        err.quiet = False
        root.removeHandler(silent)
        logging.getLogger("themata").removeHandler(ours)
        for name in set_here:
            os.environ.pop(name, None)


class _Warnings(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        warn(record.getMessage())


def cell(text: str) -> str:
    """A text as part of a line or a row of a table: no markup, and in a terminal no column changes places with another."""
    return escape(with_direction_marks(text) if out.is_terminal else text)


def print_json(value: Any) -> None:
    """One JSON document on standard output and nothing else."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    import numpy as np  # not needed by those who only ask for help

    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value)
