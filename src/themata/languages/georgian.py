"""Georgian."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="ka",
    name="Georgian",
    conjunction=" და ",
    verbs_last=True,
)
