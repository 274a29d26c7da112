"""Names held to what a name is, phrases shown to the model, and names that give way to phrases that fit better."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from themed_corpus import THEMES, Corpus

from chat_server import Reply, serving
from themata.chat.function_chat import Called
from themata.chat.openai_server import OpenAIChat
from themata.core.protocols import Prompt
from themata.core.topics import Label, Namer, Origin, Surpassed
from themata.evaluate.labels import label_scores
from themata.naming.llm import rounds
from themata.naming.llm.answer_format import Form, name_pattern
from themata.naming.llm.brief import Brief
from themata.naming.llm.giving_way import fits_worse
from themata.naming.llm.llm_labeler import LLM
from themata.naming.phrases.phrase_labeler import Phrases

GOOD = [
    "Whale migration",
    "Oven bread",
    "Railway signals",
    "Chess openings",
    "Hurricane forecast",
    "Violin varnish",
]


class Small:
    """A chat of a small model: it is held to schemas, and says what a function says."""

    name = "small"
    holds = True
    n_parameters = 500_000_000

    def __init__(self, say: Callable[[Prompt], str]) -> None:
        self._chat = Called(say, "small")
        self.asked: list[Prompt] = []

    def complete(self, prompts: Sequence[Prompt], on_answer: Any = None) -> Any:
        self.asked += prompts
        return self._chat.complete(prompts, on_answer=on_answer)


def theme_of(prompt: Prompt) -> int:
    words = re.findall(
        r"Keywords[^:]*: (.*)", prompt.messages[-1][1] if len(prompt.messages) < 4 else str(prompt.messages)
    )[-1]
    return max(
        range(len(THEMES)), key=lambda row: sum(w in words for w in list(THEMES.values())[row].split())
    )


def test_a_name_is_two_to_six_words_and_no_list() -> None:
    fits = re.compile(name_pattern((2, 6))).search
    for name in (
        "Whale hunting",
        "X-ray and CT scans",
        "Zipf's law",
        "A/B tests of C++ code",
        "深海鲸鱼",
        "U.S. elections",
    ):
        assert fits(name), name
    for name in (
        "Whales", "whales, ships, sea", "What whales do and where they go now", "Whales; ships", "Is it a whale?",
        "A report. About whales", "model-" * 9, "two  blanks", "(LDA) in Python", 'so "called" whales', "",
    ):  # fmt: skip
        assert not fits(name), name
    assert re.search(name_pattern((1, 1)), "Whales") and not re.search(name_pattern((1, 1)), "Blue whales")
    schema = Form(("label", "summary"), held=True, name_words=(3, 3)).schema
    assert schema["properties"]["label"]["pattern"] == name_pattern((3, 5))


def test_llguidance_holds_a_name_to_its_pattern() -> None:
    llguidance = pytest.importorskip("llguidance")
    grammar = llguidance.LLMatcher.grammar_from_json_schema(
        json.dumps(Form(("label", "summary"), held=True).schema), overrides={"whitespace_flexible": False}
    )
    tokens = llguidance.LLTokenizer("byte")

    def allowed(text: str) -> bool:
        matcher = llguidance.LLMatcher(tokens, grammar)
        return bool(matcher.try_consume_tokens(tokens.tokenize_str(text)) == len(tokens.tokenize_str(text)))

    assert allowed('{"label":"Whale hunting","summary":"Whales, and more."}')
    assert not allowed('{"label":"Whales, ships') and not allowed('{"label":"Whales"')


def test_strict_modes_of_servers_are_sent_no_pattern_and_thinking_models_their_effort(corpus: Corpus) -> None:
    """Strict modes refuse a schema that bounds texts: there a name is held to its form when it is read."""
    with serving(lambda number, body: Reply("Label: whales, ships, sea, harpoon")) as server:
        chat = OpenAIChat("m", base_url=server.url, options={"reasoning_effort": "low"})
        labels = LLM(chat).label(corpus.topics, corpus.docs)
    assert "pattern" not in str(server.asked[0]["response_format"])
    assert all(body["reasoning_effort"] == "low" for body in server.asked)
    assert all(label.origin.failure and "list of keywords" in label.origin.failure.reason for label in labels)


def test_the_model_sees_the_phrases_that_themata_finds(corpus: Corpus) -> None:
    phrases = Phrases().candidates(corpus.topics, corpus.docs, 3)
    prompts = LLM("echo").prompts(corpus.topics, corpus.docs)
    assert all(len(own) > 1 for own in phrases)
    for row, prompt in prompts.items():
        assert "; ".join(phrases[row]) in prompt.messages[-1][1]
    assert "Phrases" not in str(
        LLM("echo", language="German").prompts(corpus.topics, corpus.docs)[0].messages
    )
    assert "Phrases" not in str(LLM("echo", fallback=None).prompts(corpus.topics, corpus.docs)[0].messages)


def test_a_phrase_is_the_best_of_the_candidates_or_one_another_topic_left(corpus: Corpus) -> None:
    labeler = Phrases()
    labels = labeler.label(corpus.topics, corpus.docs)
    for label, options in zip(labels, labeler.candidates(corpus.topics, corpus.docs, 4), strict=True):
        assert label is not None and label.name in options


def test_a_name_of_a_neighbor_gives_way_and_the_label_says_so(corpus: Corpus) -> None:
    said = [*GOOD[:1], "Violin orchestra", *GOOD[2:]]  # of bread
    chat = Small(lambda prompt: json.dumps({"label": said[theme_of(prompt)], "summary": ""}))
    labeler = LLM(chat)  # with an embedder it is asked again, and then stands aside
    labels = labeler.label(corpus.topics, corpus.docs)
    assert [label.name for label in labels if label.origin.namer is Namer.MODEL] == [*GOOD[:1], *GOOD[2:]]
    phrase = labels[1]
    assert phrase.origin == Origin(Namer.PHRASES, surpassed=Surpassed("small", "Violin orchestra"))
    assert phrase.source == 'phrases (fits better than "Violin orchestra" of small)'
    assert Label.from_dict(json.loads(json.dumps(phrase.to_dict()))) == phrase
    assert labeler.report_.gave_way == 1 and "1 gave way" in str(labeler.report_)
    topics = corpus.topics.having(labels=tuple(labels))
    assert label_scores(topics, corpus.docs).hits == 1.0
    stays = LLM(chat, gives_way=False).label(corpus.topics, corpus.docs)
    assert all(label.origin.surpassed is None for label in stays)


def test_a_name_that_fits_stays_though_a_phrase_fits_better_still(corpus: Corpus) -> None:
    phrases = [label.name for label in Phrases().label(corpus.topics, corpus.docs) if label]
    for embedder in (corpus.embedder, None):
        assert not fits_worse(corpus.topics, corpus.docs, embedder, GOOD, phrases).any()
        swapped = [GOOD[1], GOOD[0], *GOOD[2:]]
        assert fits_worse(corpus.topics, corpus.docs, embedder, swapped, phrases).tolist() == [
            True,
            True,
            *[False] * 4,
        ]
    # Words of the model's own, which no document has, are nothing that its words could be held against
    abroad = ["Cetaceans", *GOOD[1:]]
    assert not fits_worse(corpus.topics, corpus.docs, None, abroad, phrases).any()


def test_a_model_of_one_name_gives_way_but_where_it_fits(corpus: Corpus) -> None:
    chat = Small(lambda prompt: json.dumps({"label": "Oven bread", "summary": ""}))
    labels = LLM(chat).label(corpus.topics, corpus.docs)
    assert [label.name for label in labels].count("Oven bread") == 1
    assert len({label.name for label in labels}) == 6
    assert not any(":" in label.name for label in labels)  # no keyword had to be added


def test_second_rounds_cost_at_most_a_third_of_the_first(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "FEWEST", 1)  # which is for corpora of a handful of topics
    chat = Small(lambda prompt: "I'm sorry, I cannot help with that.")
    labeler = LLM(chat)
    labels = labeler.label(corpus.topics, corpus.docs)
    sizes = [sum(len(text) for _, text in prompt.messages) for prompt in chat.asked]
    assert 1 <= labeler.report_.again < 6 and sum(sizes[6:]) < 1.2 * rounds.SHARE * sum(
        sizes[:6]
    )  # tokens are a guess
    assert all(label.origin.failure is not None for label in labels)


def test_a_small_model_is_asked_in_fewer_words(corpus: Corpus) -> None:
    def said(n_parameters: int | None, **options: Any) -> Prompt:
        chat = Small(lambda prompt: "")
        chat.n_parameters = n_parameters  # type: ignore[assignment]
        return LLM(chat, **options).prompts(corpus.topics, corpus.docs)[0]

    small, large = said(500_000_000), said(7_000_000_000)
    assert said(None).messages == large.messages
    few = said(500_000_000, nr_docs=3)
    assert sum(len(text) for _, text in few.messages) < 0.6 * sum(len(text) for _, text in large.messages)
    assert not any(role == "system" for role, _ in small.messages)
    assert "close to this one" in large.messages[-1][1] and "close to this one" not in small.messages[-1][1]
    # Of short documents more: as many as have the tokens of three long ones
    assert small.messages[-1][1].count("<doc>") > 4
    assert said(500_000_000, doc_length=8).messages[-1][1].count("<doc>") == 3
    assert said(500_000_000, nr_docs=1).messages[-1][1].count("<doc>") == 1
    mine = said(500_000_000, prompt="[KEYWORDS] A title?")
    assert mine.messages[-1][1].endswith("A title?") and replace(mine, schema=None).messages[0][0] == "system"


def test_names_are_told_the_moment_they_are_written(corpus: Corpus) -> None:
    heard: list[tuple[int, str]] = []
    arrived: list[int] = []

    def told(brief: Brief, name: str) -> None:
        assert len(heard) <= arrived[-1]  # and not when the batch is over
        heard.append((brief.topic, name))

    said = ["I'm sorry, I cannot.", *GOOD[1:]]
    labeler = LLM(Small(lambda prompt: f"Label: {said[theme_of(prompt)]}"))
    labeler.on_name, labeler.progress = told, lambda done, total: arrived.append(done)
    labeler.label(corpus.topics, corpus.docs)
    assert heard == list(enumerate(GOOD))[1:]  # what is no name is not told


def test_a_form_said_back_is_no_name(corpus: Corpus) -> None:
    """As Qwen 0.5B did without the worked example, which it keeps when it is asked again."""
    chat = Small(lambda prompt: '{"label":"Two to six words that would stand","summary":""}')
    labels = LLM(chat).label(corpus.topics, corpus.docs)
    assert all(
        label.origin.failure and "repeated the question" in label.origin.failure.reason for label in labels
    )
    assert all("Environmental impact" in str(prompt.messages) for prompt in chat.asked)


LONG = "Oven bread and flour for the baker"


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        (LONG, "Oven bread for bakers", "Oven bread for bakers"),
        (LONG, "Oven bread and flour for every baker", LONG),  # no better, so the first stays
    ],
)
def test_a_name_longer_than_was_asked_for_is_asked_for_afresh(
    corpus: Corpus, first: str, second: str, name: str
) -> None:
    """Held to six words, Qwen 0.5B crammed what it had left into the last: the schema lets eight pass, and six are asked for."""
    chat = Small(oven([first, second]))
    labels = LLM(chat).label(corpus.topics, corpus.docs)
    assert labels[1].name == name and labels[1].origin.namer is Namer.MODEL
    assert len(chat.asked) == 7
    before, after = (str(chat.asked[place].messages) for place in (1, -1))
    assert "two to six words" in before and "two to six words" not in after
    assert "at most 5 words" in after and LONG not in after
    assert "<doc>" in chat.asked[1].messages[-1][1] and "<doc>" not in chat.asked[-1].messages[-1][1]


def test_a_name_that_the_schema_ended_is_none(corpus: Corpus) -> None:
    cut = "Oven bread and flour for bakers of towns"
    labels = LLM(Small(oven([cut, cut]))).label(corpus.topics, corpus.docs)
    assert labels[1].origin.failure and "8 words" in labels[1].origin.failure.reason


def oven(said: list[str]) -> Callable[[Prompt], str]:
    """Good names, but for the topic on ovens first one name and then another."""

    def say(prompt: Prompt) -> str:
        name = GOOD[theme_of(prompt)]
        return json.dumps({"label": said.pop(0) if name == "Oven bread" else name, "summary": "Documents."})

    return say


def test_a_tiny_model_is_asked_by_worked_examples_in_place_of_words(corpus: Corpus) -> None:
    def prompt(n_parameters: int, **options: Any) -> Prompt:
        chat = Small(lambda prompt: "")
        chat.n_parameters = n_parameters  # type: ignore[assignment]
        return LLM(chat, **options).prompts(corpus.topics, corpus.docs)[0]

    tiny, small = prompt(135_000_000), prompt(500_000_000)
    assert [role for role, _ in tiny.messages] == ["user", "assistant"] * 4 + ["user"]
    assert [role for role, _ in small.messages] == ["user", "assistant", "user"]
    asked = tiny.messages[-1][1]
    assert asked.endswith("Title in two to six words:") and "JSON" not in asked and "Phrases: " in asked
    labels = [json.loads(text) for role, text in tiny.messages if role == "assistant"]
    assert all(list(label) == ["label"] and 2 <= len(label["label"].split()) <= 6 for label in labels)
    assert tiny.schema is not None and list(tiny.schema["properties"]) == ["label"]
    assert all("Phrases: " in text and "[" not in text for role, text in tiny.messages if role == "user")
    in_german = prompt(135_000_000, language="German", name_words=(1, 3)).messages
    assert "Language: German\nTitle in 1 to 3 words:" in in_german[-1][1]
    assert "Language: English" in in_german[0][1]
    example = {"keywords": ["x"], "documents": ["y"], "name": "Letters", "summary": "Of the alphabet."}
    mine = prompt(135_000_000, prompt="[KEYWORDS] A title?", examples=[example]).messages
    assert mine[-1][1].endswith("A title?") and "Of the alphabet." in mine[-2][1]
