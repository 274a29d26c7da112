"""Slovak."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="sk",
    name="Slovak",
    other_names=("slk", "slo"),
    conjunction=" a ",
    column_names={"class": "kategorija trieda"},
)
