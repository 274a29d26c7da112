"""Malay."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="ms",
    name="Malay",
    other_names=("msa", "may"),
    attached_endings=tuple("lah kah pun nya".split()),
    conjunction=" dan ",
)
