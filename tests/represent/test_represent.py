from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.topics import MAIN, Topics
from themata.represent.chain import Chain
from themata.represent.keybert import KeyBERT
from themata.represent.mmr import MMR
from themata.represent.part_of_speech import PartOfSpeech
from themata.words.vectorizer import Words

TEXTS = [
    "cats purr and kittens purr",
    "kittens and cats sleep",
    "stocks and bonds fell",
    "bonds and stocks rose",
]
POINTS = np.array([[1, 0.1], [1, 0], [0, 1], [0.1, 1]], dtype=np.float32)


@pytest.fixture
def given() -> tuple[Topics, Documents]:
    words = Words(min_df=1, keep_stop_words=False)
    docs = Documents(
        TEXTS, embeddings=POINTS, terms=words.fit_transform(TEXTS), vocabulary=words.get_feature_names_out()
    )
    topics = Topics.of(docs, [0, 0, 1, 1]).having(exemplars=(np.array([0, 1]), np.array([2, 3])))
    candidates = [[("stocks", 0.9), ("cats", 0.8), ("kittens", 0.7)], [("cats", 0.9), ("bonds", 0.5)]]
    return topics.with_aspect(MAIN, candidates), docs


class Counted:
    """Embeds words where their documents lie, and counts the calls."""

    def __init__(self) -> None:
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.calls += 1
        return np.array(
            [[0, 1] if text in ("stocks", "bonds") else [1, 0] for text in texts], dtype=np.float32
        )


PARTS = [KeyBERT(), MMR(), Chain(MMR(), KeyBERT())]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("embedder", [None, Counted()])
def test_every_representer_chooses_among_the_candidates(part: Any, embedder: Any, given: Any) -> None:
    topics, docs = given
    found = part.represent(topics, docs, embedder=embedder)
    assert len(found) == topics.n_topics
    for words, candidates in zip(found, topics.keywords, strict=True):
        assert {word for word, _ in words} <= {word for word, _ in candidates}
        assert all(np.isfinite(weight) for _, weight in words)


@pytest.mark.parametrize("part", PARTS)
def test_topics_without_candidates_or_embeddings_are_fine(part: Any, given: Any) -> None:
    topics, docs = given
    empty = topics.with_aspect(MAIN, [(), ()])
    assert part.represent(empty, docs) == ((), ())
    bare = docs.having(embeddings=None)
    assert [w for w, _ in part.represent(topics.having(centroids=None), bare)[1]] == ["cats", "bonds"]


@pytest.mark.parametrize("embedder", [None, Counted()])
def test_keybert_puts_first_what_the_topic_means(given: Any, embedder: Any) -> None:
    topics, docs = given
    found = KeyBERT().represent(topics, docs, embedder=embedder)
    assert found[0][-1][0] == "stocks"
    assert found[1][0][0] == "bonds"


def test_words_are_embedded_in_one_call(given: Any) -> None:
    for part in (KeyBERT(), MMR()):
        embedder = Counted()
        part.represent(*given, embedder=embedder)
        assert embedder.calls == 1


def test_mmr_keeps_order_and_weights_and_drops_the_alike(given: Any) -> None:
    topics, docs = given
    found = MMR(diversity=0.9, top_n_words=2).represent(topics, docs, embedder=Counted())
    assert found[0] in ((("stocks", 0.9), ("cats", 0.8)), (("stocks", 0.9), ("kittens", 0.7)))


def test_parts_of_speech_keep_what_fits_a_pattern(given: Any) -> None:
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("attribute_ruler")
    for word in ("cats", "bonds"):
        ruler.add([[{"LOWER": word}]], {"POS": "NOUN"})
    found = PartOfSpeech(pipeline).represent(*given)
    assert [word for word, _ in found[0]] == ["cats"]
    assert [word for word, _ in found[1]] == ["bonds"]


def test_a_missing_pipeline_says_how_to_get_one(given: Any) -> None:
    pytest.importorskip("spacy")
    with pytest.raises(InputError, match="spacy download no_such_pipeline"):
        PartOfSpeech("no_such_pipeline").represent(*given)
