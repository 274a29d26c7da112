"""Telugu."""

from themata.languages.language import Language

LANGUAGE = Language(code="te", name="Telugu", other_names=("tel",), verbs_last=True)
