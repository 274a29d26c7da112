"""The errors of themata: each says what was expected, what came and what to do.

ThemataError
├── NotFittedError        (scikit-learn's NotFittedError too) a question that only a fitted model can answer
├── AlignmentError        (ValueError) two things that need one row per document, or per topic, differ
├── UnknownTopicError     (KeyError) no topic has this number
├── UnknownPartError      (ValueError) no part has this name; says which one was perhaps meant
├── PartError             (ValueError) a part returned what its promise does not allow
├── InputError            (ValueError) a file or argument cannot be read: names the file, line and column
├── MissingExtraError     (ImportError) carries its own `pip install` line
├── ChatError             a language model gave no answer: .retryable, .hint
│   ├── RateLimited       asked too fast; wait and ask again
│   ├── Refused           bad key, no quota, unknown model: asking again does not help
│   ├── BadAnswer         an answer came and cannot be used
│   ├── PromptTooLong     prompt and answer exceed the model's context window: .limit, .characters, .size
│   ├── Unreachable       no connection, a timeout, a server error
│   └── Gated             access to the model must be asked for first
└── StoreError            (OSError) a saved folder is damaged, of a newer format or not one of ours
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

__all__ = [
    "AlignmentError",
    "BadAnswer",
    "ChatError",
    "Gated",
    "InputError",
    "MissingExtraError",
    "NotFittedError",
    "PartError",
    "PromptTooLong",
    "RateLimited",
    "Refused",
    "StoreError",
    "ThemataError",
    "UnknownPartError",
    "UnknownTopicError",
    "Unreachable",
]


# What language models fail at. A command that tells it itself mutes this logger for a while
failure_log = logging.getLogger("themata.failures")


def first_line(error: BaseException) -> str:
    """What another library's error says first, or its kind when it says nothing.

    >>> first_line(OSError("\\n  no such model\\n a page of advice"))
    'no such model'
    """
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def listed_rows(rows: Sequence[int], most: int = 5) -> str:
    """Rows as a sentence lists them.

    >>> listed_rows([3]), listed_rows([0, 20, 40, 60, 80, 100])
    ('row 3', 'rows 0, 20, 40, 60, 80 and 1 more')
    """
    shown = ", ".join(map(str, rows[:most]))
    more = f" and {len(rows) - most:,} more" if len(rows) > most else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"


class ThemataError(Exception):
    """Anything themata raises on purpose."""


class AlignmentError(ThemataError, ValueError):
    """Two things that need one row per document, or per topic, have different numbers of rows."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str, cutoff: float = 0.6) -> str:
    """The hint that ends an error about a name: which one was perhaps meant, and `otherwise` where none is like it."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"did you mean {near[0]!r}?" if near else otherwise


class UnknownTopicError(ThemataError, KeyError):
    """No topic has this number."""

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return str(self.args[0]) if self.args else ""


class UnknownPartError(ThemataError, ValueError):
    """No part has this name."""

    def __init__(self, kind: str, name: str, known: Iterable[str], more: str = "") -> None:
        names = sorted(known)
        hint = did_you_mean(name, names, f"known are {', '.join(names)}", cutoff=0.5)
        super().__init__(f"no {kind} is called {name!r}: {hint}" + (f" ({more})" if more else ""))


class PartError(ThemataError, ValueError):
    """A part returned what its promise does not allow.

    >>> str(PartError("KMeans", "fit", "10 labels", "one per document (12)"))
    'KMeans.fit gave 10 labels, expected one per document (12)'
    """

    def __init__(self, part: object, method: str, came: str, expected: str) -> None:
        name = part if isinstance(part, str) else type(part).__name__
        super().__init__(f"{name}.{method} gave {came}, expected {expected}")


class InputError(ThemataError, ValueError):
    """A file or an argument cannot be used."""


class MissingExtraError(ThemataError, ImportError):
    """An optional dependency is not installed.

    >>> str(MissingExtraError("UMAP", extra="classic"))
    "UMAP needs: pip install 'themata[classic]'"
    """

    def __init__(self, what: str, *, extra: str) -> None:
        self.extra = extra
        super().__init__(f"{what} needs: pip install 'themata[{extra}]'")


UNSENT = "not asked, since an earlier request failed: "


class ChatError(ThemataError):
    """A language model gave no answer.

    retryable : asking the same again may help
    hint : what the user can do
    """

    retryable = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(f"{message}: {hint}" if hint else message)


class RateLimited(ChatError):
    """Asked too fast. after : seconds the server asks to wait, None if it does not say."""

    retryable = True

    def __init__(self, message: str, *, hint: str = "", after: float | None = None) -> None:
        self.after = after
        super().__init__(message, hint=hint)


class Refused(ChatError):
    """Bad key, no quota, unknown model: asking again does not help."""


class BadAnswer(ChatError):
    """An answer came and cannot be used."""

    retryable = True


class PromptTooLong(ChatError):
    """Prompt and answer together exceed what the model can take.

    limit : tokens that it takes, None where it does not say
    characters : the same, of a server that counts characters
    size : tokens of the prompt as the model counts them, None where it does not say
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        limit: int | None = None,
        characters: int | None = None,
        size: int | None = None,
    ) -> None:
        self.limit, self.characters, self.size = limit, characters, size
        super().__init__(message, hint=hint)


class Unreachable(ChatError):
    """No connection, a timeout or an error of the server."""

    retryable = True


class Absent(Unreachable):
    """Nobody listens at the address, or nobody knows it."""


class Gated(ChatError):
    """Access to the model must be asked for first."""


class StoreError(ThemataError, OSError):
    """A saved folder is damaged, of a newer format or not one of ours."""


if TYPE_CHECKING:

    class NotFittedError(ThemataError, ValueError, AttributeError):
        """A question that only a fitted model can answer."""


def __getattr__(name: str) -> Any:
    """Make NotFittedError when first asked for: its other base lives in scikit-learn, which takes a second to import."""
    if name != "NotFittedError":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sklearn.exceptions import NotFittedError as Sklearns

    made = type(
        name,
        (ThemataError, Sklearns),
        {"__doc__": "A question that only a fitted model can answer.", "__module__": __name__},
    )
    globals()[name] = made
    return made
