"""Names for the layers above the topics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from themed_corpus import THEMES, Corpus

from chat_server import ChatServer, Reply, serving
from themata.chat.function_chat import Called
from themata.chat.openai_server import OpenAIChat
from themata.core.documents import Documents
from themata.core.protocols import LayerLabeler, Prompt
from themata.core.topics import Label, Origin, Topics
from themata.naming.layer_names import lacking, plain_keywords
from themata.naming.llm.llm_labeler import LLM, SMALL
from themata.naming.phrases.phrase_labeler import Phrases
from themata.pipeline.describe import label

CHILDREN = "Groups in the chapter, the largest first: "


THEMES_ABOVE = ["", "Sea", "Trains at chess", "Storms and strings", "Ocean storms", "Ocean winds"]


def behave(number: int, body: dict[str, Any]) -> Reply:
    """Names a chapter by the last words of its groups' names, so that it shows what was told of them."""
    asked = body["messages"][-1]["content"]
    line = next((line for line in asked.split("\n") if line.startswith(CHILDREN)), "")
    names = line.removeprefix(CHILDREN).split("; ")
    return Reply("Label: Chapter of " + " ".join(sorted(name.split()[-1] for name in names)))


def named(corpus: Corpus) -> Topics:
    return corpus.topics.relabel({row: Label(f"On {theme}") for row, theme in enumerate(THEMES)})


def by_server(server: ChatServer) -> LLM:
    return LLM(OpenAIChat("m", base_url=server.url), fallback=None)


def names_of(topics: Topics) -> list[list[str]]:
    return [[one.name for one in labels.values()] for labels in topics.layer_labels]


def test_both_our_labelers_know_what_a_group_is_made_of() -> None:
    assert isinstance(LLM("echo"), LayerLabeler) and isinstance(Phrases(), LayerLabeler)


def test_parents_are_named_after_their_children(corpus: Corpus) -> None:
    with serving(behave) as server:
        topics = label(named(corpus), corpus.docs, by_server(server))
    assert [level.layer for level in topics.levels] == [1, 2]  # layer 0 is the topics themselves
    assert names_of(topics) == [
        [],
        ["Chapter of bread whales", "Chapter of chess trains", "Chapter of storms violins"],
        ["Chapter of trains violins whales"],
    ]
    assert len(server.asked) == 3 + 1
    top = server.last()
    assert all(name in top for name in ("Chapter of bread whales", "Chapter of storms violins"))
    assert top.count("\n<doc>") == 4 and not lacking(topics)


@pytest.mark.parametrize("n_parameters", [500_000_000, 7_000_000_000])
def test_a_small_model_that_calls_a_group_as_one_of_its_children_is_not_asked_again(
    corpus: Corpus, n_parameters: int
) -> None:
    """Qwen 0.5B says the same name again, which costs as much as naming the topics: phrases name the group."""
    asked: list[str] = []

    def say(prompt: Prompt) -> str:
        asked.append(str(prompt.messages))
        part = "On whales; On bread" in asked[-1]
        return "Label: On whales" if part else f"Label: {THEMES_ABOVE[len(asked)]}"

    chat = Called(say, "m")
    chat.n_parameters = n_parameters  # type: ignore[attr-defined]
    topics = label(named(corpus), corpus.docs, LLM(chat))
    assert len(asked) == (4 if n_parameters < SMALL else 5)
    failure = topics.layer_labels[1][0].origin.failure
    assert failure is not None and '"On whales" is the label of only one part of it' in failure.reason


def test_what_is_named_is_not_asked_about_again(corpus: Corpus) -> None:
    with serving(behave) as server:
        labeler = by_server(server)
        topics = label(named(corpus), corpus.docs, labeler)
        assert label(topics, corpus.docs, labeler) == topics
        assert len(server.asked) == 4
        merged = topics.merge([0, 1])
        again = label(
            merged.relabel({0: Label("On food", origin=Origin.by_model("m"))}), corpus.docs, labeler
        )
    assert len(server.asked) == 4, (
        "the chapter of the merged topics is one topic now, and all others are as they were"
    )
    assert again.level_names[0][0] == "On food" and names_of(again)[2] == ["Chapter of trains violins whales"]


