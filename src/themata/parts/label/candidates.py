"""Phrases that writers use: sampled from each topic's documents, counted, and shown in the casing they are written in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import regex

from themata.documents import Documents
from themata.graph import Int1d
from themata.parts.words.tokens import sentences, words
from themata.topics import Topics

SAMPLED = 120  # documents of each topic that phrases are taken from
MAX_WORDS = 120  # of each document: what it is about is said at its beginning
MOST = 5  # words in a phrase
# May stand inside a phrase, between two telling words
_LINKS = frozenset(
    [
        "of",
        "and",
        "for",
        "in",
        "to",
        "the",
        "a",
        "an",
        "on",
        "with",
        "at",
        "by",
        "from",
        "as",
        "or",
        "de",
        "del",
        "la",
        "le",
        "les",
        "des",
        "du",
        "di",
        "y",
        "et",
        "e",
        "und",
        "von",
        "der",
        "zu",
        "für",
    ]
)
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
    casing: dict[str, Counter[str]] = field(default_factory=dict)


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
    casing: defaultdict[str, Counter[str]] = defaultdict(Counter)
    in_headings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    taken = Sample([], [], casing)
    for row in range(topics.n_topics):
        members = topics.members(row)
        shown = topics.exemplars[row]
        wanted = most or (SAMPLED if topics.labels[row] is None else SAMPLED // 4)
        more = members[: 2 * wanted]
        more = more if len(more) <= wanted else np.sort(rng.choice(more, wanted, replace=False))
        rows = np.array(list(dict.fromkeys([*shown.tolist(), *more.tolist()]))[:wanted], dtype=np.int64)
        taken.rows.append(rows)
        taken.pieces.append([_read(docs.texts[i], segment, casing, in_headings) for i in rows])
    for word in in_headings.keys() - casing.keys():
        casing[word] = in_headings[word]
    return taken


def phrases(pieces: Sequence[Sequence[str]], stopped: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The phrases of a document: up to five words of one sentence that neither begin nor end in a stop word."""
    for tokens in pieces:
        n = len(tokens)
        for start in range(n):
            if not _may_end(tokens[start], stopped):
                continue
            yield (tokens[start],)
            for end in range(start + 1, min(start + MOST, n)):
                last = tokens[end]
                if _may_end(last, stopped):
                    yield tuple(tokens[start : end + 1])
                elif last in stopped and last not in _LINKS:
                    break


def written(phrase: Sequence[str], casing: dict[str, Counter[str]]) -> str:
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


def usual(word: str, casing: dict[str, Counter[str]]) -> str:
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
    casing: defaultdict[str, Counter[str]],
    in_headings: defaultdict[str, Counter[str]],
) -> list[list[str]]:
    found: list[list[str]] = []
    left = MAX_WORDS
    for piece in sentences(text[: 12 * MAX_WORDS]):
        tokens = words(piece, segment)[:left]
        left -= len(tokens)
        if not tokens:
            continue
        # Headings capitalize everything, first words always; a German sentence may look like a heading
        seen = in_headings if _is_heading(tokens) else casing
        for token in tokens[1:]:
            seen[token.lower()][token] += 1
        found.append([token.lower() for token in tokens])
        if left <= 0:
            break
    return found


def _is_heading(tokens: Sequence[str]) -> bool:
    long = [token for token in tokens if len(token) > 3]
    return len(long) > 1 and sum(token[0].isupper() for token in long) > 0.6 * len(long)


def _may_end(word: str, stopped: frozenset[str]) -> bool:
    return (len(word) > 1 or not word.isascii()) and word not in stopped and not word[0].isdigit()
