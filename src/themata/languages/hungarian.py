"""Hungarian."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="hu",
    name="Hungarian",
    other_names=("hun",),
    conjunction=" és ",
    nonanswers=(
        "nincs|nincs valasz|nincs megjegyzes|nincs velemenyem|semmi|nem tudom|nem relevans|nem valaszol"
    ),
    column_names={
        "text": "megjegyzes valasz valaszok velemeny szoveg tartalom uzenet leiras hozzaszolas",
        "title": "cim targy",
        "id": "sorszam azonosito",
        "date": "ev idopont keltezes",
        "class": "osztaly csoport",
    },
)
