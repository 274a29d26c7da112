"""Macedonian."""

from themata.languages.language import Language

LANGUAGE = Language(code="mk", name="Macedonian", conjunction=" и ")
