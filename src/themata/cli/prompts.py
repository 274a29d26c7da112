"""`themata prompts`: the exact prompt of a topic, before a cent is spent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.console import print_json
from themata.cli.main import app
from themata.cli.work import open_run
from themata.parts.label.labeler import LLM


@app.command("prompts")
def prompts_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")],
    number: Annotated[int, typer.Argument(metavar="N", help="The topic's number.")] = 0,
    prompt: Annotated[Path | None, typer.Option(help="File with a prompt of your own.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the names.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Print what a language model would be asked about a topic."""
    model = open_run(run)
    model.result_.check(number)
    labeler = LLM("echo", prompt=prompt, language=language)
    shown = model.result_.having(labels=(None,) * model.result_.n_topics)
    asked = labeler.prompts(shown, model.documents_)[number]
    if json:
        print_json(
            {"topic": number, "messages": [{"role": role, "content": text} for role, text in asked.messages]}
        )
        return
    for role, text in asked.messages:
        typer.echo(f"[{role}]\n{text}\n")
