"""`themata show`: the table of topics."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from themata.cli.app import app
from themata.cli.console import AsJson, RunArgument, cell, out, print_json
from themata.cli.json_output import layer_payload, model_payload
from themata.cli.run_model import open_run
from themata.cli.run_results import whole_document_sizes
from themata.model import TopicModel


@app.command("show")
def show_command(
    run: RunArgument,
    top: Annotated[int, typer.Option("--top", "-n", min=1, help="Only the largest so many.")] = 1000,
    tree: Annotated[bool, typer.Option("--tree", help="As a table of contents, by the layers.")] = False,
    layer: Annotated[int | None, typer.Option(help="The groups of this coarser layer instead.")] = None,
    json: AsJson = False,
) -> None:
    """Print the table of topics, of the groups of a layer, or the table of contents."""
    model = open_run(run)
    groups = None if layer is None else layer_payload(model, layer)
    if json:
        print_json(groups or model_payload(model))
    elif groups is not None:
        out.print(layer_table(groups))
    elif tree:
        out.print(escape(str(model.contents())), soft_wrap=True, end="")
    else:
        out.print(shown_topics(model, top))


def layer_table(payload: dict[str, Any]) -> Table:
    """A row per group of a coarser layer: documents, name, topics."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("group", justify="right", min_width=5)
    table.add_column("documents", justify="right", min_width=9)
    table.add_column("name", style="bold cyan", min_width=24, max_width=60)
    table.add_column("topics", overflow="ellipsis", no_wrap=True)
    for group in payload["groups"]:
        topics = ", ".join(f"{topic['id']} {topic['name']}" for topic in group["topics"])
        table.add_row(str(group["id"]), f"{group['size']:,}", cell(group["name"]), cell(topics))
    return table


def shown_topics(model: TopicModel, top: int) -> Table:
    """A row per topic, the first `top` of them: documents, name, keywords."""
    topics = model.result_
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("topic", justify="right", min_width=5)
    table.add_column("documents", justify="right", min_width=9)
    table.add_column("name", style="bold cyan", min_width=24, max_width=44)
    table.add_column("keywords", overflow="ellipsis", no_wrap=True)
    sizes, names = whole_document_sizes(model), topics.names
    for row in range(min(top, topics.n_topics)):
        words = ", ".join(word for word, _ in topics.keywords[row])
        table.add_row(str(row), f"{sizes[row]:,}", cell(names[row]), cell(words))
    if sizes[-1]:
        table.add_row("-1", f"{sizes[-1]:,}", "[dim]no topic[/]", "")
    return table
