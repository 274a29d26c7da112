"""Where a word stands in the sampled sentences, in numbers."""

from __future__ import annotations

from typing import NamedTuple

KNOWN = 15  # uses from which it tells something that a word never stands somewhere


class WordUses(NamedTuple):
    """How often a word of the samples stands where.

    total : anywhere
    after_word, before_word : right after, right before another content word
    things : after "the" and the like, with no content word after it
    last : after a content word, with none after it
    deeds, objects : after "we" and the like; before "the" and the like
    counted : after "a" or "an", with no content word after it
    marked : before a particle of things
    closing : at the end of a sentence
    opening : at the beginning of a sentence of several words
    """

    total: int
    after_word: int
    before_word: int
    things: int
    last: int
    deeds: int
    objects: int
    counted: int
    marked: int
    closing: int
    opening: int


NEVER = WordUses(*[0] * len(WordUses._fields))
