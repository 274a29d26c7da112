"""Words of several pieces that are found apart: pieces that come together far more often than by chance.

Vietnamese writes syllables apart; of Thai, foreign names are cut where the dictionary knows a piece of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from math import log

from themata.languages.language import Compounds

FEWEST = 3  # uses of a word
# How much oftener than by chance, where a piece is a function word such as "of", and for three pieces or more. Read on
# 1,000 sentences: from 0.45 nearly all are words, where no piece is a function word
WITH_FUNCTION_WORD, LONGER = 0.6, 0.5
LONGEST = 4  # syllables


def compounds(sentences: Sequence[list[str]], stopped: Collection[str], kind: Compounds) -> frozenset[str]:
    """Words of several pieces in sentences of pieces.

    >>> sentences = [["tàu", "ngầm", "lớn"], ["hai", "tàu", "ngầm"], ["tàu", "ngầm", "này"], ["một", "nhà", "lớn"]]
    >>> sorted(compounds(sentences, ["này", "một"], Compounds(0.45, " ")))
    ['tàu ngầm']
    """
    pairs: frozenset[str] = frozenset()
    # Pairs, then longer ones
    for least in (kind.together, max(kind.together, LONGER), max(kind.together, LONGER)):
        pieces = [joined(words, pairs, kind.between) for words in sentences]
        alone = Counter(word for words in pieces for word in words)
        beside = Counter(pair for words in pieces for pair in pairwise(words))
        total = sum(alone.values())
        for (first, second), count in beside.items():
            both = first + second
            if (
                count < FEWEST
                or (kind.letters is not None and not kind.letters.fullmatch(both))
                or both.isdigit()
                or f"{first} {second}".count(" ") >= LONGEST
            ):
                continue
            is_function_word = first in stopped or second in stopped
            by_chance = alone[first] * alone[second] / total
            rise = max(least, WITH_FUNCTION_WORD if is_function_word else 0.0)
            if log(count / by_chance) >= rise * log(total / count):
                pairs |= {f"{first}{kind.between}{second}"}
    return pairs


def allowed(known: Collection[str], kind: Compounds) -> Collection[str]:
    """Those of the known words that may be compounds of the kind."""
    letters = kind.letters
    return known if letters is None else frozenset(word for word in known if letters.fullmatch(word))


def joined(words: Iterable[str], known: Collection[str], between: str = " ") -> list[str]:
    """Syllables as words, the longest known ones first.

    >>> joined(["một", "Tàu", "ngầm"], {"tàu ngầm"})
    ['một', 'Tàu ngầm']
    """
    said, pieces, at = list(words), [], 0
    while at < len(said):
        for length in range(min(LONGEST, len(said) - at), 0, -1):
            word = between.join(said[at : at + length])
            if length == 1 or word.lower() in known:
                break
        pieces.append(word)
        at += length
    return pieces
