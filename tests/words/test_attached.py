"""Languages that write function words onto others: they are stop words all the same, and no verb is a name."""

from __future__ import annotations

import numpy as np
import pytest

from themata import TopicModel
from themata.languages import arabic, hebrew
from themata.words.stop_words import stop_words
from themata.words.vectorizer import Words

# Two subjects each, and what writers write between words
ARABIC = (
    [
        "البرنامج والتي وهذا الموسيقى والذي المطرب يغني الأغنية الجديدة في الحفلة",
        "المطرب يغني في الحفلة والموسيقى تعجب الجمهور الذي يحب الأغنية",
        "وهذه الأغنية للمطرب الشهير وبالموسيقى يعمل على البرنامج الجديد",
        "الحفلة التي يقدمها المطرب والأغنية في البرنامج والموسيقى والجمهور",
    ],
    [
        "الشمس ويعمل القمر في السماء والكواكب تدور حول الشمس",
        "العلماء يدرسون الشمس والقمر ويعمل التلسكوب في الفضاء",
        "والذي يدور حول الشمس كوكب ويعمل العلماء على التلسكوب في الفضاء",
        "للكواكب التي تدور حول الشمس أقمار والعلماء يدرسون القمر والفضاء",
    ],
)
HEBREW = (
    [
        "הזמר שר את השיר החדש והמוזיקה מלהיבה את הקהל באולם",
        "והקהל אוהב את המוזיקה ואת הזמר שהופיע באולם עם השיר",
        "המוזיקה של הזמר והשיר שהקהל אוהב הם חלק מהמופע באולם",
    ],
    [
        "השמש והירח בשמים והכוכבים נעים סביב השמש בחלל",
        "המדענים חוקרים את השמש ואת הירח בעזרת הטלסקופ בחלל",
        "וכאשר הטלסקופ בחלל מצלם את הכוכבים המדענים חוקרים את הירח והשמש",
    ],
)


def corpus(kinds: tuple[list[str], list[str]], language: str) -> TopicModel:
    texts = [f"{text} {number}" for number in range(8) for text in [*kinds[0], *kinds[1]]]
    return TopicModel(embedder="lexical", n_topics=2, language=language).fit(texts)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", ["والذي", "والتي", "وهذا", "وبهذه", "فهو", "للذين", "ولكن", "لأن", "أيضا", "الى"]),
        ("he", ["והוא", "שהם", "ואולי", "כשהיא", "מכל", "בזה", "הזה"]),
        ("fi", ["onko", "onkin", "hänkin", "sekä", "minäkin"]),
        ("tr", ["vardır", "yoktur", "içindir", "değildir"]),
        ("id", ["inilah", "apakah", "adalah", "itupun"]),
        ("fa", ["است", "آنها", "برای"]),
    ],
)
def test_stop_words_count_with_what_is_written_onto_them(language: str, words: list[str]) -> None:
    assert set(words) <= stop_words([language])


def test_words_are_told_from_what_is_written_onto_them() -> None:
    vocabulary = set(
        Words(language="ar", min_df=1, keep_stop_words=False).fit([*ARABIC[0], *ARABIC[1]]).vocabulary_
    )
    assert {"الموسيقى", "القمر", "البرنامج", "المطرب", "الكواكب"} <= vocabulary
    assert not {"والذي", "والتي", "وهذا", "والموسيقى", "ويعمل", "للمطرب", "وبالموسيقى", "و", "ب"} & vocabulary
    hebrew_words = set(
        Words(language="he", min_df=1, keep_stop_words=False).fit([*HEBREW[0], *HEBREW[1]]).vocabulary_
    )
    assert {"המוזיקה", "הזמר", "הירח", "השמש"} <= hebrew_words
    assert not {"והמוזיקה", "והירח", "וכאשר", "והשמש"} & hebrew_words


@pytest.mark.parametrize(("kinds", "language"), [(ARABIC, "ar"), (HEBREW, "he")])
def test_no_function_word_and_no_verb_names_a_topic(
    kinds: tuple[list[str], list[str]], language: str
) -> None:
    model = corpus(kinds, language)
    verbs = {"يعمل", "ويعمل", "يغني", "تدور", "يدرسون", "يحب", "يدور", "تعجب", "חוקרים", "אוהב", "מצלם", "שר"}
    for label, words in zip(model.result_.labels, model.result_.keywords, strict=True):
        named = {
            arabic.bare(part) for word in label.name.split() for part in (word, *arabic.parted(word, verbs))
        }
        assert not named & verbs and not named & (stop_words([language]) - {"و", "ו"})
        assert not {word for word, _ in words} & stop_words([language])
    assert len(np.unique(model.topics_)) == 2
    assert model.transform(list(kinds[0]))[0] == [model.topics_[0]] * len(kinds[0])


def test_words_that_begin_like_function_words_stay_whole() -> None:
    for word in ("وزير", "وقت", "والدة", "بالون", "كتاب", "لاعب", "فيلم", "بطولة", "وجهة", "الله", "ليلة"):
        assert arabic.parted(word, {"زير", "وجهة"} - {"زير"}) == [word]
    for word in ("שלום", "מוזיקה", "בית", "לבן", "מחשב", "ויטמין", "כלכלה"):
        assert hebrew.parted(word, set()) == [word]


def test_a_saved_vectorizer_parts_words_as_before() -> None:
    texts = [*ARABIC[0], *ARABIC[1]] * 3
    words = Words(language="ar", min_df=1, keep_stop_words=False)
    counts = words.fit_transform(texts)
    assert (words.transform(texts) != counts).nnz == 0
    again = Words(language="ar", min_df=1, keep_stop_words=False).relearn(
        words.get_feature_names_out().tolist(), words.learned()
    )
    assert (again.transform(texts) != counts).nnz == 0
