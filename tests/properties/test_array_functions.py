"""What pure functions of arrays promise whatever they are given, held against the plainest way to say it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.metrics import adjusted_mutual_info_score

from themata.analysis.reduction import in_order
from themata.core.graph import exact_neighbors, stronger, unit_rows, without_loops
from themata.core.layers import of_topics, tree_levels
from themata.core.membership import in_rows, means, regrouped, sent, summed
from themata.core.weighting import Weighting, contrast, idf, top_terms, weigh
from themata.evaluate.clusters import agreement
from themata.evaluate.coherence import c_v, npmi
from themata.evaluate.diversity import inverted_rbo, unique_share
from themata.evaluate.occurrences import positions
from themata.evaluate.rejection import Rejection
from themata.group.agreement import adjusted_mutual_information
from themata.group.division import divided
from themata.represent.mmr import marginal

few = settings(deadline=None, max_examples=50)
GROUPS = arrays(np.int64, st.integers(1, 30), elements=st.integers(-1, 5))
POINTS = arrays(
    np.float32, st.tuples(st.integers(2, 20), st.integers(1, 6)), elements=st.floats(-4, 4, width=32)
)
COUNTS = arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.integers(0, 9))
WORDS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=6, unique=True)


@few
@given(GROUPS)
def test_groups_in_rows_hold_the_same_documents(groups: np.ndarray) -> None:
    rows = in_rows(groups)
    assert set(rows[rows >= 0].tolist()) == set(range(len(np.unique(groups[groups >= 0]))))
    assert not regrouped(groups, rows).any()
    assert (in_rows(rows) == rows).all()


@few
@given(GROUPS, st.permutations(range(6)))
def test_topics_that_are_sent_elsewhere_and_back_are_as_they_were(
    groups: np.ndarray, order: list[int]
) -> None:
    there = np.array(order)
    assert (sent(sent(groups, there), np.argsort(there)) == groups).all()
    assert (sent(groups, np.full(6, -1)) == -1).all()


@few
@given(GROUPS, st.integers(0, 99))
def test_sums_and_means_of_groups_are_those_of_their_rows(groups: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts, points = rng.poisson(1.0, (len(groups), 4)), rng.normal(size=(len(groups), 3)).astype(np.float32)
    sums, centers = summed(sparse.csr_matrix(counts), groups, 6), means(points, groups, 6)
    for row in range(6):
        inside = groups == row
        assert (sums[row].toarray() == counts[inside].sum(axis=0)).all()
        assert np.allclose(centers[row], points[inside].mean(axis=0) if inside.any() else 0, atol=1e-5)


@few
@given(GROUPS, st.integers(0, 99))
def test_levels_of_the_tree_are_nested_and_ever_fewer(groups: np.ndarray, seed: int) -> None:
    topics = in_rows(groups)
    n = int(topics.max(initial=-1)) + 1
    rng = np.random.default_rng(seed)
    halves = np.where(topics >= 0, np.append(rng.integers(0, 3, n), -1)[topics], -1)
    levels = tree_levels(topics, n, [halves, np.where(halves >= 0, 0, -1)])
    sizes = [n, *(len(level.ids) for level in levels)]
    assert all(fewer < more for more, fewer in pairwise(sizes))
    for level in levels:
        assert (
            level.ids[level.groups] == of_topics(level.of_documents(topics), topics, n)
        ).all() or -1 in level.groups
        held = [topic for row in range(len(level.ids)) for topic in level.topics(row).tolist()]
        assert sorted(held) == np.flatnonzero(level.groups >= 0).tolist()


@few
@given(POINTS, st.integers(1, 5))
def test_neighbors_are_the_nearest_and_never_oneself(points: np.ndarray, k: int) -> None:
    unit = unit_rows(points)
    k = min(k, len(points) - 1)
    near, cosines = exact_neighbors(unit, k)
    products = unit @ unit.T
    np.fill_diagonal(products, -np.inf)
    best = -np.sort(-products, axis=1)[:, :k]
    assert np.allclose(cosines, np.where(best > 1e-6, best, -1), atol=1e-5) or (np.abs(best) < 1e-5).any()
    assert (near != np.arange(len(points))[:, None]).all() and (np.diff(cosines, axis=1) <= 1e-6).all()


@few
@given(POINTS)
def test_rows_of_length_one_point_where_they_did(points: np.ndarray) -> None:
    unit, before = unit_rows(points), points.copy()
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    assert np.allclose(unit * lengths, points, atol=1e-4) and (points == before).all()
    assert np.allclose(np.linalg.norm(unit, axis=1)[lengths.ravel() > 1e-3], 1, atol=1e-3)


@few
@given(arrays(np.float32, (5, 5), elements=st.floats(0, 1, width=32)), st.floats(0, 1))
def test_weak_links_and_loops_go_and_others_stay(weights: np.ndarray, weakest: float) -> None:
    links = sparse.csr_matrix(weights)
    kept = stronger(links, weakest).toarray()
    assert ((kept == 0) | (kept == weights)).all() and (kept[(weights > weakest)] > 0).all()
    assert (np.diag(without_loops(links).toarray()) == 0).all()


@few
@given(COUNTS)
def test_weights_are_of_terms_that_are_used_and_telling_ones_weigh_more(counts: np.ndarray) -> None:
    rows, used = sparse.csr_matrix(counts), counts.sum(axis=0)
    for weights in (
        weigh(rows, idf(rows, used)),
        contrast(rows, used),
        Weighting().weigh(rows, used, np.arange(len(used)).astype(str)),
    ):
        dense = weights.toarray()
        assert dense.shape == counts.shape and np.isfinite(dense).all()
        assert (dense >= 0).all() and (dense[counts == 0] == 0).all()
    rarity = idf(rows, used)
    order = np.argsort(used[used > 0])
    assert (np.diff(rarity[used > 0][order]) <= 1e-12).all(), "what is used more tells less"


@few
@given(COUNTS, st.integers(1, 5))
def test_keywords_are_the_heaviest_terms_of_each_row(counts: np.ndarray, n: int) -> None:
    vocabulary = np.array([f"term{column}" for column in range(counts.shape[1])], dtype=object)
    for row, words in zip(
        counts, top_terms(sparse.csr_matrix(counts.astype(float)), vocabulary, n), strict=True
    ):
        weights = [weight for _, weight in words]
        assert weights == sorted(row[row > 0].tolist(), reverse=True)[:n]
        assert all(row[int(word.removeprefix("term"))] == weight for word, weight in words)


@few
@given(GROUPS, st.integers(0, 99))
def test_agreement_does_not_depend_on_numbers_and_names(groups: np.ndarray, seed: int) -> None:
    classes = np.random.default_rng(seed).integers(0, 3, len(groups))
    first = agreement(groups, classes.tolist())
    renamed = agreement(np.where(groups >= 0, 9 - groups, -1), [f"class {name}" for name in classes])
    assert list(vars(first).values()) == pytest.approx(list(vars(renamed).values()))
    assert agreement(groups, groups.tolist(), outliers="group").ami == pytest.approx(1)
    assert 0 <= first.purity <= 1 and 0 <= first.harmonic_purity <= 1 and first.n_docs == len(groups)


@few
@given(GROUPS, st.integers(0, 99))
def test_mutual_information_is_scikit_learns(groups: np.ndarray, seed: int) -> None:
    first = groups + 1
    other = np.random.default_rng(seed).integers(0, 4, len(groups))
    assert adjusted_mutual_information(first, other) == pytest.approx(
        adjusted_mutual_info_score(first, other), abs=1e-9
    )


@few
@given(
    st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), min_size=1, max_size=6),
    st.lists(WORDS, min_size=1, max_size=3),
)
def test_coherence_and_diversity_stay_in_their_bounds(
    texts: list[list[str]], topics: list[list[str]]
) -> None:
    said = positions(texts, [word for words in topics for word in words])
    for size in (3, 10, None):
        scores = npmi(topics, said.windows(size))
        assert ((scores >= -1 - 1e-6) & (scores <= 1 + 1e-6) | np.isnan(scores)).all()
    assert (np.abs(c_v(topics, said.windows(10))[~np.isnan(c_v(topics, said.windows(10)))]) <= 1 + 1e-6).all()
    assert 0 < unique_share(topics) <= 1
    assert unique_share([topics[0], topics[0]]) == pytest.approx(0.5)
    assert len(topics) < 2 or -1e-9 <= inverted_rbo(topics) <= 1
    assert inverted_rbo([topics[0], topics[0]]) == pytest.approx(0, abs=1e-9)


@few
@given(
    arrays(np.float32, st.integers(1, 30), elements=st.floats(0, 1, width=32)),
    st.integers(0, 99),
    st.floats(0, 1),
)
def test_from_the_least_strength_on_so_many_are_right(
    strength: np.ndarray, seed: int, precision: float
) -> None:
    rng = np.random.default_rng(seed)
    rejection = Rejection.of(strength, rng.integers(-1, 3, len(strength)), rng.integers(0, 3, len(strength)))
    least = rejection.min_strength(precision)
    kept = rejection.right[rejection.strength >= least]
    assert not len(kept) or kept.mean() >= precision - 1e-9
    assert (rejection.precision <= 1).all() and (np.diff(rejection.strength) <= 0).all()


@few
@given(st.integers(2, 24), st.integers(1, 6), st.integers(1, 3), st.integers(0, 99))
def test_a_network_is_divided_into_as_many_groups_as_can_be(
    n: int, wanted: int, smallest: int, seed: int
) -> None:
    weights = np.random.default_rng(seed).random((n, n))
    groups = divided(
        sparse.csr_matrix(weights + weights.T),
        np.zeros(n, dtype=int),
        np.ones(n, dtype=int),
        wanted,
        smallest,
    )
    sizes = np.bincount(groups)
    assert len(sizes) == min(wanted, max(1, n // smallest)) and (sizes >= min(smallest, n)).all()


@few
@given(POINTS, st.floats(0, 1), st.integers(1, 8))
def test_what_is_relevant_is_chosen_once_each(points: np.ndarray, diversity: float, n: int) -> None:
    unit = unit_rows(points)
    relevance = unit @ unit[0]
    chosen = marginal(unit, relevance, diversity, n)
    assert len(set(chosen.tolist())) == len(chosen) == min(n, len(points))
    assert relevance[chosen[0]] == relevance.max()


@few
@given(GROUPS)
def test_groups_in_order_are_numbered_as_they_are_met(groups: np.ndarray) -> None:
    ordered = in_order(groups[groups >= 0])
    assert not len(ordered) or ordered[0] == 0
    assert all(
        number <= max(ordered[:place], default=-1) + 1 for place, number in enumerate(ordered.tolist())
    )
