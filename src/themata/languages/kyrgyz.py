"""Kyrgyz."""

from themata.languages.language import Language

LANGUAGE = Language(code="ky", name="Kyrgyz", verbs_last=True)
