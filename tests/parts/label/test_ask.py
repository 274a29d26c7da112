"""Any question about every topic, as an aspect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from themed_corpus import Corpus

from chat_server import Reply, refusal, serving
from themata import TopicModel
from themata.errors import InputError
from themata.parts.chat.echo import Echo
from themata.parts.chat.openai import OpenAIChat
from themata.parts.group.given import Given
from themata.parts.label.ask import Ask
from themata.parts.represent.keybert import KeyBERT
from themata.pipeline.describe import Description, describe
from themata.protocols import Prompt, Representer

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


class Counting(Echo):
    """An echo that remembers how many prompts each batch had."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def complete(self, prompts: Sequence[Prompt], **options: Any) -> Any:
        self.batches.append(len(prompts))
        return super().complete(prompts, **options)


def test_all_questions_about_all_topics_are_one_batch(corpus: Corpus) -> None:
    chat, other = Counting(), Counting()
    aspects = {
        "Summary": Ask(chat, "summary"),
        "Question": Ask(chat, "question"),
        "Tone": Ask(chat, "[DOCUMENTS] Angry or calm?"),
        "Elsewhere": Ask(other, QUESTION, max_tokens=20),
        "KeyBERT": KeyBERT(),
    }
    described = describe(corpus.topics, corpus.docs, Description(aspects=aspects))
    assert (chat.batches, other.batches) == ([18], [6])
    assert list(described.aspects) == ["Main", *aspects], "aspects keep the order they were given in"
    assert all(len(described.aspects[name]) == 6 for name in aspects)


def test_our_own_prompts_ask_for_a_summary_and_a_question(corpus: Corpus) -> None:
    (first, *_), (second, *_) = (
        Ask("echo", n).prompts(corpus.topics, corpus.docs) for n in ("summary", "question")
    )
    assert (
        "two or three plain sentences" in first.messages[-1][1] and "one question" in second.messages[-1][1]
    )
    assert first.messages[0][0] == "system" and "describe groups" in first.messages[0][1]
    assert all("whales" in prompt.messages[-1][1] and len(prompt.messages) == 2 for prompt in (first, second))


def test_after_a_merge_only_the_merged_topic_is_asked_and_it_sees_its_neighbors(corpus: Corpus) -> None:
    chat = Counting()
    how = Description(aspects={"Summary": Ask(chat, "summary"), "Question": Ask(chat, "question")})
    described = describe(corpus.topics, corpus.docs, how)
    merged = describe(described.merge([0, 1]), corpus.docs, how)
    assert chat.batches == [12, 2]
    assert merged.aspects["Summary"][1:] == described.aspects["Summary"][2:]
    (prompt,) = how.aspects["Summary"].prompts(merged, corpus.docs, [0])
    assert "Groups close to this one: " in prompt.messages[-1][1]


def test_a_chat_that_raises_costs_answers_and_nothing_else(corpus: Corpus) -> None:
    class Broken(Echo):
        def complete(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("out of memory")

    described = describe(corpus.topics, corpus.docs, Description(aspects={"Summary": Ask(Broken())}))
    assert described.aspects["Summary"] == ((),) * 6 and all(described.keywords)


def test_aspects_of_a_saved_model_are_added_kept_and_found_by_name(corpus: Corpus, tmp_path: Path) -> None:
    rows = corpus.topics.assignment
    model = TopicModel(embedder=None, grouper=Given(rows), layout=None).fit(corpus.docs.texts)
    model.save(tmp_path / "model")
    with serving(lambda number, body: Reply(f"Answer {number}.")) as server:
        chat = OpenAIChat("m", base_url=server.url)
        again = TopicModel.load(tmp_path / "model")
        again.redescribe(aspects={"Llama2": Ask(chat, QUESTION), "Summary": Ask(chat, "summary")})
        assert len(server.asked) == 12
        (answer,) = again.get_topic(0, full=True)["Llama2"]
        assert answer[0].startswith("Answer ") and answer[1] == 1.0
        again.save(tmp_path / "model", overwrite=True)
        third = TopicModel.load(tmp_path / "model")
        assert third.get_topics(full=True) == again.get_topics(full=True)
        assert third.result_.labels == model.result_.labels
        third.merge([0, 1])
        assert len(server.asked) == 14
    assert {"Llama2", "Summary"} <= set(third.get_topic_info().columns)
