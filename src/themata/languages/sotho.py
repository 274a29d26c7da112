"""Sotho."""

from themata.languages.language import Language

LANGUAGE = Language(code="st", name="Sotho")
