"""Swahili."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="sw",
    name="Swahili",
    other_names=("swa",),
)
