"""Punjabi."""

from themata.languages.language import Language

LANGUAGE = Language(code="pa", name="Punjabi", verbs_last=True)
