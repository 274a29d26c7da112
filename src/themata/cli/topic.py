"""`themata topic`: one topic, read closely."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from themata.cli.app import app
from themata.cli.console import AsJson, RunArgument, cell, out, print_json
from themata.cli.json_output import topic_payload
from themata.cli.run_model import open_run
from themata.core.text_layout import several


@app.command("topic", context_settings={"ignore_unknown_options": True})
def topic_command(
    run: RunArgument,
    number: Annotated[int, typer.Argument(metavar="N", help="The topic's number.")],
    docs: Annotated[int, typer.Option("--docs", "-d", min=0, help="Example documents shown.")] = 8,
    json: AsJson = False,
) -> None:
    """Print a topic's name, keywords, aspects and example documents."""
    model = open_run(run)
    model.result_.check(number)
    payload = topic_payload(model, number, n_exemplars=docs)
    if json:
        print_json(payload)
        return
    out.print(
        f"[bold cyan]{cell(payload['name'])}[/]  [dim]topic {number}, named by {escape(payload['source'])}[/]"
    )
    if payload["summary"]:
        out.print(escape(payload["summary"]))
    out.print(f"{several(payload['size'], 'document')}, {payload['share']:.1%} of all")
    for name, words in {"keywords": payload["keywords"], **payload["aspects"]}.items():
        out.print(f"[bold]{escape(name)}[/]  {cell(', '.join(words))}")
    for text in payload["exemplars"]:
        out.print(f"  • {escape(' '.join(text.split())[:300])}")
