"""llama.cpp in this process, on the Llama of the tests as a GGUF file; skipped where llama-cpp-python is not built."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from llama import SYSTEM, build, to_gguf
from prompting import limited
from themata.chat.llamacpp import LlamaCpp
from themata.chat.transformers import Transformers
from themata.core.errors import InputError, MissingExtraError, PromptTooLong, Refused
from themata.core.protocols import Answer, Prompt
from themata.core.registry import make

PROMPTS = [
    Prompt.of(f"Keywords: {words}. Answer with a label.", system=SYSTEM)
    for words in ("cats, kittens", "stocks, bonds and markets", "x", "soup")
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for needed in ("llama_cpp", "gguf", "transformers"):
        pytest.importorskip(needed)
    spoken = [text for prompt in PROMPTS for _, text in prompt.messages]
    made = build(tmp_path_factory.mktemp("llama") / "tiny-llama", spoken)
    to_gguf(made)
    return made


def texts(found: list[Any]) -> list[str]:
    assert all(isinstance(one, Answer) for one in found), found
    return [one.text for one in found]


def ascii_of(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def test_the_same_weights_answer_as_through_transformers(folder: Path) -> None:
    chat = make("chat", f"llamacpp:{folder / 'model.gguf'}", stop=())
    theirs = Transformers(str(folder), device="cpu", stop=())
    found, other = (one.complete(limited(PROMPTS, max_tokens=5)) for one in (chat, theirs))
    # Bytes that are no whole character are left out by one and marked by the other
    assert [ascii_of(text) for text in texts(found)] == [ascii_of(text) for text in texts(other)]
    assert len(set(texts(found))) > 1
    assert [one.n_prompt_tokens for one in found] == [len(theirs._tokens(prompt)) for prompt in PROMPTS]
    assert chat.name == "model" and chat.context == 512
    chat.close()


def test_a_schema_is_held_to_by_a_grammar(folder: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"kind": {"enum": ["animal", "food"]}, "words": {"type": "string", "maxLength": 5}},
        "required": ["kind", "words"],
        "additionalProperties": False,
    }
    chat = LlamaCpp(str(folder / "model.gguf"))
    for text in texts(chat.complete(limited(PROMPTS, max_tokens=120, schema=schema))):
        told = json.loads(text, strict=False)  # its grammar lets control characters be
        assert set(told) == {"kind", "words"} and told["kind"] in ("animal", "food")


def test_documents_are_cut_by_its_own_tokens(folder: Path) -> None:
    chat = LlamaCpp(str(folder / "model.gguf"))
    text = "Labels are short, specific and true. " * 20
    cut = chat.cut(text, 15)
    assert text.startswith(cut) and 5 < chat.count(cut) <= 15 < chat.count(text)
    assert chat.cut("short", 15) == "short"
    assert chat.cut(text, 0) == ""


def test_a_prompt_too_long_costs_itself_alone(folder: Path) -> None:
    heard: dict[int, Any] = {}
    chat = LlamaCpp(str(folder / "model.gguf"))
    asked = [PROMPTS[0], Prompt.of("word " * 2000), PROMPTS[1]]
    found = chat.complete(limited(asked, max_tokens=4), on_answer=heard.__setitem__)
    assert [type(answer) for answer in found] == [Answer, PromptTooLong, Answer]
    assert heard == dict(enumerate(found))


def test_a_file_that_is_no_model_is_an_error_in_every_place(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"nothing")
    for place in ("bad.gguf", "not there.gguf"):
        found = LlamaCpp(str(tmp_path / place)).complete(PROMPTS[:2])
        assert all(isinstance(one, Refused) and "cannot be loaded" in str(one) for one in found)


@pytest.mark.parametrize("name", ["llamacpp", "vllm"])
def test_what_is_not_installed_says_how_to_get_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, {"llamacpp": "llama_cpp", "vllm": "vllm"}[name], None)
    chat = make("chat", f"{name}:some-model.gguf")
    with pytest.raises(MissingExtraError, match=rf"themata\[{name}\]"):
        chat.load()


def test_a_repository_without_the_name_of_a_file_is_said_at_once() -> None:
    with pytest.raises(InputError, match=r"'me/models' is no \.gguf file: .* such as '\*Q4_K_M\.gguf'"):
        make("chat", "llamacpp:me/models")
    assert LlamaCpp("me/models", file="*Q4_K_M.gguf").name == "models"


class NoSystem:
    """As llama-cpp-python's Llama answers and raises where the template in a GGUF file knows no system message."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def create_chat_completion(self, messages: list[dict[str, str]], **request: Any) -> dict[str, Any]:
        self.asked.append((messages, request))
        if messages[0]["role"] == "system":
            raise ValueError("System role not supported")
        if len(messages[0]["content"]) > 900:
            raise ValueError("Requested tokens (600) exceed context window of 512")
        thinks = request["max_tokens"] < 100
        said = "<think>Ships, so" if thinks else "Whales"
        return {"choices": [{"message": {"content": said}, "finish_reason": "length" if thinks else "stop"}]}


def test_what_a_gguf_model_refuses_or_has_no_room_for_is_learned_once() -> None:
    chat = LlamaCpp("some-model.gguf")
    llama = NoSystem()
    chat.__dict__["_llama"] = llama
    found = chat.complete(limited([*PROMPTS, Prompt.of("word " * 400)], max_tokens=40))
    assert texts(found[:-1]) == ["Whales"] * len(PROMPTS)
    assert isinstance(found[-1], PromptTooLong) and (found[-1].limit, found[-1].size) == (512, 600)
    refused = [messages for messages, _ in llama.asked if messages[0]["role"] == "system"]
    cut = [request for _, request in llama.asked if request["max_tokens"] == 40]
    assert len(refused) == 1 and len(cut) <= 3  # refused, cut, and cut once more without the stops
    assert llama.asked[-2][0][0]["content"].startswith(SYSTEM)
