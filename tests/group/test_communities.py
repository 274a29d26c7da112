from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import adjusted_mutual_info_score

from corpora import sample
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.graph import NeighborGraph
from themata.group.agglomeration import absorb_small, inner_share
from themata.group.communities import Communities
from themata.group.division import divided
from themata.group.granularity import Granularity
from themata.group.known_labels import Given
from themata.group.leiden import Network
from themata.relate.two_views import TwoViews
from themata.words.vectorizer import Words


def related(n: int = 300, seed: int = 0, noise: float = 0.0) -> tuple[Documents, NeighborGraph, np.ndarray]:
    sampled = sample(n, seed)
    points = sampled.embeddings + noise * np.random.default_rng(1).standard_normal(sampled.embeddings.shape)
    words = Words()
    terms = words.fit_transform(sampled.texts)
    docs = Documents(
        sampled.texts,
        embeddings=points.astype(np.float32),
        terms=terms,
        vocabulary=words.get_feature_names_out(),
    )
    return docs, TwoViews().relate(docs), sampled.labels


@pytest.fixture(scope="module")
def easy() -> tuple[Documents, NeighborGraph, np.ndarray]:
    return related()


def test_topics_people_see_are_found(easy: Any) -> None:
    docs, graph, labels = easy
    assert adjusted_mutual_info_score(labels, Communities().group(docs, graph).labels) > 0.95


@pytest.mark.parametrize("n_topics", [1, 2, 3, 4, 7, 20, 60, 300])
def test_the_number_asked_for_is_the_number_given(easy: Any, n_topics: int) -> None:
    docs, graph, _ = easy
    found = Communities(n_topics=n_topics, max_outliers=0).group(docs, graph)
    assert len(np.unique(found.labels)) == n_topics


@pytest.mark.parametrize("smallest", [2, 10, 40, 70])
def test_no_topic_is_smaller_than_asked(smallest: int) -> None:
    docs, graph, _ = related(noise=3.0)
    found = Communities(min_topic_size=smallest, resolution=4.0).group(docs, graph)
    assert np.bincount(found.labels[found.labels >= 0]).min() >= smallest


def test_layers_are_nested_from_fine_to_coarse() -> None:
    docs, graph, _ = related(900, noise=2.0)
    found = Communities(resolution=3.0).group(docs, graph)
    assert len(found.layers) >= 2
    assert any((layer == found.labels).all() for layer in found.layers)
    for fine, coarse in zip(found.layers, found.layers[1:], strict=False):
        assert coarse.max() < fine.max()
        pairs = {(a, b) for a, b in zip(fine.tolist(), coarse.tolist(), strict=True) if a >= 0}
        assert len(pairs) == len({a for a, _ in pairs})  # each fine group lies in one coarse group


def test_outliers_stand_alone_and_stay_within_the_budget() -> None:
    docs, _, _ = related()
    points = docs.embeddings.copy()
    far = np.random.default_rng(5).standard_normal((6, points.shape[1])) * 30
    points[:6] = far - far @ np.linalg.pinv(points[6:]) @ points[6:] * 0.9
    docs = docs.having(embeddings=points.astype(np.float32), terms=None, vocabulary=None)
    graph = TwoViews().relate(docs)
    lonely = np.flatnonzero(Communities().group(docs, graph).labels < 0)
    assert set(lonely) <= set(range(6))
    assert (Communities(max_outliers=0).group(docs, graph).labels >= 0).all()


def test_identical_documents_share_a_topic() -> None:
    points = np.random.default_rng(0).standard_normal((30, 8))[np.arange(3000) % 30].astype(np.float32)
    docs = Documents(["x"] * 3000, embeddings=points)
    labels = Communities().group(docs, TwoViews().relate(docs)).labels
    assert all(len(set(labels[row::30])) == 1 for row in range(30))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 15])
def test_small_corpora_are_grouped(n: int) -> None:
    docs, graph, _ = related(n)
    found = Communities().group(docs, graph)
    assert len(found.labels) == n
    assert ((found.strength >= 0) & (found.strength <= 1)).all()


def test_an_impossible_wish_is_a_clear_error(easy: Any) -> None:
    docs, graph, _ = easy
    with pytest.raises(InputError, match="lower n_topics or min_topic_size"):
        Communities(n_topics=50, min_topic_size=20).group(docs, graph)


@pytest.mark.parametrize(
    ("n_topics", "smallest"),
    [(1, 300), (2, 150), (5, 50), (7, 10), (30, 10), (29, 10), (60, 5), (100, 3), (12, 24)],
)
def test_both_an_exact_number_and_a_smallest_size_are_kept(easy: Any, n_topics: int, smallest: int) -> None:
    docs, graph, labels = easy
    found = Communities(n_topics=n_topics, min_topic_size=smallest, max_outliers=0).group(docs, graph).labels
    sizes = np.bincount(found)
    assert (len(sizes), bool(sizes.min() >= smallest)) == (n_topics, True)
    if n_topics >= 7 and n_topics * smallest <= 200:  # room enough to divide topics, and not cut across them
        alone = [len(set(labels[found == topic].tolist())) == 1 for topic in range(n_topics)]
        assert np.mean(alone) > 0.8


