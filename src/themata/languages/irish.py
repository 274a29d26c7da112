"""Irish."""

from themata.languages.language import Language

LANGUAGE = Language(code="ga", name="Irish")
