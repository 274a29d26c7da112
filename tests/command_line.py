"""The command `themata` for tests: in this process, where it begins at once, or in one of its own, as a user's."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from themata.cli.main import main

Done = subprocess.CompletedProcess[str]


def themata(*arguments: object, cwd: Path | None = None) -> Done:
    """A command by `main` in this process: exit code, standard output and standard error, as a user has them.

    A process of its own takes seconds of imports before it begins, and more where it embeds.
    """
    argv = ["themata", *map(str, arguments)]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", argv),
        patch.dict(os.environ),  # which it sets for libraries
        chdir(cwd or Path.cwd()),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return Done(argv, code, out.getvalue(), err.getvalue())


def themata_process(*arguments: object, cwd: Path | None = None, stdin: str | None = None) -> Done:
    """A command in its own process: for what importing, dying and standard input have to do with it."""
    command = [sys.executable, "-m", "themata", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=240, cwd=cwd)
