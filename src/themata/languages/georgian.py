"""Georgian."""

from themata.languages.language import Language

LANGUAGE = Language(code="ka", name="Georgian", conjunction=" და ", verbs_last=True)
