"""Lithuanian."""

from themata.languages.language import Language

LANGUAGE = Language(code="lt", name="Lithuanian", other_names=("lit",), conjunction=" ir ")
