"""Bengali."""

from themata.languages.language import Language

LANGUAGE = Language(code="bn", name="Bengali", other_names=("ben",), verbs_last=True)
