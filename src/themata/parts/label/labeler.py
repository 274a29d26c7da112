"""Topics named by a language model: asked in one batch, checked, asked again once, and never lost."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from themata.documents import Documents
from themata.parts.label.brief import Guess, Shape, briefs, fitted
from themata.parts.label.cache import Cached
from themata.parts.label.distinct import Distinct
from themata.parts.label.faithful import Faith
from themata.parts.label.report import LabelReport, cost
from themata.parts.label.rounds import Case, Rounds
from themata.parts.label.tree import LayerLabels, label_tree
from themata.parts.label.wording import Wording, checked, text_of, wording
from themata.protocols import Chat, Progress, Prompt, Tokens
from themata.registry import make
from themata.topics import Label, Topics

log = logging.getLogger(__name__)

ANSWER_TOKENS = 40  # of a label and a summary, for reckoning
FAILED = "failed"


class LLM:
    """Names every topic that has no label by asking a language model.

    chat : a Chat, or its name such as "openai:gpt-4o-mini", or the name or folder of a model for transformers
    prompt, system, examples : other words than ours; a text or a file's path. Tags: [KEYWORDS] [DOCUMENTS] [SIBLINGS]
        [LANGUAGE] [CHILDREN]
    nr_docs, doc_length, diversity : how many documents are shown, how many tokens of each, and how unlike they are
    language : to write in, such as "German"; None leaves it to the model
    cache : file that keeps every answer, so that none is paid for twice
    fallback : labeler that names what the model fails to name; None takes the first keywords
    embedder : the one that embedded the documents; names are then held against the meaning of their topics
    summary : ask for a sentence too
    name_words : fewest and most words of a name
    price : (prompt, answer) per million tokens; None takes the chat's own
    progress : called with how many prompts of a round are answered, and how many there are

    report_ : LabelReport of the last naming
    """

    keeps_answers = True  # in its cache, one by one: a run that ends early loses none

    def __init__(
        self,
        chat: Any,
        *,
        prompt: str | Path | None = None,
        system: str | Path | None = None,
        examples: Iterable[Any] | None = None,
        nr_docs: int = 4,
        doc_length: int = 200,
        diversity: float | None = None,
        language: str | None = None,
        cache: str | Path | None = None,
        fallback: Any = "phrases",
        embedder: Any = None,
        summary: bool = True,
        name_words: tuple[int, int] = (1, 8),
        max_tokens: int = 160,
        price: tuple[float, float] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.chat: Chat = make("chat", chat)
        self.prompt = prompt
        self.system = system
        self.examples = None if examples is None else list(examples)
        self.nr_docs = nr_docs
        self.doc_length = doc_length
        self.diversity = diversity
        self.language = language
        self.cache = cache if cache is None else str(cache)
        self.fallback = fallback
        self.embedder = embedder
        self.summary = summary
        self.name_words = name_words
        self.max_tokens = max_tokens
        self.price = price
        self.progress = progress
        self._wording = wording(prompt, system, self.examples, summary=summary, language=language)
        self.report_ = LabelReport(0)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.chat!r})"

    def label(self, topics: Topics, docs: Documents) -> Sequence[Label | None]:
        """returns : a Label for every topic; those that have one keep it

        source : the model's name; of a stand-in such as "phrases (MODEL failed: why)"
        """
        return self._labels(topics, docs, self._wording, ())

    def label_tree(self, topics: Topics, docs: Documents) -> list[LayerLabels]:
        """Names of every layer coarser than the topics, from fine to coarse: parents after their children.

        topics : named ones; those without a name are named first
        """
        parents = self._wording
        if self.prompt is None:
            parents = parents.asks(checked(text_of(None, "parent.md")))

        def name(coarse: Topics, children: Sequence[Sequence[str]]) -> Sequence[Label]:
            return self._labels(coarse, docs, parents, children)

        named = topics if all(topics.labels) else topics.having(labels=tuple(self.label(topics, docs)))
        return label_tree(named, docs, name)

    def prompts(self, topics: Topics, docs: Documents) -> list[Prompt]:
        """The exact prompts of the topics without a label, as they would be sent first."""
        return [case.prompt for case in self._cases(topics, docs, self._wording, ())]

    def dry_run(self, topics: Topics, docs: Documents) -> LabelReport:
        """What naming would send and cost, asking nothing. Answers that would have to be asked for again cost more."""
        prompts = self.prompts(topics, docs)
        chat = Cached(self.chat, self.cache if self.cache and Path(self.cache).exists() else None)
        known = chat.known(prompts, self.max_tokens, self._schema)
        sent = [prompt for prompt, kept in zip(prompts, known, strict=True) if not kept]
        n_prompt = sum(self._tokens.count(text) for prompt in sent for _, text in prompt.messages)
        n_answer = ANSWER_TOKENS * len(sent)
        return LabelReport(
            len(prompts),
            asked=len(sent),
            kept=sum(known),
            prompt_tokens=n_prompt,
            answer_tokens=n_answer,
            cost=cost(n_prompt, n_answer, self._price),
            dry=True,
        )

    @property
    def _tokens(self) -> Tokens:
        return self.chat if isinstance(self.chat, Tokens) else Guess()

    @property
    def _price(self) -> tuple[float, float] | None:
        return self.price or getattr(self.chat, "price", None)

    @property
    def _schema(self) -> Mapping[str, Any] | None:
        """What an answer to our own prompt holds; the user's prompt may ask for anything."""
        if self.prompt is not None:
            return None
        fields = ["label", "summary"] if self.summary else ["label"]
        return {
            "type": "object",
            "properties": {field: {"type": "string"} for field in fields},
            "required": fields,
            "additionalProperties": False,
        }

    def _cases(
        self, topics: Topics, docs: Documents, words: Wording, children: Sequence[Sequence[str]]
    ) -> list[Case]:
        rows = [row for row, label in enumerate(topics.labels) if label is None]
        shape = Shape(self.nr_docs, self.doc_length, self.diversity)
        tokens = self._tokens
        made = briefs(topics, docs, rows, shape, tokens, language=self.language, children=children)
        fit = [fitted(brief, words.prompt, tokens, self.max_tokens) for brief in made]
        return [Case(brief, words.prompt(brief)) for brief in fit]

    def _labels(
        self, topics: Topics, docs: Documents, words: Wording, children: Sequence[Sequence[str]]
    ) -> list[Label]:
        started = time.perf_counter()
        cases = self._cases(topics, docs, words, children)
        chat = Cached(self.chat, self.cache)
        rounds = Rounds(
            chat,
            words,
            Faith(topics, docs, self.embedder, language=self.language),
            self._tokens,
            max_tokens=self.max_tokens,
            schema=self._schema,
            name_words=self.name_words,
            progress=self.progress,
        )
        try:
            rounds.name(cases)
            distinct = Distinct(topics, cases)
            rounds.tell_apart(cases, distinct)
        finally:
            chat.close()
        labels = self._stood_in(topics, docs, cases, distinct)
        failed = {case.topic: case.failed for case in cases if case.failed}
        self.report_ = LabelReport(
            len(cases),
            asked=chat.n_sent,
            kept=chat.n_kept,
            again=rounds.n_again,
            apart=rounds.n_apart,
            failed=failed,
            prompt_tokens=rounds.prompt_tokens,
            answer_tokens=rounds.answer_tokens,
            cost=cost(rounds.prompt_tokens, rounds.answer_tokens, self._price),
            seconds=time.perf_counter() - started,
        )
        log.info("%s", self.report_)
        for row, why in list(failed.items())[:3]:
            log.warning("topic %d is not named by %s: %s", row, self.chat.name, why)
        return labels

    def _stood_in(
        self, topics: Topics, docs: Documents, cases: Sequence[Case], distinct: Distinct
    ) -> list[Label]:
        """A label for every topic: a person's, the model's, or a stand-in's that says so."""
        labels = list(topics.labels)
        for case in cases:
            if not case.failed:
                labels[case.topic] = Label(case.reading.name, case.reading.summary, self.chat.name)
        stand_ins = self._phrases(topics.having(labels=tuple(labels)), docs) if None in labels else labels
        for case in cases:
            if case.failed:
                found = stand_ins[case.topic]
                first = found.source if found else "keywords"
                name = found.name if found else topics.names[case.topic]
                why = case.failed if len(case.failed) <= 100 else case.failed[:99] + "…"
                labels[case.topic] = Label(
                    distinct.unlike(case.topic, name),
                    found.summary if found else "",
                    f"{first} ({self.chat.name} {FAILED}: {why})",
                )
        return [label for label in labels if label is not None]

    def _phrases(self, topics: Topics, docs: Documents) -> Sequence[Label | None]:
        if self.fallback is None:
            return topics.labels
        try:
            return make("labeler", self.fallback).label(topics, docs)
        except Exception:  # the stand-in of a stand-in is the topic's keywords
            log.exception("%r failed too: topics keep their keywords as names", self.fallback)
            return topics.labels


def is_stand_in(label: Label | None) -> bool:
    """A name given since the model failed: worth asking for again.

    >>> is_stand_in(Label("Whales", source="phrases (llama failed: no connection)"))
    True
    """
    return label is not None and f" {FAILED}: " in label.source
