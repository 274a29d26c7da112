"""Phrases that writers use: sampled from each topic's documents, counted, and shown in the casing they are written in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import regex

from themata.documents import Documents
from themata.graph import Int1d
from themata.parts.words.tokens import sentences, words
from themata.topics import Topics

SAMPLED = 120  # documents of each topic that phrases are taken from
# Of topics that have a name, and only show what is said elsewhere: at most so many together, and from so few to so many
# of each. After a merge among 51 topics, 15 of each name it as well as 30 in 0.6 of the time, and 8 do not
LABELED, FEWEST_LABELED, MOST_LABELED = 750, 15, 30
MAX_WORDS = 120  # of each document: what it is about is said at its beginning
Casing: TypeAlias = Mapping[str, Mapping[str, int]]
_UNSPACED = regex.compile(r"^[\p{Han}\p{Hiragana}\p{Katakana}ー々\p{Thai}]+$")


@dataclass(frozen=True)
class Sample:
    """Words of some documents of each topic.

    rows : per topic, the documents sampled
    pieces : per topic and document, its sentences as lists of lower-case words
    casing : how each word is written, where a capital is the writer's choice; where it is only seen in headings, and in
        sentences that look like them, as it is there
    """

    rows: list[Int1d]
    pieces: list[list[list[list[str]]]]
    casing: Casing = field(default_factory=dict)


def sample(
    topics: Topics,
    docs: Documents,
    segment: Callable[[str], list[str]],
    seed: int,
    *,
    most: int | None = None,
) -> Sample:
    """Read the exemplars and some members of each topic, the strongest members for more.

    most : documents read of each; None reads less of topics that have a label, which only show what is said elsewhere
    """
    rng = np.random.default_rng(seed)
    inside: list[str] = []
    in_headings: list[str] = []
    taken = Sample([], [])
    n_labeled = sum(label is not None for label in topics.labels)
    beside = min(max(LABELED // max(1, n_labeled), FEWEST_LABELED), MOST_LABELED)
    for row in range(topics.n_topics):
        members = topics.members(row)
        shown = topics.exemplars[row]
        wanted = most or (SAMPLED if topics.labels[row] is None else beside)
        more = members[: 2 * wanted]
        more = more if len(more) <= wanted else np.sort(rng.choice(more, wanted, replace=False))
        rows = np.array(list(dict.fromkeys([*shown.tolist(), *more.tolist()]))[:wanted], dtype=np.int64)
        taken.rows.append(rows)
        taken.pieces.append([_read(docs.texts[i], segment, inside, in_headings) for i in rows])
    return replace(taken, casing={**_forms(in_headings), **_forms(inside)})


def written(phrase: Sequence[str], casing: Casing) -> str:
    """The phrase as writers write its words, with a capital first.

    >>> written(("covid-19", "tests"), {"covid-19": Counter({"COVID-19": 9}), "tests": Counter({"tests": 5})})
    'COVID-19 tests'
    >>> written(("graph", "networks"), {})
    'Graph networks'
    """
    forms = [usual(word, casing) for word in phrase]
    joined = forms[0]
    for before, after in pairwise(forms):
        tight = _UNSPACED.match(before) and _UNSPACED.match(after)
        joined += after if tight else f" {after}"
    return joined[0].upper() + joined[1:] if forms[0] == forms[0].lower() else joined


def usual(word: str, casing: Casing) -> str:
    """A word as most writers write it inside a sentence."""
    forms = casing.get(word)
    if not forms:
        return word
    total = sum(forms.values())
    form, count = max(forms.items(), key=lambda item: (item[1], item[0]))
    return form if count > total / 2 else word


def _read(
    text: str,
    segment: Callable[[str], list[str]],
    inside: list[str],
    in_headings: list[str],
) -> list[list[str]]:
    found: list[list[str]] = []
    left = MAX_WORDS
    for piece in sentences(text[: 12 * MAX_WORDS]):
        tokens = words(piece, segment)[:left]
        left -= len(tokens)
        if not tokens:
            continue
        # Headings capitalize everything, first words always; a German sentence may look like a heading
        seen = in_headings if _is_heading(tokens) else inside
        seen += tokens[1:]
        found.append([token.lower() for token in tokens])
        if left <= 0:
            break
    return found


def _forms(seen: list[str]) -> Casing:
    """How often each word is written in which way."""
    forms: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for form, count in Counter(seen).items():
        forms[form.lower()][form] = count
    return dict(forms)


def _is_heading(tokens: Sequence[str]) -> bool:
    initials = [token[0] for token in tokens if len(token) > 3]
    return len(initials) > 1 and sum(map(str.isupper, initials)) > 0.6 * len(initials)
