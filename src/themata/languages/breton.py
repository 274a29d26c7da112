"""Breton."""

from themata.languages.language import Language

LANGUAGE = Language(code="br", name="Breton")
