"""What chats share, and the small ones: templates, the echo, LiteLLM."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from chat_server import Reply, refusal, serving
from prompting import limited
from themata.chat.chat_template import llama2, render
from themata.chat.echo import Echo
from themata.chat.llamacpp import LlamaCpp
from themata.chat.openai_server import OpenAIChat
from themata.chat.stop_sequences import upto_stop
from themata.core.errors import InputError, Refused
from themata.core.protocols import Answer, Chat, Prompt
from themata.http import retries
from themata.http.rate_limit import Pace
from themata.naming.llm.answer_cache import Cached

TALK = Prompt((("system", "Be brief."), ("user", "Q1"), ("assistant", "A1"), ("user", "Q2")))


def test_llama_2_is_asked_in_its_own_format() -> None:
    assert llama2(TALK) == "[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nQ1 [/INST] A1 </s><s>[INST] Q2 [/INST]"


def test_a_base_model_is_left_where_the_answer_begins() -> None:
    assert render(TALK, "plain").endswith("### Answer\nA1\n\n### Task\nQ2\n\n### Answer\n")


def test_an_unknown_template_is_an_error() -> None:
    with pytest.raises(InputError, match="known are llama2, plain"):
        render(TALK, "llama9")


def test_the_echo_says_what_it_is_and_the_same_each_time() -> None:
    asked = [Prompt.of("The group's keywords, best first: cats, dogs"), Prompt.of("hello")]
    found = Echo().complete(asked)
    assert isinstance(Echo(), Chat) and Echo().name == "echo"
    assert [one.text for one in found if isinstance(one, Answer)] == ["Label: Cats and Dogs", "hello"]
    assert found == Echo().complete(asked)


def test_the_echo_follows_a_schema() -> None:
    schema = {"properties": {"label": {}, "summary": {}}}
    (found,) = Echo().complete(limited([Prompt.of("Keywords: whales")], schema=schema))
    assert isinstance(found, Answer) and json.loads(found.text) == {"label": "Whales", "summary": ""}


class Plain:
    """A chat of the user's, with the signature that chats had before prompts said what they want."""

    name = "plain"

    def __init__(self) -> None:
        self.batches: list[tuple[list[str], int, Any]] = []

    def complete(
        self, prompts: Any, *, max_tokens: int = 256, schema: Any = None, on_answer: Any = None
    ) -> Any:
        self.batches.append(([prompt.messages[-1][1] for prompt in prompts], max_tokens, schema))
        found = [Answer(f"{prompt.messages[-1][1]} {max_tokens}") for prompt in prompts]
        for place, answer in enumerate(found):
            on_answer(place, answer)
        return found


def test_a_chat_with_the_signature_of_before_is_asked_as_it_is() -> None:
    told: dict[int, Any] = {}
    chat = Plain()
    answers = Cached(chat).complete(limited([Prompt.of("a"), Prompt.of("b")], max_tokens=9), told.__setitem__)
    assert [one.text for one in answers if isinstance(one, Answer)] == ["a 256", "b 256"]
    assert chat.batches == [(["a", "b"], 256, None)]
    assert [told[place] for place in range(2)] == answers


def test_a_server_is_sent_each_prompts_own_wishes_at_once() -> None:
    schema = {"type": "object"}
    asked = [Prompt((("user", "a"),), 9), Prompt((("user", "b"),), 50, schema), Prompt.of("c")]
    with serving(lambda number, body: Reply("yes", silent=0.1)) as server:
        OpenAIChat("m", base_url=server.url).complete(asked)
        sent = {body["messages"][0]["content"]: body for body in server.asked}
        assert server.most == 3
    assert [sent[text]["max_tokens"] for text in "abc"] == [9, 50, 256]
    assert ["response_format" in sent[text] for text in "abc"] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Label: Whales\n\nNext", "Label: Whales"),
        ("Label: Whales", None),
        (
            "Sure, here's a label for the group:\n\nLabel: Whales\nSummary: Sea.\n\nI hope",
            "Sure, here's a label for the group:\n\nLabel: Whales\nSummary: Sea.",
        ),
        (
            "  Sure! I'd be happy to help!\n\nHere is the label:\n\nWhales\n\nBye",
            "  Sure! I'd be happy to help!\n\nHere is the label:\n\nWhales",
        ),
        ("**Label:**\n\nWhales\n\nBye", "**Label:**\n\nWhales"),
        ("\n\nWhales\n\nBye", "\n\nWhales"),
        ("Here Be Dragons\n\nBye", "Here Be Dragons"),
        ("Sure:\n\n", None),
        ("Whales [INST] more", "Whales "),
    ],
    ids=range(9),
)
def test_a_blank_line_after_an_announcement_ends_no_answer(text: str, kept: str | None) -> None:
    assert upto_stop(text, ("\n\n", "[INST]")) == kept


def test_a_gguf_model_that_only_announced_its_answer_is_let_go_on() -> None:
    class Llama:
        asked: ClassVar[list[Any]] = []

        def create_chat_completion(self, messages: Any, **request: Any) -> Any:
            self.asked.append(request["stop"])
            text = "Sure! Here is the label:" + ("" if request["stop"] else "\n\nLabel: Whales")
            return {"choices": [{"message": {"content": text}}]}

    chat = LlamaCpp("m.gguf")
    chat.__dict__["_llama"] = Llama()
    (found,) = chat.complete([Prompt.of("Name it.")])
    assert isinstance(found, Answer) and found.text.endswith("Label: Whales")
    assert Llama.asked == [["\n\n"], []]


def test_a_server_that_is_pressed_is_pressed_less_and_then_more_again() -> None:
    pace = Pace(16)
    pace.too_fast(0.0)
    assert pace.allowed == 8
    for _ in range(200):
        pace.went_well()
    assert pace.allowed == 16


@pytest.mark.litellm
@pytest.mark.filterwarnings("ignore::UserWarning")  # from its own types
def test_litellm_reaches_a_server_and_obeys_the_same_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("litellm")
    from themata.chat.litellm import LiteLLM

    monkeypatch.setattr(retries, "FIRST_WAIT", 0.01)

    def moody(number: int, body: dict[str, Any]) -> Reply:
        return refusal(500, "oops") if number == 0 else Reply("Label: Whales")

    with serving(moody) as server:
        chat = LiteLLM("openai/m", api_base=server.url, api_key="sk-hidden", concurrency=1)
        found = chat.complete([Prompt.of("a"), Prompt.of("b")])
        assert [one.text for one in found if isinstance(one, Answer)] == ["Label: Whales"] * 2
        assert len(server.asked) == 3
        assert "hidden" not in repr(chat) + str(chat.identity)
        slow = refusal(429, "slow down", headers={"Retry-After": "0.4"})
        server.behave = lambda number, body: slow if number == 3 else Reply("Label: Whales")
        (found,) = chat.complete([Prompt.of("c")])
        assert isinstance(found, Answer) and 0.4 <= server.times[4] - server.times[3] < 5
        server.behave = lambda number, body: refusal(401, "Incorrect API key provided")
        refused = chat.complete([Prompt.of("a"), Prompt.of("b")])
    assert all(isinstance(one, Refused) and "Incorrect API key" in str(one) for one in refused)
    assert len(server.asked) == 6
