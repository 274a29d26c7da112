"""Hebrew words: what is written onto them, and what stands before verbs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from itertools import product

import regex

from themata.languages.language import Language

_WORD = regex.compile(r"[א-ת]+")
AND = ("ו", "ש", "וש", "כש", "וכש")
BEFORE = ("ב", "ל", "מ", "כ", "ה")  # in, to, from, like, the
_PREFIXES = (*AND, *(first + second for first, second in product(("", "ו", "ש"), ("ב", "ל", "מ", "כ"))))

FUNCTION_WORDS = frozenset(
    """
    הזה הזאת הזו האלה האלו כדי כאלה יותר פחות מאוד ביותר לאחר עדיין כבר היו היתה הייתה הייתי לפי ידי אחד אחת שני שתי שניים כמה הרבה רוב בעוד
    עוד גדול גדולה חדש חדשה טוב טובה ניתן צריך צריכה אינו אינה אינם ישנם ישנה עשוי עשויה עלול בדרך אחרי לפני בזמן במשך החל מאז אנו הינו הינה וכן וגם אפילו כלומר
    """.split()
)  # fmt: skip
BEFORE_VERBS = frozenset("לא הוא היא הם הן אני אנחנו אתה כבר עדיין".split())
AFTER_VERBS = frozenset(["את", "אותו", "אותה", "אותם"])
_FUTURE = regex.compile(r"[ית]\p{L}{3,}(?<!ת|ות|ים|ה)")
_PAST = regex.compile(r"(?:הת|הצ|הש)\p{L}{2,}(?:ה|ו|תי|נו)")


def parted(word: str, known: Collection[str]) -> list[str]:
    """A word, and before it what is written onto it; the article stays.

    known : words that stand by themselves in the corpus

    >>> parted("והמוזיקה", {"המוזיקה"}), parted("שלום", ()), parted("שבבית", {"בבית", "בית"})
    (['ו', 'המוזיקה'], ['שלום'], ['ש', 'בבית'])
    """
    if word in known or len(word) < 4 or not _WORD.fullmatch(word):
        return [word]
    cuts = ((prefix, word[len(prefix) :]) for prefix in _PREFIXES if word.startswith(prefix))
    parts = next(((prefix, rest) for prefix, rest in cuts if len(rest) > 2 and rest in known), None)
    return [*parts] if parts else [word]


def learned(words: Iterable[str]) -> frozenset[str]:
    """Words of a corpus that stand by themselves at least as often as with something written onto them.

    >>> sorted(learned(["המוזיקה", "והמוזיקה", "משרד", "משרד", "שרד"])) == ["המוזיקה"]
    True
    """
    counts = Counter(words)
    bare_words = set()
    for word, count in counts.items():
        for prefix in _PREFIXES:
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) > 2 and counts.get(rest, 0) >= count:
                bare_words.add(rest)
    return frozenset(bare_words)


def written_onto(words: Iterable[str]) -> frozenset[str]:
    """Function words, and what they look like where others are written onto them.

    >>> {"ואולי", "שהוא", "וכאשר", "מכל"} <= written_onto(["אולי", "הוא", "כאשר", "כל"])
    True
    """
    forms = set(words)
    before = {first + word for first in BEFORE for word in forms if len(word) > 1}
    return frozenset(
        [*forms, *before, *(first + word for first in AND for word in forms | before if len(word) > 1)]
    )


def is_verb(word: str, uses: Callable[[str], int]) -> bool:
    """Whether a word looks like a verb, and the writers never give it an article.

    >>> [is_verb(word, lambda form: 0) for word in ("ישתמש", "מוזיקה", "התחילו")]
    [True, False, True]
    """
    if not _WORD.fullmatch(word) or uses(f"ה{word}"):
        return False
    return bool(_PAST.fullmatch(word) or _FUTURE.fullmatch(word))


LANGUAGE = Language(
    code="he",
    name="Hebrew",
    other_names=("heb",),
    conjunction=" ו",
    nonanswers="אין|אין תגובה|אין תשובה|אין הערות|לא יודע|לא יודעת|לא רלוונטי|כלום|שום דבר",
    column_names={
        "text": "טקסט תגובה תגובות הערה הערות תשובה תוכן הודעה תיאור",
        "title": "כותרת",
        "id": "מזהה",
        "date": "תאריך תיאריך",
        "class": "קטגוריה",
    },
    script=regex.compile(r"\p{Hebrew}"),
    script_share=0.25,
    function_words=FUNCTION_WORDS,
    with_attached=written_onto,
    learn_words=learned,
    split_word=parted,
    prefixes=frozenset(_PREFIXES),
    is_verb=is_verb,
    before_verbs=BEFORE_VERBS,
    after_verbs=AFTER_VERBS,
)
