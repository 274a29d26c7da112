"""Arabic words: what is written onto them, small words, and what verbs look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

import regex

from themata.languages.language import Language, word_set

_WORD = regex.compile(r"[\u0621-\u064a]+")
# Vowel signs, and the stroke that only makes a word longer
_UNWRITTEN = dict.fromkeys([*range(0x064B, 0x0653), 0x0670, 0x0640])
_HAMZA = str.maketrans("أإآ", "ااا")
AND = ("و", "ف")
BEFORE = ("ب", "ل", "ك")  # in, to, like: written onto the word they stand before
_ARTICLE = "ال"
# Begin as if something were written onto them
_WHOLE = regex.compile(
    r"والد(?:ة|ت|ي|ه|ا|ين|نا|هم|ها)?\p{L}{0,2}|بال(?:غ|ون|ي|يه)\p{L}*|كالسيوم|لل?ه|فالس|ليل\p{L}*"
)

FUNCTION_WORDS = frozenset(
    """
    تكون يكون كانوا كنت ليس ليست ليسوا أنه أنها أنهم أنك إنه إنها لأن لأنه لأنها بأن فإن لكن لكنه لكنها ولكن أيضا فقط جدا إلا الآن بينما
    عبر أثناء تحت فوق داخل خارج بدون بلا أمام وراء خلف بواسطة باستخدام بالإضافة بالنسبة بالفعل بالقرب الرغم رغم للغاية نظرا سبيل نحو حول قرب
    أخرى الأخرى آخر الآخر الآخرين أول الأول الأولى الثانية الثالث الثالثة أحد أحدهم إحدى واحد واحدة بعض البعض معظم العديد الكثير كثير كثيرا كثيرة المزيد قليل قليلا
    كبير كبيرة الكبير الكبيرة أكبر الأكبر صغير صغيرة الصغيرة أصغر جديد جديدة الجديد الجديدة طويل طويلة أطول أفضل أعلى الأكثر أقل الأقل مختلف مختلفة المختلفة جيد جيدة
    خاص خاصة الخاص الخاصة الموجودة محددة كاملة عادة غالبا تقريبا حوالي ربما لقد مباشرة بسرعة نسبيا بكثير هؤلاء هذه هذا هذان هاتان ذلك تلك التي الذي الذين اللذين
    يجب يتم تتم يمكن يمكنك يمكنهم يمكننا يزال تزال يعد تعد يعتبر تعتبر يوجد توجد يبلغ تبلغ أصبح أصبحت بدأ بدأت أدى أدت قام قامت تم تمت كانت كما حيث
    لديهم لديه لديها لدينا لديك إليها إليه إليهم منها منه منهم عنها عنه عليهم لنا لكل مثلا المثال شيء الشيء أشياء الأمر الأمور حد حالة وقت مكان أنحاء آلاف
    سنة عاما شهر شهرا يوم يوما ساعة الساعة دقيقة كيلومتر كيلومترا متر مترا ميل ميلا مم نصف ثلث شخص شخصا ال أ ان الى الا او لم لن قد سوف إن أن
    """.split()
)  # fmt: skip
# Verbs stand after these, things hardly ever
BEFORE_VERBS = frozenset(
    "لم لن قد لقد سوف أن كان كانت كانوا الذي التي الذين ما لا كي حتى حيث عندما يمكن أيضا".split()
)
# And after these, things
BEFORE_NOUNS = frozenset(
    "في من على إلى عن مع بين حول خلال بعد قبل عند نحو هذا هذه ذلك تلك كل بعض أي غير ب ل ك".split()
)

_NOT_FUTURE = regex.compile(
    r"يوم|يونيو|يوليو|يناير|يورو|يونان|يابان|يهود|يتيم|يقين|يمين|يسار|ياسمين|يخت|يوغ|يمن|ينبوع|يرقة|يرقات|يوتيوب|يود"
)
_IMPERFECT = regex.compile(r"[وف]?س?ي\p{L}{2,}|[وف]?(?:س?[تن]|ست)\p{L}{3,}(?<!ة|ات|ية|ي)")
_VERBAL_NOUN = regex.compile(r"ت\p{L}{2}ي\p{L}|ت\p{L}ا\p{L}{1,2}")  # تعليم, تعاون
_PAST = regex.compile(r"\p{L}{3,}(?:وا|تم|تما)|(?:است|انت|اكت|اجت)\p{L}{2,}ت|\p{L}{3,}(?<![اي])ت")


def bare(word: str) -> str:
    """A word without vowel signs and strokes.

    >>> bare("كِتَـــابٌ") == "كتاب"
    True
    """
    return word.translate(_UNWRITTEN)


def parted(word: str, known: Collection[str]) -> list[str]:
    """A word, and before it what is written onto it; the article stays.

    known : words that stand by themselves in the corpus

    >>> parted("والموسيقى", ()), parted("للبرنامج", ()), parted("وزير", {"وزير"}), parted("ويعمل", {"يعمل"})
    (['و', 'الموسيقى'], ['ل', 'البرنامج'], ['وزير'], ['و', 'يعمل'])
    """
    word = bare(word) or word
    if len(word) < 4 or word in known or not _WORD.fullmatch(word) or _WHOLE.fullmatch(word):
        return [word]
    first, rest = word[0], word[1:]
    if first in AND and _is_definite(rest):
        return [first, *parted(rest, known)]
    if word.startswith("لل") and len(word) > 4:
        return ["ل", _ARTICLE + word[2:]]
    if first in BEFORE and rest.startswith(_ARTICLE) and len(rest) > 4 and _is_word(rest, known):
        return [first, rest]
    if first in AND and (rest in known or (rest[0] in BEFORE and len(parted(rest, known)) > 1)):
        return [first, *parted(rest, known)]
    if first in BEFORE and len(rest) > 3 and rest in known:
        return [first, rest]
    return [word]


def learned(words: Iterable[str]) -> frozenset[str]:
    """Words of a corpus that stand by themselves at least as often as with something written onto them.

    >>> sorted(learned(["يعمل", "ويعمل", "وجهة", "وجهة", "جهة"])) == ["يعمل"]
    True
    """
    counts = Counter(map(bare, words))
    bare_words = set()
    for word, count in counts.items():
        rest = word[1:]
        acts = word[:1] in AND and _IMPERFECT.fullmatch(rest) and not _NOT_FUTURE.match(rest)
        least = 1 if acts else count
        if (len(rest) > 2 and word[0] in (*AND, *BEFORE) and counts.get(rest, 0) >= least) or (
            word[:1] in AND and _is_definite(rest)
        ):
            bare_words.add(rest)
        elif _is_definite(word):
            bare_words.add(word)
    return frozenset(bare_words)


def written_onto(words: Iterable[str]) -> frozenset[str]:
    """Function words, and what they look like where others are written onto them.

    >>> {"والذي", "التي", "وبهذه", "وللذين"} <= written_onto(["الذي", "التي", "هذه", "الذين"])
    True
    """
    forms = {bare(word) for word in words}
    forms |= {word.translate(_HAMZA) for word in forms}
    forms = {word for word in forms if _WORD.fullmatch(word)}
    before = {first + word for first in BEFORE for word in forms if len(word) > 2}
    before |= {f"لل{word[2:]}" for word in forms if _is_definite(word)}
    both = {first + word for first in AND for word in forms | before if len(word) > 1}
    return frozenset([*words, *forms, *before, *both, *AND, *BEFORE])


def is_verb(word: str, uses: Callable[[str], int]) -> bool:
    """Whether a word looks like a verb, and the writers never give it an article.

    >>> said = {"العمل": 3, "التعليم": 2}
    >>> [is_verb(word, lambda form: said.get(form, 0)) for word in ("يعمل", "تعليم", "عمل", "اكتشفت", "الشمس", "يوم")]
    [True, False, False, True, False, False]
    """
    if word.startswith(_ARTICLE) or not _WORD.fullmatch(word) or uses(_ARTICLE + word):
        return False
    if _PAST.fullmatch(word):
        return True
    return (
        bool(_IMPERFECT.fullmatch(word)) and not _NOT_FUTURE.match(word) and not _VERBAL_NOUN.fullmatch(word)
    )


def _is_definite(word: str) -> bool:
    return word.startswith(_ARTICLE) and len(word) > 4


def _is_word(definite: str, known: Collection[str]) -> bool:
    return definite in known or definite[2:] in known


LANGUAGE = Language(
    code="ar",
    name="Arabic",
    other_names=("ara",),
    conjunction=" و",
    units=word_set("كم مم سم كغ"),
    nonanswers=("لا شيء|لا يوجد|لا أعرف|لا اعرف|لا أدري|لا تعليق|بدون تعليق|غير متوفر|لا ينطبق|غير معروف"),
    column_names={
        "text": "نص النص تعليق التعليق تعليقات رد الرد إجابة الإجابة رأي محتوى المحتوى رسالة وصف ملاحظات",
        "title": "عنوان العنوان",
        "id": "رقم",
        "date": "تاريخ التاريخ",
        "class": "فئة تصنيف",
    },
    function_words=FUNCTION_WORDS,
    with_attached=written_onto,
    learn_words=learned,
    split_word=parted,
    prefixes=frozenset([*AND, *BEFORE]),
    is_verb=is_verb,
    before_verbs=BEFORE_VERBS,
    before_nouns=BEFORE_NOUNS,
)
