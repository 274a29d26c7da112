"""`themata ask`: try a language model by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import Quiet, console_listener
from themata.cli.llm_options import ChatOptions, chat_of
from themata.cli.options import Without, with_options
from themata.core.errors import ChatError
from themata.core.protocols import Prompt


@app.command("ask")
@with_options
def ask_command(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What to ask.")],
    llm: Annotated[str, typer.Option(help="A model's name or folder, openai:MODEL or litellm:MODEL.")],
    options: Annotated[ChatOptions, Without("llm")] = ChatOptions(),
    system: Annotated[str, typer.Option(help="A system prompt.")] = "",
    max_tokens: Annotated[int, typer.Option(min=1, help="Longest answer.")] = 256,
    quiet: Quiet = False,
) -> None:
    """Print a model's answer."""
    with console_listener() as listener:
        chat = chat_of(llm, options, listener)
    answer = chat.complete([replace(Prompt.of(question, system=system), max_tokens=max_tokens)])[0]
    if isinstance(answer, ChatError):
        raise answer
    typer.echo(answer.text)
