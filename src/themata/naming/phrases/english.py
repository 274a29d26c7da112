"""What tells English verbs from things by where they stand and which forms they have."""

from __future__ import annotations

from collections.abc import Callable

from themata.naming.phrases.word_contexts import Uses

KNOWN = 15  # uses from which it tells something that a word never stands somewhere
_ORDERS = frozenset(
    "set put make add let keep get do use run build send read write cut".split()
)  # have no past in -ed


def orders(word: str, of: Callable[[str], Uses]) -> bool:
    """Whether a word is mostly an order, as in lists of changes: it begins sentences, and has a past of its own.

    of : the uses of a word
    """
    own = of(word)
    if own.total < 5 or 2 * own.opening < own.total - own.after_word or own.things > 0.2 * own.total:
        return False
    roots = [word, *(word[:-n] for n in (1, 2) if word.endswith("s"))]
    past = (form for root in roots if len(root) > 2 for form in _past(root))
    return word.endswith("ed") or word in _ORDERS or any(of(form).total for form in past)


def does(word: str, own: Uses) -> bool:
    """Whether a word in -s is what something does: it ends no sentence, and no small word tells a thing."""
    return word.endswith("s") and own.total >= KNOWN and own.closing + own.things <= 0.02 * own.total


def plurals(word: str) -> tuple[str, ...]:
    """What the plural of a word may be; a plural's own is itself.

    >>> plurals("class"), plurals("query"), plurals("key"), plurals("matrix"), plurals("files")
    (('classes',), ('queries',), ('keys', 'keyes'), ('matrices', 'matrixes'), ('files',))
    """
    if word.endswith(("ix", "ex")):
        return word[:-2] + "ices", word + "es"
    if word.endswith("sis"):
        return (word[:-2] + "es",)
    if word.endswith(("ss", "us", "is", "x", "sh", "ch")):
        return (word + "es",)
    if word.endswith("y") and word[-2:-1] not in tuple("aeou"):
        return (word[:-1] + "ies",)
    return (word,) if word.endswith("s") else (word + "s", word + "es")


def _past(word: str) -> tuple[str, ...]:
    """
    >>> _past("apply"), _past("drop"), _past("update")
    (('applied',), ('droped', 'dropped'), ('updated',))
    """
    if word.endswith("e"):
        return (word + "d",)
    return (word[:-1] + "ied",) if word.endswith("y") else (word + "ed", word + word[-1] + "ed")
