"""Zulu."""

from themata.languages.language import Language

LANGUAGE = Language(code="zu", name="Zulu")
