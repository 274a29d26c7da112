"""Sinhala."""

from themata.languages.language import Language

LANGUAGE = Language(code="si", name="Sinhala", verbs_last=True)
