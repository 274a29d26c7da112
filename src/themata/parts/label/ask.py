"""Any question to a language model, asked about every topic: its answers are an aspect."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from themata.documents import Documents
from themata.errors import ChatError
from themata.parts.label.answer import spoken
from themata.parts.label.brief import Guess, Shape, briefs, fitted
from themata.parts.label.cache import Cached
from themata.parts.label.wording import wording
from themata.protocols import Chat, Embedder, Prompt, Tokens
from themata.registry import make
from themata.topics import Aspect, Topics

log = logging.getLogger(__name__)


class Ask:
    """Answers of a language model to a question of the user's about each topic.

    chat : a Chat or its name
    prompt : the question, or its file's path, with the tags of LLM
    max_tokens : of an answer

    An answer that does not come leaves the topic's aspect empty, and is asked for when topics are described again.
    """

    asks = True

    def __init__(
        self,
        chat: Any,
        prompt: str | Path,
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
        self._wording = wording(prompt, system, self.examples, language=language)

    def prompts(self, topics: Topics, docs: Documents) -> list[Prompt]:
        """The exact prompt of every topic."""
        tokens = self.chat if isinstance(self.chat, Tokens) else Guess()
        shape = Shape(self.nr_docs, self.doc_length, self.diversity)
        made = briefs(topics, docs, range(topics.n_topics), shape, tokens, language=self.language)
        words = self._wording
        return [words.prompt(fitted(brief, words.prompt, tokens, self.max_tokens)) for brief in made]

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : ((answer, 1.0),) for each topic"""
        chat = Cached(self.chat, self.cache)
        try:
            found = chat.complete(self.prompts(topics, docs), max_tokens=self.max_tokens)
        finally:
            chat.close()
        failed = [answer for answer in found if isinstance(answer, ChatError)]
        if failed:
            log.warning("%d of %d answers did not come: %s", len(failed), len(found), failed[0])
        return tuple(
            () if isinstance(answer, ChatError) or not _said(answer.text) else ((_said(answer.text), 1.0),)
            for answer in found
        )


def _said(text: str) -> str:
    """An answer without the thoughts before it, on one line."""
    return " ".join(spoken(text).split())
