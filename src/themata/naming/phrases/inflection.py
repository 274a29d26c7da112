"""The form of a word that a name shows, in languages whose nouns change with what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import regex

# Endings of other cases, the longest first; what the nominative may have in their place; and whether only they have it
OFTEN = 0.6  # of the uses of a word whose ending a nominative may have too, which what may be its nominative must have
Cases: TypeAlias = Sequence[tuple[regex.Pattern[str], Sequence[str], bool]]


def _cases(*told: tuple[str, str, bool]) -> Cases:
    return [(regex.compile(f"(?:{ending})$"), forms.split(" "), surely) for ending, forms, surely in told]


_RUSSIAN = _cases(
    ("иями", "ии", True),
    ("иях", "ии", True),
    ("иям", "ии", True),
    ("ений", "ения ение", True),
    ("ций", "ции ция", True),
    ("ьми", "и", True),
    ("ами", "ы и а", True),
    ("ями", "и я", True),
    ("ах", "ы и а", True),
    ("ях", "и я", True),
    ("ам", "ы и а", False),
    ("ям", "и я", False),
    ("ыми", "ые", True),
    ("ими", "ие", True),
    ("ого", "ый ой ий ое", True),
    ("его", "ий ее", True),
    ("ому", "ый ой ий ое", True),
    ("ему", "ий ее", True),
    ("ую", "ая", True),
    ("юю", "яя", True),
    ("ых", "ые", True),
    ("их", "ие", True),
    ("ым", "ый ое", True),
    ("им", "ий ое", False),
    ("ию", "ия ие", True),
    ("ией", "ия", True),
    ("ием", "ие", True),
    ("ии", "ия ие", False),
    ("ов", "ы и а ", True),
    ("ев", "и ы", False),
    ("ем", "е ь й", False),
    ("ом", " о", False),
    ("ой", "а", False),
    ("ей", "и я ь", False),
    ("у", "а  о", True),
    ("ю", "я ь й", True),
    ("е", "а я ", False),
    ("а", "", False),
    ("я", "ь й", False),
)
_HINDI = _cases(
    ("ियों", "ियाँ ियां ी ि", True),
    ("ुओं", "ु ुएँ", True),
    ("ाओं", "ाएँ ाएं ा", True),
    ("ओं", " एँ", True),
    ("ों", " े ा ें", True),
)
_VOWEL = "[ıiuü]"
_TURKISH = _cases(
    ("l[ae]r[ıi]n[ıi]n", "ları leri lar ler", True),
    (f"l[ae]r{_VOWEL}nd[ae]n?|l[ae]r{_VOWEL}n[ae]", "ları leri lar ler", True),
    ("l[ae]r[ıi]n", "lar ler", True),
    ("l[ae]r(?:d[ae]n?|[ae]|[ıi])", "lar ler", True),
    (f"n{_VOWEL}n", "", True),
    (f"{_VOWEL}n", "", False),
    (f"s?{_VOWEL}n[dt][ae]n?", "", True),
    ("[dt][ae]n?", "", False),
    (f"s?{_VOWEL}n[ae]", "", False),
    ("[yn]?[ae]", "", False),
    (f"s{_VOWEL}", "", True),
    (f"[yn]?{_VOWEL}", "", False),
)
_OF = {"ru": _RUSSIAN, "hi": _HINDI, "tr": _TURKISH}


def cases(languages: Sequence[str]) -> Cases:
    """Those of the first language."""
    return _OF.get(languages[0], ()) if languages else ()


_POSSESSED = regex.compile(r"(?<=[ıiuü])n(?:[ıiuü]n|[dt][ae]n?|[ae]|[ıiuü])$")


def possessed(word: str) -> str:
    """The last word of a Turkish phrase, which belongs to the one before it, in the nominative.

    >>> possessed("lenslerinin"), possessed("gribi")
    ('lensleri', 'gribi')
    """
    return str(_POSSESSED.sub("", word))


# Of Russian verbs; some nouns have them too
_VERB = regex.compile(r"(?:[ая]ется|[яюеи]тся|[лт]ся|тись|лись|ют|ут|ят|ат|ет|ит|ло|ла|ли|ть|[аяеиы]л)$")
_OF_NOUNS = ("у", "ы", "ов", "ом", "ой", "е", "ам", "ах", "ами")
_OF_SOFT_NOUNS = ("и", "ью", "ей", "ям", "ях")


def is_verb(word: str, uses: Callable[[str], int]) -> bool:
    """Whether a Russian word looks like a verb, and the writers use it in no case of a noun.

    >>> said = {"едят": 3, "билет": 2, "билета": 1}
    >>> [is_verb(word, lambda form: said.get(form, 0)) for word in said]
    [True, False, False]
    """
    if not _VERB.search(word):
        return False
    stem = word[:-1] if word[-1] in "аоиь" else word
    others = _OF_SOFT_NOUNS if word[-1] == "ь" else _OF_NOUNS
    others = others if stem[-1] == "л" else (*others, "а")  # "заявила" is a verb too
    return not any(uses(stem + ending) for ending in others)


_ADJECTIVE = regex.compile(r"(?:[оеы]м|им|[ую]ю|[ое]го|[ое]му|[ыи]х|[ыи]ми)$")
_NEUTER = regex.compile(r"(?:[иьщ]|[нр]ц|ор|ол)е$")


def inflected(phrase: Sequence[str]) -> bool:
    """Whether a Russian phrase stands in another case.

    >>> inflected(["южном", "полушарии"]), inflected(["подводные", "лодки"]), inflected(["польше"])
    (True, False, True)
    """
    first, last = phrase[0], phrase[-1]
    if len(phrase) > 1 and len(first) > 4 and _ADJECTIVE.search(first):
        return True
    return surely_oblique(last, _RUSSIAN) or (last.endswith("е") and not _NEUTER.search(last))


def surely_oblique(word: str, cases: Cases) -> bool:
    """Whether a word has an ending that no nominative has."""
    return any(surely and len(word) > 4 and ending.search(word) for ending, _, surely in cases)


def nominative(word: str, cases: Cases, uses: Callable[[str], int]) -> str:
    """The nominative of a word, if the writers use it; or else the word.

    uses : how often a word is said

    >>> said = {"земля": 3, "землю": 9, "море": 4, "мора": 1}
    >>> [nominative(word, cases(["ru"]), lambda form: said.get(form, 0)) for word in ("землю", "море")]
    ['земля', 'море']
    """
    for ending, forms, surely in cases:
        if not ending.search(word):
            continue
        stem = ending.sub("", word, count=1)
        least = 1 if surely else max(1, OFTEN * uses(word))
        for form in forms:
            if len(stem + form) > 2 and uses(stem + form) >= least:
                return str(stem + form)
    return word
