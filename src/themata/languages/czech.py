"""Czech."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="cs",
    name="Czech",
    other_names=("ces", "cze"),
    conjunction=" a ",
    nonanswers=(
        "zadny|zadna|zadne|nic|bez komentare|bez odpovedi|bez nazoru|nevim|neviem|netyka se|nezname|"
        "neuvedeno|neuvedene|ziadny|ziadne|ziadna"
    ),
    column_names={
        "text": """
            komentar komentare odpoved odpovedi nazor obsah popis poznamka zprava otazka dotaz recenze
        """,
        "title": "nazev predmet",
        "id": "cislo",
        "date": "datum rok",
        "class": "kategorie trieda skupina",
    },
)
