"""Topics named by a language model: asked in one batch, checked, asked again once, and never lost."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from themata.core import powers
from themata.core.documents import Documents
from themata.core.errors import ChatError, InputError, failure_log
from themata.core.part_descriptions import written
from themata.core.protocols import Embedder, Holding, Progress, Prompt, Tokens
from themata.core.topics import Aspect, Label, Origin, Topics
from themata.languages.codes import spelled
from themata.naming.distinct import Distinct
from themata.naming.layer_names import Describe, label_layers, lacking, plain_keywords, walk
from themata.naming.llm.answer_cache import Cached
from themata.naming.llm.answer_format import ASKED, USUAL, Form, length
from themata.naming.llm.brief import Shape, briefs, fitted
from themata.naming.llm.dry_run import Unasked, n_parameters_of, tokens_of
from themata.naming.llm.faithfulness import Faithfulness
from themata.naming.llm.fallback import Family, giving_way, stand_ins, suggesting, with_stand_ins
from themata.naming.llm.giving_way import fits_worse
from themata.naming.llm.model_asker import ModelAsker
from themata.naming.llm.prompt_templates import (
    SMALL_STYLE,
    TINY_STYLE,
    USUAL_STYLE,
    Style,
    Wording,
    in_full,
    prompt_text,
    with_known_tags,
    wording,
)
from themata.naming.llm.questions import Asks, Questions, again_smaller
from themata.naming.llm.rounds import Case, OnName, Rounds
from themata.naming.llm.usage import LabelReport, cost, failures

log = logging.getLogger(__name__)

# Weights, below which a model is asked in the words for small ones, and by examples in place of words
SMALL, TINY = 2e9, 0.3e9
USUAL_SHAPE, SMALL_SHAPE, TINY_SHAPE = (4, 200), (3, 60), (3, 25)  # documents shown, and tokens of each
SHORT_DOCS = 10  # documents that a small model is shown of which each says little: of three it takes over what one says
N_CANDIDATES = 3  # phrases of a topic that the model sees


class LLM(ModelAsker):
    """Names every topic, and every group of topics of a coarser layer, that has no label by asking a language model.

    chat : a Chat, or its name such as "openai:gpt-4o-mini", or the name or folder of a model for transformers
    prompt, system, examples : other words than ours; a text or a file's path. Tags: [KEYWORDS] [DOCUMENTS] [SIBLINGS]
        [LANGUAGE] [CHILDREN]; examples are a list, or a JSON file of one
    parent_prompt : the same for groups of topics, whose names are [CHILDREN]; None is ours, or `prompt` where it is given
    nr_docs, doc_length, diversity : how many documents are shown, how many tokens of each, and how unlike they are; as
        they are, 4 of 200 tokens, and to a small model 3 of 60, or up to 10 short ones of as many tokens together, unlike one another
    language : to write in, such as "German" or "de"; None leaves it to the model
    cache : file that keeps every answer, so that none is paid for twice
    fallback : labeler that names what the model fails to name; None takes the first keywords
    embedder : the one that embedded the documents; names are then held against the meaning of their topics
    summary : ask for a sentence too, but of a model of fewer than 0.3 billion weights, whose names get worse with one
    max_tokens : of an answer, at most
    name_words : fewest and most words of a name, told to the model in our own prompts; as it is, two to six are asked for
    gives_way : whether a name gives way to a phrase of the topic's own documents that fits it better; its label says so.
        Names by a prompt of one's own, and in a language of one's own, stay as they are
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
        parent_prompt: str | Path | None = None,
        system: str | Path | None = None,
        examples: Iterable[Any] | str | Path | None = None,
        nr_docs: int | None = None,
        doc_length: int | None = None,
        diversity: float | None = None,
        language: str | None = None,
        cache: str | Path | None = None,
        fallback: Any = "phrases",
        embedder: Any = None,
        summary: bool = True,
        name_words: tuple[int, int] = USUAL,
        max_tokens: int = 160,
        gives_way: bool = True,
        price: tuple[float, float] | None = None,
        progress: Progress | None = None,
    ) -> None:
        super().__init__(
            chat,
            prompt=prompt,
            system=system,
            examples=examples,
            nr_docs=USUAL_SHAPE[0] if nr_docs is None else nr_docs,
            doc_length=USUAL_SHAPE[1] if doc_length is None else doc_length,
            diversity=diversity,
            language=language,
            cache=cache,
            max_tokens=max_tokens,
        )
        self.parent_prompt: str | None = in_full(parent_prompt)
        self.fallback = fallback
        self.embedder = embedder
        self.summary = summary
        self.name_words = name_words
        self.gives_way = gives_way
        self.price = price
        self.progress = progress
        # Hears of each name the moment it is written, before it is held to its topic
        self.on_name: OnName | None = None
        least, most = name_words
        if not 1 <= least <= most:
            raise InputError(f"name_words are the fewest and the most words of a name, got {name_words!r}")
        self._given_shape = nr_docs, doc_length
        self._wordings(USUAL_STYLE)  # which says what of the prompts cannot be
        self._lent: Embedder | None = None
        self._suggester = suggesting(fallback)
        self._over: ChatError | None
        self.begin()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({written(self.chat)})"

    def lend(self, embedder: Embedder) -> None:
        """Take the embedder of the documents, where none was given, to hold names against their topics."""
        if self.embedder is None:
            self._lent = embedder

    def begin(self) -> None:
        """Begin a new report; a model that answered about no topic is asked again, which layers do not do."""
        self.report_, self._over = LabelReport(0), None

    def label(self, topics: Topics, docs: Documents) -> Sequence[Label | None]:
        """returns : a Label for every topic; those that have one keep it

        source : the model's name; of a stand-in such as "phrases (MODEL failed: why)"
        """
        return self.label_and_ask(topics, docs, {})[0]

    def label_and_ask(
        self, topics: Topics, docs: Documents, asks: Asks
    ) -> tuple[Sequence[Label | None], dict[str, Aspect]]:
        """The topics named, and in the same batch the questions answered that go to the same chat and cache."""
        self.begin()
        asks_of_chat = {name: (ask, rows) for name, (ask, rows) in asks.items() if ask.batch == self.batch}
        return self._labels(topics, docs, self._words[0], asks=asks_of_chat)

    def label_layer(
        self, groups: Topics, docs: Documents, below: Topics, children: Sequence[Sequence[int]]
    ) -> Sequence[Label | None]:
        """Names of the groups of a layer that have none, by the names and exemplars of what they are made of."""
        return self._labels(groups, docs, self._words[1], Family(below, children))[0]

    def prompts(
        self,
        topics: Topics,
        docs: Documents,
        *,
        layer: int | None = None,
        keywords: Describe = plain_keywords,
    ) -> dict[int, Prompt]:
        """The exact prompts of the topics without a label, by number, as they would be sent first.

        layer : the groups of this layer instead, by the layer's own numbers
        keywords : describes groups as the topics are described
        """
        tokens = tokens_of(self.chat)
        if layer is None:
            return self._first(self._cases(topics, docs, self._words[0], tokens), self._words[0])
        for parents in walk(topics, keywords, topics.layer_labels):
            if parents.level.layer == layer:
                family = Family(parents.below, parents.children)
                cases = self._cases(parents.groups, docs, self._words[1], tokens, family)
                prompts = self._first(cases, self._words[1])
                return {int(parents.level.ids[row]): prompt for row, prompt in prompts.items()}
        return {}

    def _first(self, cases: Sequence[Case], words: Wording) -> dict[int, Prompt]:
        """The prompts of cases as the first round sends them, by topic."""
        schema = words.form.schema if words.form else None
        return {case.topic: replace(case.prompt, max_tokens=self.max_tokens, schema=schema) for case in cases}

    def dry_run(self, topics: Topics, docs: Documents, *, keywords: Describe = plain_keywords) -> LabelReport:
        """What naming topics and layers would send and cost, asking nothing.

        Answers that are kept are used as they would be, so that what depends on them is counted right. A group whose
        children have no names yet is reckoned with their keywords; answers asked for again cost more.
        """
        dry = copy.copy(self)
        dry.chat = Unasked(self.chat, tokens_of(self.chat))
        dry.cache = self.cache if self.cache and Path(self.cache).exists() else None
        dry.progress = dry.on_name = None
        dry.begin()
        if not all(topics.labels):
            topics = topics.having(labels=tuple(dry.label(topics, docs)))
        if lacking(topics):
            label_layers(topics, docs, dry, keywords)
        return dry.chat.report(dry.report_, self._price)

    @property
    def _price(self) -> tuple[float, float] | None:
        return self.price or powers.price(self.chat)

    @property
    def _style(self) -> Style:
        """The words that a model of this size understands best; the usual ones where the user has words of their own."""
        n = n_parameters_of(self.chat)
        if self.prompt is not None or n is None or n >= SMALL:
            return USUAL_STYLE
        return SMALL_STYLE if n >= TINY else TINY_STYLE

    @property
    def _shown(self) -> Shape:
        """How much of a topic is shown to the model that is asked."""
        style = self._style
        small = style is not USUAL_STYLE
        shapes = {SMALL_STYLE: SMALL_SHAPE, TINY_STYLE: TINY_SHAPE}
        usual = shapes.get(style, (self.nr_docs, self.doc_length))
        nr_docs, doc_length = (
            value if given is None else given for given, value in zip(self._given_shape, usual, strict=True)
        )
        short_docs = SHORT_DOCS if small and self._given_shape[0] is None else 0
        return Shape(nr_docs, doc_length, self.diversity, short_docs=short_docs)

    @property
    def _words(self) -> tuple[Wording, Wording]:
        """What is told of topics, and of groups of them."""
        return self._wordings(self._style)

    def _wordings(self, style: Style) -> tuple[Wording, Wording]:
        """Our own words ask for the form that the chat is held to; a small model is asked in fewer.

        Of a tiny one no summary is asked for: its names get worse with one.
        """
        held = isinstance(self.chat, Holding) and self.chat.holds
        least, most = self.name_words if self.name_words != USUAL else ASKED
        form = Form(
            ("label", "summary") if self.summary and style is not TINY_STYLE else ("label",),
            held,
            length(self.name_words),
            (least, most),
        )
        worded = partial(
            wording, self.prompt, self.system, self.examples, language=self.language, style=style
        )
        ours = worded(form=form)
        if self.parent_prompt is not None:
            lines = worded(form=replace(form, held=False))
            return ours, lines.asks(with_known_tags(prompt_text(self.parent_prompt, "parent.md")), None)
        if self.prompt is not None:
            return ours, ours
        above = replace(
            form, words=length(self.name_words, "one to five words"), name_words=(min(1, least), most)
        )
        return ours, ours.asks(with_known_tags(above.asks(prompt_text(None, style.parent))), above)

    def _cases(
        self,
        topics: Topics,
        docs: Documents,
        words: Wording,
        tokens: Tokens,
        family: Family | None = None,
    ) -> list[Case]:
        rows = [row for row, label in enumerate(topics.labels) if label is None]
        children = family.names() if family else ()
        language = spelled(self.language)
        made = briefs(
            topics, docs, rows, self._shown, tokens, language=language, children=children,
            candidates=() if family else self._suggested(topics, docs, words),
        )  # fmt: skip
        fit = [fitted(brief, words.prompt, tokens, self.max_tokens) for brief in made]
        return [Case(brief, words.prompt(brief)) for brief in fit]

    def _suggested(self, topics: Topics, docs: Documents, words: Wording) -> Sequence[Sequence[str]]:
        """Phrases of each topic that the model may take, mend or replace; none in a language that it is not to write."""
        if self._suggester is None or self.language or "[CANDIDATES]" not in words.main:
            return ()
        return powers.candidates(self._suggester, topics, docs, N_CANDIDATES)

    def _labels(
        self,
        topics: Topics,
        docs: Documents,
        words: Wording,
        family: Family | None = None,
        *,
        asks: Asks | None = None,
    ) -> tuple[list[Label], dict[str, Aspect]]:
        started, tokens = time.perf_counter(), tokens_of(self.chat)
        questions = Questions(asks or {}, topics, docs)
        cases = self._cases(topics, docs, words, tokens, family)
        asked = self.chat if self._over is None else Unasked(self.chat, tokens, self._over)
        chat = Cached(asked, self.cache)
        rounds = Rounds(
            chat,
            words,
            Faithfulness(topics, docs, self.embedder or self._lent, language=self.language),
            tokens,
            max_tokens=self.max_tokens,
            name_words=self.name_words,
            progress=self.progress,
            on_name=self.on_name,
        )
        try:
            answers = again_smaller(chat, questions, rounds.name(cases, questions.prompts))
            distinct = Distinct(topics, cases)
            rounds.tell_apart(cases, distinct)
        finally:
            chat.close()
        sent = asked is self.chat and not isinstance(asked, Unasked)
        self._over = rounds.over if sent else self._over
        labels = self._stood_in(topics, docs, cases, distinct, family)
        gave_way = sum(labels[case.topic].origin.surpassed is not None for case in cases)
        done = LabelReport(
            0 if family else len(cases),
            n_groups=len(cases) if family else 0,
            asked=chat.n_sent if asked is self.chat else 0,
            kept=chat.n_kept,
            again=rounds.n_again,
            apart=rounds.n_apart,
            failed={_called(case): case.failed for case in cases if case.failed},
            prompt_tokens=rounds.prompt_tokens,
            answer_tokens=rounds.answer_tokens,
            cost=cost(rounds.prompt_tokens, rounds.answer_tokens, self._price),
            seconds=time.perf_counter() - started,
            gave_way=gave_way,
            n_questions=len(questions.prompts),
            answered=rounds.n_answered,
        )
        self.report_ = self.report_ + done
        if sent:
            log.info("%s", done)
            for failure in failures(done.failed):
                failure_log.warning("not named by %s: %s", self.chat.name, failure)
        return labels, questions.aspects(answers)

    def _stood_in(
        self,
        topics: Topics,
        docs: Documents,
        cases: Sequence[Case],
        distinct: Distinct,
        family: Family | None,
    ) -> list[Label]:
        """A label for every topic: a person's, the model's, or that of a phrase that says why."""
        labels = list(topics.labels)
        for case in cases:
            if not case.failed:
                labels[case.topic] = Label(
                    case.reading.name, case.reading.summary, Origin.by_model(self.chat.name)
                )
        left = topics.having(labels=tuple(labels))
        unasked = isinstance(self.chat, Unasked) and any(case.error for case in cases)
        compared = not (unasked or self._suggester is None or self.language or self.prompt)
        if compared and self.gives_way and not all(case.failed for case in cases):
            stand_ins_of_topics = stand_ins(self._suggester, topics, docs, family)
            phrases = [
                label.name if label else name
                for label, name in zip(stand_ins_of_topics, topics.names, strict=True)
            ]
            worse = fits_worse(left, docs, self.embedder or self._lent, left.names, phrases)
            labels = giving_way(labels, cases, stand_ins_of_topics, worse.tolist(), self.chat.name)
        else:
            stand_ins_of_topics = (
                labels if unasked or None not in labels else stand_ins(self.fallback, left, docs, family)
            )
        labels = with_stand_ins(labels, cases, stand_ins_of_topics, distinct, self.chat.name)
        return [label for label in labels if label is not None]


def _called(case: Case) -> str:
    """A topic by its number, a group of topics by what is in it."""
    children = case.brief.children
    return f"the group of {', '.join(children[:3])}" if children else f"topic {case.topic}"
