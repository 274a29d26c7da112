"""The pictures take what BERTopic's take: its own source says so, read without importing it."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from pathlib import Path
from typing import Any

import pytest

from themata import TopicModel

NO_VALUE = {
    "datamap_kwds",
    "int_datamap_kwds",
}  # {} there, None here: a mutable default is nobody's to change


def theirs() -> dict[str, dict[str, Any]]:
    """{method: {parameter: default, or ... where it must be given}} of every picture of BERTopic."""
    found = importlib.util.find_spec("bertopic")
    if found is None or found.origin is None:
        return {}
    source = (Path(found.origin).parent / "_bertopic.py").read_text(encoding="utf-8")
    body = next(node for node in ast.parse(source).body if getattr(node, "name", "") == "BERTopic").body
    return {
        method.name: _parameters(method.args)
        for method in body
        if isinstance(method, ast.FunctionDef) and method.name.startswith("visualize_")
    }


def _parameters(given: ast.arguments) -> dict[str, Any]:
    names = [one.arg for one in given.args]
    defaults = [ast.literal_eval(node) for node in given.defaults]
    return dict(zip(names, [...] * (len(names) - len(defaults)) + defaults, strict=True))


@pytest.mark.skipif(not theirs(), reason="bertopic is not installed")
def test_every_picture_takes_the_same_parameters() -> None:
    assert len(theirs()) == 12
    for name, parameters in theirs().items():
        ours = inspect.signature(getattr(TopicModel, name)).parameters
        assert list(ours) == list(parameters), name
        for parameter, default in parameters.items():
            if default is not ... and parameter not in NO_VALUE:
                assert ours[parameter].default == default, (name, parameter)
