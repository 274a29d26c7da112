"""Names for the layers above the topics."""

from __future__ import annotations

from typing import Any

import numpy as np
from themed_corpus import THEMES, Corpus

from chat_server import Reply, serving
from themata.parts.chat.openai import OpenAIChat
from themata.parts.label.labeler import LLM
from themata.topics import Label

CHILDREN = "Groups in the chapter, the largest first: "


def behave(number: int, body: dict[str, Any]) -> Reply:
    """Names a chapter by the first letters of its groups' names, so that it shows what was told of them."""
    asked = body["messages"][-1]["content"]
    line = next((line for line in asked.split("\n") if line.startswith(CHILDREN)), "")
    names = line.removeprefix(CHILDREN).split("; ")
    return Reply("Label: Chapter of " + " ".join(sorted(name.split()[-1] for name in names)))


def named(corpus: Corpus) -> Any:
    return corpus.topics.relabel({row: Label(f"On {theme}") for row, theme in enumerate(THEMES)})


def test_parents_are_named_after_their_children(corpus: Corpus) -> None:
    with serving(behave) as server:
        chat = OpenAIChat("m", base_url=server.url)
        layers = LLM(chat, fallback=None).label_tree(named(corpus), corpus.docs)
    assert [layer.layer for layer in layers] == [0, 1, 2]
    assert [label.name for label in layers[0].labels.values()] == [f"On {theme}" for theme in THEMES]
    assert [label.name for label in layers[1].labels.values()] == [
        "Chapter of bread whales",
        "Chapter of chess trains",
        "Chapter of storms violins",
    ]
    assert layers[1].topics == {0: (0, 1), 1: (2, 3), 2: (4, 5)}
    assert layers[2].topics == {0: (0, 1, 2, 3, 4, 5)}
    assert len(server.asked) == 3 + 1  # a group of one child has its name
    top = server.last()
    assert all(name in top for name in ("Chapter of bread whales", "Chapter of storms violins"))
    assert top.count("\n<doc>") == 4


def test_topics_without_names_are_named_first(corpus: Corpus) -> None:
    layers = LLM("echo").label_tree(corpus.topics, corpus.docs)
    assert [len(layer.labels) for layer in layers] == [6, 3, 1]
    assert all(label.name for layer in layers for label in layer.labels.values())


def test_a_layer_that_cuts_topics_apart_is_passed_over(corpus: Corpus) -> None:
    halves = np.arange(corpus.topics.n_docs) % 2
    topics = named(corpus).having(layers=(halves, corpus.topics.layers[1]))
    layers = LLM("echo").label_tree(topics, corpus.docs)
    assert [layer.layer for layer in layers] == [1]


def test_groups_keep_their_own_ids_and_outliers_are_in_none(corpus: Corpus) -> None:
    pairs = corpus.topics.layers[1] * 10 + 5
    pairs[3] = -1
    layers = LLM("echo").label_tree(named(corpus).having(layers=(pairs,)), corpus.docs)
    assert list(layers[0].labels) == [5, 15, 25]


def test_no_layers_no_tree(corpus: Corpus) -> None:
    assert LLM("echo").label_tree(named(corpus).having(layers=()), corpus.docs) == []
