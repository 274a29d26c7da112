"""What the representations that ask a language model share: a batch of prompts, and an answer for every topic."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import regex

from themata.chat.context_window import Guess
from themata.core import powers
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.parameter_checks import between, whole
from themata.core.protocols import Chat, Checkable, Embedder, Holding, OnAnswer, Outcome, Prompt, Tokens
from themata.core.topics import Aspect, Topics
from themata.familiar.representation.base import BaseRepresentation
from themata.naming.llm.answer_cache import Cached, Memory
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.questions import Ask

log = logging.getLogger(__name__)

# Parameters that say what is shown and asked, and not who is asked
SHAPES = {"prompt", "system_prompt", "nr_docs", "diversity", "doc_length", "tokenizer"}
PLAIN = str, int, float, dict, list, tuple
DOC_LENGTH, ANSWER_LENGTH = 200, 160  # tokens
_WORDS = regex.compile(r"(?u)\b\w\w+\b")


class Asking(BaseRepresentation):
    """A name for each topic by a language model.

    Without a prompt of the user's the labeling engine names the topics: answers are checked, asked for again once,
    told apart, and where the model fails the name comes from the documents. A prompt of the user's may ask for
    anything: where it asks for a label, name or title that is found in what is said, whatever stands around it, and of
    any other answer all is taken but thoughts and politeness. Either way all prompts go out as one batch, none is sent twice,
    and an error costs its answer, never the topics.

    prompts_ : what was asked last
    """

    asks = True
    n_padded = 10
    prompt: str | None = None
    system_prompt: str | None = None
    nr_docs: int = 4
    diversity: float | None = None
    doc_length: int | None = None
    tokenizer: Any = None

    def __post_init__(self) -> None:
        checked_truncation(self.tokenizer, self.doc_length)
        whole("nr_docs", self.nr_docs)
        if self.diversity is not None:
            between("diversity", self.diversity, 0, 1)
        if self.doc_length is not None:
            whole("doc_length", self.doc_length)

    def chat(self) -> Chat:
        """The model that is asked."""
        raise NotImplementedError

    def max_tokens(self) -> int:
        """Tokens of an answer to a prompt of the user's, at most."""
        return ANSWER_LENGTH

    def check(self) -> None:
        """Raise what would keep the model from answering, as far as can be told without asking it."""
        asked = self._shared_chat.asked
        if isinstance(asked, Checkable):
            asked.check()

    def joins(self, other: Any) -> bool:
        """Whether another asks the same model in the same way; if so, both do by one chat from now on."""
        if type(other) is not type(self):
            return False
        ours, theirs = self.get_params(deep=False), other.get_params(deep=False)
        for name in ours.keys() - SHAPES:
            if not _alike(ours[name], theirs[name]):
                return False
        if repr(self._shared_chat.identity) != repr(other._shared_chat.identity):
            return False
        self._shared_chat = other._shared_chat.joined_by(self._shared_chat)
        return True

    def prompts(self, topics: Topics, docs: Documents) -> list[Prompt]:
        """What is asked first about these topics."""
        asked, bare = self._engine(), _unnamed(topics)
        prompts = asked.prompts(bare, docs)
        return list(prompts.values()) if isinstance(prompts, dict) else prompts

    def ask(self, prompts: Sequence[Prompt]) -> None:
        """Have prompts answered; none of them is sent again."""
        self._shared_chat.complete(prompts)

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : ((answer, 1.0),) for each topic, () where none came"""
        try:
            answers = self._answers(_unnamed(topics), docs)
        except Exception:
            # A model that cannot be loaded, a server that is gone: hours of fitting must survive it
            log.exception("%s failed; its topics keep their keywords", type(self).__name__)
            return ((),) * topics.n_topics
        return tuple(((text, 1.0),) if text else () for text in answers)

    def _answers(self, topics: Topics, docs: Documents) -> list[str]:
        """What the model says of each topic, "" where it says nothing."""
        asked = self._engine()
        self.prompts_ = [_text(prompt) for prompt in self.prompts(topics, docs)]
        if isinstance(asked, LLM):
            return [label.name if label else "" for label in asked.label(topics, docs)]
        return [words[0][0] if words else "" for words in asked.represent(topics, docs)]

    @cached_property
    def _shared_chat(self) -> SharedChat:
        return SharedChat(self.chat(), self.tokenizer)

    def _engine(self) -> Ask | LLM:
        shape: dict[str, Any] = {
            "nr_docs": self.nr_docs,
            "doc_length": self.doc_length or DOC_LENGTH,
            "diversity": self.diversity,
            "system": self.system_prompt,
        }
        if self.prompt is None:
            # As BERTopic, which shows what was said
            return LLM(self._shared_chat, summary=False, gives_way=False, **shape)
        return Ask(self._shared_chat, self.prompt, max_tokens=self.max_tokens(), **shape)


class SharedChat:
    """A chat that remembers its answers, and measures documents by the user's tokenizer."""

    def __init__(self, chat: Chat, tokenizer: Any = None, answers: Memory | None = None) -> None:
        self.asked = chat
        self.tokenizer = tokenizer
        self.name = chat.name
        self._answers = answers or Memory()

    def joined_by(self, other: SharedChat) -> SharedChat:
        """The same chat with another's measure of documents, and with the answers of both."""
        self._answers.update(other._answers)
        return SharedChat(self.asked, other.tokenizer, self._answers)

    @cached_property
    def tokens(self) -> Tokens:
        """Made when documents are cut, since a local model is loaded for it."""
        return measure_of(self.tokenizer, self.asked)

    @property
    def identity(self) -> Any:
        return powers.identity(self.asked)

    @property
    def holds(self) -> bool:
        return isinstance(self.asked, Holding) and self.asked.holds

    @property
    def context(self) -> int:
        return self._chat_tokens.context

    def count(self, text: str) -> int:
        """Tokens as the chat counts them, to see what fits its context."""
        return self._chat_tokens.count(text)

    @property
    def _chat_tokens(self) -> Tokens:
        return chat_tokens(self.asked)

    def cut(self, text: str, n_tokens: int) -> str:
        return self.tokens.cut(text, n_tokens)

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        """returns : an answer or an error for each prompt; those that were answered before are not sent again"""
        return Cached(self.asked, self._answers).complete(prompts, on_answer)


