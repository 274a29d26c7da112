"""Esperanto."""

from themata.languages.language import Language

LANGUAGE = Language(code="eo", name="Esperanto")
