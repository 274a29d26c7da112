"""How many tokens a model takes: told by it, or learned from what it refuses."""

from __future__ import annotations

import regex

from themata.core.errors import PromptTooLong
from themata.core.protocols import Prompt

UNKNOWN = 1 << 30
MARGIN = 0.8  # of a window that is known in tokens which can only be guessed
SMALLER = 0.6  # of what was refused, where nothing says how much would be taken
EACH_MESSAGE = 4  # tokens that a chat template adds to a message

_TOO_LONG = regex.compile(
    r"(?i)context.{0,20}(?:length|window|size)|(?:length|window|size) of the context|exceed_context|n_ctx|"
    r"too many (?:input |prompt )?tokens|reduce the length|string too long|"
    r"(?:prompt|input|messages?|request|text|sequence|content)\b.{0,60}(?:too (?:long|large)|longer than|exceed)|"
    r"maximum.{0,30}(?:tokens|length|characters)|exceed.{0,40}(?:tokens|characters|context|window)|"
    r"(?:tokens|characters).{0,60}(?:must be <=|exceed|at most|are the most)|length.{0,40}> ?\d|(?:more than|over|at most|up to) \d[\d,.]* (?:tokens|characters)"
)
_NUMBER = r"(\d[\d,. _]*\d|\d+)"
_LIMIT = regex.compile(
    rf"(?i)(?:maximum|\bmax\b|limit|window|n_ctx|at most|up to|no more than|longer than|more than|exceeds?|over|<=|>)"
    rf"\D{{0,60}}?{_NUMBER}(?:\s*(?P<unit>char))?"
)
_SIZE = regex.compile(
    rf"(?i){_NUMBER} (?:tokens )?(?:in the (?:messages|prompt|input)|`?inputs?`? tokens|input tokens|prompt tokens)|"
    rf"(?:n_prompt_tokens\"?\s*:|prompt (?:contains|has|is|of)|requested tokens \(|\(length) ?(?:too long: )?{_NUMBER}"
)


class Guess:
    """Tokens of a model that does not tell: about four letters of a Latin script each, fewer of any other."""

    context = UNKNOWN

    def count(self, text: str) -> int:
        plain = len(text) if text.isascii() else len(text.encode("ascii", "ignore"))
        return -(-plain // 4) + -(-(len(text) - plain) * 2 // 3)

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens.

        >>> Guess().cut("abcdefgh", 1), Guess().cut("日本語です", 2)
        ('abcd', '日本語')
        """
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.count(text[:middle]) <= n_tokens else (low, middle - 1)
        return text[:low]


class Window(Guess):
    """The window of a model whose tokens are guessed.

    context : tokens of prompt and answer together, UNKNOWN until something tells
    """

    def __init__(self) -> None:
        self.context = UNKNOWN

    def told(self, n_tokens: int) -> None:
        """The model's own word on its window, in its own tokens."""
        self.context = min(self.context, int(MARGIN * n_tokens))

    def refused(self, error: PromptTooLong, prompt: Prompt) -> None:
        """Learn from the refusal of a prompt; what is learned is always less than what was refused."""
        size, room = sized(prompt, self), prompt.max_tokens
        context = SMALLER * (size + room)
        if error.characters is not None:
            context = size * error.characters / max(1, n_characters(prompt)) + room
        elif error.limit is not None and error.size is not None:
            context = error.limit * size / max(1, error.size)
        elif error.limit is not None:
            context = MARGIN * error.limit
        if context >= size + room:  # its tokens are smaller than guessed
            context = SMALLER * (size + room)
        self.context = min(self.context, max(1, int(context)))


def n_characters(prompt: Prompt) -> int:
    return sum(len(text) for _, text in prompt.messages)


def sized(prompt: Prompt, tokens: Guess) -> int:
    """Tokens of a prompt, by a guess."""
    return sum(tokens.count(text) + EACH_MESSAGE for _, text in prompt.messages)


def too_long(said: str) -> PromptTooLong | None:
    """The refusal of a prompt for its length, in another's words; None where they speak of something else.

    >>> error = too_long("This model's maximum context length is 512 tokens. However, you requested 700 tokens "
    ...     "(540 in the messages, 160 in the completion).")
    >>> error.limit, error.size
    (512, 540)
    >>> too_long("prompt of more than 2,000 characters").characters
    2000
    """
    if not _TOO_LONG.search(said):
        return None
    limit = characters = None
    for found in _LIMIT.finditer(said):
        number = _whole(found[1])
        if number < 16:
            continue
        if found["unit"]:
            characters = min(number, characters or number)
        else:
            limit = min(number, limit or number)
    size = next((_whole(found[1] or found[2]) for found in _SIZE.finditer(said)), None)
    if size is not None and limit is not None and size <= limit // 4:
        size = None  # of something else
    return PromptTooLong(said, limit=None if characters else limit, characters=characters, size=size)


def _whole(number: str) -> int:
    return int(regex.sub(r"\D", "", number))
