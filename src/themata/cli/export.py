"""`themata export`: the results of a run as one file for other programs, or its model in a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import say
from themata.cli.reading import Reading
from themata.cli.result_rows import kept_input, run_table, write_file
from themata.cli.run_model import open_run
from themata.core.errors import InputError, StoreError
from themata.store.hub import PREFIX
from themata.store.model_folder import MANIFEST
from themata.store.result_files import table_kind


@app.command("export")
def export_command(
    run: Annotated[
        Path, typer.Argument(metavar="RUN", help="A run folder, or a folder that BERTopic wrote.")
    ],
    folder: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="Where the model goes.")] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help="Write results instead: every input row, with its topics, as results.xlsx, .csv or .parquet."
        ),
    ] = None,
    texts: Annotated[bool, typer.Option(help="With the documents' texts and titles, or without.")] = True,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
) -> None:
    """Write the results beside the rows of the input (--to FILE), or save the model alone in a folder.

    A saved model is safetensors, Parquet and JSON, read by TopicModel.load and every command.
    """
    if (folder is None) == (to is None):
        raise InputError(
            "give --to FILE for the results, such as results.xlsx, or a FOLDER for the model alone"
        )
    if to is not None:
        table_kind(to)
        if to.exists() and not overwrite:
            raise InputError(f"{to} is there already: --overwrite replaces it")
        model = open_run(run)
        write_file(to, run_table(model, *kept_input(run, model)), model)
        return
    assert folder is not None
    model = open_run(run)
    if not overwrite and (folder / MANIFEST).exists():
        raise StoreError(f"{folder} holds a model: --overwrite replaces it")
    model.save(folder, overwrite=overwrite, texts=texts)
    if not str(run).startswith(PREFIX):
        Reading.in_folder(run).write(folder)
    say(f"saved {folder}")
