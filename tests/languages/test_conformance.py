"""What every language promises, whoever adds one: its value is asked for nothing that it cannot tell."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from themata.languages.catalog import LANGUAGES, language_of
from themata.languages.codes import code_of, spelled
from themata.languages.language import Language, as_written
from themata.languages.nonanswers import says_nothing
from themata.read.column_names import role_of
from themata.read.columns import ROLES
from themata.words.stop_words import stop_words
from themata.words.word_boundaries import corpus_words, cutter, segmenter

each_language = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
ALPHABETS = {
    "ar": "وفبلكالعمتيسنرهةىءأإ",
    "he": "ושבלמכהאיתנרדם",
    "ko": "고양이는를의에서들하다학교과적",
    "ja": "学校食べ物のはをでにカタログーする",
    "zh": "我们的东京中国人工智能",
    "th": "การบ้านแมวและปลา",
}
LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéèçñıİşğåæøœčžšłőű'’-"


@each_language
def test_it_goes_by_its_code_and_its_names(language: Language) -> None:
    assert regex.fullmatch("[a-z]{2}", language.code) and language.name == language.name.strip().title()
    assert code_of(language.code) == language.code
    for name in (language.name, *language.other_names):  # both written forms of Norwegian are Norwegian
        assert language_of(code_of(name) or "").name == language.name
    assert spelled(language.code) == language.name


@each_language
def test_its_words_of_grammar_are_small_and_hidden(language: Language) -> None:
    small = language.function_words | language.articles | language.prepositions | language.light_words
    assert small == {language.lower(unicodedata.normalize("NFC", word)) for word in small}
    hidden = stop_words([language.code])
    assert language.function_words <= hidden and not any(word != word.strip() or not word for word in hidden)


@each_language
def test_two_names_side_by_side_are_known_for_two(language: Language) -> None:
    both = language.side_by_side("Alpha", "Omega")
    assert both.startswith("Alpha") and both.endswith("Omega") and len(both) > len("AlphaOmega")
    if language.between is None:
        assert language.holds_two(both) and not language.holds_two("Alpha")


@each_language
def test_its_non_answers_say_nothing_and_its_columns_have_a_role(language: Language) -> None:
    phrases = [phrase for phrase in language.nonanswers.split("|") if phrase]
    assert [phrase for phrase in phrases if not says_nothing(f"{phrase.capitalize()}.")] == []
    assert set(language.column_names) <= set(ROLES)
    names = [name for names in language.column_names.values() for name in names.split()]
    assert all((role_of(name) or ("", False))[1] for name in names), (
        "what a word says in another language may win"
    )


@each_language
def test_a_script_is_told_with_the_share_that_tells_it(language: Language) -> None:
    assert 0 <= language.script_share <= 1
    assert language.script is not None or language.script_share == 0
    if language.segment is not None:
        assert not language.spaces and language.segmented is not None


@each_language
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_its_words_are_those_of_the_text_and_nothing_else(language: Language, data: st.DataObject) -> None:
    """Cut into words, and the words into what is written onto them, a text keeps its letters and their order."""
    letters = ALPHABETS.get(language.code, LETTERS)
    texts = data.draw(st.lists(st.text(letters + " ", min_size=1, max_size=24), min_size=1, max_size=6))
    known = corpus_words(texts, [language.code], ())
    for text in texts:
        said = cutter([language.code], known)(text)
        assert all(word and word == word.strip() for word in said)
        if (
            language.code not in ("ja", "ko", "ar", "tr", "az")
            and language.compounds is None
            and not any(language.elided)
        ):
            left = iter("".join(text.split()))
            assert all(mark in left for word in said for mark in word if mark.isalpha()), (text, said)


@each_language
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_small_letters_of_small_letters_are_the_same(language: Language, data: st.DataObject) -> None:
    text = data.draw(st.text(ALPHABETS.get(language.code, LETTERS + LETTERS.upper()), max_size=20))
    small = language.lower(text)
    assert language.lower(small) == small
    assert language.lower(language.upper(small)) == small or set("ßı") & {*small}
    assert language.without_suffix is as_written or small.startswith(language.without_suffix(small))


@pytest.mark.parametrize(
    "language",
    [each for each in LANGUAGES if each.plurals or each.shorter_forms],
    ids=lambda language: language.code,
)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_other_forms_of_a_word_are_words(language: Language, data: st.DataObject) -> None:
    word = data.draw(st.text("abcdeghiklmnoprstuvxyz", min_size=3, max_size=12))
    for forms in (language.plurals, language.shorter_forms):
        assert all(form and form == form.strip() for form in (forms(word) if forms else ()))


@given(st.text(max_size=30))
def test_a_run_without_spaces_is_cut_into_pieces_of_itself(run: str) -> None:
    assert all(piece for piece in segmenter(["zh", "ja", "th"])(run))