def test_an_edit_across_chapters_costs_the_names_of_those_it_changes(corpus: Corpus) -> None:
    topics = label(named(corpus), corpus.docs, LLM("echo"))
    moved = topics.merge([0, 2])
    assert set(moved.layer_labels[1]) == {2} and set(moved.layer_labels[2]) == {0}
    with serving(behave) as server:
        label(moved.relabel({0: "Both"}), corpus.docs, by_server(server))
        assert len(server.asked) == 1  # the two chapters it changed have one topic, and three, now


def test_a_persons_name_of_a_group_is_never_overwritten(corpus: Corpus) -> None:
    mine = named(corpus).relabel_layer(1, {1: "My own heading"}).relabel_layer(2, {0: "All of it"})
    with serving(behave) as server:
        topics = label(mine, corpus.docs, by_server(server))
        assert len(server.asked) == 2
        assert topics.layer_labels[1][1] == Label("My own heading")
        assert topics.layer_labels[2][0] == Label("All of it")
        edits = [topics.merge([2, 4]), topics.delete([3]), topics.merge([2, 3])]
        rows = topics.assignment.copy()
        rows[rows == 2] = 0
        edits.append(topics.reassign(rows, corpus.docs))
        for edited in edits:
            done = label(edited, corpus.docs, LLM("echo"))
            assert done.layer_labels[1][1] == Label("My own heading")
            assert done.layer_labels[2][0] == Label("All of it")


def test_a_parent_with_the_name_of_a_child_is_asked_again(corpus: Corpus) -> None:
    def copycat(number: int, body: dict[str, Any]) -> Reply:
        if "label of only one part" in body["messages"][-1]["content"]:
            return Reply(f"Label: Heading {number}")
        return Reply("Label: On whales")

    topics = named(corpus).having(layers=(np.zeros(corpus.topics.n_docs, dtype=np.int64),))
    with serving(copycat) as server:
        found = label(topics, corpus.docs, by_server(server))
    assert names_of(found) == [["Heading 1"]] and len(server.asked) == 2


def test_a_model_that_fails_leaves_headings_made_of_the_groups_names(corpus: Corpus) -> None:
    def refuses(number: int, body: dict[str, Any]) -> Reply:
        return Reply("I'm sorry, I cannot.")

    with serving(refuses) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url))
        topics = label(named(corpus), corpus.docs, labeler)
    first = topics.layer_labels[1][0]
    assert first.name == "On whales and on bread" and first.source.startswith(
        "children (m failed: it was a refusal"
    )
    assert labeler.report_.n_groups == 4 and "the group of On whales, On bread" in labeler.report_.failed


def test_phrases_name_every_level_unlike_its_children(corpus: Corpus) -> None:
    topics = label(corpus.topics, corpus.docs, Phrases())
    assert not lacking(topics)
    every = [*topics.names, *(name for names in names_of(topics) for name in names)]
    assert len(set(every)) == len(every) == 6 + 3 + 1
    assert all(len(name) <= 72 for name in every)


def test_a_labeler_that_knows_no_groups_names_them_as_topics(corpus: Corpus) -> None:
    class Numbered:
        def label(self, topics: Topics, docs: Documents) -> Sequence[Label | None]:
            return [
                old or Label(f"{topics.n_topics}-{row}", origin=Origin.by_model("n"))
                for row, old in enumerate(topics.labels)
            ]

    topics = label(corpus.topics, corpus.docs, Numbered())
    assert names_of(topics) == [[], ["3-0", "3-1", "3-2"], ["1-0"]]


