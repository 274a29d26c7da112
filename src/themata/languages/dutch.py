"""Dutch."""

from themata.languages.language import Language, word_set

LANGUAGE = Language(
    code="nl",
    name="Dutch",
    other_names=("nld", "dut"),
    prepositions=word_set("van der de"),
    conjunction=" en ",
    before_nouns=word_set("het een de van der in over per"),
    nonanswers=(
        "geen|geen commentaar|geen opmerkingen|geen opmerking|geen antwoord|geen idee|geen mening|niets|niks|"
        "nvt|n v t|niet van toepassing|weet niet|weet ik niet|ik weet het niet|onbekend"
    ),
    column_names={
        "text": """
            opmerking opmerkingen tekst antwoord antwoorden reactie toelichting bericht beschrijving inhoud vraag
        """,
        "title": "titel onderwerp",
        "id": "nummer",
        "date": "datum tijdstempel",
        "class": "categorie groep",
    },
)
