"""Words of every topic: the language of a whole corpus, its footers and its greetings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from themata import Given, TopicModel, Weighting
from themata.chat.context_window import Guess
from themata.familiar import BERTopic
from themata.naming.llm.brief import Shape, briefs

THEMES = [
    "garlic soup bread oven butter onion recipe salt",
    "court judge verdict appeal lawyer trial jury prison",
    "rocket moon orbit launch satellite astronaut mission planet",
    "striker goal league coach stadium referee penalty keeper",
]
ARABIC = [
    "قمر صاروخ فضاء مدار كوكب محطة",
    "طبخ خبز ثوم حساء فرن ملح",
    "محكمة قاض حكم محام سجن شاهد",
    "هدف مباراة مدرب ملعب حكم دوري",
]


def texts_of(
    frame: Callable[[str], str], themes: list[str] = THEMES, n_words: int = 6, uneven: bool = False
) -> list[str]:
    """Forty documents of each theme in a frame. uneven : those of the first theme are a third as long"""
    rng = np.random.default_rng(0)
    return [
        frame(" ".join(rng.choice(theme.split(), n_words // 3 if uneven and not row else n_words)))
        for row, theme in enumerate(themes)
        for _ in range(40)
    ]


def fitted(texts: list[str], **options: object) -> TopicModel:
    return TopicModel(embedder="lexical", layout=None, random_state=0, **options).fit(texts)


def shown(model: TopicModel) -> str:
    """All keywords and names, of topics and of layers."""
    topics = model.result_
    words = [word for own in topics.keywords for word, _ in own]
    return " ".join(
        [*topics.names, *words, *(name for level in topics.level_names for name in level)]
    ).lower()


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (lambda said: f"{said}. Acme newsletter.", ("acme", "newsletter")),
        (lambda said: f"Dear Acme team, {said}", ("dear", "acme", "team")),
        (
            lambda said: f"Dear Acme team, {said}. Unsubscribe from the Acme newsletter.",
            ("acme", "unsubscribe"),
        ),
    ],
)
@pytest.mark.parametrize("uneven", [False, True])
def test_footers_and_greetings_are_neither_keywords_nor_names_and_are_told(
    frame: Callable[[str], str], words: tuple[str, ...], uneven: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="themata"):
        model = fitted(texts_of(frame, uneven=uneven))
    assert model.result_.n_topics >= 4
    assert set(words) <= set(model.result_.common)
    assert not any(word in shown(model) for word in words)
    assert caplog.text.count("nearly every document of nearly every topic") == 1 and "'acme'" in caplog.text


def test_a_brand_in_latin_letters_names_no_topic_of_an_arabic_corpus() -> None:
    model = fitted(texts_of(lambda said: f"Zyxia {said} Zyxia", ARABIC, n_words=5))
    assert model.result_.common == ("zyxia",) and "zyxia" not in shown(model)
    assert all(len(words) >= 4 for words in model.result_.keywords)


def test_common_terms_stay_out_whatever_describes_the_topics() -> None:
    aspects = {"KeyBERT": "keybert", "MMR": "mmr", "Chain": ["keybert", "mmr"]}
    model = fitted(texts_of(lambda said: f"{said}. Acme newsletter."), aspects=aspects)
    for name in aspects:
        assert not {"acme", "newsletter"} & {word for own in model.result_.aspects[name] for word, _ in own}
    topics = model.result_
    for brief in briefs(topics, model.documents_, range(topics.n_topics), Shape(), Guess()):
        assert not {"acme", "newsletter"} & set(brief.keywords)


def test_common_terms_stay_out_of_every_table_of_words() -> None:
    texts = texts_of(lambda said: f"{said}. Acme newsletter.")
    model = fitted(texts)
    years = [f"{2000 + row % 3}-01-01" for row in range(len(texts))]
    tables = [
        " ".join(model.over_time(years).to_frame()["Words"]),
        " ".join(model.by_class([year < "2001" for year in years]).to_frame()["Words"]),
        " ".join(word for words in model.hierarchy().keywords for word, _ in words),
    ]
    assert all(table and "acme" not in table for table in tables)


def test_common_terms_are_kept_through_files_and_edits(tmp_path: Path) -> None:
    model = fitted(texts_of(lambda said: f"{said}. Acme newsletter."))
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.result_.common == ("acme", "newsletter")
    assert loaded.result_.keywords == model.result_.keywords
    loaded.merge([0, 1])
    assert "acme" not in shown(loaded)
    loaded.merge(list(range(loaded.result_.n_topics)))
    assert "acme" not in shown(loaded) and loaded.result_.keywords[0]


def test_what_all_topics_say_stays_in_a_name_that_is_said_with_it() -> None:
    texts = [
        f"Lesson {row}: {' and '.join(np.roll(words, row))} in learning"
        + (", reinforcement learning" if not theme else "")
        for theme, words in enumerate(
            [["agent", "policy", "reward"], ["leaf", "tree", "forest"], ["speech", "vowel", "accent"]]
        )
        for row in range(30)
    ]
    model = fitted(texts, grouper=Given(np.repeat(range(3), 30)))
    assert "learning" in model.result_.common
    assert "reinforcement learning" in model.result_.names[0].lower()
    assert not any("learning" in name.lower() for name in model.result_.names[1:])


def test_words_of_most_documents_of_one_topic_stay_its_keywords() -> None:
    model = fitted(texts_of(str))
    assert model.result_.common == () and "garlic" in shown(model)


def test_an_only_topic_keeps_the_words_of_all_its_documents() -> None:
    model = fitted(texts_of(lambda said: f"{said}. Acme newsletter.", THEMES[:1]), n_topics=1)
    words = [word for word, _ in model.result_.keywords[0]]
    assert model.result_.common == () and len(words) == 10 and "garlic" in words


def test_a_frame_that_half_of_the_documents_have_is_no_common_term() -> None:
    rows = iter(range(1000))
    model = fitted(texts_of(lambda said: said if next(rows) % 2 else f"{said}. Acme newsletter."))
    assert model.result_.common == ()


def test_keywords_are_words_that_a_topic_uses_more_than_others() -> None:
    rng = np.random.default_rng(1)
    language = "said year people mr says last week".split()
    texts = texts_of(lambda said: " ".join(rng.permutation([*said.split(), *rng.choice(language, 6)])))
    model = fitted(texts)
    ours = [word for own in model.result_.keywords for word, _ in own[:5]]
    theirs = fitted(texts, weighting=Weighting()).result_.keywords
    assert not set(language) & set(ours)
    assert set(language) & {word for own in theirs for word, _ in own}


def test_the_familiar_road_keeps_bertopics_words() -> None:
    from sklearn.cluster import KMeans

    from themata import PCA

    model = BERTopic(embedding_model="lexical", umap_model=PCA(3), hdbscan_model=KMeans(4, random_state=0))
    model.fit(texts_of(lambda said: f"{said}. Acme newsletter."))
    assert model.result_.common == ()
    assert "acme" in {word for word, _ in model.get_topic(0)}


def test_documents_that_come_later_may_end_a_footer() -> None:
    model = fitted(texts_of(lambda said: f"{said}. Acme newsletter."))
    assert model.result_.common
    model.partial_fit(texts_of(str, n_words=7) * 2)
    assert model.result_.common == ()
