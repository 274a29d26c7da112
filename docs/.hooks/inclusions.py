"""What pages hold that is written elsewhere: commands as `themata COMMAND --help` tells them, and the examples' scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from runpy import run_path
from typing import Any

from typer.main import get_command

from themata.cli.app import COMMANDS as NAMES
from themata.cli.app import app

COMMANDS = "<!-- commands -->"
EXAMPLE = re.compile(r"<!-- example (\w+) -->")
EXAMPLES = Path(__file__).parents[2] / "examples"


def on_page_markdown(markdown: str, **_: Any) -> str:
    if COMMANDS in markdown:
        markdown = markdown.replace(COMMANDS, "\n".join(_commands()))
    return EXAMPLE.sub(lambda found: _script(found[1]), markdown)


def _script(name: str) -> str:
    """The cells of an example: prose as prose, under headings below those of the page."""
    cells = run_path(str(Path(__file__).with_name("examples.py")))["cells"]
    script = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    told = [
        re.sub(r"^#", "###", text, flags=re.MULTILINE) if is_prose else f"```python\n{text}\n```"
        for is_prose, text in cells(script)
    ]
    return "\n\n".join([f"`examples/{name}.py`, `examples/{name}.ipynb`", *told])


def _commands() -> Iterator[str]:
    for name in sorted(NAMES):
        import_module(f"themata.cli.{name}")  # where it registers itself
    commands = get_command(app).commands
    for name in sorted(NAMES):
        command = commands[name]
        shown = [
            param for param in command.params if not getattr(param, "hidden", False) and param.name != "help"
        ]
        arguments = [param for param in shown if param.param_type_name == "argument"]
        options = [param for param in shown if param.param_type_name == "option"]
        usage = [argument.name.upper() for argument in arguments]
        yield f"\n## themata {name}\n\n{command.help}\n"
        yield f"```text\nthemata {' '.join([name, *usage, *(['[OPTIONS]'] if options else [])])}\n```\n"
        if options:
            yield "| option | what it does | if not given |\n|---|---|---|"
        for option in options:
            yield f"| {_spelled(option)} | {_cell(option.help)} | {_default(option)} |"


def _spelled(option: Any) -> str:
    return ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])


def _default(option: Any) -> str:
    value = option.default
    return (
        "" if value in (None, False, "", (), []) or callable(value) else f"`{getattr(value, 'value', value)}`"
    )


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
