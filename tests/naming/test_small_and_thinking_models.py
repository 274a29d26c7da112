"""Models with a small context window, models that think first, and models that know no system message, as labelers meet them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from test_labeler import NAMES, good, named, theme_of
from themed_corpus import THEMES, Corpus

from chat_server import Reply, refusal, serving
from llama import build
from prompting import limited
from themata.chat.function_chat import Called
from themata.chat.litellm import LiteLLM
from themata.chat.openai_client import ClientChat
from themata.chat.openai_server import OpenAIChat
from themata.chat.transformers import Transformers
from themata.core.documents import Documents
from themata.core.errors import PromptTooLong
from themata.core.protocols import Prompt
from themata.naming.llm.fallback import is_stand_in
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.questions import Ask

OWN = "Keywords of the topic: [KEYWORDS]\nDocuments:\n[DOCUMENTS]\nGive a short label."


def long(corpus: Corpus) -> Documents:
    """Every document is a page of 7,000 characters and more."""
    return corpus.docs.having(texts=[text + " and so on" * 700 for text in corpus.docs.texts])


def written(body: dict[str, Any]) -> int:
    return sum(len(message["content"]) for message in body["messages"])


def llama_cpp(body: dict[str, Any]) -> Reply:
    """llama.cpp's refusal of 2,000 characters and more beside an answer of 160 tokens, at three characters each."""
    fields = {"n_prompt_tokens": written(body) // 3, "n_ctx": 2000 // 3 + 160}
    message = "the request exceeds the available context size"
    return Reply(
        status=400, body={"error": {"type": "exceed_context_size_error", "message": message, **fields}}
    )


REFUSALS = {
    "in characters": refusal(400, "prompt too long: at most 2,000 characters are taken"),
    "in tokens": refusal(400, "This model's maximum context length is 700 tokens. However, your messages have more."),
    "without a number": refusal(400, "the request exceeds the available context size"),
    "with status 413": refusal(413, "Payload Too Large"),
    "as llama.cpp": None,
}  # fmt: skip


@pytest.mark.parametrize("prompt", [None, OWN], ids=["ours", "own"])
@pytest.mark.parametrize("bad", REFUSALS.values(), ids=REFUSALS)
def test_prompts_are_made_to_fit_a_server_that_takes_two_thousand_characters(
    corpus: Corpus, bad: Reply | None, prompt: str | None
) -> None:
    def small(number: int, body: dict[str, Any]) -> Reply:
        return (bad or llama_cpp(body)) if written(body) > 2000 else Reply(good(theme_of(body)))

    docs = long(corpus)
    with serving(small) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url, concurrency=1), prompt=prompt)
        labels = labeler.label(corpus.topics, docs)
        assert named(labels) == NAMES and not labeler.report_.failed
        n_refused = sum(written(body) > 2000 for body in server.asked)
        assert n_refused <= 3, "learned once for all topics, and not for each"
        before = len(server.asked)
        assert named(labeler.label(corpus.topics, docs)) == NAMES
        assert len(server.asked) == before + 6, "and known from then on"
        assert all(written(body) <= 2000 for body in server.asked[before:])


@pytest.mark.parametrize("kind", ["vllm", "llama.cpp"])
def test_a_window_is_asked_of_the_server_before_anything_is_refused(corpus: Corpus, kind: str) -> None:
    model = (
        {"id": "m", "max_model_len": 700} if kind == "vllm" else {"id": "m", "meta": {"n_ctx_train": 131072}}
    )
    props = Reply(body={"default_generation_settings": {"n_ctx": 700}}) if kind == "llama.cpp" else None

    def small(number: int, body: dict[str, Any]) -> Reply:
        fits = written(body) / 4 + body["max_tokens"] <= 700
        return Reply(good(theme_of(body))) if fits else refusal(400, "maximum context length is 700 tokens")

    with serving(small, lists=Reply(body={"data": [model]}), props=props) as server:
        labels = LLM(OpenAIChat("m", base_url=server.url)).label(corpus.topics, long(corpus))
    assert named(labels) == NAMES and len(server.asked) == 6