def test_documents_that_are_the_same_may_make_it_impossible() -> None:
    sampled = sample(40)
    rows = np.arange(160) % 40
    docs = Documents([sampled.texts[row] for row in rows], embeddings=sampled.embeddings[rows])
    graph = TwoViews().relate(docs)
    found = Communities(n_topics=8, min_topic_size=16).group(docs, graph)
    assert np.bincount(found.labels).min() >= 16
    with pytest.raises(InputError, match="documents that are the same share a topic"):
        Communities(n_topics=30, min_topic_size=5).group(docs, graph)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999), wanted=st.integers(1, 20), smallest=st.integers(1, 9))
def test_dividing_keeps_both_wishes_where_it_can(seed: int, wanted: int, smallest: int) -> None:
    rng = np.random.default_rng(seed)
    n = wanted * smallest + int(rng.integers(0, 30))
    links = sparse.random(n, n, 0.1, random_state=rng, format="csr")
    groups = np.unique(rng.integers(0, 3, n), return_inverse=True)[1]
    groups = np.zeros(n, dtype=int) if np.bincount(groups).min() < smallest else groups
    found = divided(sparse.csr_matrix(links + links.T), groups, np.ones(n, dtype=int), wanted, smallest)
    assert len(np.bincount(found)) == max(wanted, len(np.bincount(groups)))
    assert np.bincount(found).min() >= smallest


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999), smallest=st.integers(1, 9))
def test_absorbing_only_joins(seed: int, smallest: int) -> None:
    rng = np.random.default_rng(seed)
    links = sparse.random(40, 40, 0.1, random_state=rng, format="csr")
    links = (links + links.T).tocsr()
    groups = rng.integers(0, 12, 40)
    copies = rng.integers(1, 4, 40)
    joined = absorb_small(links, groups, copies, smallest)
    assert len({(a, b) for a, b in zip(groups, joined, strict=True)}) == len(set(groups))
    sizes = np.bincount(joined, weights=copies)
    assert len(sizes) == 1 or sizes.min() >= smallest
    share = inner_share(links, joined)
    assert ((share >= 0) & (share <= 1 + 1e-9)).all()


def test_given_labels_need_a_row_each() -> None:
    with pytest.raises(AlignmentError, match="3 documents came with 1 labels"):
        Given([1]).group(Documents(["a", "b", "c"]), None)
    assert Given(np.array([5, -1, 5])).group(Documents(["a", "b", "c"]), None).labels.tolist() == [5, -1, 5]


def test_the_networks_of_all_groups_are_those_of_each() -> None:
    links = sparse.random(60, 60, 0.2, random_state=0, dtype=np.float32).tocsr()
    network = Network.of((links + links.T).tocsr())
    groups = np.random.default_rng(0).integers(0, 5, 60)
    parts = list(network.parts(groups))
    assert np.array_equal(np.sort(np.concatenate([nodes for nodes, _ in parts])), np.arange(60))
    for group, (nodes, part) in enumerate(parts):
        assert (groups[nodes] == group).all() and part.total == network.total
        assert (part.links != network.links[nodes][:, nodes]).nnz == 0
        assert np.array_equal(part.mass, network.mass[nodes])


def test_the_granularity_does_not_depend_on_the_number_of_processes(monkeypatch):
    from themata.core.graph import exact_neighbors, fuzzy_weights, unit_rows
    from themata.group import granularity
    from themata.group.leiden import Network

    points = unit_rows(sample(n_docs=200).embeddings)
    network = Network.of(fuzzy_weights(*exact_neighbors(points, 10)))
    alone = granularity.find_resolution(network, points, 7)
    monkeypatch.setattr(granularity, "APART_FROM", 0)
    monkeypatch.setattr(granularity, "n_workers", lambda: 2)
    assert granularity.find_resolution(network, points, 7) == alone


def test_of_resolutions_about_as_good_the_middle_is_chosen() -> None:
    def chosen(*agreement: float) -> float:
        n = len(agreement)
        resolutions = 2.0 ** np.arange(n)
        return Granularity(resolutions, np.arange(n), np.array(agreement), np.ones(n), 100).resolution

    assert chosen(0, 0, 0, 0.9, 0, 0, 0) == pytest.approx(8, rel=1e-3), "one is far better"
    level = chosen(0, 0, 0.5, 0.5, 0.5, 0, 0)
    barely = chosen(0, 0, 0.5, 0.5, 0.502, 0, 0), chosen(0, 0, 0.502, 0.5, 0.5, 0, 0)
    assert level == pytest.approx(8, rel=1e-3)
    assert barely[1] < 8 < barely[0] and barely[0] / barely[1] < 1.2, "chance does not move it far"
