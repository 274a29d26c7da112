"""Norwegian."""

from themata.languages.language import Language

LANGUAGE = Language(code="nb", name="Norwegian", other_names=("nob",), conjunction=" og ")
