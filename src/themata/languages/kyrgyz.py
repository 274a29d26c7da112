"""Kyrgyz."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="ky",
    name="Kyrgyz",
    verbs_last=True,
)
