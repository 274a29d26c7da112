"""Names for topics without a language model: the phrase of its own documents that tells a topic from all others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import is_
from typing import Any

import regex

from themata.core.documents import Documents
from themata.core.plain_text import SPOKEN_OF, kinds, plain
from themata.core.topics import Label, Namer, Origin, Topics
from themata.core.words_of_names import without_plural, words
from themata.languages.catalog import first_of
from themata.languages.codes import code_of
from themata.naming.phrases.candidates import capital, phrase_sample, surface
from themata.naming.phrases.headings import headings
from themata.naming.phrases.nouns import Grammar
from themata.naming.phrases.ranking import Candidate, ranked
from themata.naming.phrases.sentences import Reader
from themata.words.detection import languages_in
from themata.words.stop_words import stop_words
from themata.words.word_boundaries import cutter

MAX_CHARACTERS = 60
N_OPTIONS = 4  # candidates that may be the name, where better ones are another topic's
OF_EACH_CHILD = 60  # documents that a group's phrases are taken from


class Phrases:
    """Names every topic with a phrase of two to five words that its documents use.

    A phrase is good when many of the topic's documents use it, few others do, its words belong together, and the
    documents that use it lie near the topic's center. No two topics get one name; a person's names stay.

    language : code or English name; None detects it
    ignore : what of the documents is no language, as Words(ignore=) has it
    random_state : of the documents that are read where there are very many
    more_stop_words : words that neither begin nor end a name, beside those of the language
    """

    def __init__(
        self,
        language: str | None = None,
        random_state: int = 42,
        ignore: str | Sequence[str] | None = "all",
        more_stop_words: Sequence[str] = (),
    ) -> None:
        self.language: str | None = code_of(language)
        self.random_state = random_state
        self.ignore = ignore
        self.more_stop_words = more_stop_words
        self._detected: tuple[Sequence[str], list[str]] | None = None  # texts, and the languages they are in
        self._last_reader: Reader | None = None
        self._last_ranked: tuple[tuple[Any, ...], list[list[Candidate]], Grammar] | None = None

    def __getstate__(self) -> dict[str, Any]:
        # it can read again, and what it read would travel along
        return {**vars(self), "_last_reader": None, "_last_ranked": None}

    def label(self, topics: Topics, docs: Documents) -> Sequence[Label | None]:
        """returns : a Label for every topic; those that have one keep it"""
        if all(topics.labels):
            return list(topics.labels)
        ranked, grammar = self._ranked(topics, docs)
        names = _distinct(topics, docs, ranked, grammar)
        return [
            old or Label(name, origin=Origin(Namer.PHRASES))
            for old, name in zip(topics.labels, names, strict=True)
        ]

    def candidates(self, topics: Topics, docs: Documents, n: int) -> list[list[str]]:
        """returns : up to n names of every topic without a label, the best first; two topics may share one"""
        ranked, grammar = self._ranked(topics, docs)
        shown = []
        for row, options in enumerate(ranked):
            texts = [plain(docs.texts[i]) for i in grammar.taken.rows[row]]
            names = dict.fromkeys(_shown(option, grammar, texts) for option in options[:n])
            shown.append([name for name in names if name])
        return shown

    def _ranked(self, topics: Topics, docs: Documents) -> tuple[list[list[Candidate]], Grammar]:
        """The candidates of every topic, the best first; kept for the topics and documents asked about last."""
        if self._last_ranked is None or not all(map(is_, self._last_ranked[0], _asked(topics, docs))):
            languages = self._languages(topics, docs)
            taken = phrase_sample(topics, docs, self._reader(topics, docs, languages), self.random_state)
            grammar = Grammar(taken, self._stopped(languages), languages, self._spoken_of)
            self._last_ranked = (_asked(topics, docs), ranked(topics, docs, taken, grammar), grammar)
        return self._last_ranked[1:]

    def label_layer(
        self, groups: Topics, docs: Documents, below: Topics, children: Sequence[Sequence[int]]
    ) -> Sequence[Label | None]:
        """Names each group with a phrase that documents of all its children use, or else with its children's names."""
        languages = self._languages(groups, docs)
        taken = phrase_sample(
            below, docs, self._reader(below, docs, languages), self.random_state, most=OF_EACH_CHILD
        )
        grammar = Grammar(taken, self._stopped(languages), languages, self._spoken_of)
        return headings(groups, docs, below, children, taken, grammar, language=grammar.language)

    def _reader(self, topics: Topics, docs: Documents, languages: Sequence[str]) -> Reader:
        """The last one while the texts are the same."""
        if self._last_reader is None or self._last_reader.texts is not docs.texts:
            known = frozenset(map(str, topics.vocabulary)) | stop_words(languages)
            self._last_reader = Reader(
                docs.texts, cutter(languages, known), first_of(languages).lower, kinds(self.ignore)
            )
        return self._last_reader

    def _stopped(self, languages: Sequence[str]) -> frozenset[str]:
        words = (word for entry in self.more_stop_words for word in entry.lower().split())
        return stop_words(languages) | frozenset(words)

    @property
    def _spoken_of(self) -> float:
        return SPOKEN_OF if "handles" in kinds(self.ignore) else 0.0

    def _languages(self, topics: Topics, docs: Documents) -> list[str]:
        if self.language is not None:
            return [self.language]
        # An edit asks again about the same texts
        if self._detected is None or self._detected[0] is not docs.texts:
            self._detected = (docs.texts, languages_in(docs.texts, random_state=self.random_state))
        return self._detected[1]


