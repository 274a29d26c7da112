"""Romanian."""

from themata.languages.language import Language, word_set

LANGUAGE = Language(
    code="ro",
    name="Romanian",
    other_names=("ron", "rum"),
    prepositions=word_set("de"),
    conjunction=" și ",
    before_nouns=word_set("un"),
    nonanswers=(
        "niciunul|niciuna|nimic|fara comentarii|fara raspuns|fara opinie|nu stiu|nu se aplica|nu e cazul|"
        "nu este cazul"
    ),
    column_names={
        "text": "raspuns raspunsuri comentariu comentarii parere continut mesaj descriere recenzie",
        "title": "titlu subiect",
        "id": "numar",
    },
)
