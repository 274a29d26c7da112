"""Somali."""

from themata.languages.language import Language

LANGUAGE = Language(code="so", name="Somali")
