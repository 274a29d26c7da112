"""Kazakh."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="kk",
    name="Kazakh",
    verbs_last=True,
)
