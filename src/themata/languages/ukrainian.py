"""Ukrainian."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="uk",
    name="Ukrainian",
    other_names=("ukr",),
    conjunction=" і ",
    nonanswers="немає|нічого|не знаю відповіді|без коментарів|немає відповіді",
    column_names={"text": "коментар коментарі відповідь відгук зміст опис"},
)
