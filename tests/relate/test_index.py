"""Neighbors among many documents."""

from __future__ import annotations

import numpy as np
import pytest

from themata.core.arrays import Float2d
from themata.core.graph import exact_neighbors, unit_rows
from themata.relate import neighbors
from themata.relate.neighbors import approximate_neighbors, neighbors_of


def spread(n: int = 6000, dim: int = 32, *, seed: int = 0) -> Float2d:
    """Points around 40 middles, which run into each other."""
    rng = np.random.default_rng(seed)
    middles = rng.standard_normal((40, dim))
    return unit_rows(rng.standard_normal((n, dim)) + 1.5 * middles[np.arange(n) % 40])


@pytest.mark.parametrize("dim", [32, 200])
def test_nearly_all_true_neighbors_are_found_for_every_document(dim: int) -> None:
    points = spread(dim=dim)
    found, cosines = approximate_neighbors(points, 10, random_state=0)
    truth, true_cosines = exact_neighbors(points, 10)
    recall = np.array([len(set(a) & set(b)) / 10 for a, b in zip(found, truth, strict=True)])
    assert recall.mean() > 0.9
    assert np.percentile(recall, 1) >= 0.4, "not even one in a hundred misses most of them"
    assert (np.diff(cosines, axis=1) <= 0).all()
    same = found[:, 0] == truth[:, 0]
    np.testing.assert_array_equal(cosines[same, 0], true_cosines[same, 0])


def test_neighbors_do_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    for n_workers in (1, 3):
        monkeypatch.setattr("themata.core.graph.n_workers", lambda n=n_workers: n)
        answers.append(approximate_neighbors(spread(dim=16), 5))
    for one, other in zip(*answers, strict=True):
        np.testing.assert_array_equal(one, other)


def test_documents_without_anything_have_no_neighbors() -> None:
    points = spread(1500)
    points[::3] = 0
    found, cosines = approximate_neighbors(points, 5)
    assert (found[::3] == -1).all() and (cosines[::3] == -1).all()
    assert (found[1::3] >= 0).all() and not np.isin(found, np.arange(0, 1500, 3)).any()


def test_copies_find_each_other() -> None:
    points = spread(1500)
    points[500:1500] = points[0]
    found, cosines = approximate_neighbors(points, 5)
    assert (cosines[500:] == 1).all()
    assert not (found == np.arange(1500)[:, None]).any()


def test_fewer_documents_than_neighbors_leave_places_empty() -> None:
    found, _ = approximate_neighbors(np.eye(3, dtype=np.float32) + np.float32(0.1), 5)
    assert ((found >= 0).sum(axis=1) == 2).all()


def test_few_documents_are_compared_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    points = spread(300)
    np.testing.assert_array_equal(neighbors_of(points, 5)[0], exact_neighbors(points, 5)[0])
    monkeypatch.setattr(neighbors, "EXACT_UP_TO", 200)
    np.testing.assert_array_equal(
        neighbors_of(points, 5, random_state=3)[0], approximate_neighbors(points, 5, random_state=3)[0]
    )
