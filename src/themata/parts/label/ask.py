"""Any question to a language model, asked about every topic: its answers are an aspect."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themata.documents import Documents
from themata.errors import ChatError
from themata.parts.label.answer import spoken
from themata.parts.label.brief import Guess, Shape, briefs, fitted
from themata.parts.label.cache import Cached
from themata.parts.label.dry import Unasked
from themata.parts.label.report import LabelReport
from themata.parts.label.wording import spelled, wording
from themata.protocols import Answer, Chat, Embedder, Prompt, Tokens
from themata.registry import describe, make
from themata.topics import Aspect, Keywords, Topics

log = logging.getLogger(__name__)


class Ask:
    """Answers of a language model to a question of the user's about each topic.

    chat : a Chat or its name
    prompt : "summary", "question", or a question of your own or its file's path, with the tags of LLM
    max_tokens : of an answer

    Several of them that share a chat are asked as one batch. An answer that does not come leaves the topic's aspect
    empty, and is asked for when topics are described again.

    >>> aspects = {"Summary": Ask("echo", "summary"), "Tone": Ask("echo", "[DOCUMENTS] Angry or calm?")}
    """

    asks = True

    def __init__(
        self,
        chat: Any,
        prompt: str | Path = "summary",
        *,
        system: str | Path | None = None,
        examples: Iterable[Any] | None = None,
        nr_docs: int = 4,
        doc_length: int = 200,
        diversity: float | None = None,
        language: str | None = None,
        cache: str | Path | None = None,
        max_tokens: int = 160,
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
        self.max_tokens = max_tokens
        self._wording = wording(prompt, system, self.examples, language=language, role="describe.md")

    def prompts(self, topics: Topics, docs: Documents, rows: Sequence[int] | None = None) -> list[Prompt]:
        """The exact prompt of every topic, or of some."""
        tokens = _tokens(self.chat)
        shape = Shape(self.nr_docs, self.doc_length, self.diversity)
        asked = range(topics.n_topics) if rows is None else rows
        made = briefs(topics, docs, asked, shape, tokens, language=spelled(self.language))
        words = self._wording
        return [words.prompt(fitted(brief, words.prompt, tokens, self.max_tokens)) for brief in made]

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : ((answer, 1.0),) for each topic"""
        return ask_together({"": (self, range(topics.n_topics))}, topics, docs)[""]


@dataclass(frozen=True)
class _Question:
    name: str
    place: int  # of its answer in the aspect
    prompt: Prompt


def ask_together(
    asks: Mapping[str, tuple[Ask, Sequence[int]]], topics: Topics, docs: Documents
) -> dict[str, Aspect]:
    """Ask several questions about some topics each, those to one chat as one batch.

    asks : {name: (what to ask, rows of the topics to ask about)}
    returns : {name: ((answer, 1.0),) for each of the rows, empty where none came}
    """
    found: dict[str, list[Keywords]] = {name: [()] * len(rows) for name, (_, rows) in asks.items()}
    batches: dict[str, tuple[Ask, list[_Question]]] = {}
    for name, (ask, rows) in asks.items():
        _, questions = batches.setdefault(_desk(ask), (ask, []))
        prompts = ask.prompts(topics, docs, rows) if len(rows) else []
        questions += [_Question(name, place, prompt) for place, prompt in enumerate(prompts)]
    for ask, questions in batches.values():
        answers = _answers(ask, [question.prompt for question in questions])
        for question, answer in zip(questions, answers, strict=True):
            said = "" if isinstance(answer, ChatError) else _said(answer.text)
            if said:
                found[question.name][question.place] = ((said, 1.0),)
    return {name: tuple(rows) for name, rows in found.items()}


def ask_cost(
    asks: Mapping[str, Ask], topics: Topics, docs: Documents, *, price: tuple[float, float] | None = None
) -> LabelReport:
    """What asking about all topics would send and cost, asking nothing; answers that are kept cost nothing."""
    total = LabelReport(0, dry=True)
    for ask in asks.values():
        dry = copy.copy(ask)
        chat = Unasked(ask.chat, _tokens(ask.chat))
        dry.chat = chat
        dry.cache = ask.cache if ask.cache and Path(ask.cache).exists() else None
        n_prompts = len(dry.prompts(topics, docs))
        dry.represent(topics, docs)
        kept = LabelReport(0, kept=n_prompts - len(chat.asked))
        total += chat.report(kept, price or getattr(ask.chat, "price", None))
    return total


def _desk(ask: Ask) -> str:
    """Equal for questions that can go out as one batch."""
    identity = getattr(ask.chat, "identity", None)
    told = identity if identity is not None else describe(ask.chat)
    return repr((ask.chat.name, told, ask.cache, ask.max_tokens))


def _answers(ask: Ask, prompts: Sequence[Prompt]) -> Sequence[Answer | ChatError]:
    if not prompts:
        return []
    chat = Cached(ask.chat, ask.cache)
    try:
        found = chat.complete(prompts, max_tokens=ask.max_tokens)
    except Exception as error:  # whatever a user's chat raises costs its answers, never the fit
        log.exception("%s failed", ask.chat.name)
        found = [ChatError(f"{type(error).__name__}: {error}")] * len(prompts)
    finally:
        chat.close()
    failed = [answer for answer in found if isinstance(answer, ChatError)]
    if failed and not isinstance(ask.chat, Unasked):
        log.warning("%d of %d answers did not come: %s", len(failed), len(found), failed[0])
    return found


def _tokens(chat: Chat) -> Tokens:
    known = chat.tokens if isinstance(chat, Unasked) else chat
    return known if isinstance(known, Tokens) else Guess()


def _said(text: str) -> str:
    """An answer without the thoughts before it, on one line."""
    return " ".join(spoken(text).split())
