"""`themata distill`: a static model, a hundred times faster, from any sentence transformer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import AsJson, Quiet, console_listener, print_json, say
from themata.embed.static import distill
from themata.pipeline.step_cache import Steps


@app.command("distill")
def distill_command(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="minilm, or a sentence transformer's name or folder.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write.")],
    dim: Annotated[int, typer.Option(min=2, help="Dimensions of the static embeddings.")] = 256,
    quiet: Quiet = False,
    json: AsJson = False,
) -> None:
    """Distill a static embedder; use it with --embedder static:FOLDER."""
    with console_listener() as listener, Steps(listener=listener).timed("distill"):
        distill(model, out, dim=dim)
    if json:
        print_json({"embedder": f"static:{out}"})
        return
    say(f"use it:  themata fit INPUT --embedder static:{out} --out RUN")
