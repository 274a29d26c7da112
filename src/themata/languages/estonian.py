"""Estonian."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="et",
    name="Estonian",
    other_names=("est",),
    conjunction=" ja ",
)
