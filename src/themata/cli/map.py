"""`themata map`: the documents on a plane, as a Plotly figure in one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import AsJson, RunArgument, print_json, say
from themata.cli.run_model import open_run


@app.command("map")
def map_command(
    run: RunArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="HTML to write; RUN/map.html without it.")
    ] = None,
    sample: Annotated[
        float | None, typer.Option(min=0, max=1, help="Share of each topic's documents drawn.")
    ] = None,
    hide_annotations: Annotated[
        bool, typer.Option("--hide-annotations", help="No names on the map.")
    ] = False,
    title: Annotated[str, typer.Option(help="Its title.")] = "<b>Documents and Topics</b>",
    json: AsJson = False,
) -> None:
    """Write the map of documents."""
    model = open_run(run)
    docs = model.documents_
    figure = model.visualize_documents(
        [docs.shown(row) for row in range(docs.n_docs)],
        sample=sample,
        hide_annotations=hide_annotations,
        custom_labels=True,
        title=title,
    )
    path = out or run / "map.html"
    figure.write_html(path, include_plotlyjs=True)
    if json:
        print_json({"map": str(path), "n_docs": docs.n_docs})
    else:
        say(f"the map: {path}")
