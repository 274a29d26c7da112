"""Any question to a language model, asked about every topic: its answers are an aspect."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from themata.core import powers
from themata.core.documents import Documents
from themata.core.errors import ChatError, PromptTooLong, failure_log
from themata.core.protocols import Answer, Chat, Embedder, Prompt
from themata.core.topics import Aspect, Topics
from themata.languages.codes import spelled
from themata.naming.llm.answer_cache import Cached
from themata.naming.llm.answers import read_freely
from themata.naming.llm.brief import briefs, fitted
from themata.naming.llm.dry_run import UNASKED, Unasked, tokens_of
from themata.naming.llm.model_asker import ModelAsker
from themata.naming.llm.prompt_templates import wording
from themata.naming.llm.usage import LabelReport

log = logging.getLogger(__name__)

SHRINKS = 4  # times that prompts are made smaller, for a model that does not say how much it takes


class Ask(ModelAsker):
    """Answers of a language model to a question of the user's about each topic.

    chat : a Chat or its name
    prompt : "summary", "question", or a question of your own or its file's path, with the tags of LLM
    max_tokens : of an answer
    system, examples, nr_docs, doc_length, diversity : as LLM takes them

    Several of them that share a chat are asked as one batch, and with the names of the topics where an LLM of the same
    chat and cache names them. An answer that does not come leaves the topic's aspect empty, and is asked for when topics
    are described or named again.

    error_ : why an answer to what was asked last did not come, None where all did

    >>> aspects = {"Summary": Ask("echo", "summary"), "Tone": Ask("echo", "[DOCUMENTS] Angry or calm?")}
    """

    asks = True

    def __init__(
        self,
        chat: Any,
        prompt: str | Path = "summary",
        *,
        system: str | Path | None = None,
        examples: Iterable[Any] | str | Path | None = None,
        nr_docs: int = 4,
        doc_length: int = 200,
        diversity: float | None = None,
        language: str | None = None,
        cache: str | Path | None = None,
        max_tokens: int = 160,
    ) -> None:
        super().__init__(
            chat,
            prompt=prompt,
            system=system,
            examples=examples,
            nr_docs=nr_docs,
            doc_length=doc_length,
            diversity=diversity,
            language=language,
            cache=cache,
            max_tokens=max_tokens,
        )
        self.error_: ChatError | None = None
        self._wording = wording(
            self.prompt, self.system, self.examples, language=language, role="describe.md"
        )

    def prompts(self, topics: Topics, docs: Documents, rows: Sequence[int] | None = None) -> list[Prompt]:
        """The exact prompt of every topic, or of some; the same whatever names a machine gave the topics."""
        topics = topics.having(labels=tuple(old if old and old.by_person else None for old in topics.labels))
        tokens = tokens_of(self.chat)
        asked = range(topics.n_topics) if rows is None else rows
        made = briefs(topics, docs, asked, self.shape, tokens, language=spelled(self.language))
        words = self._wording
        fit = (fitted(brief, words.prompt, tokens, self.max_tokens) for brief in made)
        return [replace(words.prompt(brief), max_tokens=self.max_tokens) for brief in fit]

    def read(self, answer: Answer) -> str:
        """What was said in answer to the question: a name where it asks for one; "" where nothing was said."""
        return read_freely(answer.text, self._wording.main, cut_at=answer.cut_at)

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : ((answer, 1.0),) for each topic"""
        return ask_together({"": (self, range(topics.n_topics))}, topics, docs)[""]


Asks = Mapping[str, tuple[Ask, Sequence[int]]]  # {name: (what to ask, rows of the topics to ask about)}


def ask_together(asks: Asks, topics: Topics, docs: Documents) -> dict[str, Aspect]:
    """Ask several questions about some topics each, those to one chat as one batch.

    returns : {name: ((answer, 1.0),) for each of the rows, empty where none came}; a chat that fails costs no other's answers
    """
    batches: dict[str, dict[str, tuple[Ask, Sequence[int]]]] = {}
    for name, (ask, rows) in asks.items():
        batches.setdefault(ask.batch, {})[name] = ask, rows
    aspects: dict[str, Aspect] = {name: ((),) * len(rows) for name, (_, rows) in asks.items()}
    for batch in batches.values():
        try:
            questions = Questions(batch, topics, docs)
            first = next(iter(batch.values()))[0]
            aspects |= questions.aspects(_answers(first, questions))
        except Exception:  # whatever another's tokenizer raises
            log.exception("%s: nothing could be asked", ", ".join(batch))
    return aspects


