"""Estonian."""

from themata.languages.language import Language

LANGUAGE = Language(code="et", name="Estonian", other_names=("est",), conjunction=" ja ")
