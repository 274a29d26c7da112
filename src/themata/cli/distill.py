"""`themata distill`: a static model, a hundred times faster, from any sentence transformer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.console import err, print_json
from themata.cli.main import app
from themata.parts.embed.static import distill


@app.command("distill")
def distill_command(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="minilm, or a sentence transformer's name or folder.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to write.")],
    dim: Annotated[int, typer.Option(min=2, help="Dimensions of the static embeddings.")] = 256,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Distill a static embedder; use it with --embedder static:FOLDER."""
    distill(model, out, dim=dim)
    if json:
        print_json({"embedder": f"static:{out}"})
        return
    err.print(f"use it:  themata fit INPUT --embedder static:{out} --out RUN")
