"""How many tokens a model takes: told by it, or learned from what it refuses."""

from __future__ import annotations

from collections.abc import Callable

from themata.core.errors import PromptTooLong
from themata.core.protocols import Prompt, Tokens

UNKNOWN = 1 << 30
MARGIN = 0.8  # of a window that is known in tokens which can only be guessed
SMALLER = 0.6  # of what was refused, where nothing says how much would be taken
EACH_MESSAGE = 4  # tokens that a chat template adds to a message


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

    ask : asks once, when it is first needed, how many tokens the model takes; None where that does not tell either
    """

    def __init__(self, ask: Callable[[], int | None] | None = None) -> None:
        self._ask = ask
        self._context = UNKNOWN

    @property
    def context(self) -> int:  # type: ignore[override]
        """Tokens of prompt and answer together, UNKNOWN until something tells."""
        if self._ask is not None:
            ask, self._ask = self._ask, None
            n_tokens = ask()
            if n_tokens:
                self.limit_to(n_tokens)
        return self._context

    def limit_to(self, n_tokens: int) -> None:
        """The model's own word on its window, in its own tokens."""
        self._context = min(self._context, int(MARGIN * n_tokens))

    def refused(self, error: PromptTooLong, prompt: Prompt) -> None:
        """Learn from the refusal of a prompt; what is learned is always less than what was refused."""
        size, room = prompt_size(prompt, self), prompt.max_tokens
        context = SMALLER * (size + room)
        if error.characters is not None:
            context = size * error.characters / max(1, n_characters(prompt)) + room
        elif error.limit is not None and error.size is not None:
            context = error.limit * size / max(1, error.size)
        elif error.limit is not None:
            context = MARGIN * error.limit
        if context >= size + room:  # its tokens are smaller than guessed
            context = SMALLER * (size + room)
        self._context = min(self._context, max(1, int(context)))


class GuessedTokens:
    """The Tokens of a chat whose model does not tell them: a base of such chats."""

    _window: Window

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together, as `count` counts them: as its metadata has it, or as its refusals show."""
        return self._window.context

    def count(self, text: str) -> int:
        """Tokens of a text, by a guess."""
        return self._window.count(text)

    def cut(self, text: str, n_tokens: int) -> str:
        """The longest beginning of a text that has at most `n_tokens` tokens."""
        return self._window.cut(text, n_tokens)


def n_characters(prompt: Prompt) -> int:
    return sum(len(text) for _, text in prompt.messages)


def prompt_size(prompt: Prompt, tokens: Tokens | Guess) -> int:
    """Tokens of a prompt, with what a chat template adds to each message."""
    return sum(tokens.count(text) + EACH_MESSAGE for _, text in prompt.messages)
