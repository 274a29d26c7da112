from __future__ import annotations

import numpy as np
import pytest

from corpora import sample
from themata.core.documents import Documents
from themata.core.graph import unit_rows
from themata.relate.lexical_view import fit_lexical
from themata.relate.two_views import TwoViews, origins, pair_cosines
from themata.words.vectorizer import Words


def documents(n: int = 200, *, points: bool = True, terms: bool = True) -> Documents:
    given, words = sample(n), Words()
    counts = words.fit_transform(given.texts)
    return Documents(
        given.texts,
        embeddings=given.embeddings if points else None,
        terms=counts if terms else None,
        vocabulary=words.get_feature_names_out() if terms else None,
    )


@pytest.mark.parametrize(("points", "terms"), [(True, True), (True, False), (False, True)])
def test_links_join_documents_of_one_subject(points: bool, terms: bool) -> None:
    graph = TwoViews().relate(documents(points=points, terms=terms))
    labels = sample(200).labels
    pairs = graph.weights.tocoo()
    same = labels[pairs.row] == labels[pairs.col]
    assert pairs.data[same].sum() > 0.85 * pairs.data.sum()


def test_the_graph_is_symmetric_without_loops_and_in_bounds() -> None:
    graph = TwoViews().relate(documents())
    assert abs(graph.weights - graph.weights.T).max() < 1e-6
    assert graph.weights.diagonal().sum() == 0
    assert graph.weights.data.min() > 0
    assert graph.weights.data.max() <= 1


def test_nothing_to_go_by_gives_an_empty_graph() -> None:
    graph = TwoViews().relate(Documents(["a", "b", "b"]))
    assert graph.origin.tolist() == [0, 1, 1]
    assert graph.weights.nnz == 2  # the copies


def test_the_lexical_view_places_new_documents_where_old_ones_lie() -> None:
    docs = documents()
    assert docs.terms is not None
    view = fit_lexical(docs.terms)
    np.testing.assert_allclose(view.project(docs.terms[:5]), view.project(docs.terms)[:5], atol=1e-6)


@pytest.mark.parametrize("kind", [np.float32, np.float16, np.int8])
def test_copies_are_those_of_all_numbers_not_of_the_first_ones(kind: type) -> None:
    points = np.random.default_rng(0).integers(-9, 9, (60, 12)).astype(kind)
    points[20:30, :8] = points[0, :8]
    points[20:30, 8] = np.arange(10) + 10
    points[40:45] = points[5]
    origin = origins(Documents([""] * 60, embeddings=points), 60)
    assert np.array_equal(origin, np.where((np.arange(60) >= 40) & (np.arange(60) < 45), 5, np.arange(60)))


def test_cosines_of_pairs_are_the_same_in_both_directions() -> None:
    points = unit_rows(np.random.default_rng(0).standard_normal((200, 30)))
    rows, columns = np.random.default_rng(1).integers(0, 200, (2, 9_000))
    there, back = pair_cosines(points, rows, columns), pair_cosines(points, columns, rows)
    assert np.array_equal(there, back)
    np.testing.assert_allclose(there, (points[rows] * points[columns]).sum(axis=1), atol=1e-6)


def test_words_weigh_half_beside_embeddings_that_are_made_of_them() -> None:
    docs = documents()
    estimated = TwoViews(lexical=0.6).relate(docs, estimated=True).weights
    assert abs(estimated - TwoViews(lexical=0.3).relate(docs).weights).max() == 0
    assert abs(estimated - TwoViews(lexical=0.6).relate(docs).weights).max() > 0.01
