"""Small words that tell things from deeds, and what deeds look like, by language."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from themata.naming.phrases.phrase_counts import ARTICLES, PREPOSITIONS
from themata.words import arabic, hebrew

# A thing follows these ...
_BEFORE_THINGS = ARTICLES | PREPOSITIONS | frozenset(
    """
    this these those my your his her its our their some any each every no another both all other such
    des du un une mes tes ses nos vos leurs mon ton son notre votre leur ce cet cette ces aux au
    los el las lo un una unos unas del al mi tu su sus este esta estos estas il gli i dei delle degli della dello
    os as um uma uns umas dos das ao seu sua seus suas het een de
    """.split()
)  # fmt: skip
# ... and what is done or how it is follows these
_BEFORE_DEEDS = frozenset(
    """
    i we you he she it they who to can could will would shall should may might must do does did don't doesn't didn't not cannot can't
    won't please let's let how am is are was were be been being i'm you're we're it's have has had i've having so very too more most
    less quite really just also only already never always often
    je tu il elle nous vous ils elles ne se peut peuvent est sont être été ont avait très plus
    yo él ella se puede pueden es fue era ha han había muy más non si è sono era ha hanno può molto più não são foi tem muito mais
    """.split()
)  # fmt: skip
# What is done stands before these
AFTER_DEEDS = (
    frozenset(
        """
    a an the my your his her its our their this that these those me us it them him whether if
    le la les un une des ce cette ces son sa ses leur leurs el los las una il lo gli os
    """.split()
    )
    | hebrew.AFTER_DEEDS
)
_MERGED = frozenset(
    "du des del dei della delle do da dos das".split()
)  # prepositions with an article in them
_ROMANCE = frozenset(["fr", "es", "it", "pt", "ca", "gl", "ro"])
# Deeds by their looks
_DEEDS = {
    "es": r"(?:ó|aron|ieron|aban|[^d]ían|[aei]rán?|ando|iendo)$",
    "pt": r"(?:ou|[aei]ram|avam|[aei]rão|ando|endo|indo)$",
    "it": r"(?:ò|arono|erono|irono|avano|evano|ando|endo)$",
    "fr": r"(?:aient|èrent|irent|issent|eront|iront)$",
}


def before(languages: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What stands before things, and what before deeds; "a" is an article of English, but "has" in French, "to" in Spanish.

    After prepositions Romance languages have verbs as they have things: "pour lire".
    """
    things, deeds = _BEFORE_THINGS, _BEFORE_DEEDS
    if "en" not in languages:
        things = things - {"a"}
        deeds = deeds | ({"a"} if "fr" in languages else set())
    if languages and languages[0] == "ar":
        things, deeds = arabic.BEFORE_THINGS, arabic.BEFORE_DEEDS
    if languages and languages[0] == "he":
        deeds = hebrew.BEFORE_DEEDS
    if _ROMANCE.intersection(languages[:1]):
        things = things - (PREPOSITIONS - _MERGED)
    return things, deeds


def deeds(languages: Sequence[str]) -> regex.Pattern[str]:
    """What verbs of the first language look like, and hardly anything else does."""
    return regex.compile(_DEEDS.get(languages[0], "(?!)") if languages else "(?!)")
