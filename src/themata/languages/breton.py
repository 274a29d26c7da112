"""Breton."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="br",
    name="Breton",
)
