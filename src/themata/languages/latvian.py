"""Latvian."""

from themata.languages.language import Language

LANGUAGE = Language(code="lv", name="Latvian", other_names=("lav",), conjunction=" un ")
