"""What two names have in common: their words without endings."""

from __future__ import annotations

import regex

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}+#]+")


def words(text: str) -> list[str]:
    """Words in lower case.

    >>> words("C++ and Café-au-lait")
    ['c++', 'and', 'café', 'au', 'lait']
    """
    return list(_WORD.findall(text.casefold()))


def stem(word: str) -> str:
    """A word without the ending of a plural or of a verb.

    >>> [stem(word) for word in ("whales", "classes", "studies", "training", "trained", "loss")]
    ['whale', 'class', 'study', 'train', 'train', 'loss']
    """
    singular = without_plural(word)
    if singular != word:
        return singular
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)]
    return word


def without_plural(word: str) -> str:
    """
    >>> [without_plural(word) for word in ("gans", "bus", "boxes", "training")]
    ['gan', 'bus', 'box', 'training']
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def key(name: str) -> str:
    """Equal for names that a reader would take for one.

    >>> key("Graph neural networks") == key("graph Neural-Network")
    True
    """
    return " ".join(map(without_plural, words(name))) or name.strip()
