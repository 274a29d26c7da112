"""Persian."""

from themata.languages.language import Language

LANGUAGE = Language(code="fa", name="Persian", other_names=("farsi", "fas", "per"), conjunction=" و ")
