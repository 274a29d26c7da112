"""B11: a default was changed in place: every request carried a stop sign, and the model's name got lost."""

from __future__ import annotations

import pytest

from chat_server import Reply, serving
from themata import Prompt


@pytest.mark.parametrize("given", [None, {"temperature": 0.2, "top_p": 0.9}])
def test_a_request_holds_what_was_asked_for_and_nothing_else(given):
    pytest.importorskip("openai")
    from themata import OpenAIChat

    options = None if given is None else dict(given)
    with serving(lambda number, body: Reply("Label: Whales")) as server:
        for _ in range(2):  # the second shows what the first left behind
            chat = OpenAIChat("m", base_url=server.url, api_key="none", options=options)
            chat.complete([Prompt.of("a"), Prompt.of("b")])
        assert len(server.asked) == 4
        assert all(body["model"] == "m" and "stop" not in body for body in server.asked)
        for name, value in (given or {}).items():
            assert all(body[name] == value for body in server.asked)
    assert options == given


def test_the_familiar_openai_leaves_the_callers_settings_alone(porch_of):
    openai = pytest.importorskip("openai")
    from themata.familiar.representation import OpenAI

    given = {"temperature": 0.2, "model": "mine"}
    with serving(lambda number, body: Reply("topic: Whales")) as server:
        client = openai.OpenAI(base_url=server.url, api_key="none")
        for _ in range(2):
            porch_of(representation_model=OpenAI(client, generator_kwargs=given))
        assert server.asked and all("stop" not in body for body in server.asked)
        assert {body["model"] for body in server.asked} == {"mine"}
    assert given == {"temperature": 0.2, "model": "mine"}
    assert not OpenAI(None).generator_kwargs  # nothing that the fits above could have left there
