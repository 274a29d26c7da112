from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer

from themata import TopicModel
from themata.core.errors import InputError, NotFittedError
from themata.words.vectorizer import Words


def terms(*texts: str, **options: object) -> set[str]:
    words = Words(**{"keep_stop_words": False, **options})  # type: ignore[arg-type]
    words.fit(list(texts))
    return set(words.get_feature_names_out())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Bücher über Größe und Straßenbahnen", {"bücher", "größe", "straßenbahnen"}),
        ("L'école à la plage, c'est l'idéal des élèves", {"école", "plage", "élèves"}),
        ("El niño y la mañana en España", {"niño", "mañana", "españa"}),
        ("Учёные открыли новую планету", {"учёные", "планету"}),
        ("वैज्ञानिकों ने नई दवा की खोज की", {"वैज्ञानिकों", "दवा", "खोज"}),
        ("العلماء يكتشفون كوكبا جديدا", {"العلماء", "كوكبا"}),
        ("Türkiye'nin güzel şehirleri ve insanları", {"güzel", "şehirleri"}),
        (
            "We compare C++ with C# and .NET #machinelearning covid-19",
            {"c++", "c#", ".net", "#machinelearning", "covid-19"},
        ),
        ("科学家发现了新的行星", {"科学家", "行星"}),
        ("東京タワーと大阪城に行きました", {"東京タワー", "大阪城"}),
        ("นักวิทยาศาสตร์ค้นพบดาวเคราะห์ดวงใหม่", {"นักวิทยาศาสตร์", "ดาวเคราะห์"}),
        ("대한민국의 과학자들이 새로운 행성을 발견했다", {"행성"}),
    ],
)
def test_words_of_many_languages_survive(text: str, expected: set[str]) -> None:
    assert expected <= terms(text)


def test_stop_words_of_the_language_found_are_left_out() -> None:
    german = [
        "Das ist der erste Satz über die Katze und den Hund im Garten des alten Hauses am Rande der Stadt."
    ] * 5
    found = terms(*german)
    assert "katze" in found
    assert not {"und", "die", "der"} & found


def test_very_short_documents_keep_stop_words_and_hide_them() -> None:
    words = Words().fit(["how do i get there", "what is my balance", "how do i pay my bill"])
    assert "how" in words.vocabulary_
    shown = dict(zip(words.get_feature_names_out(), words.showable(), strict=True))
    assert not shown["how"]
    assert shown["balance"]


def test_ngrams_never_cross_sentences_or_documents_or_end_in_a_stop_word() -> None:
    found = terms("neural networks learn. Deep models of the brain", "brain waves", ngram_range=(1, 3))
    assert "neural networks" in found
    assert "models of the" not in found
    assert "learn deep" not in found
    assert "brain brain" not in found


def test_counts_equal_scikit_learns_on_plain_words() -> None:
    rng = np.random.default_rng(0)
    vocabulary = [f"word{chr(97 + i)}" for i in range(20)]
    texts = [" ".join(rng.choice(vocabulary, 30)) for _ in range(50)]
    ours, theirs = Words(stop_words=None, min_df=1), CountVectorizer()
    assert (ours.fit_transform(texts) != theirs.fit_transform(texts)).nnz == 0
    assert ours.get_feature_names_out().tolist() == theirs.get_feature_names_out().tolist()
    assert (ours.transform(texts[:3]) != theirs.transform(texts[:3])).nnz == 0


def test_it_is_a_scikit_learn_estimator() -> None:
    words = clone(Words(language="de", ngram_range=(1, 2)).set_params(min_df=3))
    assert words.get_params()["language"] == "de"
    assert words.min_df == 3


def test_growing_leaves_the_columns_of_old_terms_alone() -> None:
    words = Words(min_df=1, keep_stop_words=False)
    words.fit(["apples pears", "pears plums"])
    before = words.get_feature_names_out().tolist()
    counts = words.grow(["cherries pears"])
    after = words.get_feature_names_out().tolist()
    assert after[: len(before)] == before
    assert set(after) - set(before) == {"cherries"}
    assert counts.toarray()[0][after.index("pears")] == 1


def test_a_settled_vectorizer_with_its_vocabulary_counts_the_same() -> None:
    texts = ["how do i get to the bank", "wie komme ich zur bank", "pay my bill"]
    words = Words()
    counts = words.fit_transform(texts)
    again = words.settled().set_params(vocabulary=words.get_feature_names_out().tolist())
    assert (again.transform(texts) != counts).nnz == 0
    assert again.showable().tolist() == words.showable().tolist()


