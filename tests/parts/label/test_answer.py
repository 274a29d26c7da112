"""What models say, made usable."""

from __future__ import annotations

import pytest

from themata.parts.label.answer import read, tidy_name

KEYWORDS = ["whale", "ocean", "harpoon", "ship", "calf"]
WORDING = "Answer in two lines:\nLabel: two to six words for what the whole group is about"

SAID = {
    "Whale hunting": "Whale hunting",
    "Label: Whale hunting": "Whale hunting",
    "label: whale hunting": "Whale hunting",
    "**Label:** Whale hunting\n**Summary:** Ships and harpoons.": "Whale hunting",
    "**Label**: Whale hunting": "Whale hunting",
    "### Label\nLabel: Whale hunting": "Whale hunting",
    "Label:\nWhale hunting\nSummary:\nAll of it.": "Whale hunting",
    '"Whale hunting"': "Whale hunting",
    "“Whale hunting”.": "Whale hunting",
    "«Chasse à la baleine»": "Chasse à la baleine",
    "'Whale hunting'": "Whale hunting",
    "Whale hunting.": "Whale hunting",
    "1. Whale hunting": "Whale hunting",
    "1) Whale hunting\n2) Sea voyages": "Whale hunting",
    "- Whale hunting": "Whale hunting",
    "Topic: Whale hunting": "Whale hunting",
    "Topic name: Whale hunting": "Whale hunting",
    "Sure! Here is a label for the group:\n\nWhale hunting": "Whale hunting",
    "Sure! Here's the label:\n\n**Whale hunting**\n\nLet me know if you need more.": "Whale hunting",
    "Sure, here is the label: Whale hunting": "Whale hunting",
    'Based on the documents, the label is "Whale hunting".': "Whale hunting",
    "The topic is about whale hunting.": "Whale hunting",
    "The best label for this group would be: Whale hunting": "Whale hunting",
    "This group of documents is about whale hunting. They are old.": "Whale hunting",
    "I would label this group: Whale hunting": "Whale hunting",
    "<think>The user wants a label.\nLabel: wrong</think>\nLabel: Whale hunting": "Whale hunting",
    "They mention ships.</think>Whale hunting": "Whale hunting",
    "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Whale hunting": "Whale hunting",
    "Whale hunting</s>": "Whale hunting",
    "Whale hunting [/INST] more": "Whale hunting more",
    "<label>Whale hunting</label>": "Whale hunting",
    '{"label": "Whale hunting", "summary": "Ships."}': "Whale hunting",
    '```json\n{"label": "Whale hunting"}\n```': "Whale hunting",
    '{"label": "Whale hunting", "summary": "Ships that ne': "Whale hunting",
    '{"topic": {"x": 1}, "name": "Whale hunting"}': "Whale hunting",
    "Whale_hunting": "Whale hunting",
    "Label: Whale hunting - Summary: Ships and harpoons.": "Whale hunting",
    "Label - Whale hunting": "Whale hunting",
    "Topic models - whales": "Topic models - whales",
    "標籤：捕鯨": "捕鯨",
    "Bezeichnung: Walfang": "Walfang",
    "COVID-19: vaccines": "COVID-19: vaccines",
    "Label: BERT: language models": "BERT: language models",
    "U.S. whaling in the U.S.": "U.S. whaling in the U.S.",
    "iPhone apps": "iPhone apps",
    "t-SNE and UMAP": "t-SNE and UMAP",
    "3D printing": "3D printing",
    "C++ compilers": "C++ compilers",
    "#whales": "Whales",
    "Privacy, security and trust": "Privacy, security and trust",
    "Here Be Dragons": "Here Be Dragons",
    "Sure bets in horse racing": "Sure bets in horse racing",
}


@pytest.mark.parametrize(("text", "name"), SAID.items(), ids=range(len(SAID)))
def test_the_name_is_found_whatever_stands_around_it(text: str, name: str) -> None:
    assert read(text, keywords=KEYWORDS, wording=WORDING).name == name
    assert read(text, keywords=KEYWORDS, wording=WORDING).fault == ""


FAULTY = {
    "": "no label",
    "   \n ": "no label",
    "...": "no label",
    "<think>I am still thinking about": "no label",
    "I'm sorry, but I can't help with that.": "refusal",
    "I cannot provide a label without more context.": "refusal",
    "As an AI language model, I do not have opinions.": "refusal",
    "Label: I'm sorry, I cannot label this": "refusal",
    "Es tut mir leid, das kann ich nicht.": "refusal",
    "Miscellaneous": "says nothing",
    "Topic 3": "says nothing",
    "Label: n/a": "says nothing",
    "whale, ocean, harpoon": "list of keywords",
    "Whale / ocean / ship": "list of keywords",
    "a, b, c, d, e": "list of keywords",
    "whale ocean harpoon ship": "list of keywords",
    "Label: two to six words for what the whole group is about": "repeated the question",
    "These documents tell at length of men who go to sea in ships to hunt whales": "too long: it had 16 words",
    "x" * 200: "too long",
}


@pytest.mark.parametrize(("text", "fault"), FAULTY.items(), ids=range(len(FAULTY)))
def test_what_is_no_name_is_told_why(text: str, fault: str) -> None:
    assert fault in read(text, keywords=KEYWORDS, wording=WORDING).fault


def test_the_summary_comes_along() -> None:
    found = read('Label: Whales\nSummary: "Large mammals\u0000 at sea."\nAnything else?')
    assert (found.name, found.summary) == ("Whales", "Large mammals at sea.")
    assert read('{"label": "Whales", "summary": "At sea."}').summary == "At sea."
    assert read("Label: Whales - Summary: At sea.").summary == "At sea."


def test_a_long_summary_is_cut_at_a_word() -> None:
    summary = read("Label: A b\nSummary: " + "word " * 200).summary
    assert len(summary) <= 401 and summary.endswith("word…")


def test_tidying_twice_changes_nothing() -> None:
    for text in SAID:
        assert tidy_name(tidy_name(text)) == tidy_name(text)