def test_aspects_fit_a_small_window_too(corpus: Corpus) -> None:
    def small(number: int, body: dict[str, Any]) -> Reply:
        return refusal(400, "at most 2,000 characters") if written(body) > 2000 else Reply("What about it?")

    with serving(small) as server:
        ask = Ask(OpenAIChat("m", base_url=server.url, concurrency=1), "question")
        aspect = ask.represent(corpus.topics, long(corpus))
    assert aspect == ((("What about it?", 1.0),),) * 6
    assert sum(written(body) > 2000 for body in server.asked) <= 3


def test_a_prompt_too_long_is_an_exception_of_its_own() -> None:
    bad = refusal(
        400,
        "This model's maximum context length is 512 tokens. However, you requested 700 tokens (540 in the messages)",
    )
    with serving(lambda number, body: bad) as server:
        (found,) = OpenAIChat("m", base_url=server.url).complete([Prompt.of("x")])
    assert isinstance(found, PromptTooLong) and (found.limit, found.size) == (512, 540)


def test_a_local_model_of_a_small_window_is_asked_what_fits(corpus: Corpus, tmp_path: Path) -> None:
    chat = Transformers(str(build(tmp_path / "tiny", corpus.docs.texts, context=900)), device="cpu")
    labeler = LLM(chat, max_tokens=24)
    asked = labeler.prompts(corpus.topics, long(corpus))
    assert len(asked) == 6
    for prompt in asked.values():
        assert len(chat._tokens(prompt)) + 24 <= 900


# Thoughts


def thinker(enough: int, thoughts: str = "<think>Okay, so") -> Any:
    """A server whose model thinks for `enough` tokens before it answers."""

    def behave(number: int, body: dict[str, Any]) -> Reply:
        if body["max_tokens"] >= enough:
            return Reply(f"{thoughts} that is it.</think>" + good(theme_of(body)))
        field = thoughts if thoughts.startswith("field") else None
        return Reply(
            None if field else f"{thoughts} the user wants a label. Let me think about",
            finish="length",
            thoughts=field,
        )

    return behave


@pytest.mark.parametrize("prompt", [None, OWN], ids=["ours", "own"])
@pytest.mark.parametrize("thoughts", ["<think>Okay, so", "Okay, so", "field"])
def test_thoughts_cut_by_the_limit_are_given_more_room_once_for_all_topics(
    corpus: Corpus, thoughts: str, prompt: str | None
) -> None:
    with serving(thinker(600, thoughts)) as server:
        labels = LLM(OpenAIChat("m", base_url=server.url, concurrency=1), prompt=prompt).label(
            corpus.topics, corpus.docs
        )
    assert named(labels) == NAMES
    assert [body["max_tokens"] for body in server.asked] == [160, 640, 640, 640, 640, 640, 640]


@pytest.mark.parametrize("prompt", [None, OWN], ids=["ours", "own"])
@pytest.mark.parametrize("thoughts", ["<think>Okay, so", "Okay, so", "field"])
def test_thoughts_that_never_end_are_no_name_and_say_where_they_were_cut(
    corpus: Corpus, thoughts: str, prompt: str | None
) -> None:
    with serving(thinker(10**9, thoughts)) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url), prompt=prompt)
        labels = labeler.label(corpus.topics, corpus.docs)
    assert all(is_stand_in(label) and "Okay" not in label.name for label in labels if label)
    assert set(labeler.report_.failed.values()) == {
        "there was no label in it: it was cut at 2560 tokens, while it was thinking"
    }


def test_a_limit_of_the_users_own_is_kept_and_said(corpus: Corpus) -> None:
    with serving(thinker(10**9)) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url, options={"max_tokens": 160}))
        labeler.label(corpus.topics, corpus.docs)
    assert all("cut at 160 tokens" in why for why in labeler.report_.failed.values())


