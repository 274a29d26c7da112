"""Uzbek."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="uz",
    name="Uzbek",
    verbs_last=True,
)
