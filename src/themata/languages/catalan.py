"""Catalan."""

from themata.languages.language import Language, word_set

LANGUAGE = Language(
    code="ca",
    name="Catalan",
    other_names=("cat",),
    prepositions=word_set("de del per"),
    conjunction=" i ",
    before_nouns=word_set("la el les un una del al"),
)