def test_a_server_without_room_for_more_thought_costs_no_more_than_the_label(corpus: Corpus) -> None:
    def behave(number: int, body: dict[str, Any]) -> Reply:
        if body["max_tokens"] > 160:
            return refusal(400, "maximum context length is 1024 tokens")
        return Reply("<think>Okay", finish="length")

    with serving(behave) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url, concurrency=1))
        labeler.label(corpus.topics, corpus.docs)
    assert all("cut at 160 tokens" in why for why in labeler.report_.failed.values())
    assert len(server.asked) == 13  # each twice, and once with more room


def test_what_was_cut_is_still_known_for_cut_when_it_is_kept(corpus: Corpus, tmp_path: Path) -> None:
    cut = Reply("Label: Latent Dirichlet", finish="length")
    with serving(lambda number, body: cut) as server:
        for _ in range(2):
            labeler = LLM(OpenAIChat("m", base_url=server.url), cache=tmp_path / "kept.sqlite")
            labels = labeler.label(corpus.topics, corpus.docs)
            assert all(is_stand_in(label) for label in labels if label)
            assert set(labeler.report_.failed.values()) == {"the label was cut at 160 tokens"}
        assert len(server.asked) == 12


def test_what_a_content_filter_holds_back_is_said_and_no_name(corpus: Corpus) -> None:
    with serving(lambda number, body: Reply(None, finish="content_filter")) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url))
        labels = labeler.label(corpus.topics, corpus.docs)
    assert all(is_stand_in(label) for label in labels if label)
    assert all("content filter" in why for why in labeler.report_.failed.values())


# System messages


def without_system(number: int, body: dict[str, Any]) -> Reply:
    if any(message["role"] == "system" for message in body["messages"]):
        return refusal(400, '"system" role unsupported')
    return Reply(good(theme_of(body)))


@pytest.mark.parametrize(
    "words",
    [
        '"system" role unsupported',
        "System role not supported",
        "Only user and assistant roles are supported!",
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "Input should be 'user' or 'assistant'",
        "unexpected role 'system' in messages",
        "Jinja Exception: No system prompt",
    ],
)
def test_a_server_without_system_messages_is_told_by_the_user_from_then_on(
    corpus: Corpus, words: str
) -> None:
    def behave(number: int, body: dict[str, Any]) -> Reply:
        if body["messages"][0]["role"] == "system":
            return refusal(400, words)
        return Reply(good(theme_of(body)))

    with serving(behave) as server:
        labeler = LLM(OpenAIChat("m", base_url=server.url, concurrency=1))
        assert named(labeler.label(corpus.topics, corpus.docs)) == NAMES
    assert len(server.asked) == 7, "learned once"
    assert server.asked[-1]["messages"][0]["content"].startswith("You name groups of documents")


def test_a_client_that_raises_for_a_system_message_is_told_by_the_user(corpus: Corpus) -> None:
    asked: list[Any] = []

    def create(**body: Any) -> Any:
        asked.append(body)
        if body["messages"][0]["role"] == "system":
            raise ValueError("System role not supported")
        return Thing(choices=[Thing(message=Thing(content=good(theme_of(body))))])

    client = Thing(chat=Thing(completions=Thing(create=create)))
    labels = LLM(ClientChat(client, "m", concurrency=1)).label(corpus.topics, corpus.docs)
    assert named(labels) == NAMES and len(asked) == 7


def test_a_function_that_raises_for_a_system_message_is_told_by_the_user(corpus: Corpus) -> None:
    asked: list[Prompt] = []

    def say(prompt: Prompt) -> str:
        asked.append(prompt)
        if prompt.messages[0][0] == "system":
            raise RuntimeError("TemplateError: System role not supported")
        return good(theme_of({"messages": prompt.talk}))

    labels = LLM(Called(say, "mine")).label(corpus.topics, corpus.docs)
    assert named(labels) == NAMES and len(asked) == 7


