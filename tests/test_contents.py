"""Names of layers: where they are kept, what edits leave of them, and how they are told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_server import Reply, serving
from corpora import sample
from themata import (
    LLM,
    AlignmentError,
    Clusters,
    Documents,
    Given,
    Label,
    Namer,
    OpenAIChat,
    Origin,
    TopicModel,
    Topics,
    UnknownTopicError,
)
from themata.core.layers import tree_levels
from themata.core.table_of_contents import contents
from themata.naming.layer_names import lacking
from themata.report.page import report


def eight(labels: dict[int, str] | None = None) -> Topics:
    """Eight topics of three documents; a layer of four pairs, and one of two halves."""
    rows = np.repeat(np.arange(8), 3)
    topics = Topics.of(Documents(["text"] * 24), rows, layers=(rows, rows // 2, rows // 4))
    topics = topics.having(
        labels=tuple(Label(f"Topic {row}", origin=Origin.by_model("m")) for row in range(8))
    )
    named = [{}, {pair: f"Pair {pair}" for pair in range(4)}, {half: f"Half {half}" for half in range(2)}]
    machine = tuple({g: Label(n, origin=Origin.by_model("m")) for g, n in one.items()} for one in named)
    topics = topics.having(layer_labels=machine)
    return topics.relabel_layer(2, labels) if labels else topics


def names(topics: Topics, layer: int) -> dict[int, str]:
    return {group: label.name for group, label in topics.layer_labels[layer].items()}


def test_levels_are_the_layers_that_join_topics() -> None:
    found = eight().levels
    assert [level.layer for level in found] == [1, 2]
    assert found[0].into.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert found[1].into.tolist() == [0, 0, 1, 1] and found[1].groups.tolist() == [0] * 4 + [1] * 4
    assert found[1].topics(1).tolist() == [4, 5, 6, 7] and found[1].children(1).tolist() == [2, 3]


@given(order=st.permutations(range(8)))
@settings(max_examples=20, deadline=None)
def test_another_order_of_the_topics_changes_no_name(order: list[int]) -> None:
    after = eight().regroup(order)
    assert after.layer_labels == eight().layer_labels
    assert sorted(e.name for _, e in contents(after).walk()) == sorted(
        e.name for _, e in contents(eight()).walk()
    )


@given(rows=st.lists(st.integers(0, 7), min_size=24, max_size=24))
@settings(max_examples=60, deadline=None)
def test_a_machines_name_stays_only_with_its_documents_and_a_persons_always(rows: list[int]) -> None:
    before = eight({1: "Mine"})
    after = before.reassign(rows, Documents(["text"] * 24))
    assert after.layer_labels[2][1] == Label("Mine")
    where = {level.layer: level.of_documents(after.assignment) for level in after.levels}
    for level in before.levels:
        for group, label in after.layer_labels[level.layer].items():
            if label.source == "m":
                was = level.of_documents(before.assignment) == group
                assert (was == (where[level.layer] == group)).all()


def test_a_merge_inside_a_group_keeps_its_name_and_one_across_does_not() -> None:
    inside = eight().merge([4, 5])
    assert names(inside, 1) == names(eight(), 1) and names(inside, 2) == names(eight(), 2)
    across = eight().merge([1, 2])
    assert set(names(across, 1)) == {2, 3} and names(across, 2) == {0: "Half 0", 1: "Half 1"}
    assert set(names(eight().delete([7]), 2)) == {0}


def test_a_group_that_became_one_topic_has_the_topics_name() -> None:
    merged = eight().merge([0, 1]).relabel({0: "Both"})
    assert merged.level_names[0][0] == "Both"
    assert eight().relabel_layer(1, {0: "Mine"}).merge([0, 1]).level_names[0][0] == "Mine"


def test_names_of_layers_are_given_by_hand_and_taken_back() -> None:
    topics = eight().relabel_layer(1, {2: "Trains"})
    assert topics.level_names[0] == ("Pair 0", "Pair 1", "Trains", "Pair 3")
    assert topics.relabel_layer(1, {2: None}).level_names[0][2] == "Topic 4; Topic 5"
    with pytest.raises(UnknownTopicError, match=r"no layer 0 above the topics: this model's are 1, 2"):
        eight().relabel_layer(0, {0: "x"})
    with pytest.raises(UnknownTopicError, match=r"no group 9 in layer 1: it has \[0, 1, 2, 3\]"):
        eight().relabel_layer(1, {9: "x"})
    with pytest.raises(AlignmentError, match="3 layers came with 1"):
        eight().having(layer_labels=({},))


def test_the_contents_read_as_a_tree() -> None:
    found = contents(eight({0: "First half"}))
    assert str(found).splitlines()[:5] == [
        ".",
        "├─First half (12)",
        "│    ├─Pair 0 (6)",
        "│    │    ├─■──Topic 0 ── Topic: 0 (3)",
        "│    │    └─■──Topic 1 ── Topic: 1 (3)",
    ]
    frame = found.to_frame()
    assert list(frame["Number"][:4]) == ["1", "1.1", "1.1.1", "1.1.2"] and len(frame) == 8 + 4 + 2
    assert sorted(frame["Topic"].dropna()) == list(range(8))
    assert json.loads(json.dumps(found.entries[0].to_dict()))["children"][0]["layer"] == 1


def test_a_group_of_one_topic_is_not_told_twice() -> None:
    merged = contents(eight().merge([0, 1]))
    assert [entry.topic for entry in merged.entries[0].children if entry.topic is not None] == [0]


@pytest.mark.parametrize("layers", [(), (np.full(24, -1),), (np.arange(24),)])
def test_without_coarser_layers_the_contents_are_the_topics(layers: Any) -> None:
    found = contents(eight().having(layers=layers))
    assert [entry.topic for entry in found.entries] == list(range(8))
    assert contents(Topics.of(Documents([]), [])).entries == ()


def test_a_topic_without_documents_lies_in_no_group() -> None:
    assert tree_levels(np.array([0, 0, 1, 2]), 4, [np.array([5, 5, 5, 5])])[0].into.tolist() == [0, 0, 0, -1]
    rows = np.where(np.repeat(np.arange(8), 3) == 7, 0, np.repeat(np.arange(8), 3))
    emptied = eight().reassign(rows, Documents(["text"] * 24))
    assert sorted(e.topic for _, e in contents(emptied).walk() if e.topic is not None) == list(range(8))


class Layered:
    """Groups as they are known, in a layer of pairs."""

    needs_graph = False

    def __init__(self, labels: np.ndarray) -> None:
        self.labels = labels

    def group(self, docs: Documents, graph: Any) -> Clusters:
        found = Given(self.labels).group(docs, graph)
        return Clusters(found.labels, found.strength, (self.labels, self.labels // 2))


def model() -> TopicModel:
    corpus = sample(160)
    return TopicModel(embedder=None, grouper=Layered(corpus.labels), layout=None).fit(
        corpus.texts, corpus.embeddings
    )


def test_a_fit_names_its_layers_and_edits_saving_and_undo_keep_them(tmp_path: Path) -> None:
    fitted = model()
    first = fitted.result_.layer_labels
    assert set(first[1]) == {0, 1} and all(label.source == "children" for label in first[1].values())
    fitted.relabel({1: "Sport and money"}, layer=1)
    assert fitted.result_.layer_labels[1][0] == first[1][0]
    fitted.label()
    assert fitted.result_.layer_labels[1][1] == Label("Sport and money")
    fitted.save(tmp_path / "model")
    again = TopicModel.load(tmp_path / "model")
    assert again.result_.layer_labels == fitted.result_.layer_labels
    assert str(again.contents()) == str(fitted.contents())
    assert fitted.undo().undo().result_.layer_labels == first
    fitted.relabel({0: "Rockets"})
    heading = fitted.result_.level_names[0][fitted.result_.levels[0].groups[0]]
    assert "Rockets" in heading or "rockets" in heading, "made of the names of its topics"


def test_a_name_made_of_the_names_of_topics_goes_with_one_of_them() -> None:
    made = tuple(Label(f"Topics of {pair}", origin=Origin(Namer.CHILDREN)) for pair in range(4))
    topics = eight().having(layer_labels=({}, dict(enumerate(made)), eight().layer_labels[2]))
    assert set(names(topics.relabel({3: "x"}), 1)) == {0, 2, 3}
    assert set(names(topics.merge([4, 5]), 1)) == {0, 1, 3}
    assert set(names(topics.regroup([7, 6, 5, 4, 3, 2, 1, 0]), 1)) == {0, 1, 2, 3}
    tops = topics.having(layer_labels=({}, {}, {0: Label("Pair 0 · Pair 1", origin=Origin(Namer.CHILDREN))}))
    assert (
        names(tops.relabel_layer(1, {1: "Mine"}), 2) == {}
        and names(tops.relabel_layer(1, {2: "Mine"}), 2) != {}
    )


def test_after_a_merge_only_the_merged_topic_is_asked_and_a_second_fit_asks_nothing(tmp_path: Path) -> None:
    corpus = sample(160)

    def fitted(url: str) -> TopicModel:
        labeler = LLM(OpenAIChat("m", base_url=url), cache=tmp_path / "answers.sqlite")
        made = TopicModel(embedder=None, grouper=Layered(corpus.labels), layout=None, labeler=labeler)
        return made.fit(corpus.texts, corpus.embeddings)

    with serving(lambda number, body: Reply(f"Label: Name {number}")) as server:
        model = fitted(server.url)
        assert len(server.asked) == 4 + 2 and model.labeler.report_.n_groups == 2
        assert fitted(server.url).result_.layer_labels == model.result_.layer_labels
        assert len(server.asked) == 6
        before = model.result_.layer_labels[1]
        pair = model.result_.levels[0].topics(0).tolist()
        model.merge(pair)
        assert len(server.asked) == 7 and model.result_.layer_labels[1] == before
        model.undo().label()
        assert len(server.asked) == 7, "all of it is kept"
        model.relabel({0: "My heading"}, layer=1).relabel({0: "My topic"}).label()
        assert model.result_.layer_labels[1][0] == Label("My heading")
        assert model.result_.labels[0] == Label("My topic")


def test_documents_that_come_and_go_leave_the_names_of_layers() -> None:
    corpus, more = sample(160), sample(200)
    model = TopicModel(embedder=None, grouper=Layered(corpus.labels), layout=None)
    model.fit(corpus.texts, corpus.embeddings).relabel({0: "Mine"}, layer=1)
    before = model.result_.layer_labels[1]
    model.partial_fit(more.texts[160:168], more.embeddings[160:168])
    assert model.result_.layer_labels[1] == before
    model.forget(list(range(160, 168)))
    assert model.result_.layer_labels[1] == before and before[0] == Label("Mine")
    model.partial_fit(more.texts, more.embeddings)  # more than there were
    assert model.result_.layer_labels[1][0] == Label("Mine") and not lacking(model.result_)


def test_the_report_carries_the_contents() -> None:
    fitted = model().relabel({0: "Space & <kitchen>"}, layer=1)
    html = report(fitted.documents_, fitted.result_)
    data = json.loads(html.split('id="data">')[1].split("</script>")[0])
    assert sorted(entry["name"] for entry in data["contents"])[-1] == "Space & <kitchen>"
    assert sorted(topic["topic"] for entry in data["contents"] for topic in entry["children"]) == [0, 1, 2, 3]
    assert "<kitchen>" not in html
