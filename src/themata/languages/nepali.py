"""Nepali."""

from themata.languages.language import Language

LANGUAGE = Language(code="ne", name="Nepali", verbs_last=True)
