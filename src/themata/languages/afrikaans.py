"""Afrikaans."""

from themata.languages.language import Language

LANGUAGE = Language(code="af", name="Afrikaans", other_names=("afr",), conjunction=" en ")
