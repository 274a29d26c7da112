"""Words of several syllables that are found apart: syllables that come together far more often than by chance.

Vietnamese writes them apart; of Thai, foreign names are cut where the dictionary knows a piece of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from math import log

import regex

_THAI = regex.compile(r"\p{Thai}+")
FEWEST = 3  # uses of a word
# How much oftener than by chance, from 0 to 1 for always (normalized pointwise mutual information, Bouma 2009). Read on
# 1,000 sentences: from 0.45 nearly all are words, where neither syllable is a small word such as "of"
TOGETHER, WITH_SMALL, LONGER = 0.45, 0.6, 0.5
OF_THAI = 0.75  # what its dictionary parts is mostly two words
LONGEST = 4  # syllables


def compounds(
    sentences: Sequence[list[str]],
    stopped: Collection[str],
    *,
    together: float = TOGETHER,
    between: str = " ",
) -> frozenset[str]:
    """Words of several syllables in sentences of syllables.

    between : what is written between two syllables

    >>> said = [["tàu", "ngầm", "lớn"], ["hai", "tàu", "ngầm"], ["tàu", "ngầm", "này"], ["một", "nhà", "lớn"]]
    >>> sorted(compounds(said, ["này", "một"]))
    ['tàu ngầm']
    """
    found: frozenset[str] = frozenset()
    for least in (together, max(together, LONGER), max(together, LONGER)):  # pairs, then what goes with pairs
        said = [joined(words, found, between) for words in sentences]
        alone = Counter(word for words in said for word in words)
        beside = Counter(pair for words in said for pair in pairwise(words))
        total = sum(alone.values())
        for (one, other), count in beside.items():
            small = one in stopped or other in stopped
            if (
                count < FEWEST
                or (not between and not _THAI.fullmatch(one + other))
                or (one + other).isdigit()
                or f"{one} {other}".count(" ") >= LONGEST
            ):
                continue
            by_chance = alone[one] * alone[other] / total
            if log(count / by_chance) >= max(least, WITH_SMALL if small else 0.0) * log(total / count):
                found |= {f"{one}{between}{other}"}
    return found


def joined(words: Iterable[str], known: Collection[str], between: str = " ") -> list[str]:
    """Syllables as words, the longest known ones first.

    >>> joined(["một", "Tàu", "ngầm"], {"tàu ngầm"})
    ['một', 'Tàu ngầm']
    """
    said, found, at = list(words), [], 0
    while at < len(said):
        for length in range(min(LONGEST, len(said) - at), 0, -1):
            word = between.join(said[at : at + length])
            if length == 1 or word.lower() in known:
                break
        found.append(word)
        at += length
    return found
