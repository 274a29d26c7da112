"""A Llama of random weights, which says nothing anyone could read, gives JSON that follows its schema."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest

from llama import SYSTEM, build
from needing import Late, needs
from prompting import limited
from themata.chat.transformers import Transformers
from themata.core.protocols import Answer, Prompt

needs("transformers", "llguidance")
jsonschema = Late("jsonschema")

PROMPTS = [
    Prompt.of(f"Keywords: {words}. Answer with a label.", system=SYSTEM)
    for words in ("cats, kittens", "stocks, bonds and markets", "x", "rocket, moon", "soup")
]
LABEL = {
    "type": "object",
    "properties": {"label": {"type": "string"}, "summary": {"type": "string"}},
    "required": ["label", "summary"],
    "additionalProperties": False,
}
OTHER = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["animal", "food"]},
        "score": {"type": "integer", "minimum": 1, "maximum": 5},
        "words": {"type": "array", "items": {"type": "string", "maxLength": 6}, "minItems": 1, "maxItems": 3},
        "sure": {"type": "boolean"},
    },
    "required": ["kind", "score", "words", "sure"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spoken = [text for prompt in PROMPTS for _, text in prompt.messages]
    return build(tmp_path_factory.mktemp("llama") / "tiny-llama", spoken)


def texts(found: list[Any]) -> list[str]:
    assert all(isinstance(one, Answer) for one in found), found
    return [one.text for one in found]


@pytest.mark.parametrize("schema", [LABEL, OTHER], ids=["label", "other"])
@pytest.mark.parametrize("temperature", [0.0, 5.0])
def test_every_answer_follows_the_schema_and_ends(
    llama: Path, schema: dict[str, Any], temperature: float
) -> None:
    chat = Transformers(str(llama), device="cpu", temperature=temperature)
    for room in (72, 120):
        found = texts(chat.complete(limited(PROMPTS, max_tokens=room, schema=schema)))
        for text in found:
            jsonschema.validate(json.loads(text), schema)
    assert len(set(found)) > 1


def test_a_batch_that_is_held_answers_as_one_at_a_time(llama: Path) -> None:
    chat = Transformers(str(llama), device="cpu")
    together = texts(chat.complete(limited(PROMPTS, max_tokens=40, schema=LABEL)))
    assert together == [
        texts(chat.complete(limited([prompt], max_tokens=40, schema=LABEL)))[0] for prompt in PROMPTS
    ]


def test_prompts_of_several_schemas_and_of_none_share_a_batch(llama: Path) -> None:
    chat = Transformers(str(llama), device="cpu")
    wishes = [(72, LABEL), (80, OTHER), (12, None), (40, LABEL), (5, None)]
    asked = [Prompt(prompt.messages, *wish) for prompt, wish in zip(PROMPTS, wishes, strict=True)]
    alone = [
        texts(chat.complete(limited([prompt], max_tokens=room, schema=schema)))[0]
        for prompt, (room, schema) in zip(PROMPTS, wishes, strict=True)
    ]
    assert texts(chat.complete(asked)) == alone
    for text, (_, schema) in zip(alone, wishes, strict=True):
        if schema is not None:
            jsonschema.validate(json.loads(text), schema)


def test_a_stop_does_not_end_json_halfway(llama: Path) -> None:
    chat = Transformers(str(llama), device="cpu", stop=("label", '"'))
    for text in texts(chat.complete(limited(PROMPTS, max_tokens=40, schema=LABEL))):
        jsonschema.validate(json.loads(text), LABEL)


@pytest.mark.parametrize("why", ["missing", "no schema"])
def test_without_llguidance_or_with_a_schema_it_cannot_follow_answers_are_free(
    llama: Path, why: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    schema: dict[str, Any] = LABEL
    if why == "missing":
        monkeypatch.setitem(sys.modules, "llguidance", None)
    else:
        schema = {"type": "no such type"}
    chat = Transformers(str(llama), device="cpu")
    with caplog.at_level(logging.INFO, logger="themata"):
        held = texts(chat.complete(limited(PROMPTS, max_tokens=12, schema=schema)))
    assert held == texts(chat.complete(limited(PROMPTS, max_tokens=12)))
    assert "not held to their schema" in caplog.text
