"""Every help text, as the terminal shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
import typer
from typer.testing import CliRunner

from themata.cli.app import COMMANDS as FIRST_LINES
from themata.cli.app import app
from themata.cli.llm_options import ChatOptions, LLMOptions

GROUP = typer.main.get_command(app)
COMMANDS = {name: GROUP.get_command(None, name) for name in FIRST_LINES}  # type: ignore[attr-defined,arg-type]


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
    shown = CliRunner().invoke(app, [name, "--help"]).stdout
    assert [text for text in _helps(name) if _bare(text) not in _bare(shown)] == []


def test_every_command_and_its_first_line_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.rich_utils.MAX_WIDTH", 1000)
    shown = CliRunner().invoke(app, ["--help"]).stdout
    for name, command in COMMANDS.items():
        assert name in shown and _bare((command.help or "").split("\n")[0]) in _bare(shown)


def _taken(name: str) -> dict[str, tuple[list[str], str]]:
    return {parameter.name: (parameter.opts, parameter.help) for parameter in COMMANDS[name].params}


@pytest.mark.parametrize("name", ["fit", "label", "prompts", "ask"])
def test_the_options_of_a_language_model_are_the_same_for_every_command(name: str) -> None:
    declared, left_out = _taken("label"), {"fit": {"language"}, "prompts": {"price", "aspect"}}
    model = {field.name for field in fields(ChatOptions if name == "ask" else LLMOptions)}
    model -= left_out.get(name, set()) | ({"llm"} if name == "ask" else set())
    own = _taken(name)
    assert {option: own[option] for option in model} == {option: declared[option] for option in model}


def test_the_first_line_shown_of_a_command_is_its_own() -> None:
    assert {name: (command.help or "").split("\n")[0] for name, command in COMMANDS.items()} == FIRST_LINES
