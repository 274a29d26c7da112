"""Counting in several processes gives what one process gives."""

from __future__ import annotations

import numpy as np
import pytest

from corpora import sample
from themata.parts.words import counting
from themata.parts.words.vectorizer import Words


@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2), (2, 3)])
def test_counts_do_not_depend_on_the_number_of_processes(monkeypatch, ngram_range):
    texts = [*sample(n_docs=60).texts, "", "Überraschung für C++ und 東京タワー"]
    together = Words(ngram_range=ngram_range)
    expected = together.fit_transform(texts)
    monkeypatch.setattr(counting, "APART_FROM", 0)
    monkeypatch.setattr(counting, "BLOCK", 7)
    monkeypatch.setattr(counting, "n_workers", lambda: 2)
    apart = Words(ngram_range=ngram_range)
    found = apart.fit_transform(texts)
    assert apart.vocabulary_ == together.vocabulary_
    assert (found != expected).nnz == 0
    assert found.has_sorted_indices


def test_the_words_of_fit_and_of_transform_are_the_same():
    texts = [*sample(n_docs=40).texts, "I can't e-mail C# code to R2-D2 for #covid-19"]
    words = Words(min_df=1, stop_words=None)
    assert (words.fit_transform(texts) != words.transform(texts)).nnz == 0


def test_growing_keeps_the_columns_of_old_terms():
    words = Words(min_df=1).fit(["cats sleep", "dogs bark"])
    before = dict(words.vocabulary_)
    counts = words.grow(["cats purr loudly"])
    assert {term: words.vocabulary_[term] for term in before} == before
    assert counts.shape == (1, len(words.vocabulary_))
    assert counts[0, words.vocabulary_["purr"]] == 1


def test_no_documents_count_nothing():
    assert counting.count([], Words()._terms(), {}).shape == (0, 0)  # type: ignore[arg-type]
    assert np.diff(Words().fit_transform(["", " "]).indptr).tolist() == [0, 0]
