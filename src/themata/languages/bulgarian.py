"""Bulgarian."""

from themata.languages.language import Language

LANGUAGE = Language(code="bg", name="Bulgarian", other_names=("bul",), conjunction=" и ")
