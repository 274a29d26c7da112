"""Documents that come in batches, and documents that are forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import IncrementalPCA
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import adjusted_mutual_info_score

from corpora import sample
from themata import TopicModel
from themata.core.errors import InputError
from themata.core.topics import Label, Topics
from themata.group.communities import Communities
from themata.group.reduce_then_cluster import ReduceThenCluster
from themata.relate import subgraphs
from themata.relate.two_views import TwoViews
from themata.seed.zero_shot import ZeroShot

CORPUS = sample(360)
FIRST = np.flatnonzero(CORPUS.labels[:160] != 3)  # nothing about money
SECOND, THIRD = np.arange(160, 260), np.arange(260, 360)
ORDER = np.concatenate([FIRST, SECOND, THIRD])


def batch(rows: Any) -> tuple[list[str], np.ndarray]:
    return [CORPUS.texts[row] for row in rows], CORPUS.embeddings[rows]


def model_of(**parameters: Any) -> TopicModel:
    return TopicModel(**{"embedder": None, "layout": None, "aspects": {"MMR": "mmr"}, **parameters})


def check(model: TopicModel) -> None:
    """Every table is as if it had been made at once."""
    topics, docs = model.result_, model.documents_
    afresh = Topics.of(docs, topics.assignment, n_topics=topics.n_topics)
    assert (topics.term_counts != afresh.term_counts).nnz == 0
    assert topics.background.tolist() == afresh.background.tolist()
    assert len(model.topics_) == docs.n_docs == len(topics.strength) == docs.terms.shape[0]
    assert topics.vocabulary.tolist() == list(model.vectorizer_.get_feature_names_out())
    for row in np.flatnonzero(topics.sizes):
        assert (topics.assignment[topics.exemplars[row]] == row).all() and len(topics.exemplars[row])
        assert topics.keywords[row] and topics.labels[row]
        assert all(rows[row] for rows in topics.aspects.values())
    assert model.get_topic_info()["Count"].sum() == docs.n_docs
    if model.graph_ is not None:
        assert model.graph_.weights.shape == (docs.n_docs, docs.n_docs)
        assert abs(model.graph_.weights - model.graph_.weights.T).max() < 1e-6


def test_batches_keep_topics_find_new_ones_and_agree_with_one_fit() -> None:
    model = model_of().partial_fit(*batch(FIRST))
    before, names = model.topics_, model.result_.names
    assert model.result_.n_topics == 3
    model.partial_fit(*batch(SECOND))
    check(model)
    assert model.result_.n_topics == 4
    kept = np.array(before) >= 0
    assert (np.array(model.topics_[: len(FIRST)])[kept] == np.array(before)[kept]).all()
    model.partial_fit(*batch(THIRD))
    check(model)
    whole = model_of().fit(*batch(ORDER))
    truth = CORPUS.labels[ORDER]
    ours = adjusted_mutual_info_score(truth, model.topics_)
    assert ours > adjusted_mutual_info_score(truth, whole.topics_) - 0.03
    assert len(names) == 3 and model.renumbered.tolist() == [0, 1, 2, 3]


def test_a_small_batch_renames_nothing_and_a_persons_name_always_stays() -> None:
    model = model_of().partial_fit(*batch(np.concatenate([FIRST, SECOND])))
    model.relabel({1: "By hand"})
    labels, shown = model.result_.labels, [rows.tolist() for rows in model.result_.exemplars]
    model.partial_fit(*batch(THIRD[:8]))
    assert model.result_.labels == labels
    assert [rows.tolist() for rows in model.result_.exemplars] == shown
    model.partial_fit(*batch(THIRD[8:]))
    assert model.result_.labels[1] == Label("By hand")
    check(model)


def test_new_words_are_learned_and_old_columns_stay() -> None:
    model = model_of().partial_fit(*batch(FIRST))
    before = model.result_.vocabulary.tolist()
    model.partial_fit(["quasar nebula quasar pulsar"] * 12, CORPUS.embeddings[:12] + 40)
    vocabulary = model.result_.vocabulary.tolist()
    assert vocabulary[: len(before)] == before and {"quasar", "nebula"} <= set(vocabulary)
    quasars = model.topics_[-1]
    assert set(model.topics_[-12:]) == {quasars} and quasars == model.result_.n_topics - 1
    assert model.get_topic(quasars)[0][0] == "quasar"
    check(model)


def test_a_batch_can_be_undone_saved_and_edited(tmp_path: Path) -> None:
    model = model_of().partial_fit(*batch(FIRST))
    before, vocabulary = model.topics_, model.result_.vocabulary.tolist()
    model.merge([0, 1]).partial_fit(*batch(SECOND))
    assert model.history == [f"partial_fit of {len(SECOND)} documents"]
    model.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    check(again)
    assert again.partial_fit(*batch(THIRD)).topics_ == model.partial_fit(*batch(THIRD)).topics_
    model.split(0, into=2).delete(1).undo().undo().undo()
    assert model.documents_.n_docs == len(FIRST) + len(SECOND)
    fresh = model_of().partial_fit(*batch(FIRST))
    fresh.partial_fit(*batch(SECOND)).undo()
    assert fresh.topics_ == before and fresh.result_.vocabulary.tolist() == vocabulary
    check(fresh)


def test_only_the_latest_documents_are_kept_when_asked() -> None:
    model = model_of().partial_fit(*batch(FIRST))
    model.partial_fit(*batch(SECOND), keep=120)
    assert model.documents_.n_docs == 120
    assert model.documents_.texts[-1] == CORPUS.texts[259]
    check(model)
    assert len(model.renumbered) == 3
    with pytest.raises(InputError, match="keep must be 1"):
        model.partial_fit(*batch(THIRD), keep=0)


def test_documents_and_their_topics_are_forgotten() -> None:
    times = np.datetime64("2020-01-01") + np.arange(240)
    model = model_of().fit(CORPUS.texts[:240], CORPUS.embeddings[:240], times=times)
    topics = np.array(model.topics_)
    gone = np.flatnonzero(topics == 1)
    model.forget(gone)
    assert model.result_.n_topics == 3 and model.renumbered.tolist() == [0, -1, 1, 2]
    assert model.documents_.n_docs == 240 - len(gone)
    check(model)
    model.undo()
    model.forget(before="2020-03-01")
    assert model.documents_.n_docs == 180 and model.documents_.times.min() == np.datetime64("2020-03-01")
    check(model)
    with pytest.raises(InputError, match="at least one must stay"):
        model.forget(range(180))
    with pytest.raises(InputError, match="rows of documents are 0 to 179"):
        model.forget([180])
    with pytest.raises(InputError, match="have no times"):
        model_of().fit(*batch(FIRST)).forget(before="2020")


def test_the_map_stays_and_new_documents_lie_among_their_neighbors() -> None:
    model = model_of(layout="multilevel").partial_fit(*batch(FIRST))
    before = model.lay_out()
    model.partial_fit(*batch(SECOND))
    after = model.lay_out()
    np.testing.assert_array_equal(after[: len(FIRST)], before)
    assert np.isfinite(after).all() and len(after) == len(FIRST) + len(SECOND)


def test_scikit_learns_online_parts_work_on_the_classic_road() -> None:
    road = ReduceThenCluster(IncrementalPCA(5), MiniBatchKMeans(4, random_state=0, n_init=5))
    model = TopicModel(
        embedder=None, layout=None, grouper=road, vectorizer=CountVectorizer(stop_words="english")
    )
    model.partial_fit(CORPUS.texts[:200], CORPUS.embeddings[:200])
    before = model.topics_
    model.partial_fit(CORPUS.texts[200:], CORPUS.embeddings[200:])
    assert model.topics_[:200] == before and len(model.topics_) == 360
    assert adjusted_mutual_info_score(CORPUS.labels, model.topics_) > 0.9
    check(model)


def test_a_fixed_number_of_topics_stays_fixed() -> None:
    model = model_of(n_topics=3).partial_fit(*batch(FIRST)).partial_fit(*batch(SECOND))
    assert model.result_.n_topics == 3 and len(model.topics_) == len(FIRST) + len(SECOND)


def test_a_name_gets_its_topic_when_its_documents_come() -> None:
    money = CORPUS.embeddings[CORPUS.labels == 3].mean(axis=0)
    model = model_of(seeder=ZeroShot(["Money"], 0.6, embeddings=money[None]))
    model.partial_fit(*batch(FIRST))
    assert "Money" not in model.result_.names
    model.partial_fit(*batch(SECOND))
    row = model.result_.names.index("Money")
    found = np.array(model.topics_)[len(FIRST) :] == row
    assert found.sum() > 20 and (CORPUS.labels[SECOND][found] == 3).all()
    assert model.partial_fit(*batch(THIRD)).result_.names.count("Money") == 1
    check(model)


def test_times_and_columns_of_batches_come_together() -> None:
    model = model_of().partial_fit(*batch(FIRST), columns={"id": list(range(len(FIRST)))})
    times = np.full(len(SECOND), np.datetime64("2024-01-01"))
    model.partial_fit(*batch(SECOND), times=times)
    docs = model.documents_
    assert docs.columns["id"][0] == 0 and docs.columns["id"][-1] is None
    assert np.isnat(docs.times[0]) and docs.times[-1] == times[0]
    with pytest.raises(InputError, match="first batch"):
        model.partial_fit(*batch(THIRD), y=[1] * 100)


def test_a_model_of_words_alone_grows_too() -> None:
    model = model_of().partial_fit(batch(FIRST)[0]).partial_fit(batch(SECOND)[0])
    check(model)
    assert adjusted_mutual_info_score(CORPUS.labels[ORDER[:220]], model.topics_) > 0.6
    with pytest.raises(InputError, match="fitted without embeddings"):
        model.partial_fit(*batch(THIRD))


def test_copies_of_known_documents_share_their_topic() -> None:
    model = model_of().partial_fit(*batch(FIRST))
    model.partial_fit(*batch(np.concatenate([FIRST[:30], SECOND[:30]])))
    assert model.topics_[len(FIRST) : len(FIRST) + 30] == model.topics_[:30]
    check(model)


def test_a_part_of_a_graph_is_the_graph_of_the_part() -> None:
    docs = model_of().fit(*batch(np.concatenate([FIRST, FIRST[:20]]))).documents_
    graph = TwoViews().relate(docs)
    n = docs.n_docs
    rows = np.arange(10, n)  # the first ten are gone, their copies at the end stay
    part = subgraphs.subgraph(graph, rows)
    heads = part.origin[n - 20 - 10 : n - 20]
    assert heads.tolist() == list(range(n - 30, n - 20))
    links = graph.weights[:10][:, 30:100].toarray()
    np.testing.assert_allclose(part.weights[heads][:, 20:90].toarray(), links)
    assert part.weights.diagonal().sum() == 0 and part.neighbors.max() < len(rows)


def test_a_batch_looks_for_no_layers_that_it_throws_away(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of().partial_fit(*batch(FIRST))
    layers = len(model.result_.layers)
    monkeypatch.delattr(Communities, "_finer")
    monkeypatch.delattr(Communities, "_coarser")
    model.partial_fit(*batch(SECOND))
    check(model)
    assert len(model.result_.layers) == layers and model.result_.n_topics == 4
