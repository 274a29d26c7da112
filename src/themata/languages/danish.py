"""Danish."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="da",
    name="Danish",
    other_names=("dan",),
    conjunction=" og ",
    nonanswers=(
        "intet|ikke relevant|intet svar|ingen svar|ingenting|ved ikke|ingen kommentarer|ingen mening"
    ),
    column_names={
        "text": "besked beskrivelse fritekst kommentarer svar",
        "title": "overskrift titel",
        "date": "dato tidspunkt",
        "class": "kategori tema",
    },
)
