"""Russian: cases, and what verbs look like."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from themata.languages.inflection import Uses, cases, surely_oblique
from themata.languages.language import Language, word_set

_CASES = cases(
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

# Of Russian verbs; some nouns have them too
_VERB = regex.compile(r"(?:[ая]ется|[яюеи]тся|[лт]ся|тись|лись|ют|ут|ят|ат|ет|ит|ло|ла|ли|ть|[аяеиы]л)$")
_OF_NOUNS = ("у", "ы", "ов", "ом", "ой", "е", "ам", "ах", "ами")
_OF_SOFT_NOUNS = ("и", "ью", "ей", "ям", "ях")


def is_verb(word: str, uses: Uses) -> bool:
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
    return surely_oblique(last, _CASES) or (last.endswith("е") and not _NEUTER.search(last))


LANGUAGE = Language(
    code="ru",
    name="Russian",
    other_names=("rus",),
    prepositions=word_set("в на для по"),
    conjunction=" и ",
    before_nouns=word_set("в на для по"),
    units=word_set("км мм см кг км² кв мб гб"),
    nonanswers=(
        "нет ответа|нет комментариев|без комментариев|ничего|не знаю|не указано|затрудняюсь ответить|"
        "нет данных|н д|неизвестно|не применимо|нет мнения"
    ),
    column_names={
        "text": """
            текст тексты комментарий комментарии ответ ответы отзыв отзывы сообщение содержание описание мнение вопрос
            примечание
        """,
        "title": "заголовок название тема",
        "id": "номер ид код",
        "date": "дата время год отметкавремени",
        "class": "категория класс группа тип",
    },
    cases=_CASES,
    looks_like_verb=is_verb,
    is_oblique=inflected,
)
