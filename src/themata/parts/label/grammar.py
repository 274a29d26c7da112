"""What the small words around a word tell of it: whether it is a thing, and so may begin or end a name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import regex

from themata.graph import Bool1d
from themata.parts.label.candidates import Sample, usual
from themata.parts.label.numbered import ARTICLES, CONJUNCTIONS, PREPOSITIONS, Numbered, Phrase
from themata.parts.words.languages import kinds_of_chinese, light_words

_HAN = regex.compile(r"^\p{Han}+$")
_CODE = regex.compile(r"^\p{L}+\d{3,}$")  # of a flight, an order, a bug

# A thing follows these ...
_BEFORE_THINGS = ARTICLES | PREPOSITIONS | frozenset(
    """
    this these those my your his her its our their some any each every no another both all other such
    des du un une mes tes ses nos vos leurs mon ton son notre votre leur ce cet cette ces aux au
    los el las lo un una unos unas del al mi tu su sus este esta estos estas il gli i dei delle degli della dello
    os as um uma uns umas dos das ao seu sua seus suas het een de
    """.split()
)  # fmt: skip
# ... and what is done or how it is follows these
_BEFORE_DEEDS = frozenset(
    """
    i we you he she it they who to can could will would shall should may might must do does did don't doesn't didn't not cannot can't
    won't please let's let how am is are was were be been being i'm you're we're it's have has had i've having so very too more most
    less quite really just also only already never always often
    je tu il elle nous vous ils elles ne se peut peuvent est sont être été ont avait très plus
    yo él ella se puede pueden es fue era ha han había muy más non si è sono era ha hanno può molto più não são foi tem muito mais
    """.split()
)  # fmt: skip
# What is done stands before these
_AFTER_DEEDS = frozenset(
    """
    a an the my your his her its our their this that these those me us it them him whether if
    le la les un une des ce cette ces son sa ses leur leurs el los las una il lo gli os
    """.split()
)
_OFTEN = 0.35  # share of a word's uses as a thing from which it counts as one
_RARELY = 0.1
_SURELY = 0.45
MIN_FORM = 0.15  # uses of a form beside those of the word, from which a name may show it
_DEED = 0.12  # worth of a name of one word that is no thing: "Repeat" is better than nothing
_EITHER = 0.6  # worth of "cats or dogs" beside "pets"


class _Uses(NamedTuple):
    """How often a word of the samples stands where.

    total : anywhere
    after_word, before_word : right after, right before another telling word
    things : after "the" and the like, with no telling word after it
    last : after a telling word, with none after it
    deeds, objects : after "we" and the like; before "the" and the like
    """

    total: int
    after_word: int
    before_word: int
    things: int
    last: int
    deeds: int
    objects: int


_NEVER = _Uses(0, 0, 0, 0, 0, 0, 0)


class Grammar:
    """What the sampled sentences tell of their words.

    A word that nearly always has another telling word right after it ("dimensional") ends no name, and one that nearly
    always has one before it ("based") begins none, in any language. Of English and the Romance languages small words
    tell things from deeds: after "the" stands a thing, after "we" and before "the" something that is done. German
    writes things with a capital. Light words ("changed") begin and end none where a language has a list of them.
    """

    def __init__(self, taken: Sample, stopped: frozenset[str], languages: Sequence[str]) -> None:
        self.taken = taken
        self.stopped = stopped
        self.light = light_words(languages)
        self.english = "en" in languages
        self._met: dict[Phrase, list[int]] = {}
        self.said = Numbered.of(taken.pieces, stopped)
        counts = np.column_stack([*self.said.beside(), self.said.uses(*_telling(self.said))])
        self._uses = dict(zip(self.said.words, map(_Uses._make, counts.tolist()), strict=True))
        self.capitals = list(languages[:1]) == ["de"]

    def meet(self, phrases: Sequence[Phrase], said: Numbered) -> None:
        """Learn how phrases are used."""
        self._met.update(zip(phrases, said.around(phrases, *_telling(said)).tolist(), strict=True))

    def whole(self, phrase: tuple[str, ...]) -> float:
        """Whether a phrase may begin and end as it does, 0.01 to 1."""
        first, last = phrase[0], phrase[-1]
        before, after = self._of(first), self._of(last)
        found = _bound(before.after_word, before.total) * _bound(after.before_word, after.total)
        found *= 0.4 ** sum("_" in word for word in phrase)
        if len(phrase) == 1:
            return found * max(_DEED, self.thing(last))
        if first in self.light or _CODE.match(first):
            found *= 0.5
        if self.capitals and self._inflected(first):
            found *= 0.2
        if phrase[1] in ARTICLES:  # "flip a coin": names a wish, if all ask for it
            return found * self.thing(last) * 0.7
        if phrase[1] in PREPOSITIONS:
            found *= self.named(first)
        for word in phrase[1:-1]:
            if word in CONJUNCTIONS:
                found *= _EITHER
            elif word not in self.stopped and word not in PREPOSITIONS:
                found *= 0.5 + 0.5 * self.described(word)
        things, deeds, continued, total = self._met.get(phrase, (0, 0, 0, 0))
        # "low-rank" is said of what follows
        found *= 1 - 2 * max(0.0, (continued + 1) / (total + 2) - 0.6)
        # what is known of the phrase counts before what is of its words
        told = min(1.0, (things + deeds) / 8)
        share = min(1.0, 2 * (things + 0.5) / (things + deeds + 0.5))
        by_words = self.thing(last) * (0.3 + 0.7 * self.described(first))
        if self._empty(last):
            share *= 0.3
        return found * max(0.02, told * share + (1 - told) * by_words)

    def thing(self, word: str) -> float:
        """Whether a word names a thing, 0.05 to 1; where nothing is known of it, 1."""
        if word in self.light or _CODE.match(word):
            return 0.1
        if self.capitals and word[0].isalpha():
            return 1.0 if usual(word, self.taken.casing)[0].isupper() else 0.15
        if _HAN.match(word):
            return 1.0 if self._han.get(word, "n")[0] in "nlij" or self._han[word] == "vn" else 0.15
        found = min(1.0, max(0.05, (self._share(word) - _RARELY) / (_OFTEN - _RARELY)))
        return 0.2 * found if self._empty(word) else found

    def stands(self, word: str) -> bool:
        """Whether a word names a thing by itself, as often as others of the corpus do: "human" does, "real" does not."""
        if self.capitals or _HAN.match(word):
            return self.thing(word) > 0.5
        free = self._of(word).total - self._of(word).before_word
        surely = self._share(word) > _SURELY and not self._empty(word)
        return surely and self._of(word).things + 1 >= 0.4 * self._rate * free

    def _share(self, word: str) -> float:
        """Share of what tells a word's role that tells of a thing."""
        things = self._of(word).things + 0.5 * self._of(word).last + 1.5
        deeds = self._of(word).deeds + self._of(word).objects + 0.5 * (self.english and word.endswith("ing"))
        return things / (things + deeds)

    @cached_property
    def _han(self) -> dict[str, str]:
        """What kind of word the dictionary says each Chinese word is."""
        return kinds_of_chinese({word for word in self._uses if _HAN.match(word)})

    @cached_property
    def _rate(self) -> float:
        """Share of the telling words' uses without another after them that follow a small word as things do."""
        uses = [own for word, own in self._uses.items() if word not in self.stopped]
        free = sum(own.total - own.before_word for own in uses)
        return sum(own.things for own in uses) / max(1, free)

    def named(self, word: str) -> float:
        """Whether a word is a thing though only the small words before it count: "meaning of", not "depends on"."""
        things = self._of(word).things
        others = self._of(word).deeds + self._of(word).objects + self._of(word).last
        return min(1.0, 2 * (things + 0.5) / (things + others + 0.5))

    def described(self, word: str) -> float:
        """Whether a word may stand before a thing: all but deeds, 0 to 1."""
        if self.english and word.endswith("ly"):
            return 0.3
        deeds, objects = self._of(word).deeds, self._of(word).objects
        rest = max(0, self._of(word).total - deeds)
        return min(1.0, 1.6 * (rest + 2) / (rest + deeds + objects + 2))

    def plain(self, word: str) -> str:
        """The form in which a name shows a single word, or "" where the writers hardly use that form.

        Of English things the plural; of German ones no dative or genitive; of others the word as it is.
        """
        if self.english:
            if word.endswith("s"):
                return word
            forms = [word[:-1] + "ies"] if word.endswith("y") else [word + "s", word + "es"]
            return max(
                (form for form in forms if self._has(form, word)),
                key=lambda form: self._of(form).total,
                default="",
            )
        shorter = [word[:-1], word[:-2]] if self.capitals and word.endswith(("n", "s")) else []
        return next((form for form in shorter if self._has(form, word)), word)

    def _has(self, form: str, word: str) -> bool:
        return self._of(form).total >= max(2.0, MIN_FORM * self._of(word).total)

    def _inflected(self, word: str) -> bool:
        """Whether a German word is an adjective in no form for a name: "olympischen Spielen"."""
        return word.endswith(("en", "em")) and self._of(word).before_word > 0.6 * self._of(word).total

    def _empty(self, word: str) -> bool:
        """Whether a word is no thing by its looks: an adverb, a participle, a light word."""
        if word in self.light:
            return True
        return self.english and len(word) > 4 and word.endswith(("ly", "ed")) and not word.endswith("eed")

    def _of(self, word: str) -> _Uses:
        return self._uses.get(word, _NEVER)


def _bound(beside: int, total: int) -> float:
    share = (beside + 1) / (total + 2)
    return 1.0 - 0.7 * min(1.0, max(0.0, share - 0.6) / 0.25)


def _telling(said: Numbered) -> tuple[Bool1d, Bool1d, Bool1d]:
    return said.among(_BEFORE_THINGS), said.among(_BEFORE_DEEDS), said.among(_AFTER_DEEDS)
