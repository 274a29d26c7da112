"""Punjabi."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="pa",
    name="Punjabi",
    verbs_last=True,
)
