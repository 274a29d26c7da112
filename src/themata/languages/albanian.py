"""Albanian."""

from themata.languages.language import Language

LANGUAGE = Language(code="sq", name="Albanian", conjunction=" dhe ")
