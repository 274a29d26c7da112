"""A chat that asks nothing: it counts what would be asked."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from themata.chat.context_window import Guess
from themata.core import powers
from themata.core.errors import ChatError, first_line
from themata.core.protocols import Chat, Holding, OnAnswer, Outcome, Prompt, Tokens
from themata.naming.llm.usage import LabelReport, cost

log = logging.getLogger(__name__)

UNASKED = "not asked: this is a dry run"
ANSWER_TOKENS = 40  # of a label and a summary, for reckoning


class Unasked:
    """Stands in for a chat, so that answers kept for that one are found, and gives none of its own, but for why."""

    def __init__(self, chat: Chat, tokens: Tokens, why: ChatError | None = None) -> None:
        self.why = why or ChatError(UNASKED)
        self.name = chat.name
        self.identity = powers.identity(chat)
        self.tokens = tokens
        self.holds = isinstance(chat, Holding) and chat.holds  # prompts are those that it would be sent
        self.n_parameters = n_parameters_of(chat)
        self.asked: list[Prompt] = []

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        self.asked += prompts
        return [self.why] * len(prompts)

    def report(self, report: LabelReport, price: tuple[float, float] | None) -> LabelReport:
        """What a run would send, from what one that asked nothing says of itself."""
        n_prompt = sum(self.tokens.count(text) for prompt in self.asked for _, text in prompt.messages)
        n_answer = ANSWER_TOKENS * len(self.asked)
        return replace(
            report,
            asked=len(self.asked),
            failed={},
            prompt_tokens=n_prompt,
            answer_tokens=n_answer,
            cost=cost(n_prompt, n_answer, price),
            dry=True,
        )


def n_parameters_of(chat: Chat) -> int | None:
    """Weights of a chat's model, which a local one is loaded for; None where that is not known, or it cannot be loaded."""
    try:
        return powers.n_parameters(chat)
    except Exception as error:  # whatever another's library raises: asking says why
        log.info("how large %s is, is not known: %s", chat.name, first_line(error))
        return None


def tokens_of(chat: Chat) -> Tokens:
    """The chat as it counts its tokens; a guess where it does not tell, or cannot be loaded: asking it says why.

    >>> from themata.chat.echo import Echo
    >>> tokens_of(Echo()).count("four letters each")
    5
    """
    if isinstance(chat, Unasked):
        return chat.tokens
    try:  # a local model is loaded for it
        return chat if isinstance(chat, Tokens) and chat.context > 0 else Guess()
    except Exception as error:  # whatever another's library raises
        log.info("documents are cut by a guess of the tokens of %s: %s", chat.name, first_line(error))
        return Guess()
