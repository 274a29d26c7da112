"""Slovenian."""

from themata.languages.language import Language

LANGUAGE = Language(code="sl", name="Slovenian", other_names=("slv",), conjunction=" in ")
