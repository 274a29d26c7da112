"""Serbian."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="sr",
    name="Serbian",
    other_names=("srp",),
)