@pytest.mark.parametrize(
    "texts", [[""], ["😀 😀", "🎉"], ["the of and"], ["one"], ["1 2 3"], ["a" * 1_000_000], ["\ud800 lone"]]
)
def test_odd_corpora_are_counted(texts: list[str]) -> None:
    counts = Words().fit_transform(texts)
    assert counts.shape[0] == len(texts)


def test_min_df_rises_with_the_corpus_and_never_empties_it() -> None:
    texts = [f"common unique{chr(97 + i % 26)}{i}" for i in range(1000)]
    assert "common" in Words().fit(texts).vocabulary_
    assert len(Words().fit(texts).vocabulary_) == 1
    assert len(Words().fit([f"unique{i}x" for i in range(600)]).vocabulary_) == 600


def test_asking_before_fitting_is_a_clear_error() -> None:
    with pytest.raises(NotFittedError, match="call fit"):
        Words().transform(["a"])


def test_what_may_be_shown_follows_the_terms() -> None:
    words = Words(min_df=1, keep_stop_words=True, language="en")
    words.fit(["the cat of 1999", "a dog"])
    first = dict(zip(words.get_feature_names_out(), words.showable().tolist(), strict=True))
    assert first["cat"] and first["dog"] and not first["the"]
    assert words.showable() is words.showable()
    words.fit(["the bird", "a fish sings"])
    again = dict(zip(words.get_feature_names_out(), words.showable().tolist(), strict=True))
    assert set(again) != set(first) and again["bird"] and not again["the"]


@pytest.mark.parametrize("language", ["de", "German", "DE", "de-AT", ["german", "en"]])
def test_a_language_is_given_by_its_code_or_its_name(language: str | list[str]) -> None:
    words = Words(language=language, min_df=1, keep_stop_words=False).fit(["Der Hund und die Katze"] * 3)
    assert set(words.vocabulary_) == {"hund", "katze"}
    assert words.languages_[0] == "de"


def test_multilingual_means_that_languages_are_found_out() -> None:
    texts = ["Der Hund schläft im Garten und die Katze auch"] * 3
    assert (
        Words(language="multilingual", min_df=1).fit(texts).languages_
        == Words(min_df=1).fit(texts).languages_
    )


@pytest.mark.parametrize(
    ("language", "told"), [("Germn", "did you mean 'German'"), ("klingon", "'klingon'"), (7, "7")]
)
def test_what_is_no_language_is_an_error(language: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Words(language=language).fit(["a b"])
    with pytest.raises(InputError, match=told):
        TopicModel(language=language, embedder="lexical").fit(["a b"] * 20)


def test_a_stop_phrase_takes_its_words_out_where_they_are_said_together() -> None:
    texts = [
        "The New York Times wrote of trains",
        "new trains in York",
        "It was the New York Times: times change",
    ]
    assert terms(*texts, stop_words=["the", "New York Times"]) == {
        "wrote", "of", "trains", "new", "in", "york", "it", "was", "times", "change",
    }  # fmt: skip
    words = Words(stop_words=["the", "new york times"], min_df=1, keep_stop_words=False).fit(texts)
    counts = dict(zip(words.get_feature_names_out(), words.transform(texts).sum(axis=0).A1, strict=True))
    assert counts["new"] == counts["york"] == counts["times"] == 1
    assert (words.transform(texts) != words.fit_transform(texts)).nnz == 0
    pairs = terms(*texts, stop_words=["the", "new york times"], ngram_range=(1, 2))
    assert "new trains" in pairs and not any("york times" in term for term in pairs)
    grown = words.grow(["The New York Times of times"]).toarray()[0]
    assert grown[words.vocabulary_["times"]] == 1


def test_a_stop_phrase_that_is_kept_is_hidden() -> None:
    words = Words(stop_words=["credit card"], keep_stop_words=True, ngram_range=(1, 3), min_df=1)
    words.fit(["my credit card limit", "card games"])
    shown = dict(zip(words.get_feature_names_out(), words.showable(), strict=True))
    assert shown["card games"] and shown["credit"]
    assert not shown["credit card"] and not shown["credit card limit"]


@pytest.mark.parametrize(
    ("listed", "left"),
    [(["Cat"], {"dogs", "mail"}), (("DOGS",), {"cat", "mail"}), ({"e-mail"}, {"cat", "dogs"})],
)
def test_stop_words_are_cased_and_cut_as_documents_are(listed: Any, left: set[str]) -> None:
    assert terms("Cat DOGS e-mail", stop_words=listed) == left


def test_stop_words_may_be_those_of_another_language() -> None:
    assert terms("the Hund und die Katze", language="en", stop_words="german") == {"the", "hund", "katze"}
    with pytest.raises(InputError, match="'German'"):
        terms("der Hund", stop_words="germn")
    with pytest.raises(InputError, match="must be words, got 7"):
        terms("der Hund", stop_words=[7])
