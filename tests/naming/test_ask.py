"""Any question about every topic, as an aspect."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from themed_corpus import Corpus

from chat_server import Reply, refusal, serving
from llama import build
from themata import TopicModel
from themata.chat.echo import Echo
from themata.chat.openai_server import OpenAIChat
from themata.chat.transformers import Transformers
from themata.core.documents import Documents
from themata.core.errors import InputError, Refused
from themata.core.protocols import Answer, Chat, Prompt, Representer
from themata.core.topics import Topics
from themata.embed.lexical import Lexical
from themata.group.known_labels import Given
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.questions import Ask, ask_cost
from themata.pipeline.describe import Description, describe, label, questions
from themata.represent.keybert import KeyBERT

QUESTION = "As a question, what are these about? Keywords: [KEYWORDS]"


def answered(topics: Topics, docs: Documents, how: Description) -> Topics:
    """Described, and asked about, by whoever names nothing."""
    return label(describe(topics, docs, how), docs, None, how)


def test_answers_are_an_aspect(corpus: Corpus, tmp_path: Path) -> None:
    with serving(lambda number, body: Reply("<think>Hm.</think>What about\n whales?")) as server:
        ask = Ask(OpenAIChat("m", base_url=server.url), QUESTION, cache=tmp_path / "a.sqlite")
        assert isinstance(ask, Representer)
        described = answered(corpus.topics, corpus.docs, Description(aspects={"Question": ask}))
        assert ask.represent(corpus.topics, corpus.docs)[0] == (("What about whales?", 1.0),)
    assert described.aspects["Question"][5] == (("What about whales?", 1.0),)
    assert "response_format" not in server.asked[0]
    assert sum("whales" in body["messages"][-1]["content"] for body in server.asked) == 1
    assert len(server.asked) == 6  # the second time from what is kept


def test_an_answer_that_does_not_come_is_asked_for_again_later(corpus: Corpus) -> None:
    with serving(lambda number, body: refusal(401, "bad key")) as server:
        ask = Ask(OpenAIChat("m", base_url=server.url, concurrency=1), QUESTION)
        how = Description(aspects={"Question": ask})
        described = answered(corpus.topics, corpus.docs, how)
        assert described.aspects["Question"] == ((),) * 6
        server.behave = lambda number, body: Reply("Well?")
        described = answered(described, corpus.docs, how)
    assert described.aspects["Question"] == ((("Well?", 1.0),),) * 6


def test_a_question_without_a_topic_in_it_is_an_error() -> None:
    with pytest.raises(InputError, match="say nothing of the topic"):
        Ask("echo", "What is this about?")


class Counting(Echo):
    """An echo that remembers how many prompts each batch had."""

    def __init__(self, n_words: int = 3) -> None:
        super().__init__(n_words)
        self.batches: list[int] = []

    def complete(self, prompts: Sequence[Prompt], **options: Any) -> Any:
        self.batches.append(len(prompts))
        return super().complete(prompts, **options)


def test_all_questions_about_all_topics_are_one_batch(corpus: Corpus) -> None:
    chat, other = Counting(), Counting(4)
    aspects = {
        "Summary": Ask(chat, "summary"),
        "Question": Ask(chat, "question"),
        "Tone": Ask(chat, "[DOCUMENTS] Angry or calm?"),
        "Elsewhere": Ask(other, QUESTION, max_tokens=20),
        "KeyBERT": KeyBERT(),
    }
    described = answered(corpus.topics, corpus.docs, Description(aspects=aspects))
    assert (chat.batches, other.batches) == ([18], [6])
    assert list(described.aspects) == ["Main", *aspects], "aspects keep the order they were given in"
    assert all(len(described.aspects[name]) == 6 for name in aspects)


class Naming(Counting):
    """Says "Name" and how many names it has given, or that it was asked something else; sees each prompt's wishes."""

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[tuple[int | None, bool]] = []
        self.asked: list[Prompt] = []

    def _answer(self, prompt: Prompt) -> Answer:
        self.asked.append(prompt)
        self.wishes.append((prompt.max_tokens, prompt.schema is not None))
        told = prompt.messages[-1][1]
        return Answer(f"Label: Name {len(self.asked)}" if "label" in told.lower() else "Something else.")