class Questions:
    """Questions about topics that go to one chat.

    prompts : of all questions, in the order of their answers
    """

    def __init__(self, asks: Asks, topics: Topics, docs: Documents) -> None:
        self._asked = asks, topics, docs
        self._asks = {name: ask for name, (ask, _) in asks.items()}
        self._n = {name: len(rows) for name, (_, rows) in asks.items()}
        self.prompts = self._made()

    def smaller(self, answers: Sequence[Answer | ChatError]) -> dict[int, Prompt]:
        """Other prompts, by place, for those that were too long for the chat, which has learned how much it takes."""
        long = [place for place, answer in enumerate(answers) if isinstance(answer, PromptTooLong)]
        made = self._made() if long else []
        return {place: made[place] for place in long if made[place] != self.prompts[place]}

    def _made(self) -> list[Prompt]:
        asks, topics, docs = self._asked
        made = (ask.prompts(topics, docs, rows) if len(rows) else [] for ask, rows in asks.values())
        return [prompt for prompts in made for prompt in prompts]

    def aspects(self, answers: Sequence[Answer | ChatError]) -> dict[str, Aspect]:
        """The answers by question; what did not come is left empty, and told in the log."""
        failed = [answer for answer in answers if isinstance(answer, ChatError)]
        if failed and str(failed[0]) != UNASKED:
            failure_log.warning(
                "%s: %d of %d answers did not come: %s",
                ", ".join(self._n),
                len(failed),
                len(answers),
                failed[0],
            )
        came = iter(answers)
        aspects: dict[str, Aspect] = {}
        for name, n in self._n.items():
            outcomes = list(islice(came, n))
            self._asks[name].error_ = next(
                (outcome for outcome in outcomes if isinstance(outcome, ChatError)), None
            )
            said = [
                "" if isinstance(answer, ChatError) else self._asks[name].read(answer) for answer in outcomes
            ]
            aspects[name] = tuple(((text, 1.0),) if text else () for text in said)
        return aspects


def ask_cost(
    asks: Mapping[str, Ask], topics: Topics, docs: Documents, *, price: tuple[float, float] | None = None
) -> LabelReport:
    """What asking about all topics would send and cost, asking nothing; answers that are kept cost nothing."""
    total = LabelReport(0, dry=True)
    for ask in asks.values():
        dry = copy.copy(ask)
        chat = Unasked(ask.chat, tokens_of(ask.chat))
        dry.chat = chat
        dry.cache = ask.cache if ask.cache and Path(ask.cache).exists() else None
        n_prompts = len(dry.prompts(topics, docs))
        dry.represent(topics, docs)
        kept = LabelReport(0, n_questions=n_prompts, kept=n_prompts - len(chat.asked))
        total += chat.report(kept, price or powers.price(ask.chat))
    return total


def _answers(ask: Ask, questions: Questions) -> Sequence[Answer | ChatError]:
    if not questions.prompts:
        return []
    chat = Cached(ask.chat, ask.cache)
    try:
        return again_smaller(chat, questions, chat.complete(questions.prompts))
    finally:
        chat.close()


def again_smaller(
    chat: Chat, questions: Questions, answers: Sequence[Answer | ChatError]
) -> Sequence[Answer | ChatError]:
    """The answers, once those prompts that were too long have been asked again with less in them."""
    outcomes = list(answers)
    for _ in range(SHRINKS):
        smaller = questions.smaller(outcomes)
        if not smaller:
            break
        for (place, prompt), answer in zip(
            smaller.items(), chat.complete(list(smaller.values())), strict=True
        ):
            outcomes[place], questions.prompts[place] = answer, prompt
    return outcomes
