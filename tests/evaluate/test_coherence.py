"""Coherence equals gensim's on the same input; edges are where it would divide by zero or raise."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from themata.cli.docstrings import docstrings
from themata.core.arrays import Float1d
from themata.core.errors import InputError
from themata.evaluate.coherence import c_v, npmi, umass
from themata.evaluate.occurrences import in_documents, positions

MEASURES = {"c_npmi": (npmi, 10), "c_v": (c_v, 110), "u_mass": (umass, None)}


def theirs(measure: str, topics: list[list[str]], texts: list[list[str]], window: int | None) -> Float1d:
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    asked = CoherenceModel(
        topics=topics,
        texts=texts,
        dictionary=Dictionary(texts),
        coherence=measure,
        window_size=window,
        topn=20,
        processes=1,
    )
    return np.array(asked.get_coherence_per_topic())


def ours(measure: str, topics: list[list[str]], texts: list[list[str]], window: int | None) -> Float1d:
    words = [word for topic in topics for word in topic]
    return MEASURES[measure][0](topics, positions(texts, words).windows(window))


@pytest.fixture(scope="module")
def real() -> tuple[list[list[str]], list[list[str]]]:
    """Texts of Python's own library and groups of their words, frequent and rare, some of them found nowhere."""
    texts = [re.findall(r"[a-z]+", record["text"].lower()) for record in docstrings(150, seed=3)]
    words, counts = np.unique([word for text in texts for word in text], return_counts=True)
    rng = np.random.default_rng(0)
    topics = [rng.choice(words, 10, replace=False, p=counts / counts.sum()).tolist() for _ in range(8)]
    topics += [rng.choice(words, 10, replace=False).tolist() for _ in range(4)]
    topics[1][4] = topics[9][0] = "worduseddnowhere"
    return texts, topics


@pytest.mark.parametrize("measure", MEASURES)
def test_equals_gensim_on_real_texts(measure: str, real: tuple[list[list[str]], list[list[str]]]) -> None:
    texts, topics = real
    window = MEASURES[measure][1]
    assert max(map(len, texts)) > 110  # windows of C_v slide, too
    expected = theirs(measure, topics, texts, window)
    np.testing.assert_allclose(ours(measure, topics, texts, window), expected, atol=1e-9)


WORD = st.sampled_from("abcde")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@settings(deadline=None, max_examples=150)
@given(
    texts=st.lists(st.lists(WORD, max_size=12), min_size=1, max_size=8).filter(any),
    topics=st.lists(st.lists(st.sampled_from("abcdeX"), min_size=2, max_size=5), min_size=1, max_size=3),
    window=st.integers(1, 6),
    measure=st.sampled_from(list(MEASURES)),
)
def test_equals_gensim_on_any_texts(
    texts: list[list[str]], topics: list[list[str]], window: int, measure: str
) -> None:
    said = {word for text in texts for word in text}
    topics = [topic for topic in topics if said & set(topic)]  # gensim raises for a topic of unknown words
    if topics:
        found = ours(measure, topics, texts, window if measure != "u_mass" else None)
        np.testing.assert_allclose(found, theirs(measure, topics, texts, window), atol=1e-9)


def test_words_that_occur_nowhere_are_left_out(real: tuple[list[list[str]], list[list[str]]]) -> None:
    texts, topics = real
    bare = [[word for word in topic if word != "worduseddnowhere"] for topic in topics]
    np.testing.assert_array_equal(ours("c_npmi", topics, texts, 10), ours("c_npmi", bare, texts, 10))


@pytest.mark.parametrize("measure", MEASURES)
def test_a_topic_without_known_words_has_no_coherence(measure: str) -> None:
    found = ours(measure, [["x", "y"], [], ["a", "b"]], [["a", "b"], ["b"]], 10)
    assert np.isnan(found).tolist() == [True, True, False]


def test_no_texts_is_no_coherence() -> None:
    for texts in ([], [[]]):
        assert np.isnan(ours("c_npmi", [["a", "b"]], texts, 10)).all()


def test_counts_of_documents_give_what_their_texts_give() -> None:
    texts = [list("abca"), list("bc"), [], list("a")]
    vocabulary = ["a", "b", "c", "d"]
    terms = sparse.csr_matrix([[text.count(term) for term in vocabulary] for text in texts])
    topics = [list("abcd"), list("cb")]
    counted = in_documents(terms, vocabulary, "abcdz")
    read = positions(texts, "abcdz").windows(None)
    np.testing.assert_array_equal(counted.together(list("abc")), read.together(list("abc")))
    np.testing.assert_array_equal(umass(topics, counted), umass(topics, read))
    assert (counted.n_windows, counted.known("abcdz")) == (4, list("abc"))


def test_always_together_is_near_one_and_never_near_minus_one() -> None:
    texts: Sequence[list[str]] = [["a", "b"], ["c"], ["d"], ["e"]]
    together, apart = npmi([["a", "b"], ["c", "d"]], positions(texts, "abcde").windows(10))
    assert together == pytest.approx(1)
    assert -1 <= apart < -0.85


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="1 word or more"):
        positions([["a"]], ["a"]).windows(0)
