"""Tagalog."""

from themata.languages.language import Language

LANGUAGE = Language(code="tl", name="Tagalog", nonanswers="wala")
