"""`themata label`: names by a language model for the topics of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.console import out
from themata.cli.llm import labeler_of, tell_report
from themata.cli.main import app
from themata.cli.show import topic_table
from themata.cli.work import model_folder, open_run


@app.command("label")
def label_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")],
    llm: Annotated[str, typer.Option(help="A model's name or folder, openai:MODEL or litellm:MODEL.")],
    quantize: Annotated[str | None, typer.Option(help="nf4 or int8, for a local model.")] = None,
    base_url: Annotated[str | None, typer.Option(help="Address of an OpenAI-compatible server.")] = None,
    prompt: Annotated[Path | None, typer.Option(help="File with a prompt of your own.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the names.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count prompts, tokens and cost; ask nothing.")
    ] = False,
) -> None:
    """Name the topics; names given by hand stay, and answers given before are not paid for again."""
    model = open_run(run)
    labeler = labeler_of(llm, run, quantize=quantize, base_url=base_url, prompt=prompt, language=language)
    if dry_run:
        out.print(str(model.label_cost(labeler)))
        return
    model.label(labeler)
    model.save(model_folder(run), overwrite=True)
    if model_folder(run) != run:
        model.report(run / "report.html", title=run.resolve().name)
    tell_report(labeler)
    out.print(topic_table(model, 1000))