def chat_tokens(chat: Any) -> Tokens:
    """The chat as it counts its tokens, or a guess."""
    return chat if isinstance(chat, Tokens) else Guess()


@dataclass(eq=False, repr=False)
class Measured:
    """Tokens by a function that splits a text, and one that joins the pieces."""

    split: Callable[[str], Any]
    join: Callable[[Any], str]

    context = 1 << 30

    def count(self, text: str) -> int:
        return len(self.split(text))

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens."""
        pieces = self.split(text)
        return text if len(pieces) <= n_tokens else self.join(pieces[:n_tokens])


def checked_truncation(tokenizer: Any, doc_length: int | None) -> None:
    """Raise where one of the two is given without the other."""
    if (tokenizer is None) != (doc_length is None):
        raise InputError(
            "doc_length and tokenizer belong together: tokenizer is 'char', 'whitespace', 'vectorizer', a function "
            f"from a text to its tokens, or has encode and decode; got {tokenizer!r:.60} and {doc_length!r}"
        )
    measure_of(tokenizer, None)


def measure_of(tokenizer: Any, chat: Any) -> Tokens:
    """How documents are measured: by the user's tokenizer, else by the chat's own.

    >>> measure_of("whitespace", None).cut("one two three", 2)
    'one two'
    """
    if tokenizer is None:
        return chat_tokens(chat)
    if tokenizer == "char":
        return Measured(list, "".join)
    if tokenizer == "whitespace":
        return Measured(str.split, " ".join)
    if tokenizer == "vectorizer":
        return Measured(_WORDS.findall, " ".join)
    if hasattr(tokenizer, "encode") and hasattr(tokenizer, "decode"):
        return Measured(tokenizer.encode, tokenizer.decode)
    if callable(tokenizer) and not inspect.isclass(tokenizer):
        return Measured(lambda text: list(tokenizer(text)), " ".join)
    raise InputError(
        "tokenizer must be 'char', 'whitespace', 'vectorizer', a function from a text to its tokens, or have "
        f"encode and decode: got {tokenizer!r:.80}"
    )


def _unnamed(topics: Topics) -> Topics:
    return topics.having(labels=(None,) * topics.n_topics)


def _alike(first: Any, other: Any) -> bool:
    """The same object, or plain values that are equal: two clients may differ in what they do not show."""
    return first is other or (
        isinstance(first, PLAIN) and type(first) is type(other) and bool(first == other)
    )


def _text(prompt: Prompt) -> str:
    """A prompt as one text, for people."""
    return "\n\n".join(text for _, text in prompt.messages)
