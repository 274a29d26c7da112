"""Uzbek."""

from themata.languages.language import Language

LANGUAGE = Language(code="uz", name="Uzbek", verbs_last=True)
