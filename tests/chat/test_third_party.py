"""Other libraries' objects given in a chat's place: a pipeline and clients of the openai package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import llama
from chat_server import Reply, serving
from prompting import limited
from themata import LLM, Answer, Ask, ClientChat, InputError, Prompt, Transformers

TEXTS = ["the rocket flew to the moon", "garlic soup with pepper", "a whale in the sea"] * 20


def test_a_pipeline_given_to_the_labeler_answers_as_its_model_does(tmp_path: Path) -> None:
    from transformers import pipeline

    folder = str(llama.build(tmp_path / "tiny-llama", TEXTS, context=512))
    given = pipeline("text-generation", model=folder, repetition_penalty=1.3)
    chat: Any = LLM(given).chat
    asked = limited([Prompt.of("Keywords: rocket, moon"), Prompt.of("Keywords: soup")], max_tokens=8)
    assert isinstance(chat, Transformers) and (chat.repetition_penalty, chat.temperature) == (1.3, 0.0)
    assert chat.complete(asked) == Transformers(folder, device="cpu", repetition_penalty=1.3).complete(asked)


def test_a_client_given_to_the_labeler_is_asked_for_the_one_model_of_its_server() -> None:
    openai = pytest.importorskip("openai")
    lists = Reply(body={"object": "list", "data": [{"id": "mine", "object": "model"}]})
    with serving(lambda number, body: Reply("Label: Whales"), lists=lists) as server:
        client = openai.OpenAI(base_url=server.url, api_key="none")
        chat = Ask(client).chat
        assert isinstance(chat, ClientChat) and chat.name == "mine"
        (answer,) = chat.complete([Prompt.of("Name it.")])
    assert isinstance(answer, Answer) and answer.text == "Label: Whales"
    assert server.asked[0]["model"] == "mine"


def test_a_client_of_openai_itself_is_asked_for_the_usual_model() -> None:
    openai = pytest.importorskip("openai")
    assert LLM(openai.OpenAI(api_key="none")).chat.name == "gpt-4o-mini"
    assert LLM(openai.AsyncOpenAI(api_key="none")).chat.name == "gpt-4o-mini"


def test_a_client_of_a_server_of_many_models_says_how_to_choose() -> None:
    openai = pytest.importorskip("openai")
    listed = [{"id": name, "object": "model"} for name in ("small", "large")]
    with serving(
        lambda number, body: Reply("no"), lists=Reply(body={"object": "list", "data": listed})
    ) as server:
        client = openai.OpenAI(base_url=server.url, api_key="none")
        with pytest.raises(InputError, match=r"small, large: give ClientChat\(client, 'MODEL'\)"):
            LLM(client)
