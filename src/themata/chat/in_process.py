"""What chats in this process share: answers told as they come, and one error for all that cannot come."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat

from themata.core.errors import ChatError
from themata.core.protocols import OnAnswer, Outcome


def delivered(answers: Iterable[Outcome], n: int, on_answer: OnAnswer | None = None) -> list[Outcome]:
    """The first `n` answers, each told the moment it comes; a ChatError that ends them stands in every place left.

    >>> from themata.core.protocols import Answer
    >>> delivered((Answer(word) for word in ["a", "b"]), 2)[1].text
    'b'
    """
    outcomes: list[Outcome] = []
    coming = iter(answers)
    while len(outcomes) < n:
        try:
            answer = next(coming)
        except ChatError as error:  # a model that cannot be loaded
            answer, coming = error, repeat(error)
        outcomes.append(answer)
        if on_answer is not None:
            on_answer(len(outcomes) - 1, answer)
    return outcomes
