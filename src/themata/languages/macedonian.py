"""Macedonian."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="mk",
    name="Macedonian",
    conjunction=" и ",
)
