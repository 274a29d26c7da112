"""What is known of one language: a value, one in each file, which counting, naming and reading columns ask."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import regex

from themata.languages.word_contexts import WordUses

Uses: TypeAlias = Callable[[str], int]  # how often a word is used
COMMA = ", "  # between two names, where no conjunction of the language is known


def lower(text: str) -> str:
    """Small letters; that of İ by itself leaves a dot of its own behind."""
    return text.replace("İ", "i").lower() if "İ" in text else text.lower()


def without_accents(text: str) -> str:
    """Small letters, those of the Latin and Greek scripts without accents.

    >>> without_accents("Überschrift"), without_accents("Größe"), without_accents("コメントが")
    ('uberschrift', 'grosse', 'コメントが')
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = regex.sub(r"(?<=[\p{Latin}\p{Greek}])\p{M}+", "", apart)
    return unicodedata.normalize("NFC", plain).replace("ø", "o").replace("æ", "ae").replace("ł", "l")


def pairs(run: str) -> list[str]:
    """Overlapping pairs of characters, as search engines cut what they have no dictionary of.

    >>> pairs("東京都")
    ['東京', '京都']
    """
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))] if run else []


def as_written(word: str) -> str:
    return word


@dataclass(frozen=True)
class Compounds:
    """Words whose pieces are written or cut apart, and found by how often they come together.

    together : how much oftener than by chance, from 0 to 1 for always (normalized pointwise mutual information, Bouma 2009)
    between : what is written between two pieces
    letters : of the pieces, where not all are put together
    """

    together: float
    between: str
    letters: regex.Pattern[str] | None = None


@dataclass(frozen=True)
class Language:
    """Everything known of a language. What is not known of it is left out, and nothing but `code` and `name` must be.

    code, name, other_names : of two letters; in English; other English names, and codes of three letters
    script, script_share : letters that tell the language, from so large a share of a text; 0 is any letter

    spaces : whether words are written apart
    segment : cuts a run of a script without spaces: runs with letters of `segmented`, and those that match `also_segmented`
        where the language is of the corpus
    lower, upper, without_suffix : small letters, capitals, and a word without what an apostrophe parts from it
    elided : what an apostrophe parts from the word after it: "l" of "l'arte"
    learn_words : from the words of a corpus those that stand by themselves
    split_word : a word, and those that it holds, into the word and what is written onto it
    compounds : how words of several pieces are found

    function_words, dictionary_function_words : that published lists of stop words lack; the latter read from a library
    stop_words : all of them, in place of a published list
    attached_endings, with_attached : what is written onto function words and makes no other word of them; function words
        together with what they look like with others written onto them

    articles, prepositions : may stand inside a name, an article only after a preposition
    attached_links : of these, what is written onto the word before it
    prefixes : what `split_word` takes off the beginning of a word, and names write there again
    conjunction, between : what stands between two names, with its spaces; of some languages it depends on the names
    light_words : stand in sentences, but make a poor beginning or end of a name: "need to report", "tires changed"
    before_nouns, before_verbs, after_verbs, after_nouns : words by which nouns and verbs are told
    verbs_last : whether sentences end with verbs
    capital_nouns : whether nouns, and hardly anything else, are written with a capital
    not_noun, may_be_verb, adverb : what looks like no noun; like a noun or a verb; like an adverb
    other_than_nouns : those of some words that a dictionary has as something else
    is_verb : whether a word looks like a verb, by how often other forms of it are used
    looks_like_verb : the same, of words by themselves only
    is_imperative, is_verb_by_use, is_inflected_adjective : by where the word, or other forms of it, stand in sentences
    plurals : what the plural of a noun may be; a plural's own is itself
    shorter_forms : of an inflected noun, that a name may show
    is_oblique : whether a phrase is in another case

    units : of measure, besides the international ones
    nonanswers : answers that are none, with "|" between them, without accents
    column_names : by role, without accents
    """

    code: str
    name: str
    other_names: tuple[str, ...] = ()
    script: regex.Pattern[str] | None = None
    script_share: float = 0.0

    spaces: bool = True
    segment: Callable[[str], list[str]] | None = None
    segmented: regex.Pattern[str] | None = None
    also_segmented: regex.Pattern[str] | None = None
    lower: Callable[[str], str] = lower
    upper: Callable[[str], str] = str.upper
    without_suffix: Callable[[str], str] = as_written
    elided: tuple[str, ...] = ()
    learn_words: Callable[[Iterable[str]], frozenset[str]] | None = None
    split_word: Callable[[str, Collection[str]], list[str]] | None = None
    compounds: Compounds | None = None

    function_words: frozenset[str] = frozenset()
    dictionary_function_words: Callable[[], frozenset[str]] = frozenset
    stop_words: Callable[[], frozenset[str]] | None = None
    attached_endings: tuple[str, ...] = ()
    with_attached: Callable[[Iterable[str]], frozenset[str]] | None = None

    articles: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    attached_links: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    conjunction: str = COMMA
    between: Callable[[str, str], str] | None = None
    light_words: frozenset[str] = frozenset()
    before_nouns: frozenset[str] = frozenset()
    before_verbs: frozenset[str] = frozenset()
    after_verbs: frozenset[str] = frozenset()
    after_nouns: frozenset[str] = frozenset()
    verbs_last: bool = False
    capital_nouns: bool = False
    not_noun: regex.Pattern[str] | None = None
    may_be_verb: regex.Pattern[str] | None = None
    adverb: regex.Pattern[str] | None = None
    other_than_nouns: Callable[[Collection[str]], frozenset[str]] | None = None
    is_verb: Callable[[str, Uses], bool] | None = None
    looks_like_verb: Callable[[str, Uses], bool] | None = None
    is_imperative: Callable[[str, Callable[[str], WordUses]], bool] | None = None
    is_verb_by_use: Callable[[str, WordUses], bool] | None = None
    is_inflected_adjective: Callable[[str, WordUses], bool] | None = None
    plurals: Callable[[str], tuple[str, ...]] | None = None
    shorter_forms: Callable[[str], tuple[str, ...]] | None = None
    is_oblique: Callable[[Sequence[str]], bool] | None = None

    units: frozenset[str] = frozenset()
    nonanswers: str = ""
    column_names: Mapping[str, str] = field(default_factory=dict)

    def side_by_side(self, name: str, other: str) -> str:
        """Two names as one: "Agua e islas".

        >>> Language("de", "German", conjunction=" und ").side_by_side("Wind", "Wetter")
        'Wind und Wetter'
        """
        between = self.conjunction if self.between is None else self.between(name, other)
        return f"{name}{between}{other}"

    def holds_two(self, name: str) -> bool:
        """Whether a name is of two things already."""
        return self.conjunction in name


def word_set(text: str) -> frozenset[str]:
    """The words of a list with spaces between them."""
    return frozenset(text.split())
