"""Swedish."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="sv",
    name="Swedish",
    other_names=("swe",),
    conjunction=" och ",
    nonanswers=(
        "inga|ingen|inget|ingen kommentar|inga kommentarer|inget svar|ingen asikt|ingen aning|vet ej|"
        "vet inte|jag vet inte|ej tillampligt|okant"
    ),
    column_names={
        "text": "kommentarer svar tekst fritext omdome beskrivning innehall meddelande",
        "title": "rubrik",
        "date": "datum tidsstampel tidspunkt",
        "class": "kategori",
    },
)
