"""Gujarati."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="gu",
    name="Gujarati",
    verbs_last=True,
)
