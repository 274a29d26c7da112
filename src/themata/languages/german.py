"""German, which writes nouns with a capital."""

from __future__ import annotations

from themata.languages.language import Language, word_set
from themata.languages.word_contexts import WordUses


def _shorter(word: str) -> tuple[str, ...]:
    """Forms that are no dative and no genitive."""
    return (word[:-1], word[:-2]) if word.endswith(("n", "s")) else ()


def _is_inflected(word: str, uses: WordUses) -> bool:
    """Whether an adjective is in no form for a name: "olympischen Spielen"."""
    return word.endswith(("en", "em")) and uses.before_word > 0.6 * uses.total


LANGUAGE = Language(
    code="de",
    name="German",
    other_names=("deu", "ger"),
    prepositions=word_set("der von zu für mit im"),
    conjunction=" und ",
    before_nouns=word_set("der des zu für mit im von in an um per"),
    before_verbs=word_set("es so"),
    nonanswers=(
        "keine|keiner|keines|nichts|nix|nichts weiter|keine angabe|keine angaben|k a|ka|keine antwort|"
        "keine ahnung|keine meinung|keine anmerkung|keine anmerkungen|kein kommentar|keine kommentare|"
        "keine weiteren anmerkungen|weiss nicht|weiss ich nicht|ich weiss nicht|ich weiss es nicht|entfallt|"
        "trifft nicht zu|nicht zutreffend|unbekannt|leer|ohne angabe"
    ),
    column_names={
        "text": """
            kommentar kommentare antwort antworten freitext freitextantwort anmerkung anmerkungen bemerkung
            bemerkungen inhalt beschreibung nachricht meinung bewertungstext ruckmeldung rueckmeldung hinweis hinweise
            aussage frage beitrag rezension begrundung wortlaut volltext dokument beschwerde anliegen
        """,
        "title": "titel uberschrift ueberschrift betreff",
        "id": "nummer lfdnr laufnummer kennung fallnummer",
        "date": "datum zeitstempel zeitpunkt erstellt erstelldatum jahr",
        "class": "kategorie kategorien klasse gruppe rubrik thema art abteilung",
    },
    capital_nouns=True,
    shorter_forms=_shorter,
    is_inflected_adjective=_is_inflected,
)
