"""Any question about every topic, as an aspect."""

from __future__ import annotations

from pathlib import Path

import pytest
from themed_corpus import Corpus

from chat_server import Reply, refusal, serving
from themata.errors import InputError
from themata.parts.chat.openai import OpenAIChat
from themata.parts.label.ask import Ask
from themata.pipeline.describe import Description, describe
from themata.protocols import Representer

QUESTION = "As a question, what are these about? Keywords: [KEYWORDS]"


def test_answers_are_an_aspect(corpus: Corpus, tmp_path: Path) -> None:
    with serving(lambda number, body: Reply("<think>Hm.</think>What about\n whales?")) as server:
        ask = Ask(OpenAIChat("m", base_url=server.url), QUESTION, cache=tmp_path / "a.sqlite")
        assert isinstance(ask, Representer)
        described = describe(corpus.topics, corpus.docs, Description(aspects={"Question": ask}))
        assert ask.represent(corpus.topics, corpus.docs)[0] == (("What about whales?", 1.0),)
    assert described.aspects["Question"][5] == (("What about whales?", 1.0),)
    assert "response_format" not in server.asked[0]
    assert sum("whales" in body["messages"][-1]["content"] for body in server.asked) == 1
    assert len(server.asked) == 6  # the second time from what is kept


def test_an_answer_that_does_not_come_is_asked_for_again_later(corpus: Corpus) -> None:
    with serving(lambda number, body: refusal(401, "bad key")) as server:
        ask = Ask(OpenAIChat("m", base_url=server.url, concurrency=1), QUESTION)
        how = Description(aspects={"Question": ask})
        described = describe(corpus.topics, corpus.docs, how)
        assert described.aspects["Question"] == ((),) * 6
        server.behave = lambda number, body: Reply("Well?")
        described = describe(described, corpus.docs, how)
    assert described.aspects["Question"] == ((("Well?", 1.0),),) * 6


def test_a_question_without_a_topic_in_it_is_an_error() -> None:
    with pytest.raises(InputError, match="say nothing of the topic"):
        Ask("echo", "What is this about?")
