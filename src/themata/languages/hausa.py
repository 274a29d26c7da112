"""Hausa."""

from themata.languages.language import Language

LANGUAGE = Language(code="ha", name="Hausa")
