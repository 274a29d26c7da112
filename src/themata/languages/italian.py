"""Italian."""

from themata.languages.language import Language, word_set

LANGUAGE = Language(
    code="it",
    name="Italian",
    other_names=("ita",),
    elided=("l", "d", "un", "dell", "dall", "all", "nell", "sull", "coll", "quell"),
    articles=word_set("la le"),
    prepositions=word_set("di dei della delle per con"),
    conjunction=" e ",
    before_nouns=word_set("la le il gli i dei delle degli della dello lo un una"),
    before_verbs=word_set("non si è sono era ha hanno può molto più"),
    after_verbs=word_set("la le il lo gli una un"),
    nonanswers=(
        "nessuno|nessuna|nessun commento|niente|nulla|niente da dire|niente da aggiungere|nessuna risposta|"
        "nessuna opinione|non so|non lo so|non applicabile|sconosciuto|n d|nd"
    ),
    column_names={
        "text": """
            commento commenti testo testi risposta risposte recensione contenuto messaggio descrizione osservazioni
            domanda
        """,
        "title": "titolo oggetto",
        "id": "numero identificatore",
        "date": "data dataora informazionicronologiche",
        "class": "categoria classe tipo",
    },
)
