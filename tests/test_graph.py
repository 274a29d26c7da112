"""The neighbor graph: exact neighbors, weights of links, and answers that do not depend on threads."""

import numpy as np
import pytest
from scipy import sparse

from themata.core.graph import (
    WEAKEST,
    exact_neighbors,
    fuzzy_weights,
    local_memberships,
    probabilistic_union,
    top,
    unit_rows,
)


@pytest.fixture(scope="module")
def points():
    return unit_rows(np.random.default_rng(0).normal(size=(700, 16)))


def test_exact_neighbors_are_the_ones_a_full_sort_gives(points):
    cosines = points @ points.T
    np.fill_diagonal(cosines, -2)
    found, similarities = exact_neighbors(points, 5)
    assert (found == np.argsort(-cosines, axis=1)[:, :5]).mean() > 0.999
    np.testing.assert_allclose(similarities, -np.sort(-cosines, axis=1)[:, :5], atol=2e-6)


def test_a_document_is_not_its_own_neighbor(points):
    found, _ = exact_neighbors(points, 5)
    assert not (found == np.arange(len(points))[:, None]).any()


def test_a_query_may_find_itself_among_the_points(points):
    found, cosines = exact_neighbors(points, 3, points[10:20])
    assert found[:, 0].tolist() == list(range(10, 20))
    assert cosines[:, 0] == pytest.approx(1, abs=1e-5)


def test_ties_go_to_the_lower_index():
    points = unit_rows(np.ones((6, 3)))
    assert exact_neighbors(points, 2)[0].tolist() == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1], [0, 1]]


@pytest.mark.parametrize("n", [0, 1, 3])
def test_missing_neighbors_are_minus_one(n):
    found, cosines = exact_neighbors(unit_rows(np.ones((n, 4))), 5)
    assert found.shape == cosines.shape == (n, 5)
    assert ((found >= 0).sum(axis=1) == max(0, n - 1)).all()


def test_documents_with_nothing_in_common_are_no_neighbors():
    found, _ = exact_neighbors(np.vstack([np.eye(2), np.zeros((1, 2))]).astype(np.float32), 2)
    assert (found == -1).all()


def test_top_gives_the_highest_whatever_the_width():
    rng = np.random.default_rng(1)
    for n in (3, 40, 1000, 5003):
        scores = rng.normal(size=(7, n)).astype(np.float32)
        k = min(n, 12)
        best = np.take_along_axis(scores, top(scores, k), axis=1)
        np.testing.assert_array_equal(np.sort(best), np.sort(scores)[:, n - k :])


def test_weights_are_symmetric_between_0_and_1_and_loopless(points):
    weights = fuzzy_weights(*exact_neighbors(points, 15))
    assert abs(weights - weights.T).max() < 1e-6
    assert weights.diagonal().sum() == 0
    assert weights.data.min() > 0
    assert weights.data.max() <= 1


def test_memberships_sum_to_the_logarithm_of_k(points):
    _, cosines = exact_neighbors(points, 16)
    np.testing.assert_allclose(local_memberships(cosines).sum(axis=1), 4, rtol=1e-3)


def test_union_is_commutative_and_never_above_one():
    rng = np.random.default_rng(2)
    first, second = (sparse.random(30, 30, 0.2, "csr", rng=rng, dtype=np.float32) for _ in range(2))
    assert abs(probabilistic_union(first, second) - probabilistic_union(second, first)).max() < 1e-6
    assert probabilistic_union(first, second).max() <= 1


def test_rows_of_zeros_stay_zeros():
    assert unit_rows(np.zeros((2, 3))).tolist() == [[0, 0, 0], [0, 0, 0]]
    far = np.array([[3e30, 4e30], [3e-30, 4e-30]], dtype=np.float32)  # single precision cannot square these
    np.testing.assert_allclose(unit_rows(far), [[0.6, 0.8], [0.6, 0.8]], rtol=1e-6)


def test_weak_links_are_left_out_and_the_nearest_stay() -> None:
    rng = np.random.default_rng(2)
    neighbors, similarities = exact_neighbors(unit_rows(rng.standard_normal((400, 6))), 30)
    links = fuzzy_weights(neighbors, similarities)
    assert links.data.min() >= WEAKEST
    assert links.nnz < 400 * 30, "many of so many neighbors are weak"
    nearest = np.asarray(links[np.arange(400), neighbors[:, 0]]).ravel()
    np.testing.assert_allclose(nearest, 1, atol=1e-6)
