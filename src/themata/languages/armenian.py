"""Armenian."""

from themata.languages.language import Language

LANGUAGE = Language(code="hy", name="Armenian", conjunction=" և ")
