"""Swahili."""

from themata.languages.language import Language

LANGUAGE = Language(code="sw", name="Swahili", other_names=("swa",))
