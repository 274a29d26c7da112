from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage

from corpora import sample
from themata import TopicModel
from themata.analysis.hierarchy import tree_text
from themata.core.errors import InputError
from themata.group.known_labels import Given


def _of(rows, n_docs=240):
    corpus = sample(n_docs=n_docs)
    return TopicModel(embedder=None, grouper=Given(rows)).fit(corpus.texts, corpus.embeddings)


@pytest.mark.parametrize("by", ["terms", "embeddings"])
def test_every_join_is_told_once_the_root_first(model, by):
    frame = model.hierarchy(by=by).to_frame()
    assert list(frame.columns) == [
        "Parent_ID", "Parent_Name", "Topics", "Child_Left_ID", "Child_Left_Name", "Child_Right_ID",
        "Child_Right_Name", "Distance",
    ]  # fmt: skip
    assert frame.Parent_ID.tolist() == ["6", "5", "4"]
    assert frame.Topics[0] == [0, 1, 2, 3]
    children = [*frame.Child_Left_ID, *frame.Child_Right_ID]
    assert sorted(children, key=int) == ["0", "1", "2", "3", "4", "5"]
    assert (frame.Distance.diff().dropna() <= 0).all()


def test_halves_of_a_topic_are_joined_first(model):
    corpus = sample(n_docs=240)
    rows = corpus.labels * 2 + (np.arange(240) // 4) % 2
    tree = _of(rows).hierarchy()
    first = {frozenset(members) for members in tree.members[8:12]}
    same = _of(rows).result_
    halves = {frozenset(np.unique(same.assignment[corpus.labels == label]).tolist()) for label in range(4)}
    assert first == halves
    assert sorted(np.bincount(tree.cut(4)).tolist()) == [2, 2, 2, 2]


def test_words_of_a_branch_are_those_of_all_its_documents(model):
    tree = model.hierarchy()
    root = dict(tree.keywords[-1])
    counts = np.asarray(model.result_.term_counts.sum(axis=0)).ravel()
    from themata.core.weighting import idf

    weights = counts / counts.sum() * idf(model.result_.term_counts, model.result_.background)
    for word, weight in root.items():
        column = model.result_.vocabulary.tolist().index(word)
        assert weight == pytest.approx(weights[column])


def test_the_tree_shows_every_topic_and_labels_at_every_level(model):
    text = model.hierarchy().tree()
    assert text.count("Topic: ") == 4
    for row in range(4):
        assert f"{model.result_.names[row]} ── Topic: {row}" in text
    tree = model.hierarchy()
    for node, (left, right) in enumerate(tree.linkage[:, :2].astype(int), start=4):
        sides = [
            max(tree.members[side], key=lambda topic: (model.result_.sizes[topic], -topic))
            for side in (left, right)
        ]
        assert set(tree.labels[node].split(" · ")) == {model.result_.names[topic] for topic in sides}
        assert node == 6 or tree.labels[node] in text  # the root is the dot
    assert model.hierarchy().tree(max_distance=1e9) == text
    far = np.sort(tree.linkage[:, 2])[
        1
    ]  # the nearest pair is left, and all that join at this distance or further go
    assert model.hierarchy().tree(max_distance=far).count("Topic: ") == 2
    assert model.hierarchy().tree(max_distance=far).count("─O\n") == 2
    assert len(model.hierarchy().tree(tight_layout=True)) < len(text)


def test_a_cut_regroups_topics(model):
    rows = model.hierarchy().cut(2)
    assert sorted(set(rows.tolist())) == [0, 1]
    assert model.result_.regroup(rows).n_topics == 2
    assert model.hierarchy().cut(99).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("n_topics", [0, 1, 2])
def test_few_topics_have_a_tree(n_topics):
    rows = [-1] * 240 if n_topics == 0 else [i % n_topics for i in range(240)]
    tree = _of(rows).hierarchy()
    assert len(tree.linkage) == max(0, n_topics - 1)
    assert tree.tree().count("Topic: ") == n_topics
    assert len(tree.to_frame()) == max(0, n_topics - 1)


def test_topics_of_the_same_words_make_a_tree():
    texts = ["the same words in every document"] * 60
    model = TopicModel(embedder=None, grouper=Given([i % 6 for i in range(60)])).fit(texts)
    tree = model.hierarchy()
    assert tree.tree().count("Topic: ") == 6
    assert np.isfinite(tree.linkage).all()


def test_other_distances_and_linkages_are_taken(model):
    tree = model.hierarchy(
        linkage=lambda apart: linkage(apart, "single"), distance=lambda rows: 1 - (rows @ rows.T).todense()
    )
    assert len(tree.linkage) == 3
    with pytest.raises(InputError, match="must give 3 joins"):
        model.hierarchy(linkage=lambda apart: np.zeros((2, 4)))
    with pytest.raises(InputError, match="'terms' or 'embeddings'"):
        model.hierarchy(by="magic")


def test_an_empty_frame_is_an_empty_tree(model):
    assert tree_text(model.hierarchy().to_frame().iloc[:0]) == ".\n"
