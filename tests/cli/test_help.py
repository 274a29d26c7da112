"""Every help text, as the terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from themata.cli.main import _with_commands

COMMANDS = typer.main.get_command(_with_commands()).commands  # type: ignore[attr-defined]


def _bare(text: str) -> str:
    """Letters and marks alone: no white space, no frame, and no backslash, which says that a bracket is one."""
    return re.sub(r"[\s\\│╭╮╰╯─]", "", text)


def _helps(name: str) -> Iterator[str]:
    command = COMMANDS[name]
    yield from (command.help or "").split("\n\n")
    yield from (parameter.help for parameter in command.params if getattr(parameter, "help", None))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_no_word_of_a_help_text_is_eaten_as_markup(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 1000)  # so that no text is broken over lines
    shown = CliRunner().invoke(_with_commands(), [name, "--help"]).stdout
    assert [text for text in _helps(name) if _bare(text) not in _bare(shown)] == []


def test_every_command_and_its_first_line_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 1000)
    shown = CliRunner().invoke(_with_commands(), ["--help"]).stdout
    for name, command in COMMANDS.items():
        assert name in shown and _bare((command.help or "").split("\n")[0]) in _bare(shown)