def _asked(topics: Topics, docs: Documents) -> tuple[Any, ...]:
    """What the ranking of candidates depends on, beside the labeler itself."""
    return (topics.assignment, topics.term_counts, topics.centroids, topics.labels, docs.texts)


def _distinct(topics: Topics, docs: Documents, ranked: list[list[Candidate]], grammar: Grammar) -> list[str]:
    """A name for every topic, no two alike: the surest choose first."""
    used = {_key(label.name) for label in topics.labels if label is not None}
    names = [""] * topics.n_topics
    best = [phrases[0].score if phrases else 0.0 for phrases in ranked]
    for row in sorted(range(topics.n_topics), key=lambda row: (-best[row], row)):
        if topics.labels[row] is None:
            names[row] = _name(topics, docs, row, ranked[row], grammar, used)
            used.add(_key(names[row]))
    return names


def _name(
    topics: Topics,
    docs: Documents,
    row: int,
    ranked: list[Candidate],
    grammar: Grammar,
    used: set[str],
) -> str:
    texts = [plain(docs.texts[i]) for i in grammar.taken.rows[row]]
    options = []
    for candidate in ranked[:N_OPTIONS]:
        option = _shown(candidate, grammar, texts)
        if option and _key(option) not in used:
            return option
        options.append(option)
    words = [word for word, _ in topics.keywords[row]]
    base = next(filter(None, options), ", ".join(words[:2]).capitalize() or "Topic")
    for word in [*words, *filter(None, options), str(row), *map(str, range(1000))]:
        option = _tidy(f"{base}: {word}")
        if _key(word) not in _key(base) and _key(option) not in used:
            return option
    return f"{base} {row}"


def _shown(candidate: Candidate, grammar: Grammar, texts: Sequence[str]) -> str:
    """A candidate as a reader sees it."""
    phrases = list(candidate.parts)
    plain = [phrase if len(phrase) > 1 else (grammar.plain(phrase[0]),) for phrase in phrases]
    if all(all(phrase) for phrase in plain) and not (
        len(phrases) > 1 and any(map(grammar.is_singular, phrases))
    ):
        phrases = plain
    shown = []
    for phrase in phrases:
        said = [text for text in texts if phrase[0] in text.lower()]
        shown.append(surface(phrase, said, grammar.taken.casing))
    name = reduce(grammar.language.side_by_side, shown)
    return _tidy(capital(name, grammar.language.upper, grammar.taken.casing))


def _key(name: str) -> str:
    return " ".join(sorted(without_plural(word) for word in words(name)))


def _tidy(name: str) -> str:
    """One line without control characters, of at most 60 characters."""
    plain: str = regex.sub(r"[\p{C}<>]+|\s+", " ", name).strip()
    return plain if len(plain) <= MAX_CHARACTERS else plain[: MAX_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"
