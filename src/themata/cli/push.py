"""`themata push`: a run's model on the Hugging Face hub, for others."""

from __future__ import annotations

from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import RunArgument, say
from themata.cli.run_model import open_run


@app.command("push")
def push_command(
    run: RunArgument,
    name: Annotated[
        str, typer.Argument(metavar="OWNER/NAME", help="The repository; made if it is not there.")
    ],
    message: Annotated[
        str, typer.Option("--message", "-m", help="What the change is.")
    ] = "Add a topic model",
    revision: Annotated[str | None, typer.Option(help="A branch; made if it is not there.")] = None,
    private: Annotated[bool, typer.Option("--private", help="Make a private repository.")] = False,
    create_pr: Annotated[
        bool, typer.Option("--create-pr", help="Ask for the change, do not make it.")
    ] = False,
    card: Annotated[bool, typer.Option(help="Write a README.md, unless a person wrote one.")] = True,
    texts: Annotated[
        bool, typer.Option("--texts", help="Share the documents' texts and titles, too.")
    ] = False,
) -> None:
    """Share the model on the Hugging Face hub, as whom `hf auth login` or HF_TOKEN says."""
    model = open_run(run)
    url = model.push_to_hub(
        name,
        commit_message=message,
        revision=revision,
        private=private,
        create_pr=create_pr,
        model_card=card,
        texts=texts,
    )
    typer.echo(url)
    if not texts:
        say("the documents' texts stayed here; --texts shares them, too", "dim")
    say(f"to have it elsewhere:  themata show hf:{name}", "dim")
