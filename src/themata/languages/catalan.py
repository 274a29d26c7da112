"""Catalan."""

from __future__ import annotations

from themata.languages.language import Language, words

LANGUAGE = Language(
    code="ca",
    name="Catalan",
    other_names=("cat",),
    prepositions=words("de del per"),
    conjunction=" i ",
    before_nouns=words("la el les un una del al"),
)
