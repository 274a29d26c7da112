"""What is counted: nothing, punctuation, stop words that a vectorizer never meets."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer

from themata import TopicModel
from themata.core.errors import InputError
from themata.familiar import BERTopic
from themata.words.vectorizer import Words

FRUIT, TRAFFIC = "apple pear plum".split(), "train bus tram".split()


def familiar(**options: Any) -> BERTopic:
    return BERTopic(
        embedding_model="lexical", umap_model=PCA(3), hdbscan_model=KMeans(2, random_state=0), **options
    )


def native(**options: Any) -> TopicModel:
    return TopicModel(embedder="lexical", vectorizer=options.get("vectorizer_model"))


@pytest.fixture
def single() -> list[str]:
    """Documents of a word each."""
    return np.random.default_rng(0).choice(FRUIT + TRAFFIC, 60).tolist()


@pytest.fixture
def listed() -> list[str]:
    """Documents of five words, with commas between."""
    rng = np.random.default_rng(0)
    return [", ".join(rng.choice(TRAFFIC if row % 2 else FRUIT, 5)) for row in range(60)]


def test_documents_of_one_word_make_topics_without_pairs_of_words(single: list[str], caplog: Any) -> None:
    pairs = familiar(n_gram_range=(2, 2)).fit(single)
    assert len(pairs.get_topics()) == 2 and not any(word for word, _ in pairs.get_topic(0))
    assert "ngram_range=(2, 2)" in caplog.text
    model = native(vectorizer_model=Words(ngram_range=(2, 2))).fit(single)
    assert model.result_.n_topics > 1 and not any(model.result_.keywords)
    assert model.transform(single[:3])[0] == model.topics_[:3]


@pytest.mark.parametrize("make", [familiar, native])
@pytest.mark.parametrize(
    "setting", [{"ngram_range": (2, 2)}, {"min_df": 31}, {"stop_words": FRUIT + TRAFFIC}]
)
def test_a_setting_that_leaves_no_term_is_named(
    make: Any, setting: dict[str, Any], single: list[str]
) -> None:
    told = re.escape(f"{next(iter(setting))}={next(iter(setting.values()))!r}"[:40])
    with pytest.raises(InputError, match=told):
        make(vectorizer_model=CountVectorizer(**setting)).fit(single)


@pytest.mark.parametrize("make", [familiar, native])
def test_tokens_without_letter_or_digit_are_no_keywords(make: Any, listed: list[str]) -> None:
    counts = CountVectorizer(tokenizer=lambda text: re.findall(r"\w+|.", text), token_pattern=None)
    model = make(vectorizer_model=counts).fit(listed)
    assert {" ", ","} <= set(model.result_.vocabulary)
    for words in model.result_.keywords:
        assert {word for word, _ in words} <= {*FRUIT, *TRAFFIC}
    halves = model.by_class(["a" if row % 3 else "b" for row in range(60)]).to_frame()
    assert not halves.Words.str.contains(", ,", regex=False).any()


def test_stop_phrases_that_scikit_learn_never_meets_are_said(listed: list[str], caplog: Any) -> None:
    familiar(vectorizer_model=CountVectorizer(stop_words=["apple pear plum", "bus"])).fit(listed)
    assert (
        "1 stop words of CountVectorizer have no effect" in caplog.text and "'apple pear plum'" in caplog.text
    )


def test_stop_phrases_of_ours_work_on_the_familiar_road(listed: list[str], caplog: Any) -> None:
    texts = [f"the new york times wrote of {text}" for text in listed]
    model = familiar(
        vectorizer_model=Words(stop_words=["the new york times", "of"], keep_stop_words=False)
    ).fit(texts)
    assert {"wrote", "apple"} <= set(model.result_.vocabulary)
    assert not {"new", "york", "times"} & set(model.result_.vocabulary) and not caplog.text
