"""Icelandic."""

from themata.languages.language import Language

LANGUAGE = Language(code="is", name="Icelandic")
