"""Bulgarian."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="bg",
    name="Bulgarian",
    other_names=("bul",),
    conjunction=" и ",
)
