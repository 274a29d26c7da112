"""Headings for groups of topics without a language model: a phrase that fits them all, or else their own names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from themata.core.documents import Documents
from themata.core.topics import Label, Namer, Origin, Topics
from themata.core.words_of_names import key
from themata.languages.language import COMMA, Language
from themata.naming.phrases.candidates import PhraseSample, usual, written
from themata.naming.phrases.nouns import Grammar
from themata.naming.phrases.phrase_counts import Phrase, n_words
from themata.naming.phrases.ranking import nearness, ranked, usage_of

N_OPTIONS = 12  # phrases of a group that are tried, the best first
BETWEEN = " · "  # of the names that a heading lists
MOST_CHARACTERS = 72
# What a phrase must do to stand for three topics or more. Read on 38 topics of abstracts, where it lets "Natural language
# processing" pass and keeps "Deep learning" from being the heading of half of everything
COVERED = 0.55  # share of the group's documents in children that say it: at least a quarter as often as the most vocal
USED = 0.06  # share of the group's documents that say it
PRECISE = 0.3  # share of its users that lie in the group
LIFTED = 2.0  # times as frequent as everywhere
NEAR = 0.7  # cosine of its users to the group's center
WHOLE = 0.6


def headings(
    groups: Topics,
    docs: Documents,
    below: Topics,
    children: Sequence[Sequence[int]],
    taken: PhraseSample,
    grammar: Grammar,
    *,
    language: Language,
) -> list[Label | None]:
    """A heading for every group; those that have a label keep it.

    taken : words of documents of each row of `below`
    language : of the names
    """
    labels = [
        _listed(below, rows, taken, language) if old is None and len(rows) <= 2 else old
        for old, rows in zip(groups.labels, children, strict=True)
    ]
    if all(labels):
        return labels
    groups = groups.having(labels=tuple(labels))
    merged = PhraseSample(
        [np.concatenate([taken.rows[child] for child in rows]) for rows in children],
        [[text for child in rows for text in taken.beginnings[child]] for rows in children],
        taken.casing,
    )
    candidates = ranked(groups, docs, merged, grammar)
    alone = [[candidate.phrase for candidate in row if len(candidate.parts) == 1] for row in candidates]
    options = [[phrase for phrase in row[:N_OPTIONS] if n_words(phrase) > 1] for row in alone]
    fits = _fitting(groups, docs, below, children, taken, options, grammar)
    used = {key(name) for name in below.names} | {key(old.name) for old in groups.labels if old}
    best = [row[0].score if row else 0.0 for row in candidates]
    for row in sorted(range(groups.n_topics), key=lambda row: (-best[row], row)):
        if labels[row] is not None:
            continue
        names = (written(phrase, taken.casing, upper=grammar.language.upper) for phrase in fits[row])
        name = next((name for name in names if key(name) not in used), None)
        made = (
            Label(name, origin=Origin(Namer.PHRASES))
            if name
            else _listed(below, children[row], taken, language)
        )
        labels[row] = made
        used.add(key(made.name))
    return labels


def _fitting(
    groups: Topics,
    docs: Documents,
    below: Topics,
    children: Sequence[Sequence[int]],
    taken: PhraseSample,
    options: Sequence[Sequence[Phrase]],
    grammar: Grammar,
) -> list[list[Phrase]]:
    """The phrases of each group that are said by most of it, by few others, and near its center."""
    usage = usage_of(grammar.said, taken, {phrase for rows in options for phrase in rows}, grammar)
    said, near = usage.shares, nearness(groups, docs, usage.users)
    sizes = below.sizes / max(1, below.sizes.sum())

    def fits(phrase: Phrase, row: int) -> bool:
        rows, everywhere = list(children[row]), float(said[phrase] @ sizes)
        share, weight = said[phrase][rows], sizes[rows]
        inside = float(share @ weight)
        says = share >= max(share.max() / 4, 1e-9)
        return bool(
            weight[says].sum() >= COVERED * weight.sum()
            and inside >= USED * weight.sum()
            and inside >= PRECISE * everywhere
            and inside >= LIFTED * everywhere * weight.sum()
            and grammar.whole(phrase) >= WHOLE
            and (docs.embeddings is None or nearest(phrase, row))
        )

    def nearest(phrase: Phrase, row: int) -> bool:
        return near(phrase, row) >= max(NEAR, *(near(phrase, other) for other in range(groups.n_topics)))

    return [[phrase for phrase in rows if fits(phrase, row)] for row, rows in enumerate(options)]


def _listed(below: Topics, children: Sequence[int], taken: PhraseSample, language: Language) -> Label:
    """The names of a group's children, the largest first, as many as there is room for."""
    names = [_short(below, child) for child in children]
    if len(names) == 2 and language.conjunction != COMMA and not any(map(language.holds_two, names)):
        both = language.side_by_side(names[0], _inside(names[1], taken))
        if len(both) <= MOST_CHARACTERS:
            return Label(both, origin=Origin(Namer.CHILDREN))
    shown = names[:1]
    for name in names[1:]:
        if len(BETWEEN.join([*shown, name])) <= MOST_CHARACTERS - 2:
            shown.append(name)
    name = BETWEEN.join(shown) + (" …" if len(shown) < len(names) else "")
    return Label(name, origin=Origin(Namer.CHILDREN), parts=tuple(shown))


def _short(below: Topics, child: int) -> str:
    """A child's name; of one that is itself a list, its first."""
    label = below.labels[child]
    return label.parts[0] if label and label.parts else below.names[child]


def _inside(name: str, taken: PhraseSample) -> str:
    """A name as it is written inside a sentence."""
    first = name.split(" ")[0]
    plain = usual(first.lower(), taken.casing)
    return plain + name[len(first) :] if plain == first.lower() else name
