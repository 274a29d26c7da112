"""Yoruba."""

from themata.languages.language import Language

LANGUAGE = Language(code="yo", name="Yoruba")
