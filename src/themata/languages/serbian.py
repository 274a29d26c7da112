"""Serbian."""

from themata.languages.language import Language

LANGUAGE = Language(code="sr", name="Serbian", other_names=("srp",))
