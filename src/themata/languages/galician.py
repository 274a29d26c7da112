"""Galician."""

from themata.languages.language import Language, word_set

LANGUAGE = Language(
    code="gl",
    name="Galician",
    other_names=("glg",),
    prepositions=word_set("de do da"),
    conjunction=" e ",
    before_nouns=word_set("un una do da dos das ao"),
)
