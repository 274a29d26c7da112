"""Mongolian."""

from themata.languages.language import Language

LANGUAGE = Language(code="mn", name="Mongolian", verbs_last=True)
