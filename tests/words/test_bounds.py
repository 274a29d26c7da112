"""Where words begin and end in languages whose spaces do not tell."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themata.languages import japanese, korean, russian, turkish
from themata.languages.catalog import language_of
from themata.words import compounds
from themata.words.tokens import sentences
from themata.words.vectorizer import Words
from themata.words.word_boundaries import cutter

CATS = [
    "고양이는 잔다",
    "고양이를 본다",
    "고양이가 많다",
    "고양이의 발",
    "과학자들이 왔다",
    "과학자는 말했다",
]
SHIPS = ["tàu ngầm lớn", "hai tàu ngầm", "tàu ngầm này", "một nhà lớn", "nhà này cũ", "tàu điện cũ"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("レースから脱落しました", ["レース", "から", "脱落", "する"]),
        ("それは高い食べ物である", ["する", "は", "高い", "食べ物", "する"]),
        ("地球の大気が光を歪める", ["地球", "の", "大気", "が", "光", "を", "歪める", "する"]),
        ("ダニエル・ランターニュ", ["ダニエル・ランターニュ"]),
        ("19世紀の2001年", ["19", "の", "2001"]),
    ],
)
def test_japanese_particles_and_endings_are_no_parts_of_words(text: str, expected: list[str]) -> None:
    assert cutter(["ja"])(text) == expected


def test_no_ending_of_a_japanese_verb_is_a_term() -> None:
    words = Words(language="ja", min_df=1).fit(
        ["犬が走りました。猫は寝ていました。", "鳥について話していたのである。"]
    )
    assert set(words.vocabulary_) >= {"犬", "猫", "鳥"}
    assert not any("した" in term or "いた" in term for term in words.vocabulary_)


def test_korean_nouns_are_counted_without_their_particles() -> None:
    words = Words(language="ko", min_df=1, keep_stop_words=False).fit(CATS)
    assert {"고양이", "과학자"} <= set(words.vocabulary_)
    assert not {"고양이는", "고양이를", "고양", "과학자들이", "과학자들", "는"} & set(words.vocabulary_)
    cat = words.vocabulary_["고양이"]
    assert words.transform(CATS)[:, cat].sum() == 4
    assert words.transform(["고양이에게서"])[0, cat] == 1, "an ending that the corpus did not have"


def test_a_korean_noun_is_told_from_what_hangs_on_it() -> None:
    assert korean.parted("섬은") == ["섬", "은"]
    assert korean.parted("서울로") == ["서울", "로"]
    assert korean.parted("작은") == ["작은"], "an adjective, which ends as the noun's particle does"
    assert korean.parted("구성하였다") == ["구성", korean.MADE]


@pytest.mark.parametrize(
    ("library", "language", "text"),
    [
        ("kiwipiepy", "ko", "고양이는 잔다"),
        ("sudachipy", "ja", "学校で"),
        ("pymorphy3", "ru", "Выборы в городе"),
    ],
)
def test_words_are_cut_plainly_where_a_library_is_missing(
    library: str, language: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (korean, japanese, russian):
        monkeypatch.setattr(module, "find_spec", lambda name: None if name == library else find_spec(name))
    russian._analyzer.cache_clear()
    plain = {"ko": ["고양이는", "잔다"], "ja": ["学校", "校で"], "ru": ["Выборы", "в", "городе"]}
    assert cutter([language])(text) == plain[language]
    assert not russian.inflected(["выборах"]) or library != "pymorphy3"
    russian._analyzer.cache_clear()
    russian._readings.cache_clear()


def test_vietnamese_syllables_that_belong_together_are_one_term() -> None:
    words = Words(language="vi", min_df=1).fit(SHIPS)
    assert words.transform(SHIPS)[:, words.vocabulary_["tàu ngầm"]].sum() == 3
    assert words.transform(SHIPS)[:, words.vocabulary_["tàu"]].sum() == 1
    assert "ngầm" not in words.vocabulary_


@pytest.mark.parametrize(
    ("language", "texts"), [("ko", CATS), ("vi", SHIPS), ("tr", ["İzmir'in ışığı", "IRAK"])]
)
def test_fit_and_transform_count_the_same_words(language: str, texts: list[str]) -> None:
    words = Words(language=language, min_df=1)
    counts = words.fit_transform(texts)
    assert (counts != words.transform(texts)).nnz == 0
    again = Words(language=language).relearn(words.get_feature_names_out().tolist(), words.learned())
    assert (counts != again.transform(texts)).nnz == 0


def test_turkish_small_letters_have_the_dots_of_the_capitals() -> None:
    words = Words(language="tr", min_df=1).fit(["İstanbul'un IŞIĞI Işık Türkiye'nin MRI"])
    assert {"istanbul", "ışık", "türkiye", "mri"} <= set(words.vocabulary_)


def test_a_turkish_capital_leaves_no_mark_in_other_languages() -> None:
    assert set(Words(language="en", min_df=1).fit(["İzmir Iron"]).vocabulary_) == {"izmir", "iron"}


@given(st.text("İIiıaK '’n", max_size=20))
def test_small_turkish_letters_stay_as_they_are(text: str) -> None:
    assert turkish.LANGUAGE.lower(turkish.LANGUAGE.lower(text)) == turkish.LANGUAGE.lower(text)


def test_pieces_of_a_foreign_name_in_thai_are_put_together() -> None:
    said = [["เมโท", "รพ", "ลัส"], ["เมโท", "รพ", "ลัส", "ดี"], ["อ่าน", "เมโท", "รพ", "ลัส"], ["ดี", "อ่าน"]] * 2
    thai = language_of("th").compounds
    assert thai is not None
    known = compounds.compounds(said, (), thai)
    assert compounds.joined(said[1], known, "") == ["เมโทรพลัส", "ดี"]


@given(
    st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12),
    st.sets(st.sampled_from(["a b", "b c", "a b c"])),
)
def test_joining_loses_no_syllable(said: list[str], known: set[str]) -> None:
    assert " ".join(compounds.joined(said, known)).split() == said


def test_a_number_in_front_takes_its_measure_away_and_nothing_else() -> None:
    assert cutter(["ja"])("15番目の島々")[0] == "15"
    assert "島々" in cutter(["ja"])("15番目の島々")


def test_words_of_the_parser_are_found_again_in_the_text() -> None:
    text = "観光客は美しい島々を訪れる。食べ物の匂いがする。"
    assert all(word == japanese.ENDING or word in text for word in japanese.words_of_run(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("il n'a l'état", ["il", "a", "état"]),
        ("dall'archivio dell'arte", ["archivio", "arte"]),
        ("don't s'mores", ["don't", "mores"]),
    ],
)
def test_what_french_and_italian_elide_is_no_part_of_a_word(text: str, expected: list[str]) -> None:
    assert cutter(["fr", "it"])(text) == expected


def test_the_initial_of_a_name_ends_no_sentence() -> None:
    assert sentences("George W. Bush won. He was glad") == ["George W. Bush won", " He was glad"]
