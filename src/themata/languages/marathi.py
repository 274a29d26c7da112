"""Marathi."""

from themata.languages.language import Language

LANGUAGE = Language(code="mr", name="Marathi", other_names=("mar",), conjunction=" आणि ", verbs_last=True)
