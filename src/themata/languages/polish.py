"""Polish."""

from themata.languages.language import Language

LANGUAGE = Language(
    code="pl",
    name="Polish",
    other_names=("pol",),
    conjunction=" i ",
    nonanswers=(
        "brak|brak odpowiedzi|brak uwag|brak komentarza|brak danych|brak zdania|nic|nic dodac|nie wiem|"
        "trudno powiedziec|nie dotyczy|nd|zadne|zaden|zadna|bez komentarza"
    ),
    column_names={
        "text": """
            komentarz komentarze odpowiedz odpowiedzi opinia opinie tresc opis uwagi wiadomosc pytanie
        """,
        "date": "rok rocznik",
        "title": "tytul temat",
        "id": "numer",
        "class": "kategoria klasa grupa",
    },
)
