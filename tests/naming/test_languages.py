"""Names in languages that inflect, mark or end their words otherwise than English."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.languages.catalog import language_of
from themata.languages.russian import inflected
from themata.naming.phrases.phrase_labeler import Phrases
from themata.words.vectorizer import Words

VERBS = ["mua", "bán", "thấy", "tìm", "xem", "vẽ", "giữ", "tặng"]
HOW = ["lớn", "cũ", "xanh", "đỏ", "đẹp", "dài", "nặng", "trắng"]
TURKS = ["Ali", "Ayşe", "Mehmet", "Fatma", "Emre", "Zeynep", "Murat", "Elif"]


def names(language: str, *groups: Sequence[str]) -> list[str]:
    texts = [text for group in groups for text in group]
    words = Words(language=language, min_df=1)
    docs = Documents(texts, terms=words.fit_transform(texts), vocabulary=words.get_feature_names_out())
    topics = Topics.of(docs, np.repeat(np.arange(len(groups)), [len(group) for group in groups]))
    return [label.name for label in Phrases(language=language).label(topics, docs) if label]


def test_a_korean_name_is_a_noun_without_its_particle() -> None:
    cats = [
        "고양이는 자고 있습니다",
        "고양이를 보고 있습니다",
        "고양이가 뛰고 있습니다",
        "고양이의 발을 보았다",
    ]
    ships = ["잠수함은 크다", "잠수함이 간다", "잠수함을 보았다", "잠수함의 문"]
    assert names("ko", cats * 3, ships * 3) in (["고양이", "잠수함"], ["고양이의 발", "잠수함"])


def test_a_japanese_name_has_no_verb_and_joins_no_words_that_stand_apart() -> None:
    races = [f"{who}はレースから脱落しました" for who in ("彼", "兄", "父", "弟")]
    ships = [f"潜水艦は{where}に潜りました" for where in ("海", "川", "湖", "港")]
    first, second = names("ja", races * 3, ships * 3)
    assert "しました" not in first + second
    assert "レース脱落" not in first
    assert "潜水艦" in second


def test_a_japanese_name_may_say_what_belongs_to_what() -> None:
    air = [f"地球の大気は{how}" for how in ("厚いです", "青いです", "動きます", "暖かいです")]
    ships = [f"潜水艦は{where}に潜りました" for where in ("海", "川", "湖", "港")]
    assert names("ja", air * 3, ships * 3)[0] == "地球の大気"


def test_a_vietnamese_name_is_a_word_of_several_syllables() -> None:
    ships = [f"{what} tàu ngầm {how}" for what, how in zip(VERBS, HOW, strict=True)]
    cats = [f"{what} mèo {how}" for what, how in zip(VERBS, HOW, strict=True)]
    assert names("vi", ships, cats)[0] == "Tàu ngầm"


def test_a_turkish_verb_at_the_end_of_sentences_is_no_name() -> None:
    lost = [f"{who} kaza geçirdi, {who} hayatını kaybetti" for who in TURKS]
    flu = [f"Kuş gribi {where} görüldü" for where in ("köyde", "kentte", "adada", "dağda")]
    first, second = names("tr", lost, flu * 2)
    assert "geçirdi" not in first and "kaybetti" not in first
    assert second == "Kuş gribi"


@pytest.mark.parametrize(
    ("language", "word", "shown"),
    [
        ("ru", "землю", ("земля",)),
        ("ru", "выборах", ("выборы",)),
        ("ru", "море", ("море",)),
        ("de", "Inseln", ("Insel", "Inse")),
    ],
)
def test_a_single_word_is_shown_in_a_form_that_stands_by_itself(
    language: str, word: str, shown: tuple[str, ...]
) -> None:
    forms = language_of(language).shorter_forms
    assert forms is not None and forms(word) == shown


def test_a_russian_phrase_in_another_case_gives_way_to_the_nominative() -> None:
    assert inflected(["олимпийских", "игр"])
    assert not inflected(["олимпийские", "игры"])
    games = [
        f"{who} видел олимпийских чемпионов, олимпийские чемпионы {what}"
        for who in ("Он", "Иван")
        for what in ("рады", "тут")
    ]
    ships = [f"Подводные лодки {what}" for what in ("плывут", "ушли", "стоят", "спят")]
    assert names("ru", games * 3, ships * 3)[0] == "Олимпийские чемпионы"


def test_a_russian_noun_may_be_followed_by_what_it_is_of() -> None:
    assert not inflected(["молекулы", "воды"]) and inflected(["молекулах", "воды"])
    water = [f"Молекулы воды {what}" for what in ("движутся", "сталкиваются", "замерзают", "испаряются")]
    ships = [f"Подводные лодки {what}" for what in ("плывут", "ушли", "стоят", "спят")]
    assert names("ru", water * 3, ships * 3) == ["Молекулы воды", "Подводные лодки"]


def test_a_unit_is_no_name() -> None:
    far = [f"Das Ziel ist {n} km von der Insel entfernt" for n in (5, 7, 8, 9)]
    other = [f"Die Gewinner {what} ihre Medaille" for what in ("feiern", "suchen", "finden", "zeigen")]
    assert "km" not in names("de", far * 3, other * 3)[0].lower()


def test_a_name_of_several_words_keeps_the_capitals_that_it_alone_has() -> None:
    flights = [f"{who} Türk Hava Yolları ile geldi, kentte hava açıktı" for who in TURKS]
    flu = [f"Kuş gribi {where} görüldü" for where in ("köyde", "kentte", "adada", "dağda")]
    assert names("tr", flights, flu * 2)[0] == "Türk Hava Yolları"


@pytest.mark.parametrize(
    ("language", "one", "other", "both"),
    [
        ("es", "Agua", "islas", "Agua e islas"),
        ("es", "Agua", "hielo", "Agua y hielo"),
        ("ko", "섬", "물", "섬과 물"),
        ("ko", "AI", "해석", "AI와 해석"),
        ("hi", "रात", "नींद", "रात और नींद"),
        ("ar", "الأرض", "القمر", "الأرض والقمر"),
        ("vi", "Đảo", "hồ", "Đảo và hồ"),
    ],
)
def test_two_words_are_joined_as_their_language_joins_them(
    language: str, one: str, other: str, both: str
) -> None:
    assert language_of(language).side_by_side(one, other) == both


def test_french_verbs_stand_beside_no_noun() -> None:
    races = [f"{who} a terminé le match" for who in ("Il", "Paul", "Elle", "Marc")]
    banks = [f"La banque {what} le compte" for what in ("ouvre", "ferme", "garde", "voit")]
    assert "terminé" not in names("fr", races * 4, banks * 4)[0]


def test_a_turkish_name_begins_with_the_capital_of_its_letter() -> None:
    inner = [f"{who} iç hata ile kaldı" for who in TURKS]
    flu = [f"Kuş gribi {where} görüldü" for where in ("köyde", "kentte", "adada", "dağda")]
    assert names("tr", inner, flu * 2)[0] == "İç hata"
