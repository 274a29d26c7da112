"""The examples of docstrings run, and no merge was left half done in them."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import themata

SOURCE = Path(themata.__file__).parent
FILES = sorted(path for path in SOURCE.rglob("*.py") if ">>> " in path.read_text(encoding="utf-8"))


def test_there_are_examples() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_examples_give_what_they_say(path: Path) -> None:
    name = ".".join([themata.__name__, *path.relative_to(SOURCE).with_suffix("").parts])
    told = doctest.testmod(import_module(name.removesuffix(".__init__")))
    assert told.failed == 0


def test_no_merge_was_left_half_done() -> None:
    marks = ("<" * 7 + " ", ">" * 7 + " ")
    left = [
        path
        for path in SOURCE.rglob("*.py")
        if any(mark in path.read_text(encoding="utf-8") for mark in marks)
    ]
    assert not left
