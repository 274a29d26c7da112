"""The `themata` command: one file per command, errors as sentences, exit codes 0, 1 and 2.

0 done · 1 a clear error · 2 wrong usage · 130 stopped by Ctrl-C
"""

from __future__ import annotations

import os
import sys

import typer

from themata.cli.app import app
from themata.cli.console import standard_error_is_ours
from themata.core.errors import ThemataError


def main() -> None:
    """Run the command; a clear error is its message and exit code 1, never a traceback."""
    # Before a library loads OpenMP: threads that spin while they wait take 14 times as long on a busy machine (benchmarks/)
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        with standard_error_is_ours():
            app()
    except ThemataError as error:
        typer.secho(f"themata: {error}", fg="red", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        _say_how_to_go_on()
        sys.exit(130)
    except SystemExit as stop:
        if stop.code == 130:  # typer's word for Ctrl-C
            _say_how_to_go_on()
        raise
    except BrokenPipeError:  # `themata show RUN | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:  # a disk that is full, a folder that is not there or that nobody may write to
        if error.errno is None:
            raise
        where = f"{error.filename}: " if error.filename else ""
        typer.secho(f"themata: {where}{error.strerror}", fg="red", err=True)
        sys.exit(1)


def _say_how_to_go_on() -> None:
    sentence = "\nthemata: stopped. The same command goes on from the last finished batch."
    typer.secho(sentence, fg="yellow", err=True)
