"""Norwegian."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="no",
    name="Norwegian",
    other_names=("nor",),
    conjunction=" og ",
    nonanswers="ikke relevant|ingen svar|ingenting|vet ikke|ingen kommentarer|ingen mening",
    column_names={
        "text": "beskrivelse fritekst innhold kommentarer svar",
        "title": "overskrift",
        "date": "dato tidspunkt",
        "class": "kategori tema",
    },
)
