"""Over random chains of edits the two tables stay aligned, and counts and centroids equal those computed afresh."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from themata.core.documents import Documents
from themata.core.topics import Label, Topics


def corpus(seed: int, n_docs: int, n_terms: int = 7, dim: int = 4) -> Documents:
    rng = np.random.default_rng(seed)
    return Documents(
        [f"document {row}" for row in range(n_docs)],
        embeddings=rng.standard_normal((n_docs, dim)).astype(np.float32),
        terms=sparse.csr_matrix(rng.poisson(0.7, (n_docs, n_terms))),
        vocabulary=np.array([f"term{column}" for column in range(n_terms)], dtype=object),
    )


def grouped(docs: Documents, seed: int) -> Topics:
    """Topics with labels, aspects and exemplars to lose."""
    rng = np.random.default_rng(seed)
    topics = Topics.of(docs, rng.integers(-1, 6, docs.n_docs), n_topics=6)
    return topics.having(
        labels=tuple(Label(f"topic {row}") if row % 2 else None for row in range(6)),
        aspects={"Main": tuple(((f"word{row}", 1.0),) for row in range(6))},
        exemplars=tuple(np.flatnonzero(topics.assignment == row)[:2] for row in range(6)),
    )


edits = st.lists(
    st.tuples(
        st.sampled_from(["merge", "delete", "by_size", "relabel", "reassign", "split", "recounted"]),
        st.integers(0, 10_000),
    ),
    max_size=8,
)


def edited(topics: Topics, docs: Documents, name: str, seed: int) -> Topics:
    rng = np.random.default_rng(seed)
    if topics.n_topics == 0:
        return topics
    some = rng.choice(topics.n_topics, rng.integers(1, topics.n_topics + 1), replace=False).tolist()
    if name == "merge":
        return topics.merge(some)
    if name == "delete":
        return topics.delete(some[:2])
    if name == "relabel":
        return topics.relabel({row: f"by hand {row}" for row in some})
    if name == "reassign":
        moved = topics.assignment.copy()
        moved[rng.integers(0, docs.n_docs, 3)] = rng.integers(-1, topics.n_topics)
        return topics.reassign(moved, docs)
    if name == "split":
        members = int(topics.sizes[some[0]])
        return topics.split(some[0], rng.integers(0, 3, members), docs)
    if name == "recounted":
        return topics.recounted(docs)
    return topics.by_size()


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 10_000), n_docs=st.integers(1, 40), chain=edits)
def test_counts_and_centroids_equal_those_computed_afresh(
    seed: int, n_docs: int, chain: list[tuple[str, int]]
) -> None:
    docs = corpus(seed, n_docs)
    topics = grouped(docs, seed)
    for name, step in chain:
        topics = edited(topics, docs, name, step)
        afresh = Topics.of(docs, topics.assignment, n_topics=topics.n_topics)
        assert (topics.term_counts != afresh.term_counts).nnz == 0
        assert topics.background.tolist() == afresh.background.tolist()
        np.testing.assert_allclose(topics.centroids, afresh.centroids, atol=1e-5)
        assert topics.sizes.tolist() == afresh.sizes.tolist()
        assert topics.sizes.sum() + topics.n_outliers == n_docs


@settings(deadline=None, max_examples=150)
@given(seed=st.integers(0, 10_000), n_docs=st.integers(1, 40), chain=edits)
def test_a_row_of_every_table_is_the_same_topic(seed: int, n_docs: int, chain: list[tuple[str, int]]) -> None:
    docs = corpus(seed, n_docs)
    topics = grouped(docs, seed)
    for name, step in chain:
        topics = edited(topics, docs, name, step)
        assert len(topics.labels) == len(topics.exemplars) == topics.n_topics
        assert all(len(aspect) == topics.n_topics for aspect in topics.aspects.values())
        for row, shown in enumerate(topics.exemplars):  # an exemplar never shows another topic
            assert (topics.assignment[shown] == row).all()
        assert (topics.strength[topics.assignment < 0] == 0).all()
        assert set(topics.origin.values()) <= set(range(-1, topics.n_topics))


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    n_docs=st.integers(6, 40),
    rows=st.lists(st.integers(-1, 3), min_size=6, max_size=6),
)
def test_a_label_survives_only_its_whole_group(seed: int, n_docs: int, rows: list[int]) -> None:
    filled = sorted({row for row in rows if row >= 0})
    target = [filled.index(row) if row >= 0 else -1 for row in rows]
    topics = grouped(corpus(seed, n_docs), seed)
    after = topics.regroup(target)
    for row, label in enumerate(after.labels):
        sources = [old for old, new in enumerate(target) if new == row]
        expected: Any = topics.labels[sources[0]] if len(sources) == 1 else None
        assert label == expected


def test_an_edit_leaves_the_topics_it_came_from_alone() -> None:
    docs = corpus(1, 30)
    topics = grouped(docs, 1)
    before = topics.assignment.copy(), topics.term_counts.copy(), topics.labels
    topics.merge([0, 1]).delete([0]).reassign(np.zeros(30, dtype=int), docs)
    assert (topics.assignment == before[0]).all()
    assert (topics.term_counts != before[1]).nnz == 0
    assert topics.labels == before[2]
