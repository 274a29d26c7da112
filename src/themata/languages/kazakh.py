"""Kazakh."""

from themata.languages.language import Language

LANGUAGE = Language(code="kk", name="Kazakh", verbs_last=True)
