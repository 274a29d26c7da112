"""Lithuanian."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="lt",
    name="Lithuanian",
    other_names=("lit",),
    conjunction=" ir ",
)
