from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from themata.core.documents import Documents
from themata.core.passages import join
from themata.read.passages import split

PIECES = st.sampled_from(
    [
        "word ",
        "Sentence one. ",
        "What? ",
        "\n",
        "\n\n",
        "字",
        "。",
        "ไทย",
        "  ",
        "x" * 90,
        "e\u0301",
        "👩‍🚀",
        "(end.) ",
        "\t",
    ]
)


@settings(deadline=None, max_examples=200)
@given(text=st.lists(PIECES, max_size=80).map("".join), n_words=st.integers(1, 30))
def test_passages_joined_are_the_document(text: str, n_words: int) -> None:
    docs = split(Documents(["before", text, "after"]), n_words=n_words)
    rows = np.array(docs.columns["document"])
    assert "".join(docs.texts[i] for i in np.flatnonzero(rows == 1)) == text
    assert sorted(set(rows.tolist())) == [0, 1, 2]
    assert all(len(part.split()) <= n_words for part in docs.texts if "字" not in part and "ไ" not in part)


@pytest.mark.parametrize(
    "text",
    ["\n" * 1_000_000, " " * 1_000_000, "\n " * 500_000, "a" * 1_000_000, "a. " * 300_000, "." * 1_000_000],
)
def test_a_megabyte_of_anything_takes_seconds_at_most(text: str) -> None:
    start = time.perf_counter()
    docs = split(Documents([text]), n_words=200)
    assert "".join(docs.texts) == text
    assert time.perf_counter() - start < 20  # a search from every line took hours


def test_passages_end_where_sentences_do_and_have_about_one_length() -> None:
    sentences = [f"This is sentence number {i} of the whole story." for i in range(45)]
    docs = split(Documents([" ".join(sentences)]), n_words=100)
    lengths = [len(text.split()) for text in docs.texts]
    assert all(text.rstrip().endswith(".") for text in docs.texts)
    assert max(lengths) <= 100
    assert min(lengths) >= 60  # 405 words in five passages, none of them a rest


def test_scripts_without_spaces_are_cut_by_characters() -> None:
    docs = split(Documents(["漢字" * 500, "ภาษาไทย" * 100]), n_words=50)
    assert max(map(len, docs.texts)) <= 100
    assert len(docs.texts) >= 10 + 7


def test_other_columns_and_times_follow_their_document() -> None:
    times = np.array(["2020", "2021"], dtype="datetime64[Y]")
    docs = split(
        Documents(["one two. three four.", "five"], times=times, columns={"id": ["a", "b"]}), n_words=2
    )
    assert list(docs.columns["id"]) == ["a", "a", "b"]
    assert docs.times is not None
    assert docs.times.astype(str).tolist() == ["2020", "2020", "2021"]


def test_a_document_has_the_topic_of_most_of_its_passages() -> None:
    assignment = np.array([2, 0, 0, -1, 1, -1, -1])
    strength = np.array([0.9, 0.6, 0.6, 0, 0.5, 0, 0], dtype=np.float32)
    topics, found, shares = join(assignment, strength, np.array([0, 0, 0, 1, 1, 1, 2]), n_topics=4)
    assert topics.tolist() == [0, 1, -1]
    assert found == pytest.approx([1.2 / 3, 0.5 / 3, 0])
    assert shares.shape == (3, 4)
    assert shares[0].toarray().ravel() == pytest.approx([1.2 / 2.1, 0, 0.9 / 2.1, 0])
    assert np.asarray(shares.sum(axis=1)).ravel() == pytest.approx([1, 1, 0])


def test_no_documents_and_no_topics_are_joined_too() -> None:
    none = np.empty(0, dtype=np.int64)
    assert [len(part) for part in join(none, none.astype(np.float32), none)[:2]] == [0, 0]
    topics, strength, _ = join(np.array([-1, -1]), np.zeros(2, np.float32), np.array([0, 1]))
    assert (topics.tolist(), strength.tolist()) == ([-1, -1], [0, 0])