def test_the_report_and_the_dry_run_count_topics_and_groups_together(corpus: Corpus) -> None:
    with serving(lambda number, body: Reply(f"Label: Name {number}")) as server:
        labeler = by_server(server)
        dry = labeler.dry_run(corpus.topics, corpus.docs, keywords=plain_keywords)
        assert (dry.n_topics, dry.n_groups, dry.asked, len(server.asked)) == (6, 4, 10, 0)
        label(corpus.topics, corpus.docs, labeler)
    assert (labeler.report_.n_topics, labeler.report_.n_groups, labeler.report_.asked) == (6, 4, 10)
    assert str(labeler.report_).startswith("6 topics and 4 groups of topics: 10 prompts sent")


def test_a_dry_run_after_a_run_knows_that_nothing_is_to_be_sent(corpus: Corpus, tmp_path: Any) -> None:
    with serving(lambda number, body: Reply(f"Label: Name {number}")) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url), cache=tmp_path / "a.sqlite")
        label(corpus.topics, corpus.docs, labeler)
        dry = labeler.dry_run(corpus.topics, corpus.docs)
    assert (dry.asked, dry.kept) == (0, 10)


def test_a_dry_run_knows_the_stand_ins_that_a_run_gave(corpus: Corpus, tmp_path: Any) -> None:
    def some(number: int, body: dict[str, Any]) -> Reply:
        lines = "\n".join(message["content"] for message in body["messages"]).split("\n")
        refused = any(line.startswith("Keywords of the chapter") and "whales" in line for line in lines)
        return Reply("I'm sorry, I cannot." if refused else f"Label: Name {number}")

    with serving(some) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url), cache=tmp_path / "a.sqlite")
        topics = label(corpus.topics, corpus.docs, labeler)
        assert labeler.report_.failed and not lacking(topics)
        assert labeler.dry_run(corpus.topics, corpus.docs).asked == 0


def test_a_prompt_of_ones_own_for_groups_is_held_to_no_schema(corpus: Corpus) -> None:
    with serving(lambda number, body: Reply(f"Name {number}")) as server:
        chat = OpenAIChat("m", base_url=server.url)
        labeler = LLM(chat, parent_prompt="Under which heading do these stand? [CHILDREN]")
        label(named(corpus), corpus.docs, labeler)
    assert {body["messages"][-1]["content"] for body in server.asked[:3]} == {
        "Under which heading do these stand? On whales; On bread",
        "Under which heading do these stand? On trains; On chess",
        "Under which heading do these stand? On storms; On violins",
    }
    assert not any("response_format" in body for body in server.asked)


def test_a_layer_that_cuts_topics_apart_is_passed_over(corpus: Corpus) -> None:
    halves = np.arange(corpus.topics.n_docs) % 2
    topics = named(corpus).having(layers=(halves, corpus.topics.layers[1]))
    assert [level.layer for level in label(topics, corpus.docs, LLM("echo")).levels] == [1]


def test_groups_keep_their_own_ids_and_outliers_are_in_none(corpus: Corpus) -> None:
    pairs = corpus.topics.layers[1] * 10 + 5
    pairs[3] = -1
    topics = label(named(corpus).having(layers=(pairs,)), corpus.docs, LLM("echo"))
    assert list(topics.layer_labels[0]) == [5, 15, 25]


def test_no_layers_no_tree(corpus: Corpus) -> None:
    assert label(named(corpus).having(layers=()), corpus.docs, LLM("echo")).layer_labels == ()


@pytest.mark.parametrize("layer", [1, 2])
def test_the_prompt_of_a_group_is_shown_as_it_is_sent(corpus: Corpus, layer: int) -> None:
    with serving(behave) as server:
        labeler = by_server(server)
        topics = label(named(corpus), corpus.docs, labeler)
        sent = [tuple((m["role"], m["content"]) for m in body["messages"]) for body in server.asked]
    bare = topics.having(
        layer_labels=tuple(
            labels if place < layer else {} for place, labels in enumerate(topics.layer_labels)
        )
    )
    shown = labeler.prompts(bare, corpus.docs, layer=layer)
    assert {prompt.messages for prompt in shown.values()} <= set(sent)
    assert list(shown) == [0, 1, 2][: len(shown)]
