"""`themata export`: a run's model in a folder of its own, for somebody else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import say
from themata.cli.run_model import open_run
from themata.core.errors import StoreError
from themata.store.model_folder import MANIFEST


@app.command("export")
def export_command(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="A run folder, or a folder that BERTopic wrote.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the model goes.")],
    texts: Annotated[bool, typer.Option(help="With the documents' texts and titles, or without.")] = True,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a model that is there.")] = False,
) -> None:
    """Save the model alone: safetensors, Parquet and JSON, read by TopicModel.load and every command."""
    model = open_run(run)
    if not overwrite and (folder / MANIFEST).exists():
        raise StoreError(f"{folder} holds a model: --overwrite replaces it")
    model.save(folder, overwrite=overwrite, texts=texts)
    say(f"saved {folder}")
