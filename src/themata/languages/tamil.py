"""Tamil."""

from themata.languages.language import Language

LANGUAGE = Language(code="ta", name="Tamil", other_names=("tam",), verbs_last=True)
