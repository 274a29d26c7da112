"""Answers that are none: "n/a", "-", "don't know", "keine Angabe", in many languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import regex

# A line per language, phrases with "|" between them, as `_bare` leaves them. "no" and "nein" are answers
_PHRASES = """
n a|na|nan|null|nil|none|nothing|nothing to add|nothing else|nothing comes to mind|no comment|no comments|no answer|no response|no reply|no opinion|no idea|no clue|not applicable|not available|not sure|unsure|unknown|dont know|do not know|i dont know|i do not know|dk|dkna|idk|dunno|i have no idea|prefer not to say|prefer not to answer|rather not say|refused|left blank|skip|skipped|no further comments|none at all|not answered|unanswered|no text|no data
keine|keiner|keines|nichts|nix|nichts weiter|keine angabe|keine angaben|k a|ka|keine antwort|keine ahnung|keine meinung|keine anmerkung|keine anmerkungen|kein kommentar|keine kommentare|keine weiteren anmerkungen|weiss nicht|weiss ich nicht|ich weiss nicht|ich weiss es nicht|entfallt|trifft nicht zu|nicht zutreffend|unbekannt|leer|ohne angabe
aucun|aucune|aucun commentaire|aucune idee|aucune reponse|aucun avis|rien|rien a dire|rien a signaler|r a s|ras|rien a ajouter|sans objet|sans reponse|sans avis|ne sait pas|je ne sais pas|je sais pas|nsp|non applicable|non renseigne|pas de commentaire|pas de reponse|pas d avis|inconnu|neant
ninguno|ninguna|ningun comentario|nada|nada que decir|nada que anadir|sin comentarios|sin comentario|sin respuesta|sin opinion|no se|no lo se|no sabe|no contesta|ns nc|nsnc|no aplica|no procede|no corresponde|desconocido|s d|sin dato|sin datos
nenhum|nenhuma|nenhum comentario|nada a declarar|nada a acrescentar|sem comentarios|sem comentario|sem resposta|sem opiniao|nao sei|nao sabe|nao se aplica|nao aplicavel|desconhecido|nao informado
nessuno|nessuna|nessun commento|niente|nulla|niente da dire|niente da aggiungere|nessuna risposta|nessuna opinione|non so|non lo so|non applicabile|sconosciuto|n d|nd
geen|geen commentaar|geen opmerkingen|geen opmerking|geen antwoord|geen idee|geen mening|niets|niks|nvt|n v t|niet van toepassing|weet niet|weet ik niet|ik weet het niet|onbekend
inga|ingen|inget|ingen kommentar|inga kommentarer|inget svar|ingen asikt|ingen aning|vet ej|vet inte|jag vet inte|ej tillampligt|okant|intet|ikke relevant|ingen svar|ingenting|ved ikke|vet ikke|ingen kommentarer|ingen mening|ei mitaan|ei kommentoitavaa|ei vastausta|en tieda|en osaa sanoa|eos|ei ole
brak|brak odpowiedzi|brak uwag|brak komentarza|brak danych|brak zdania|nic|nic dodac|nie wiem|trudno powiedziec|nie dotyczy|nd|zadne|zaden|zadna|bez komentarza
zadny|zadna|zadne|nic|bez komentare|bez odpovedi|bez nazoru|nevim|neviem|netyka se|nezname|neuvedeno|neuvedene|ziadny|ziadne|ziadna
nincs|nincs valasz|nincs megjegyzes|nincs velemenyem|semmi|nem tudom|nem relevans|nem valaszol
niciunul|niciuna|nimic|fara comentarii|fara raspuns|fara opinie|nu stiu|nu se aplica|nu e cazul|nu este cazul
yok|hic|hicbir sey|hicbiri|yorum yok|cevap yok|fikrim yok|bilmiyorum|bilinmiyor|gecerli degil|belirtilmemis
нет ответа|нет комментариев|без комментариев|ничего|не знаю|не указано|затрудняюсь ответить|нет данных|н д|неизвестно|не применимо|нет мнения|немає|нічого|не знаю відповіді|без коментарів|немає відповіді
κανενα|καμια|τιποτα|δεν ξερω|δεν γνωριζω|χωρις σχολιο|χωρις σχολια|δ α|δ ξ|αγνωστο
لا شيء|لا يوجد|لا أعرف|لا اعرف|لا أدري|لا تعليق|بدون تعليق|غير متوفر|لا ينطبق|غير معروف
אין|אין תגובה|אין תשובה|אין הערות|לא יודע|לא יודעת|לא רלוונטי|כלום|שום דבר
कुछ नहीं|कोई नहीं|पता नहीं|मुझे नहीं पता|लागू नहीं|कोई टिप्पणी नहीं
无|無|没有|沒有|不知道|不清楚|不适用|不適用|无意见|無意見|暂无|暫無|没意见|無可奉告|没什么
なし|無し|特になし|特に無し|特にありません|ありません|わからない|分からない|わかりません|分かりません|不明|該当なし|無回答|ない
없음|없습니다|없어요|모름|모르겠음|모르겠습니다|해당없음|해당 없음|무응답|잘 모르겠습니다|특별히 없음
tidak ada|tidak tahu|tiada|tak ada|khong|khong co|khong biet|khong co y kien|wala
"""
_MARKS = regex.compile(r"[\p{P}\p{Z}\p{Sm}\p{Sc}\p{Sk}\s\u200b\ufeff]*")
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}]*")
LONGEST = 60  # characters


def says_nothing(text: str) -> bool:
    """Whether a text is no answer: a phrase that says so, or nothing but punctuation. Emoji and numbers say something.

    >>> [says_nothing(text) for text in ("N/A", "--", "Keine Angabe.", "no", "good", "👍", "")]
    [True, True, True, False, False, False, False]
    """
    short = text.strip()
    if not short or len(short) > LONGEST:
        return False
    return bool(_MARKS.fullmatch(short)) or _bare(short) in _phrases()


def mute_rows(texts: Sequence[str], images: Sequence[Any] | None = None) -> list[int]:
    """Rows of texts that are empty or say nothing, but for those with an image.

    >>> mute_rows(["good", "n/a", " "])
    [1, 2]
    """
    mute = [row for row, text in enumerate(texts) if not text.strip() or says_nothing(text)]
    return mute if images is None else [row for row in mute if images[row] is None]


@lru_cache(maxsize=1)
def _phrases() -> frozenset[str]:
    found = (_bare(phrase) for line in _PHRASES.strip().splitlines() for phrase in line.split("|"))
    return frozenset(phrase for phrase in found if phrase)


def _bare(text: str) -> str:
    """Words alone, in lower case and without the accents of Latin and Greek letters."""
    apart = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", "").casefold())
    plain = regex.sub(r"(?<=[\p{Latin}\p{Greek}])\p{M}+", "", apart).replace("ø", "o").replace("ł", "l")
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", plain)))