@pytest.mark.litellm
def test_litellm_learns_the_same(corpus: Corpus) -> None:
    pytest.importorskip("litellm")
    with serving(without_system) as server:
        chat = LiteLLM("openai/m", api_base=server.url, api_key="none", concurrency=1)
        labels = LLM(chat).label(corpus.topics, corpus.docs)
    assert named(labels) == NAMES and len(server.asked) == 7


REFUSING = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "[{{ m['role'] }}] {{ m['content'] }}{% endfor %}"
)
SILENT = "{% for m in messages %}{% if m['role'] != 'system' %}[{{ m['role'] }}] {{ m['content'] }}{% endif %}{% endfor %}"


@pytest.mark.parametrize("template", [REFUSING, SILENT], ids=["raises", "leaves it out"])
def test_a_chat_template_without_system_messages_has_the_user_say_it(
    corpus: Corpus, tmp_path: Path, template: str
) -> None:
    from transformers import AutoTokenizer

    folder = build(tmp_path / "tiny", corpus.docs.texts, context=2048)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    chat = Transformers(str(folder), device="cpu")
    prompt = Prompt.of("Name it.", system="Be brief and true.")
    text = tokenizer.decode(chat._tokens(prompt))
    assert "[user] Be brief and true." in text.replace("\n", " ")
    (answer,) = chat.complete(limited([prompt], max_tokens=4))
    assert not isinstance(answer, Exception)


# Politeness and forms, whoever wrote the prompt


@pytest.mark.parametrize("prompt", [None, OWN], ids=["ours", "own"])
@pytest.mark.parametrize(
    "form",
    [
        'Sure! Here is a short label: **"NAME"**. Let me know if you need anything else.',
        '{"label":"NAME"}',
        '```json\n{"label": "NAME"}\n```',
        "**NAME**",
        "Topic: NAME",
        "Label - NAME",
        "1. NAME\n2. Something else",
        "«NAME»",
    ],
)
def test_a_name_is_found_in_any_form_with_our_prompt_and_ones_own(
    corpus: Corpus, form: str, prompt: str | None
) -> None:
    def behave(number: int, body: dict[str, Any]) -> Reply:
        return Reply(form.replace("NAME", NAMES[list(THEMES).index(theme_of(body))]))

    with serving(behave) as server:
        labels = LLM(OpenAIChat("m", base_url=server.url), prompt=prompt).label(corpus.topics, corpus.docs)
        assert named(labels) == NAMES and len(server.asked) == 6
        aspect = Ask(OpenAIChat("m", base_url=server.url), OWN).represent(corpus.topics, corpus.docs)
    assert [words[0][0] for words in aspect] == NAMES


@pytest.mark.parametrize("said", ['{"label":""}', "[]", "null", "", '""', None])
def test_an_empty_answer_is_no_name(corpus: Corpus, said: str | None) -> None:
    with serving(lambda number, body: Reply(said)) as server:
        labels = LLM(OpenAIChat("m", base_url=server.url), prompt=OWN).label(corpus.topics, corpus.docs)
        aspect = Ask(OpenAIChat("m", base_url=server.url), OWN).represent(corpus.topics, corpus.docs)
    assert all(is_stand_in(label) for label in labels if label) and aspect == ((),) * 6


def test_headings_of_layers_are_read_as_names_are(corpus: Corpus) -> None:
    from themata.pipeline.describe import label

    def behave(number: int, body: dict[str, Any]) -> Reply:
        if "Chapters" in body["messages"][-1]["content"] or "chapter" in body["messages"][-1]["content"]:
            return Reply('Sure! Here is a heading: **"Life at work"**. Let me know if it fits.')
        return Reply(good(theme_of(body)))

    with serving(behave) as server:
        named_topics = label(corpus.topics, corpus.docs, LLM(OpenAIChat("m", base_url=server.url)))
    headings = [one for row in named_topics.layer_labels for one in row.values()]
    assert headings and any(one.name.startswith("Life at work") for one in headings)
    assert not any("Sure" in one.name or "Let me" in one.name for one in headings)