def described_and_named(
    corpus: Corpus, chat: Chat, cache: Path | None = None
) -> tuple[Topics, LLM, Description]:
    keep = None if cache is None else cache / "a.sqlite"
    aspects = {
        "Summary": Ask(chat, "summary", cache=keep, max_tokens=90),
        "Question": Ask(chat, "question", cache=keep, max_tokens=40),
    }
    labeler, how = LLM(chat, cache=keep), Description(aspects=aspects)
    return label(describe(corpus.topics, corpus.docs, how), corpus.docs, labeler, how), labeler, how


def test_names_and_all_other_questions_are_one_batch_and_layers_come_after(corpus: Corpus) -> None:
    chat = Naming()
    topics, labeler, _ = described_and_named(corpus, chat)
    assert chat.batches == [6 + 6 + 6, 3, 1]
    assert chat.wishes[:18] == [(160, True)] * 6 + [(90, False)] * 6 + [(40, False)] * 6
    assert [one.name for one in topics.labels if one] == [f"Name {n}" for n in range(1, 7)]
    assert topics.aspects["Question"] == ((("Something else.", 1.0),),) * 6
    told = labeler.report_
    assert (told.n_topics, told.n_groups, told.n_questions, told.asked) == (6, 4, 12, 22)
    assert str(told).startswith("6 topics, 4 groups of topics and 12 further questions: 22 prompts sent")


def test_a_second_run_asks_neither_names_nor_questions_again_and_a_dry_run_knew(
    corpus: Corpus, tmp_path: Path
) -> None:
    chat = Naming()
    topics, labeler, how = described_and_named(corpus, chat, tmp_path)
    n_asked = len(chat.asked)
    asks = questions(how)
    assert ask_cost(asks, topics, corpus.docs).kept == 12 and ask_cost(asks, topics, corpus.docs).asked == 0
    assert labeler.dry_run(corpus.topics, corpus.docs).asked == 0
    assert described_and_named(corpus, chat, tmp_path)[0].aspects == topics.aspects
    model = TopicModel(embedder=None, grouper=Given(topics.assignment), layout=None).fit(corpus.docs.texts)
    model.label(labeler, aspects=asks)  # its own layers and keywords, so it asks; and again it does not
    n_asked_by_model = len(chat.asked)
    assert n_asked < n_asked_by_model
    model.label(labeler, aspects=asks)
    model.redescribe(aspects=asks)
    assert len(chat.asked) == n_asked_by_model
    assert model.undo().undo().undo().result_.aspects.keys() == {"Main"}


def test_a_chat_with_the_signature_of_before_names_and_answers_all(corpus: Corpus) -> None:
    class Old(Naming):
        def complete(
            self, prompts: Any, *, max_tokens: int = 256, schema: Any = None, on_answer: Any = None
        ) -> Any:
            assert (max_tokens, schema) == (256, None)
            return super().complete(prompts, on_answer=on_answer)

    chat = Old()
    topics, *_ = described_and_named(corpus, chat)
    assert chat.batches == [18, 3, 1] and all(topics.labels) and all(topics.aspects["Summary"])


def test_a_labeler_that_fails_costs_no_answer_and_a_question_that_fails_no_name(corpus: Corpus) -> None:
    class Failing:
        def label(self, topics: Topics, docs: Documents) -> Any:
            raise RuntimeError("no")

    class Unloadable(Counting):
        @property
        def context(self) -> int:
            raise Refused("the model cannot be loaded")

        def count(self, text: str) -> int:
            return self.context

        def cut(self, text: str, n_tokens: int) -> str:
            return text[: self.context]

        def complete(self, prompts: Sequence[Prompt], **options: Any) -> Any:
            raise Refused("the model cannot be loaded")

    how = Description(aspects={"Summary": Ask(Naming())})
    topics = label(describe(corpus.topics, corpus.docs, how), corpus.docs, Failing(), how)
    assert all(topics.aspects["Summary"]) and not any(topics.labels)
    how = Description(aspects={"Summary": Ask(Unloadable(4))})
    topics = label(describe(corpus.topics, corpus.docs, how), corpus.docs, LLM(Naming()), how)
    assert all(topics.labels) and not any(topics.aspects["Summary"])


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory, corpus: Corpus) -> Path:
    return build(tmp_path_factory.mktemp("llama") / "tiny-llama", corpus.docs.texts, context=2048)


