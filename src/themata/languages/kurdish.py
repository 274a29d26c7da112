"""Kurdish."""

from themata.languages.language import Language

LANGUAGE = Language(code="ku", name="Kurdish")
