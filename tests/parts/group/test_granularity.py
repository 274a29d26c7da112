from __future__ import annotations

import numpy as np

from themata.graph import Float2d, exact_neighbors, fuzzy_weights, unit_rows
from themata.parts.group.granularity import Granularity, look
from themata.parts.group.leiden import Network

DIM = 64


def shapeless(n: int) -> Float2d:
    """Documents all over a sphere of three dimensions, seen in many: near ones are near in every look."""
    rng = np.random.default_rng(0)
    return unit_rows(rng.normal(size=(n, 3)) @ rng.normal(size=(3, DIM)) + 0.1 * rng.normal(size=(n, DIM)))


def clusters(n: int, n_clusters: int) -> Float2d:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(n_clusters, DIM))
    return unit_rows(centres[np.arange(n) % n_clusters] + 0.8 * rng.normal(size=(n, DIM)))


def looked_at(points: Float2d) -> Granularity:
    found = look(Network.of(fuzzy_weights(*exact_neighbors(points, 20))), points, 1)
    assert found is not None
    return found


def test_where_there_are_no_topics_looks_agree_as_cells_around_random_documents_do() -> None:
    found = looked_at(shapeless(500))
    assert found.agreement[4:].min() > 0.6
    assert np.abs(found.agreement - found.chance)[4:].max() < 0.15


def test_where_there_are_topics_looks_agree_far_more_than_cells_do() -> None:
    found = looked_at(clusters(500, 10))
    assert found.n_groups[found.best] == 10
    assert found.agreement[found.best] - found.chance[found.best] > 0.4


def test_shapeless_documents_are_not_cut_finer_because_fine_cuts_agree() -> None:
    """The more documents, the better fine cuts of a shapeless region agree, for nearness alone."""
    found = looked_at(shapeless(500))
    plain = Granularity(
        found.resolutions,
        found.n_groups,
        found.agreement,
        np.zeros_like(found.chance),
        found.modularity,
        found.n_docs,
    )
    assert found.best <= plain.best
