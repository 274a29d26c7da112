"""Russian: cases and parts of speech by pymorphy3, of the extra "languages"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from themata.languages.language import Language, word_set

_VERBS = frozenset("VERB INFN GRND PRTS".split())


def is_verb(word: str, uses: Callable[[str], int] | None = None) -> bool:
    """Whether a Russian word is most likely a verb.

    >>> is_verb("едят"), is_verb("билет")
    (True, False)
    """
    return _part(word) in _VERBS


def inflected(phrase: Sequence[str]) -> bool:
    """Whether a Russian phrase stands in another case than the nominative: its first noun does, or what is before it.

    >>> inflected(["южном", "полушарии"]), inflected(["подводные", "лодки"]), inflected(["молекулы", "воды"])
    (True, False, False)
    """
    nouns = (place for place, word in enumerate(phrase) if _part(word) == "NOUN")
    return any(map(_is_inflected, phrase[: next(nouns, len(phrase)) + 1]))


def nominatives(word: str) -> tuple[str, ...]:
    """The nominative of a noun or adjective, of the same number.

    >>> nominatives("выборах"), nominatives("землю")
    (('выборы',), ('земля',))
    """
    readings = [reading for reading in _readings(word)[:1] if reading.tag.case not in (None, "nomn")]
    forms = (reading.inflect({"nomn"}) for reading in readings)
    return tuple(form.word for form in forms if form is not None)


def _part(word: str) -> str | None:
    """The part of speech that a word most likely is."""
    readings = _readings(word)
    return readings[0].tag.POS if readings else None


def _is_inflected(word: str) -> bool:
    """Whether a word can be no nominative, and nothing that has no case."""
    cases = {reading.tag.case for reading in _readings(word)}
    return bool(cases) and not cases & {None, "nomn"}


@lru_cache(maxsize=1 << 16)
def _readings(word: str) -> list[Any]:
    """What a word may be, the likeliest first."""
    analyzer = _analyzer()
    return [] if analyzer is None else list(analyzer.parse(word))


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    if find_spec("pymorphy3") is None:
        return None
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()


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
    shorter_forms=nominatives,
    looks_like_verb=is_verb,
    is_oblique=inflected,
)
