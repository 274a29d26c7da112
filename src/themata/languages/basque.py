"""Basque."""

from themata.languages.language import Language

LANGUAGE = Language(code="eu", name="Basque", other_names=("eus", "baq"))
