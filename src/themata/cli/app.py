"""The application that every command registers itself with, and each command's file is imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from themata import __version__

# Each command, which its file is named for, and the first line of its help: all 17 files take 2 s to import
COMMANDS = {
    "ask": "Print a model's answer.",
    "assign": "Give each new document the topic of its neighbors: every row of the input, with its topics beside it.",
    "show": "Print the table of topics, of the groups of a layer, or the table of contents.",
    "demo": "Model the docstrings of the installed Python packages.",
    "distill": "Distill a static embedder; use it with --embedder static:FOLDER.",
    "doctor": "Say what themata finds on this machine.",
    "evaluate": "Measure coherence and diversity of keywords, agreement with classes, and stability.",
    "export": "Write the results beside the rows of the input (--to FILE), or save the model alone in a folder.",
    "fit": "Find the topics of documents; write tables, a model and report.html.",
    "label": "Name topics and layers; names given by hand stay, and answers given before are not paid for again.",
    "map": "Write the map of documents.",
    "prompts": "Print what a language model would be asked about a topic; with --llm documents are cut by its own tokens.",
    "push": "Share the model on the Hugging Face hub, as whom `hf auth login` or HF_TOKEN says.",
    "report": "Write report.html anew: with other columns of the input, colors, marks, or another title.",
    "search": "Print the topics and the documents that match words, best first.",
    "topic": "Print a topic's name, keywords, aspects and example documents.",
    "update": "Give new documents the topics there are, or new ones, and save the model.",
}


class Commands(TyperGroup):
    """The commands by name; for the list of them none is imported."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        if self._listing:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name])
        import_module(f"themata.cli.{cmd_name}")
        group: Any = typer.main.get_command(app)
        return group.commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


app = typer.Typer(
    name="themata",
    cls=Commands,
    help="Documents into topics a person can read, each named in plain language.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"themata {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass
