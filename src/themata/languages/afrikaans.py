"""Afrikaans."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="af",
    name="Afrikaans",
    other_names=("afr",),
    conjunction=" en ",
)
