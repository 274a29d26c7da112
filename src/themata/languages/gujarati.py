"""Gujarati."""

from themata.languages.language import Language

LANGUAGE = Language(code="gu", name="Gujarati", verbs_last=True)
