"""What naming topics and asking about them have alike: who is asked, in which words, about how much of each topic."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from themata.core import powers
from themata.core.errors import InputError
from themata.core.protocols import Chat, Checkable
from themata.core.registry import make
from themata.naming.llm.answer_cache import Cached
from themata.naming.llm.brief import Shape
from themata.naming.llm.prompt_templates import in_full
from themata.naming.llm.worked_examples import examples_of


class ModelAsker:
    """The parameters that LLM and Ask share, looked at once. For what each means see there."""

    def __init__(
        self,
        chat: Any,
        *,
        prompt: str | Path | None,
        system: str | Path | None,
        examples: Iterable[Any] | str | Path | None,
        nr_docs: int,
        doc_length: int,
        diversity: float | None,
        language: str | None,
        cache: str | Path | None,
        max_tokens: int,
    ) -> None:
        self.chat: Chat = make("chat", chat)
        self.prompt = in_full(prompt)
        self.system = in_full(system)
        self.examples = None if examples is None else examples_of(examples)
        self.nr_docs = nr_docs
        self.doc_length = doc_length
        self.diversity = diversity
        self.language = language
        self.cache = cache if cache is None else str(cache)
        self.max_tokens = max_tokens
        _ = self.shape  # which says what of it cannot be
        if max_tokens < 1:
            raise InputError(f"max_tokens must be 1 or more, got {max_tokens!r}")

    @property
    def shape(self) -> Shape:
        """How much of a topic is shown."""
        return Shape(self.nr_docs, self.doc_length, self.diversity)

    @property
    def batch(self) -> str:
        """Equal for what can go out as one batch: the same model, whose answers are kept in the same file."""
        return repr((self.chat.name, powers.identity(self.chat), self.cache))

    def check(self) -> None:
        """Raise what would keep the chat from answering, as far as it can tell; one whose answers are kept may not be needed."""
        if not isinstance(self.chat, Checkable):
            return
        kept = Cached(self.chat, self.cache)
        try:
            if kept.cache is None or not kept.cache.knows(self.chat.name):
                self.chat.check()
        finally:
            kept.close()
