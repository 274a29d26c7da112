"""Looks at single parameters: what was expected, what came, what to do. Each raises an InputError or returns nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import Any

from themata.core.errors import InputError, did_you_mean


def whole(name: str, value: Any, least: int = 1) -> None:
    """A whole number, Python's or NumPy's.

    >>> whole("n_topics", 5)
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < least:
        raise InputError(f"{name} must be a whole number from {least}, got {shown(value)}")


def between(name: str, value: Any, low: float, high: float) -> None:
    """A number in a range, its ends included."""
    if not isinstance(value, Real) or isinstance(value, bool) or not low <= float(value) <= high:
        raise InputError(f"{name} must be a number from {low:g} to {high:g}, got {shown(value)}")


def flag(name: str, value: Any) -> None:
    """True or False, NumPy's among them, or 1 and 0."""
    if type(value).__name__ not in ("bool", "bool_") and not (isinstance(value, int) and value in (0, 1)):
        raise InputError(f"{name} must be True or False, got {shown(value)}")


def word_range(name: str, value: Any) -> None:
    """How many words a term has: (fewest, most)."""
    pair = list(value) if isinstance(value, tuple | list) else []
    numbers = all(isinstance(bound, Integral) and not isinstance(bound, bool) for bound in pair)
    if len(pair) != 2 or not numbers or not 1 <= pair[0] <= pair[1]:
        raise InputError(f"{name} must be (fewest, most) words of a term, such as (1, 2), got {value!r:.60}")


def names(name: str, value: Any) -> None:
    """A list of strings, none of them blank."""
    if not _is_list(value) or not all(
        isinstance(name_given, str) and name_given.strip() for name_given in value
    ):
        raise InputError(f"{name} must be a list of names, such as ['Space', 'Food'], got {value!r:.60}")


def word_lists(name: str, value: Any) -> None:
    """A list of lists of words, one or more in each."""
    if not _is_list(value) or not all(
        _is_list(words) and len(words) and all(isinstance(word, str) for word in words) for words in value
    ):
        raise InputError(
            f"{name} must be a list of lists of words, such as [['moon', 'rocket'], ['soup']], got {value!r:.60}"
        )


def one_of(name: str, value: Any, known: Iterable[str], more: str = "") -> None:
    """One of some names; a misspelt one is told which was perhaps meant."""
    choices = list(known)
    if value in choices:
        return
    listed = (
        f"it is one of {', '.join(choices)}" if len(choices) <= 20 else f"none of {len(choices)} is like it"
    )
    raise InputError(f"{name} is not known: {value!r:.60}; {did_you_mean(str(value), choices, listed)}{more}")


def shown(value: Any) -> str:
    """A value as an error shows it: short, and with its type.

    >>> shown("few")
    "'few' (str)"
    """
    shape = getattr(value, "shape", None)
    if shape is not None and shape != ():
        return f"an array of shape {shape} of {getattr(value, 'dtype', '?')}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__} of {len(value)}"
    return f"{value!r:.60} ({type(value).__name__})"


def _is_list(value: Any) -> bool:
    return not isinstance(value, str | bytes) and (isinstance(value, Sequence) or hasattr(value, "tolist"))
