from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from themata import Weighting
from themata.core.errors import InputError
from themata.core.weighting import BY_CONTRAST, contrast, each_once, everywhere, idf, top_terms, weigh


@pytest.fixture
def counts() -> sparse.csr_matrix:
    return sparse.csr_matrix(np.random.default_rng(0).poisson(1.2, (6, 20)))


def plain(counts: np.ndarray, *, bm25: bool = False, root: bool = False) -> np.ndarray:
    """The formula as written, over dense classes."""
    f, a = counts.sum(axis=0), int(counts.sum(axis=1).mean())
    with np.errstate(divide="ignore"):
        idf = np.log(1 + (a - f + 0.5) / (f + 0.5)) if bm25 else np.log(1 + a / f)
    share = counts / counts.sum(axis=1, keepdims=True)
    return (np.sqrt(share) if root else share) * np.where(f > 0, idf, 0)


@pytest.mark.parametrize("bm25", [False, True])
@pytest.mark.parametrize("root", [False, True])
def test_weights_equal_the_formula(counts: sparse.csr_matrix, bm25: bool, root: bool) -> None:
    ours = Weighting(bm25=bm25, reduce_frequent=root).weigh(
        counts, counts.toarray().sum(axis=0), np.arange(20)
    )
    np.testing.assert_allclose(ours.toarray(), plain(counts.toarray(), bm25=bm25, root=root), atol=1e-12)


def test_outliers_are_a_class_in_idf(counts: sparse.csr_matrix) -> None:
    background = counts.toarray().sum(axis=0)
    ours = weigh(counts[1:], idf(counts[1:], background)).toarray()
    np.testing.assert_allclose(ours, plain(counts.toarray())[1:], atol=1e-12)


@pytest.mark.bertopic
def test_weights_equal_bertopics(counts: sparse.csr_matrix) -> None:
    vectorizers = pytest.importorskip("bertopic.vectorizers")
    for bm25 in (False, True):
        theirs = vectorizers.ClassTfidfTransformer(bm25_weighting=bm25).fit_transform(counts)
        ours = Weighting(bm25=bm25).weigh(counts, counts.toarray().sum(axis=0), np.arange(20))
        np.testing.assert_allclose(ours.toarray(), theirs.toarray(), atol=1e-9)


def test_seed_words_weigh_more(counts: sparse.csr_matrix) -> None:
    vocabulary = np.array([f"w{i}" for i in range(20)])
    background = counts.toarray().sum(axis=0)
    bare = Weighting().weigh(counts, background, vocabulary).toarray()
    seeded = Weighting(seed_words=("w3",), seed_multiplier=3).weigh(counts, background, vocabulary).toarray()
    np.testing.assert_allclose(seeded[:, 3], 3 * bare[:, 3])
    np.testing.assert_allclose(np.delete(seeded, 3, axis=1), np.delete(bare, 3, axis=1))


def test_weighing_leaves_the_counts_of_the_caller_alone(counts: sparse.csr_matrix) -> None:
    for kind in (np.int64, np.float64):
        given = counts.astype(kind)
        Weighting(reduce_frequent=True).weigh(given, given.toarray().sum(axis=0), np.arange(20))
        assert (given != counts).nnz == 0


def test_top_terms_never_pad_and_leave_out_what_weighs_nothing() -> None:
    weights = sparse.csr_matrix([[0.0, 0.2, -0.1], [0.0, 0.0, 0.0]])
    assert top_terms(weights, ["a", "b", "c"], 3) == ((("b", 0.2),), ())
    assert top_terms(sparse.csr_matrix(np.ones((1, 9))), list("abcdefghi"), 0) == ((),)


def test_no_topics_and_empty_rows_are_fine() -> None:
    empty = Weighting().weigh(sparse.csr_matrix((0, 4)), np.ones(4), np.arange(4))
    assert empty.shape == (0, 4)
    blank = Weighting().weigh(sparse.csr_matrix((2, 4)), np.zeros(4), np.arange(4))
    assert blank.nnz == 0 and np.isfinite(blank.toarray()).all()


