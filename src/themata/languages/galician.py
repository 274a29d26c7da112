"""Galician."""

from __future__ import annotations

from themata.languages.language import Language, words

LANGUAGE = Language(
    code="gl",
    name="Galician",
    other_names=("glg",),
    prepositions=words("de do da"),
    conjunction=" e ",
    before_nouns=words("un una do da dos das ao"),
)
