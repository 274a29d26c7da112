"""Names for topics without a language model: the phrase of its own documents that tells a topic from all others."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from themata.documents import Documents
from themata.names import without_plural, words
from themata.parts.label.candidates import Sample, sample, usual, written
from themata.parts.label.headings import headings
from themata.parts.label.numbered import Phrase
from themata.parts.label.ranking import Ranked, ranked
from themata.parts.words.languages import MIN_SHARE, conjunction, detect, light_words, segmenter, stop_words
from themata.topics import Label, Topics

SOURCE = "phrases"
MAX_CHARACTERS = 60
OF_EACH_CHILD = 60  # documents that a group's phrases are taken from


class Phrases:
    """Names every topic with a phrase of two to five words that its documents use.

    A phrase is good when many of the topic's documents use it, few others do, its words belong together, and the
    documents that use it lie near the topic's centre. No two topics get one name; a person's names stay.
    """

    def __init__(self, language: str | None = None, random_state: int = 42) -> None:
        self.language = language
        self.random_state = random_state
        self._detected: tuple[Sequence[str], list[str]] | None = None  # texts, and the languages they are in

    def label(self, topics: Topics, docs: Documents) -> Sequence[Label | None]:
        """returns : a Label for every topic; those that have one keep it"""
        if all(topics.labels):
            return list(topics.labels)
        languages = self._languages(topics, docs)
        stopped = stop_words(languages)
        taken = sample(topics, docs, segmenter(languages), self.random_state)
        found = ranked(topics, docs, taken, stopped, light_words(languages))
        names = _distinct(topics, found, taken, conjunction(languages))
        return [old or Label(name, source=SOURCE) for old, name in zip(topics.labels, names, strict=True)]

    def label_layer(
        self, groups: Topics, docs: Documents, below: Topics, children: Sequence[Sequence[int]]
    ) -> Sequence[Label | None]:
        """Names each group with a phrase that documents of all its children use, or else with its children's names."""
        languages = self._languages(groups, docs)
        stopped, light = stop_words(languages), light_words(languages)
        taken = sample(below, docs, segmenter(languages), self.random_state, most=OF_EACH_CHILD)
        return headings(
            groups,
            docs,
            below,
            children,
            taken,
            stopped,
            light,
            joined_by=conjunction(languages),
            source=SOURCE,
        )

    def _languages(self, topics: Topics, docs: Documents) -> list[str]:
        if self.language is not None:
            return [self.language]
        # An edit asks again about the same texts
        if self._detected is None or self._detected[0] is not docs.texts:
            shares = detect(docs.texts, random_state=self.random_state)
            found = [code for code, share in shares.items() if share >= MIN_SHARE] or ["en"]
            self._detected = (docs.texts, found)
        return self._detected[1]


def _distinct(topics: Topics, ranked: list[Ranked], taken: Sample, joined_by: str) -> list[str]:
    """A name for every topic, no two alike: the surest choose first."""
    used = {_key(label.name) for label in topics.labels if label is not None}
    names = [""] * topics.n_topics
    best = [scored[0][1] if scored else 0.0 for scored in ranked]
    for row in sorted(range(topics.n_topics), key=lambda row: (-best[row], row)):
        if topics.labels[row] is not None:
            continue
        names[row] = _name(topics, row, ranked[row], taken, used, joined_by)
        used.add(_key(names[row]))
    return names


def _name(
    topics: Topics,
    row: int,
    ranked: Ranked,
    taken: Sample,
    used: set[str],
    joined_by: str,
) -> str:
    chosen = [phrase for phrase, _ in ranked[:10]]
    fuller = [phrase for phrase, score in ranked[:10] if len(phrase) > 1 and score > 0.5 * ranked[0][1]]
    chosen = list(dict.fromkeys([*fuller[:1], *chosen]))
    options = list(dict.fromkeys(_tidy(written(_whole(phrase, ranked), taken.casing)) for phrase in chosen))
    words = [word for word, _ in topics.keywords[row]]
    first = options[0] if options else ""
    if first and len(chosen[0]) == 1:
        first = _beside(first, ranked, taken, joined_by) or first
        options.insert(0, first)
    for option in options[:4]:
        if option and _key(option) not in used:
            return option
    base = first or ", ".join(words[:2]).capitalize() or "Topic"
    for word in [*words, *(other for other in options if other), str(row), *map(str, range(1000))]:
        option = _tidy(f"{base}: {word}")
        if _key(word) not in _key(base) and _key(option) not in used:
            return option
    return f"{base} {row}"


def _whole(phrase: Phrase, ranked: Ranked) -> Phrase:
    """The plural or singular of a phrase that the topic's writers prefer, which is the better ranked one."""
    forms = [
        other
        for other, _ in ranked[:20]
        if [without_plural(w) for w in other] == [without_plural(w) for w in phrase]
    ]
    return forms[0] if forms else phrase


def _beside(name: str, ranked: Ranked, taken: Sample, joined_by: str) -> str | None:
    """A single word and the next one that is not like it: two say more than one."""
    for phrase, _ in ranked[1:8]:
        alike = phrase[0] in name.lower() or name.lower() in phrase[0]
        if len(phrase) == 1 and not alike and without_plural(phrase[0])[:4] != _key(name)[:4]:
            return _tidy(f"{name}{joined_by}{usual(phrase[0], taken.casing)}")
    return None


def _key(name: str) -> str:
    return " ".join(sorted(without_plural(word) for word in words(name)))


def _tidy(name: str) -> str:
    """One line without control characters, of at most 60 characters."""
    plain = regex.sub(r"[\p{C}<>]+|\s+", " ", name).strip()
    return plain if len(plain) <= MAX_CHARACTERS else plain[: MAX_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"
