"""Telugu."""

from __future__ import annotations

from themata.languages.language import Language

LANGUAGE = Language(
    code="te",
    name="Telugu",
    other_names=("tel",),
    verbs_last=True,
)
