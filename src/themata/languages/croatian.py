"""Croatian."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="hr",
    name="Croatian",
    other_names=("hrv",),
    conjunction=" i ",
    column_names={"class": "kategorija grupa"},
)