def test_top_terms_equal_a_full_sort() -> None:
    rng = np.random.default_rng(1)
    weights = sparse.random(5, 300, 0.5, random_state=rng, format="csr")
    weights.data = np.round(weights.data, 2)  # ties
    names = [f"t{i}" for i in range(300)]
    for row, found in zip(weights.toarray(), top_terms(weights, names, 10), strict=True):
        expected = sorted(range(300), key=lambda i: (-row[i], i))[:10]
        assert [word for word, _ in found] == [names[i] for i in expected]


def test_what_a_topic_uses_as_all_do_weighs_nothing_by_contrast() -> None:
    counts = sparse.csr_matrix([[90, 30, 0], [60, 0, 20], [30, 0, 10]])
    weights = BY_CONTRAST.weigh(counts, counts.toarray().sum(axis=0), np.arange(3)).toarray()
    assert weights[0, 1] > 20 * weights[0, 0] and weights[1, 2] > 20 * weights[1, 0]


def test_a_term_used_once_tells_less_than_its_lift_by_contrast() -> None:
    counts = sparse.csr_matrix([[1, 20, 379], [0, 20, 3580]])
    once, often, _ = contrast(counts, counts.toarray().sum(axis=0)).toarray()[0]
    assert often > 5 * once > 0


def test_rows_that_differ_in_nothing_are_weighed_by_what_they_hold() -> None:
    counts = sparse.csr_matrix([[8, 4, 0, 1]])
    weights = contrast(counts, counts.toarray().ravel()).toarray()[0]
    assert weights[0] > weights[1] > weights[3] > weights[2] == 0
    assert contrast(sparse.csr_matrix((2, 4)), np.zeros(4)).nnz == 0


def test_weights_by_contrast_do_not_depend_on_how_counts_are_stored(counts: sparse.csr_matrix) -> None:
    used = counts.toarray().sum(axis=0)
    twice = sparse.coo_matrix(
        (np.tile(counts.data / 2, 2), (np.tile(counts.tocoo().row, 2), np.tile(counts.tocoo().col, 2)))
    )
    unsorted = sparse.csr_matrix(twice)
    np.testing.assert_allclose(contrast(unsorted, used).toarray(), contrast(counts, used).toarray())


def test_seed_words_weigh_more_by_contrast(counts: sparse.csr_matrix) -> None:
    vocabulary, used = np.array([f"w{i}" for i in range(20)]), counts.toarray().sum(axis=0)
    bare = BY_CONTRAST.weigh(counts, used, vocabulary).toarray()
    seeded = Weighting(by_contrast=True, seed_words=("w3",), seed_multiplier=3).weigh(
        counts, used, vocabulary
    )
    np.testing.assert_allclose(seeded.toarray()[:, 3], 3 * bare[:, 3])


def test_forms_of_ctfidf_do_not_go_with_contrast() -> None:
    with pytest.raises(InputError, match="forms of c-TF-IDF"):
        Weighting(by_contrast=True, bm25=True)


def test_of_nested_terms_the_one_that_is_the_idea_stays() -> None:
    assert each_once(["city", "city hall", "hall of fame"]) == ["city hall", "hall of fame"]
    assert each_once(["hall", "city hall", "new city hall"], [10, 9, 2]) == ["city hall"]
    assert each_once(["new york", "york", "new"]) == ["new york"]
    assert each_once(["car", "scar", "car park"], [9, 2, 3]) == ["car", "scar"]
    assert each_once([]) == []


def test_everywhere_is_nearly_all_of_nearly_all() -> None:
    shares = np.array([[0.9, 0.9, 0.7]] * 4 + [[0.1, 0.9, 0.9]])
    assert everywhere(shares).tolist() == [True, True, False]
    assert everywhere(sparse.csr_matrix(shares)).tolist() == [True, True, False]
    assert not everywhere(shares[:1]).any()
