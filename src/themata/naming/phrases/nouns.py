"""What the small words around a word tell of it: whether it is a thing, and so may begin or end a name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import regex

from themata.core.arrays import Bool1d
from themata.languages.catalog import LANGUAGES, first_of, languages_of, union
from themata.languages.word_contexts import KNOWN, NEVER, WordUses
from themata.naming.phrases.candidates import PhraseSample, usual
from themata.naming.phrases.phrase_counts import ARTICLES, PREPOSITIONS, Numbered, Phrase

_CODE = regex.compile(r"^\p{L}+\d{3,}$")  # of a flight, an order, a bug

_OFTEN = 0.35  # share of a word's uses as a thing from which it counts as one
_RARELY = 0.1
_SURELY = 0.45
MIN_FORM = 0.15  # uses of a form beside those of the word, from which a name may show it
# Share of a word's uses that are "a parser" from which it is one of many, which "a memory" is not; fewer plurals will do then
_COUNTABLE, _MIN_FORM_OF_COUNTABLE = 0.05, 0.03
_DEED = 0.12  # worth of a name of one word that is no thing: "Repeat" is better than nothing
OBLIQUE = 0.25  # worth of a name in another case than the nominative
_ORDER = 0.3  # worth of "Update symbols" beside "Symbol files"


class Grammar:
    """What the sampled sentences tell of their words.

    A word that nearly always has another content word right after it ("dimensional") ends no name, and one that nearly
    always has one before it ("based") begins none, in any language. Of English and the Romance languages small words
    tell things from deeds: after "the" stands a thing, after "we" and before "the" something that is done. German
    writes things with a capital, Japanese and Korean have particles after them; Turkish, Hindi and others end sentences with
    verbs. Light words ("changed") begin and end none where a language has a list of them.
    """

    def __init__(
        self, taken: PhraseSample, stopped: frozenset[str], languages: Sequence[str], spoken_of: float = 0.0
    ) -> None:
        """spoken_of : share of a topic's documents that mention a handle, from which it may stand in the topic's name"""
        self.taken = taken
        self.spoken_of = spoken_of
        self.stopped = stopped
        spoken = languages_of(languages)
        self.language = first_of(languages)
        self.light = union(language.light_words for language in spoken)
        self.before_nouns = union(language.before_nouns for language in spoken)
        self.before_verbs = union(language.before_verbs for language in spoken)
        self.after_verbs = union(language.after_verbs for language in spoken)
        self._plurals = next((language.plurals for language in spoken if language.plurals), None)
        self._imperatives = [language.is_imperative for language in spoken if language.is_imperative]
        self._verbs_by_use = [language.is_verb_by_use for language in spoken if language.is_verb_by_use]
        self._not_nouns = [language.not_noun for language in spoken if language.not_noun]
        self._adverbs = [language.adverb for language in spoken if language.adverb]
        self._may_be_verbs = [language.may_be_verb for language in spoken if language.may_be_verb]
        self._met: dict[Phrase, list[int]] = {}
        self.said = Numbered.of(taken.beginnings, stopped)
        beside, uses = (
            self.said.beside(verbs_last=self.language.verbs_last),
            self.said.uses(*self._cue_words(self.said)),
        )
        counts = np.column_stack(
            [
                *beside,
                uses,
                self.said.marked(self.language.after_nouns),
                self.said.closing(),
                self.said.opening(),
            ]
        )
        self._uses = dict(zip(self.said.words, map(WordUses._make, counts.tolist()), strict=True))

    def meet(self, phrases: Sequence[Phrase], said: Numbered) -> None:
        """Learn how phrases are used."""
        self._met.update(zip(phrases, said.around(phrases, *self._cue_words(said)).tolist(), strict=True))

    def whole(self, phrase: tuple[str, ...]) -> float:
        """Whether a phrase may begin and end as it does, 0.01 to 1."""
        first, last = phrase[0], phrase[-1]
        before, after = self._of(first), self._of(last)
        wholeness = _bound(before.after_word, before.total) * _bound(after.before_word, after.total)
        if len(phrase) == 1:
            if self._oblique((self.plain(first),)):
                wholeness *= OBLIQUE
            deed = 0.0 if self.language.capital_nouns else _DEED  # German tells things surely
            return wholeness * max(deed, self.thing(last))
        if first in self.light or _CODE.match(first):
            wholeness *= 0.5
        if any(map(_CODE.match, phrase[1:])):  # "flight dl123" is one of many
            wholeness *= 0.1
        if (
            any(is_imperative(first, self._of) for is_imperative in self._imperatives)
            and phrase[1] not in ARTICLES
        ):
            wholeness *= _ORDER
        if self._is_inflected_adjective(first):
            wholeness *= 0.2
        if self._oblique(phrase):
            wholeness *= OBLIQUE
        if phrase[1] in ARTICLES:  # "flip a coin": names a wish, if all ask for it
            return wholeness * self.thing(last) * 0.7
        if phrase[1] in PREPOSITIONS:
            wholeness *= self.named(first)
        for word in phrase[1:-1]:
            if word not in self.stopped and word not in PREPOSITIONS:
                wholeness *= 0.5 + 0.5 * self.described(word)
                wholeness *= 0.3 if self._is_verb_by_use(word) else 1.0
        if any(map(self._acts, phrase)):
            wholeness *= 0.05
        things, deeds, continued, total = self._met.get(phrase, (0, 0, 0, 0))
        # "low-rank" is said of what follows
        wholeness *= 1 - 2 * max(0.0, (continued + 1) / (total + 2) - 0.6)
        # what is known of the phrase counts before what is of its words
        certainty = min(1.0, (things + deeds) / 8)
        share = min(1.0, 2 * (things + 0.5) / (things + deeds + 0.5))
        by_words = self.thing(last) * (0.3 + 0.7 * self.described(first))
        if self._empty(last):
            share *= 0.3
        if self._is_verb_by_use(last):
            share *= 0.1
        return wholeness * max(0.02, certainty * share + (1 - certainty) * by_words)

    def thing(self, word: str) -> float:
        """Whether a word names a thing, 0.05 to 1; where nothing is known of it, 1."""
        if word in self.light or _CODE.match(word):
            return 0.1
        if self.language.capital_nouns and word[0].isalpha():
            return 1.0 if usual(word, self.taken.casing)[0].isupper() else 0.05
        if self._closes(word) or self._looks_like_verb(word) or self._acts(word):
            return 0.1
        if self.language.after_nouns:
            return self._marked(word)
        if word in self._other_than_nouns:
            return 0.15
        if self._is_verb_by_use(word):
            return 0.1
        share = min(1.0, max(0.05, (self._share(word) - _RARELY) / (_OFTEN - _RARELY)))
        return 0.2 * share if self._empty(word) else share

    def stands(self, word: str) -> bool:
        """Whether a word names a thing by itself, as often as others of the corpus do: "human" does, "real" does not."""
        if self.language.capital_nouns or self.language.after_nouns:
            return self.thing(word) > 0.5
        if word in self._other_than_nouns or self._acts(word):
            return False
        free = self._of(word).total - self._of(word).before_word
        if self.language.is_oblique and (
            2 * free < self._of(word).total or self.whole((word,)) < OBLIQUE + 0.1
        ):
            return False
        surely = self._share(word) > _SURELY and not self._empty(word)
        return surely and self._of(word).things + 1 >= 0.4 * self._rate * free

    def _closes(self, word: str) -> bool:
        """Whether a word of a language that ends its sentences with verbs is one."""
        uses = self._of(word)
        return (
            self.language.verbs_last
            and uses.total > 2
            and uses.closing > max(0.6, 2.5 * self._closing) * uses.total
        )

    @cached_property
    def _closing(self) -> float:
        """Share of the content words' uses that end a sentence."""
        uses = [word_uses for word, word_uses in self._uses.items() if word not in self.stopped]
        return sum(word_uses.closing for word_uses in uses) / max(
            1, sum(word_uses.total for word_uses in uses)
        )

    def _acts(self, word: str) -> bool:
        """Whether a word of a language that writes articles onto things is a verb."""
        return self.language.is_verb is not None and self.language.is_verb(word, self._named)

    def _marked(self, word: str) -> float:
        """Whether a word is a thing of a language that marks things with particles."""
        uses = self._of(word)
        share = (uses.marked + 1) / (uses.total - uses.before_word + 2)
        return min(1.0, max(0.05, (share - 0.15) / 0.3))

    def _share(self, word: str) -> float:
        """Share of what tells a word's role that tells of a thing."""
        things = self._of(word).things + 0.5 * self._of(word).last + 1.5
        deeds = (
            self._of(word).deeds
            + self._of(word).objects
            + 0.5 * any(form.search(word) for form in self._may_be_verbs)
        )
        if self._plurals and word.endswith("s"):  # "displays" may be what "we display" does
            root = self._of(word[:-1])
            part = min(1.0, self._of(word).total / max(1, root.total))
            things, deeds = things + part * root.things, deeds + part * (root.deeds + root.objects)
        return things / (things + deeds)

    @cached_property
    def _other_than_nouns(self) -> frozenset[str]:
        """Words that are no nouns by the dictionary of a language, whether the corpus is in it or only quotes it."""
        dictionaries = (language.other_than_nouns for language in LANGUAGES if language.other_than_nouns)
        return union(dictionary(self._uses.keys()) for dictionary in dictionaries)

    @cached_property
    def _rate(self) -> float:
        """Share of the content words' uses without another after them that follow a small word as things do."""
        uses = [word_uses for word, word_uses in self._uses.items() if word not in self.stopped]
        free = sum(word_uses.total - word_uses.before_word for word_uses in uses)
        return sum(word_uses.things for word_uses in uses) / max(1, free)

    def named(self, word: str) -> float:
        """Whether a word is a thing though only the small words before it count: "meaning of", not "depends on"."""
        if self.language.after_nouns:
            return self._marked(word)
        things = self._of(word).things
        others = self._of(word).deeds + self._of(word).objects + self._of(word).last
        return min(1.0, 2 * (things + 0.5) / (things + others + 0.5))

    def described(self, word: str) -> float:
        """Whether a word may stand before a thing: all but deeds, 0 to 1."""
        if any(form.search(word) for form in self._adverbs):
            return 0.3
        deeds, objects = self._of(word).deeds, self._of(word).objects
        rest = max(0, self._of(word).total - deeds)
        return min(1.0, 1.6 * (rest + 2) / (rest + deeds + objects + 2))

    def plain(self, word: str) -> str:
        """The form in which a name shows a single word, or "" where the writers hardly use that form.

        Of English things the plural, if they can be counted; of German ones no dative or genitive; of others the word as it is.
        """
        if self._plurals:
            forms = self._plurals(word)
            countable = self._of(word).counted >= max(2.0, _COUNTABLE * self._of(word).total)
            least = _MIN_FORM_OF_COUNTABLE if countable else MIN_FORM
            often = [form for form in forms if form == word or self._has(form, word, least)]
            if often:
                return max(often, key=lambda form: self._of(form).total)
            return word if self._of(word).total >= KNOWN and not any(map(self._named, forms)) else ""
        shorter = self.language.shorter_forms(word) if self.language.shorter_forms else ()
        return next((form for form in shorter if self._has(form, word)), word)

    def is_singular(self, phrase: Phrase) -> bool:
        """Whether an English phrase of several words is in the singular, beside which a plural would stand oddly."""
        if self._plurals is None or len(phrase) == 1:
            return False
        return self._plurals(phrase[-1]) != (phrase[-1],)

    def _cue_words(self, said: Numbered) -> tuple[Bool1d, Bool1d, Bool1d]:
        return said.among(self.before_nouns), said.among(self.before_verbs), said.among(self.after_verbs)

    def _oblique(self, phrase: Phrase) -> bool:
        return self.language.is_oblique is not None and self.language.is_oblique(phrase)

    def _named(self, word: str) -> int:
        return 0 if word in self.stopped else self._of(word).total

    def _has(self, form: str, word: str, least: float = MIN_FORM) -> bool:
        return self._of(form).total >= max(2.0, least * self._of(word).total)

    def _is_inflected_adjective(self, word: str) -> bool:
        by_use = self.language.is_inflected_adjective
        return by_use is not None and by_use(word, self._of(word))

    def _is_verb_by_use(self, word: str) -> bool:
        return any(by_use(word, self._of(word)) for by_use in self._verbs_by_use)

    def _looks_like_verb(self, word: str) -> bool:
        return self.language.looks_like_verb is not None and self.language.looks_like_verb(word, self._named)

    def _empty(self, word: str) -> bool:
        """Whether a word is no thing by its looks: an adverb, a participle, a light word."""
        return word in self.light or any(form.search(word) for form in self._not_nouns)

    def _of(self, word: str) -> WordUses:
        return self._uses.get(word, NEVER)


def _bound(beside: int, total: int) -> float:
    share = (beside + 1) / (total + 2)
    return 1.0 - 0.7 * min(1.0, max(0.0, share - 0.6) / 0.25)
