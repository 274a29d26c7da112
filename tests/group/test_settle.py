from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import adjusted_mutual_info_score

from corpora import sample
from themata.core.graph import sparse_unit_rows, unit_rows
from themata.group.settle import centered, settled
from themata.relate.lexical_view import inverse_frequency, tfidf
from themata.words.vectorizer import Words


@pytest.fixture(scope="module")
def evidence():
    """Three classes, links of which a third are by chance, meaning and words."""
    given = sample(300)
    terms = Words().fit_transform(given.texts)
    rng = np.random.default_rng(0)
    ends = np.array([rng.choice(np.flatnonzero(given.labels == given.labels[i]), 4) for i in range(300)])
    ends = np.hstack([ends, rng.integers(0, 300, (300, 2))])
    links = sparse.csr_matrix((np.ones(1800), (np.repeat(np.arange(300), 6), ends.ravel())), shape=(300, 300))
    points = centered(given.embeddings, np.arange(300))
    return links + links.T, points, tfidf(terms, inverse_frequency(terms)), given.labels


def mixed_up(labels: np.ndarray, share: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    wrong = rng.random(len(labels)) < share
    return np.where(wrong, rng.integers(0, labels.max() + 1, len(labels)), labels)


@pytest.mark.parametrize(("meaning", "wording"), [(True, True), (True, False), (False, True)])
def test_documents_in_the_wrong_topic_go_to_their_own(evidence, meaning, wording):
    links, points, words, labels = evidence
    before = mixed_up(labels, 0.4)
    after = settled(before, links, points if meaning else None, words if wording else None)
    assert adjusted_mutual_info_score(labels, before) < 0.5
    assert adjusted_mutual_info_score(labels, after) > 0.95


def test_topics_people_see_stay_as_they_are(evidence):
    links, points, words, labels = evidence
    np.testing.assert_array_equal(settled(labels, links, points, words), labels)


def test_without_meaning_and_words_nothing_moves(evidence):
    links, _, _, labels = evidence
    before = mixed_up(labels, 0.4)
    assert settled(before, links, None, None) is before


def test_more_words_and_topics_than_fit_are_left_aside(evidence, monkeypatch):
    links, points, words, labels = evidence
    before = mixed_up(labels, 0.4)
    monkeypatch.setattr("themata.group.settle.MOST_CELLS", 10)
    np.testing.assert_array_equal(settled(before, links, points, words), settled(before, links, points, None))
    assert settled(before, links, None, words) is before


def test_no_group_is_left_empty_and_links_are_not_needed(evidence):
    _, points, words, labels = evidence
    before = labels.copy()
    before[0] = (
        labels.max() + 1
    )  # a topic of one document, which its class takes back or which keeps to itself
    after = settled(before, sparse.csr_matrix((300, 300), dtype=np.float32), points, words)
    assert np.unique(after).tolist() == list(range(after.max() + 1))


def test_settling_does_not_depend_on_the_number_of_threads(evidence, monkeypatch):
    links, points, words, labels = evidence
    before = mixed_up(labels, 0.6)
    monkeypatch.setattr("themata.group.settle.BLOCK", 32)
    found = []
    for n_threads in (1, 4):
        monkeypatch.setattr("themata.core.graph.n_workers", lambda n_threads=n_threads: n_threads)
        found.append(settled(before, links, points, words))
    np.testing.assert_array_equal(*found)


def test_documents_that_are_held_stay_and_draw_others(evidence):
    links, points, words, labels = evidence
    before = mixed_up(labels, 0.4)
    held = np.arange(300) < 100
    after = settled(np.where(held, labels, before), links, points, words, held)
    np.testing.assert_array_equal(after[held], labels[held])
    # Told otherwise, those that are held stay there, too
    np.testing.assert_array_equal(settled(before, links, points, words, held)[held], before[held])


def test_of_many_documents_the_few_likeliest_groups_are_looked_at_and_it_is_theirs_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    middles, of_words = rng.standard_normal((40, 16)), rng.random((40, 60)) ** 6
    truth = np.arange(1_200) % 40
    points = unit_rows(middles[truth] + rng.standard_normal((1_200, 16)))
    words = sparse_unit_rows(sparse.csr_matrix(rng.poisson(3 * of_words[truth]))).astype(np.float32)
    links = sparse.random(1_200, 1_200, 0.01, random_state=0, format="csr", dtype=np.float32)
    start = np.where(rng.random(1_200) < 0.7, truth, rng.integers(0, 40, 1_200))
    exact = settled(start, links + links.T, points, words)
    monkeypatch.setattr("themata.group.settle.MANY", 1)
    few = settled(start, links + links.T, points, words)
    assert (exact == few).mean() > 0.99 and (exact == truth).mean() > (start == truth).mean()
