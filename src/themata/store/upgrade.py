"""Older formats of saved models, brought to the newest one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from themata._version import __version__
from themata.errors import StoreError

FORMAT = 1

# {format: what turns its manifest into the next format's}
STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def upgraded(manifest: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The manifest in the format of this themata; a StoreError says which themata can read one that this cannot.

    >>> upgraded({"format": 1}, "folder")
    {'format': 1}
    """
    made = dict(manifest)
    found = made["format"]
    if not isinstance(found, int) or isinstance(found, bool):
        raise TypeError(f"its format is {found!r}, not a number")
    if found > FORMAT:
        raise StoreError(
            f"{where} has format {found}, made by themata {made.get('themata')}; this is themata {__version__}, "
            f"which reads up to format {FORMAT}: pip install --upgrade themata"
        )
    while made["format"] < FORMAT:
        step = STEPS.get(made["format"])
        if step is None:
            raise StoreError(
                f"{where} has format {found}, which no themata reads: fit and save the model again"
            )
        made = {**step(made), "format": made["format"] + 1}
    return made
