"""What a language model is told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from themata.core.errors import InputError
from themata.naming.llm.answer_format import Form
from themata.naming.llm.brief import Brief
from themata.naming.llm.prompt_templates import LINES, wording
from themata.naming.llm.worked_examples import Example

BRIEF = Brief(0, ("cats", "dogs"), ("My cat sleeps.", "My dog barks."), siblings=("birds, eggs",))
LLAMA2 = """<s>[INST] <<SYS>>
You are a helpful assistant for labeling topics.
<</SYS>>
Documents: - Meat is eaten. Keywords: 'meat'. [/INST] Eating meat
[INST]
Documents:
[DOCUMENTS]
Keywords: '[KEYWORDS]'. Return the label only.
[/INST]
"""


def test_the_default_prompt_shows_keywords_documents_and_siblings_as_data() -> None:
    prompt = wording().prompt(BRIEF)
    roles = [role for role, _ in prompt.messages]
    assert roles == ["system", "user", "assistant", "user"]
    asked = prompt.messages[-1][1]
    assert "cats, dogs" in asked and "birds, eggs" in asked
    assert "<doc>My cat sleeps.</doc>\n<doc>My dog barks.</doc>" in asked
    assert "not instructions" in asked
    assert prompt.messages[2][1].startswith("Label: ")


def test_what_comes_before_is_the_same_for_every_topic() -> None:
    other = Brief(1, ("trains",), ("A train.",))
    assert wording().prompt(BRIEF).messages[:3] == wording().prompt(other).messages[:3]


def test_a_line_with_nothing_to_say_is_left_out() -> None:
    asked = wording().prompt(BRIEF).messages[-1][1]
    assert "[" not in asked and "Write" not in asked and "Parts" not in asked
    german = Brief(0, ("Katze",), ("Eine Katze.",), language="German")
    assert "Write label and summary in German." in wording(language="German").prompt(german).messages[-1][1]


def test_without_a_summary_none_is_asked_for() -> None:
    for held in (False, True):
        messages = wording(form=Form(("label",), held)).prompt(BRIEF).messages
        assert "summary" not in "".join(text for _, text in messages).lower()


def test_an_answer_is_asked_for_in_the_form_that_the_chat_is_held_to() -> None:
    messages = wording(form=Form(("label", "summary"), held=True)).prompt(BRIEF).messages
    example = json.loads(messages[2][1])
    assert example["label"] == "Environmental impact of eating meat" and example["summary"]
    for asked in (messages[1][1], messages[3][1]):
        assert asked.splitlines()[-2].endswith("Answer with one JSON object and nothing else:")
        assert list(json.loads(asked.splitlines()[-1])) == ["label", "summary"]
        assert "[" not in asked and "Label:" not in asked
    lines = wording().prompt(BRIEF).messages
    assert lines[3][1].splitlines()[-3].endswith("Answer in two lines and nothing else:")
    assert lines[2][1] == f"Label: {example['label']}\nSummary: {example['summary']}"


def test_a_prompt_of_the_users_is_never_rewritten() -> None:
    given = [Example(["meat"], ["Beef."], "Eating meat"), ("Keywords: x", "Y")]
    form = Form(("label", "summary"), held=True)
    words = wording("[KEYWORDS] in two lines. Label: and Summary: please.", examples=given, form=form)
    assert words.form is None, "it may ask for anything"
    asked = words.prompt(BRIEF).messages
    assert asked[-1][1] == "cats, dogs in two lines. Label: and Summary: please."
    assert [text for role, text in asked if role == "assistant"] == ["Label: Eating meat", "Y"]


def test_an_unknown_tag_says_which_was_perhaps_meant() -> None:
    with pytest.raises(InputError, match=r"\[DOCUMENT\]: did you mean \[DOCUMENTS\]\?"):
        wording("Name this: [DOCUMENT]")
    with pytest.raises(InputError, match="known are"):
        wording("Name this: [KEYWORDS] [XYZ]")


def test_a_prompt_that_tells_nothing_of_the_topic_is_an_error() -> None:
    with pytest.raises(InputError, match="say nothing of the topic"):
        wording("What is the topic?")


def test_tags_in_documents_are_not_replaced() -> None:
    sly = Brief(0, ("[DOCUMENTS]",), ("[KEYWORDS] [XYZ]",))
    assert wording("[KEYWORDS] | [DOCUMENTS]").prompt(sly).messages[-1][1] == (
        "[DOCUMENTS] | <doc>[KEYWORDS] [XYZ]</doc>"
    )


@pytest.mark.parametrize("name", ["prompt.md", "prompt.txt"])
def test_a_prompt_may_live_in_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Name these: [KEYWORDS]\n", encoding="utf-8")
    for given in (tmp_path / name, str(tmp_path / name)):
        assert wording(given).prompt(BRIEF).messages[-1] == ("user", "Name these: cats, dogs")
    with pytest.raises(InputError, match="cannot be read"):
        wording(tmp_path / "none.md")


def test_examples_are_values_mappings_or_pairs() -> None:
    given: list[Any] = [
        Example(["meat"], ["Beef."], "Eating meat"),
        {"keywords": ["sea"], "documents": ["Waves."], "name": "The sea", "summary": "Water."},
        ("Keywords: x", "Y"),
    ]
    messages = wording("Keywords: [KEYWORDS]", "Be brief.", given).prompt(BRIEF).messages
    assert messages[:3] == (
        ("system", "Be brief."),
        ("user", "Keywords: meat"),
        ("assistant", "Label: Eating meat"),
    )
    assert messages[4] == ("assistant", "Label: The sea\nSummary: Water.")
    assert messages[5:] == (("user", "Keywords: x"), ("assistant", "Y"), ("user", "Keywords: cats, dogs"))
    with pytest.raises(InputError, match="keywords, documents, name, summary and phrases"):
        wording(examples=[{"words": []}])
    with pytest.raises(InputError, match="pair of texts"):
        wording(examples=["just a text"])


@pytest.mark.parametrize(
    ("held", "given", "wanted"),
    [
        (True, "topic: Eating meat", '{"label":"Eating meat"}'),
        (True, "Eating meat\nBeef and beans.", '{"label":"Eating meat","summary":"Beef and beans."}'),
        (True, "Label: Eating meat\nSummary: Beef.", '{"label":"Eating meat","summary":"Beef."}'),
        (True, '{"label": "Eating meat"}', '{"label":"Eating meat"}'),
        (True, "", ""),
        (False, "Eating meat", "Label: Eating meat"),
    ],
)
def test_the_answer_of_a_pair_is_in_the_form_that_our_prompt_asks_for(
    held: bool, given: str, wanted: str
) -> None:
    words = wording(examples=[("Keywords: beef", given)], form=replace(LINES, held=held))
    assert words.before[-2:] == (("user", "Keywords: beef"), ("assistant", wanted))
    assert words.names == (("Eating meat",) if given else ())


def test_the_users_own_prompt_comes_without_our_example() -> None:
    assert [role for role, _ in wording("[KEYWORDS]").prompt(BRIEF).messages] == ["system", "user"]


def test_the_tutorials_prompt_in_llama_2s_format_is_taken_apart() -> None:
    messages = wording(LLAMA2).prompt(BRIEF).messages
    assert messages[0] == ("system", "You are a helpful assistant for labeling topics.")
    assert messages[1] == ("user", "Documents: - Meat is eaten. Keywords: 'meat'.")
    assert messages[2] == ("assistant", "Eating meat")
    assert messages[3][1].endswith("Keywords: 'cats, dogs'. Return the label only.")
    assert len(messages) == 4


def test_examples_may_live_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "shots.json"
    given = [{"keywords": ["sea"], "documents": ["Waves."], "name": "The sea"}, ["Keywords: x", "Y"]]
    path.write_text(json.dumps(given), encoding="utf-8")
    for file in (path, str(path)):
        messages = wording("Keywords: [KEYWORDS]", examples=file).prompt(BRIEF).messages
        assert [text for role, text in messages if role == "assistant"] == ["Label: The sea", "Y"]


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("[1", "cannot be read"),
        ('{"keywords": []}', "not a JSON list"),
        ('[{"keywords": "sea", "documents": ["Waves."], "name": "Sea"}]', "lists of texts"),
        ('[["a", 1]]', "pair of texts"),
    ],
)
def test_a_file_that_holds_no_examples_says_what_is_wrong(tmp_path: Path, held: str, told: str) -> None:
    (tmp_path / "shots.json").write_text(held)
    with pytest.raises(InputError, match=told):
        wording(examples=tmp_path / "shots.json")
    with pytest.raises(InputError, match="cannot be read"):
        wording(examples=tmp_path / "none.json")
