"""`themata prompts`: the exact prompt of a topic, before a cent is spent."""

from __future__ import annotations

from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import AsJson, Quiet, RunArgument, console_listener, print_json
from themata.cli.llm_options import LLMOptions, labeler_of_options
from themata.cli.options import Without, with_options
from themata.cli.run_model import open_run
from themata.core.errors import InputError


@app.command("prompts")
@with_options
def prompts_command(
    run: RunArgument,
    number: Annotated[int, typer.Argument(metavar="N", help="The topic's, or group's, number.")] = 0,
    options: Annotated[LLMOptions, Without("price", "aspect")] = LLMOptions(),
    layer: Annotated[
        int | None,
        typer.Option(help="Of group N of this coarser layer, as `themata show RUN --layer` lists them."),
    ] = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> None:
    """Print what a language model would be asked about a topic; with --llm documents are cut by its own tokens."""
    model = open_run(run)
    if layer is None:
        model.result_.check(number)
    else:
        model.result_.relabel_layer(layer, {number: None})  # says which layers and groups there are
    with console_listener() as listener:
        labeler = labeler_of_options(options.llm or "echo", run, options, listener)
    asked = model.label_prompts(labeler, layer=layer).get(number)
    if asked is None:
        raise InputError(
            f"nothing is asked about {number}: a person named it, or it is made of one topic alone"
        )
    if json:
        print_json({"topic": number, "messages": asked.talk})
        return
    for role, text in asked.messages:
        typer.echo(f"[{role}]\n{text}\n")
