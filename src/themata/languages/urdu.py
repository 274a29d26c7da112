"""Urdu."""

from themata.languages.language import Language

LANGUAGE = Language(code="ur", name="Urdu", other_names=("urd",), conjunction=" اور ", verbs_last=True)
