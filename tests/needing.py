"""What tests need beside the core, looked for and not imported: every worker collects all tests, and runs half of them."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


def needs(*packages: str) -> None:
    """Skip a module of tests where a package is not installed."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}", allow_module_level=True)


class Late:
    """A package that a test imports when it first uses it."""

    def __init__(self, name: str) -> None:
        needs(name)
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):  # pytest looks whether it is a fixture
            raise AttributeError(attribute)
        return getattr(import_module(self._name), attribute)