def test_a_model_that_cannot_be_loaded_costs_its_own_answers_alone(
    corpus: Corpus, llama: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bare = shutil.copytree(llama, tmp_path / "without-weights")
    (bare / "model.safetensors").unlink()
    broken = Transformers(str(bare), device="cpu")
    aspects = {
        "Broken": Ask(broken, QUESTION, max_tokens=5),
        "Tiny": Ask(Transformers(str(llama), device="cpu"), QUESTION, max_tokens=5),
        "Gone": Ask(Transformers(str(tmp_path / "not-there")), QUESTION, max_tokens=5),
    }
    how = Description(aspects=aspects)
    topics = label(describe(corpus.topics, corpus.docs, how), corpus.docs, LLM(broken), how)
    assert all(topics.aspects["Tiny"])
    assert not any(topics.aspects["Broken"]) and not any(topics.aspects["Gone"])
    for name in ("without-weights", "not-there"):
        assert f"{name}' cannot be loaded" in caplog.text
    assert "Traceback" not in caplog.text, "what is wrong is a sentence"
    sources = [one.source for one in topics.labels if one]
    assert all(one.startswith("phrases (without-weights failed: ") for one in sources) and len(sources) == 6


def test_a_chat_that_raises_halfway_loses_nothing_that_had_arrived(corpus: Corpus) -> None:
    class Breaking(Naming):
        def _answer(self, prompt: Prompt) -> Answer:
            if len(self.asked) == 4:
                raise RuntimeError("out of memory")
            return super()._answer(prompt)

    topics, *_ = described_and_named(corpus, Breaking())
    assert [one.name for one in topics.labels[:4] if one] == ["Name 1", "Name 2", "Name 3", "Name 4"]
    assert all("RuntimeError: out of memory" in one.source for one in topics.labels[4:] if one)


class Embedding(Lexical):
    """Tells that it was asked."""

    def learn(self, texts: Sequence[str]) -> Any:
        raise AssertionError("hours of fitting have begun")


def test_a_model_that_is_not_there_is_said_before_the_fit_begins(corpus: Corpus, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "no-llama")
    texts, lacking = corpus.docs.texts, f"{nowhere}' cannot be loaded"
    with pytest.raises(Refused, match=lacking):
        TopicModel(embedder=Embedding(), labeler=LLM(nowhere)).fit(texts)
    with pytest.raises(Refused, match=lacking):
        TopicModel(embedder=Embedding(), aspects={"Tone": Ask(nowhere, QUESTION)}).fit(texts)
    model = TopicModel(embedder=None, grouper=Given(corpus.topics.assignment), layout=None).fit(texts)
    for again in (
        lambda: model.label(LLM(nowhere)),
        lambda: model.label(aspects={"Tone": Ask(nowhere, QUESTION)}),
        lambda: model.redescribe(aspects={"Tone": Ask(nowhere, QUESTION)}),
    ):
        before = model.result_
        with pytest.raises(Refused, match=lacking):
            again()
        assert model.result_ is before


def test_answers_that_are_kept_need_no_key(corpus: Corpus, tmp_path: Path) -> None:
    model = TopicModel(embedder=None, grouper=Given(corpus.topics.assignment), layout=None)
    model.fit(corpus.docs.texts)
    cache = tmp_path / "a.sqlite"
    with serving(lambda number, body: Reply("Calm."), lists=refusal(401, "bad key")) as server:
        chat = OpenAIChat("m", base_url=server.url)
        Ask(chat, QUESTION, cache=cache).represent(model.result_, model.documents_)
        with pytest.raises(Refused, match="bad key"):
            model.redescribe(aspects={"Tone": Ask(chat, QUESTION)})
        model.redescribe(aspects={"Tone": Ask(chat, QUESTION, cache=cache)})
        assert len(server.asked) == 6
    assert model.result_.aspects["Tone"] == ((("Calm.", 1.0),),) * 6


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
    described = answered(corpus.topics, corpus.docs, how)
    merged = answered(described.merge([0, 1]), corpus.docs, how)
    assert chat.batches == [12, 2]
    assert merged.aspects["Summary"][1:] == described.aspects["Summary"][2:]
    (prompt,) = how.aspects["Summary"].prompts(merged, corpus.docs, [0])
    assert "Groups close to this one: " in prompt.messages[-1][1]


def test_a_chat_that_raises_costs_answers_and_nothing_else(corpus: Corpus) -> None:
    class Broken(Echo):
        def complete(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("out of memory")

    described = answered(corpus.topics, corpus.docs, Description(aspects={"Summary": Ask(Broken())}))
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
