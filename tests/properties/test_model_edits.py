"""Over random chains of every edit of a model: all tables stay right, and undo goes back bit for bit."""

from __future__ import annotations

import tempfile
from copy import copy
from functools import cache
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from corpora import sample
from themata import TopicModel
from themata.analysis.reduction import finer
from themata.core.protocols import Clusters
from themata.core.topics import Topics
from themata.core.weighting import Weighting

CORPUS = sample(n_docs=64)
EDITS = [
    "merge",
    "delete",
    "reduce",
    "auto",
    "split",
    "relabel",
    "reassign",
    "redescribe",
    "weigh",
    "count",
    "label",
    "finer",
    "move and describe",
    "take away",
    "delete all",
    "lay out",
]


class Layered:
    """Eight topics in four subjects, each topic in two halves."""

    def group(self, docs: Any, graph: Any) -> Clusters:
        half = np.arange(docs.n_docs) // 8 % 2
        rows = CORPUS.labels * 2 + np.arange(docs.n_docs) // 4 % 2
        rows[::9] = -1
        fine, coarse = (np.where(rows >= 0, layer, -1) for layer in (2 * rows + half, rows // 2))
        return Clusters(rows, np.where(rows >= 0, 0.5, 0).astype(np.float32), (fine, rows, coarse))


def fitted() -> TopicModel:
    return copy(_fitted_once())


@cache
def _fitted_once() -> TopicModel:
    model = TopicModel(embedder=None, grouper=Layered(), aspects={"MMR": "mmr"})
    return model.fit(CORPUS.texts, CORPUS.embeddings)


def edit(model: TopicModel, name: str, rng: np.random.Generator) -> None:
    n = model.result_.n_topics
    some = rng.choice(n, rng.integers(1, n + 1), replace=False).tolist() if n else []
    if name == "merge" and n > 1:
        model.merge(some)
    elif name == "delete" and n > 1:
        model.delete(some[:1])
    elif name == "reduce" and n:
        model.reduce(int(rng.integers(1, n + 1)), by=str(rng.choice(["embeddings", "terms"])))
    elif name == "auto":
        model.reduce("auto")
    elif name == "split" and n and model.result_.sizes[some[0]] > 1:
        model.split(some[0], into=2)
    elif name == "relabel" and n:
        model.relabel({row: f"by hand {rng.integers(1000)}" for row in some[:2]})
    elif name == "reassign" and n:
        moved = model.result_.assignment.copy()
        moved[rng.integers(0, len(moved), 3)] = rng.integers(-1, n)
        model.reassign(moved)
    elif name == "redescribe":
        model.redescribe(aspects={"KeyBERT": "keybert"}, top_n_words=int(rng.integers(3, 12)))
    elif name == "weigh":
        model.redescribe(weighting=Weighting(reduce_frequent=True))
    elif name == "count":
        model.redescribe(vectorizer=CountVectorizer(stop_words="english"))
    elif name == "label":
        model.label()
    elif name == "finer" and n and finer(model.result_, some[0]) is not None:
        model.split(some[0])
    elif name == "move and describe" and n:
        there = model.result_.assignment
        moved = np.where(rng.random(len(there)) < 0.1, rng.integers(-1, n, len(there)), there)
        model.redescribe(topics=moved, top_n_words=7)
    elif name == "take away":
        model.redescribe(aspects={"KeyBERT": None})
    elif name == "delete all" and n:
        model.delete(range(n))
    elif name == "lay out":
        model.lay_out()  # no edit: undo leaves it


def told(model: TopicModel) -> dict[str, Any]:
    """Everything that undo must bring back."""
    topics = model.result_
    return {
        "assignment": topics.assignment.tolist(),
        "strength": topics.strength.tolist(),
        "counts": topics.term_counts.toarray().tolist(),
        "vocabulary": topics.vocabulary.tolist(),
        "centroids": topics.centroids.tolist(),
        "aspects": dict(topics.aspects),
        "labels": topics.labels,
        "exemplars": [rows.tolist() for rows in topics.exemplars],
        "origin": dict(topics.origin),
        "layers": [layer.tolist() for layer in topics.layers],
        "layer labels": [dict(labels) for labels in topics.layer_labels],
        "terms": model.documents_.terms.toarray().tolist(),
        "new documents": model.transform(CORPUS.texts[:9], CORPUS.embeddings[:9] + 0.1)[0],
        "parameters": {name: repr(value) for name, value in model.get_params().items()},
        "info": model.get_topic_info().to_json(),
    }


@settings(deadline=None, max_examples=30, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000), chain=st.lists(st.sampled_from(EDITS), min_size=1, max_size=6))
def test_tables_stay_right_and_undo_goes_back(seed: int, chain: list[str]) -> None:
    model = fitted()
    rng = np.random.default_rng(seed)
    embeddings = CORPUS.embeddings.copy()
    before = []
    for name in chain:
        n_edits, earlier, old = len(model.history), told(model), model.result_
        edit(model, name, rng)
        if len(model.history) > n_edits:
            before.append(earlier)
            check_mapping(model, old)
        check(model)
    for earlier in reversed(before):
        model.undo()
        assert told(model) == earlier
    assert model.history == []
    assert (CORPUS.embeddings == embeddings).all()


@settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000), chain=st.lists(st.sampled_from(EDITS), min_size=1, max_size=4))
def test_what_was_edited_and_saved_comes_back_and_is_edited_on(seed: int, chain: list[str]) -> None:
    model = fitted()
    rng = np.random.default_rng(seed)
    for name in chain:
        edit(model, name, rng)
    with tempfile.TemporaryDirectory() as folder:
        model.save(f"{folder}/model")
        again = TopicModel.load(f"{folder}/model")
    expected, found = told(model), told(again)
    assert {**found, "parameters": None} == {**expected, "parameters": None}
    if model.result_.n_topics > 1:
        model.merge([0, 1])
        again.merge([0, 1])
        assert {**told(again), "parameters": None} == {**told(model), "parameters": None}
    check(again)


def check(model: TopicModel) -> None:
    topics, docs = model.result_, model.documents_
    afresh = Topics.of(docs, topics.assignment, n_topics=topics.n_topics)
    assert (topics.term_counts != afresh.term_counts).nnz == 0
    assert topics.background.tolist() == afresh.background.tolist()
    np.testing.assert_allclose(topics.centroids, afresh.centroids, atol=1e-5)
    assert len(topics.vocabulary) == docs.terms.shape[1]
    filled = np.flatnonzero(topics.sizes)
    info = model.get_topic_info()
    assert info.Count.sum() == docs.n_docs
    assert len(info) == topics.n_topics + (1 if topics.n_outliers else 0)
    for row in filled:
        assert (topics.assignment[topics.exemplars[row]] == row).all() and len(topics.exemplars[row])
        assert topics.keywords[row] and topics.aspects["MMR"][row] and topics.labels[row]
    names = [label.name for label in topics.labels if label and not label.by_person]
    assert len(set(names)) == len(names)
    assert len(model.get_document_info()) == docs.n_docs


def check_mapping(model: TopicModel, old: Topics) -> None:
    mapping = model.renumbered
    assert len(mapping) == old.n_topics
    for row in np.flatnonzero(old.sizes):
        now = model.result_.assignment[old.assignment == row]
        assert np.bincount(now + 1, minlength=model.result_.n_topics + 1)[mapping[row] + 1] == max(
            np.bincount(now + 1)
        )
