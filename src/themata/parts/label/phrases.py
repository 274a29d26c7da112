"""Names for topics without a language model: the phrase of its own documents that tells a topic from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import regex

from themata.documents import Documents
from themata.graph import Float2d, unit_rows
from themata.names import without_plural, words
from themata.parts.label.candidates import Sample, phrases, sample, usual, written
from themata.parts.words.languages import MIN_SHARE, conjunction, detect, light_words, segmenter, stop_words
from themata.topics import Label, Topics
from themata.weighting import Weighting, top_terms

Phrase = tuple[str, ...]
Nearness = Callable[[Phrase, int], float]

SOURCE = "phrases"
N_ANCHORS = 30  # keywords; a name holds at least one of them
N_CANDIDATES = 80  # phrases of each topic that are weighed against all topics
MAX_CHARACTERS = 60
# What people call things: two or three words; one says too little, five are a sentence
_LENGTHS = {1: 0.3, 2: 1.0, 3: 1.15, 4: 1.0, 5: 0.8}


class Phrases:
    """Names every topic with a phrase of two to five words that its documents use.

    A phrase is good when many of the topic's documents use it, few others do, its words belong together, and the
    documents that use it lie near the topic's centre. No two topics get one name; a person's names stay.
    """

    def __init__(self, language: str | None = None, random_state: int = 42) -> None:
        self.language = language
        self.random_state = random_state

    def label(self, topics: Topics, docs: Documents) -> Sequence[Label | None]:
        """returns : a Label for every topic; those that have one keep it"""
        if all(topics.labels):
            return list(topics.labels)
        languages = self._languages(topics, docs)
        stopped = stop_words(languages)
        taken = sample(topics, docs, segmenter(languages), self.random_state)
        ranked = _ranked(topics, docs, taken, stopped, light_words(languages))
        names = _distinct(topics, ranked, taken, conjunction(languages))
        return [old or Label(name, source=SOURCE) for old, name in zip(topics.labels, names, strict=True)]

    def _languages(self, topics: Topics, docs: Documents) -> list[str]:
        if self.language is not None:
            return [self.language]
        shares = detect(docs.texts, random_state=self.random_state)
        return [code for code, share in shares.items() if share >= MIN_SHARE] or ["en"]


def _ranked(
    topics: Topics, docs: Documents, taken: Sample, stopped: frozenset[str], light: frozenset[str]
) -> list[list[tuple[Phrase, float]]]:
    """Each topic's candidate phrases and their scores, best first."""
    anchors = _anchors(topics, stopped)
    own = [
        _own_phrases(taken.pieces[row], anchors[row], stopped) if topics.labels[row] is None else Counter()
        for row in range(topics.n_topics)
    ]
    shares, users = _shares(taken, own, stopped)
    background = _background(shares, topics)
    near = _nearness(topics, docs, users)
    whole = _wholeness(taken, stopped, light)
    ranked = []
    for row, counts in enumerate(own):
        weights = dict(anchors[row])
        scored = [
            (
                phrase,
                _score(phrase, row, counts, shares, background, weights) * near(phrase, row) * whole(phrase),
            )
            for phrase in counts
            if phrase in shares
        ]
        ranked.append(sorted(scored, key=lambda pair: (-pair[1], pair[0])))
    return ranked


def _anchors(topics: Topics, stopped: frozenset[str]) -> list[dict[str, float]]:
    """Each topic's keywords and their weights, 1 for the heaviest; every word of a keyword counts."""
    weights = Weighting().weigh(topics.term_counts, topics.background, topics.vocabulary)
    found = []
    for terms in top_terms(weights, topics.vocabulary, 2 * N_ANCHORS):
        anchors: dict[str, float] = {}
        for term, weight in terms:
            for word in term.split():
                if word not in stopped:
                    anchors[word] = max(anchors.get(word, 0.0), weight / terms[0][1])
        found.append(dict(list(anchors.items())[:N_ANCHORS]))
    return found


def _own_phrases(
    texts: Sequence[Sequence[Sequence[str]]], anchors: dict[str, float], stopped: frozenset[str]
) -> Counter[Phrase]:
    """Documents of a topic that use each phrase, for the phrases worth weighing."""
    counts: Counter[Phrase] = Counter()
    for pieces in texts:
        counts.update({phrase for phrase in phrases(pieces, stopped) if _anchored(phrase, anchors)})
    if not counts:  # a vectorizer whose terms are no words
        for pieces in texts:
            counts.update(set(phrases(pieces, stopped)))
    least = 1 if len(texts) < 6 else 2 if len(texts) < 40 else 3
    often = {phrase: count for phrase, count in counts.items() if count >= least} or dict(counts)

    def promise(item: tuple[Phrase, int]) -> tuple[float, Phrase]:
        phrase, count = item
        return -count * _LENGTHS[len(phrase)] * (0.2 + _weight(phrase, anchors)), phrase

    return Counter(dict(sorted(often.items(), key=promise)[:N_CANDIDATES]))


def _anchored(phrase: Phrase, anchors: dict[str, float]) -> bool:
    return phrase[0] in anchors or phrase[-1] in anchors


def _weight(phrase: Phrase, anchors: dict[str, float]) -> float:
    """Mean weight of a phrase's words as keywords, links left out."""
    telling = [anchors.get(word, 0.0) for word in phrase if len(word) > 3 or word in anchors]
    return sum(telling) / max(1, len(telling))


def _shares(
    taken: Sample, own: Sequence[Counter[Phrase]], stopped: frozenset[str]
) -> tuple[dict[Phrase, np.ndarray], dict[Phrase, list[int]]]:
    """Share of each topic's sampled documents that use each candidate, and the rows of those documents."""
    wanted = set().union(*own) if own else set()
    shares = {phrase: np.zeros(len(own), dtype=np.float32) for phrase in wanted}
    users: dict[Phrase, list[int]] = {phrase: [] for phrase in wanted}
    for row, texts in enumerate(taken.pieces):
        for place, pieces in enumerate(texts):
            for phrase in wanted.intersection(phrases(pieces, stopped)):
                shares[phrase][row] += 1 / len(texts)
                users[phrase].append(int(taken.rows[row][place]))
    return shares, users


def _background(shares: dict[Phrase, np.ndarray], topics: Topics) -> dict[Phrase, float]:
    """Share of all documents that use each phrase, as the samples tell."""
    sizes = topics.sizes / max(1, topics.sizes.sum())
    return {phrase: float(share @ sizes) for phrase, share in shares.items()}


def _score(
    phrase: Phrase,
    row: int,
    counts: Counter[Phrase],
    shares: dict[Phrase, np.ndarray],
    background: dict[Phrase, float],
    anchors: dict[str, float],
) -> float:
    share = float(shares[phrase][row])
    usual = background[phrase]
    # Pointwise divergence: how much of the topic says it, times how surprising that is. Halved shares of the
    # strongest rival, so that of two related topics each gets what the other does not say
    rival = float(np.partition(shares[phrase], -2)[-2]) if len(shares[phrase]) > 1 else 0.0
    if share < float(shares[phrase].max()):
        rival = float(shares[phrase].max())
    distinct = np.log2(1 + share / (usual + 0.3 * rival + 0.01))
    return (
        share**0.6
        * distinct
        * _cohesion(phrase, counts)
        * _LENGTHS[len(phrase)]
        * (0.3 + _weight(phrase, anchors))
    )


def _cohesion(phrase: Phrase, counts: Counter[Phrase]) -> float:
    """How far a phrase is one thing: its words come together, and it is no piece of a longer phrase."""
    together = 1.0
    if len(phrase) > 1:
        alone = [counts[(word,)] for word in phrase if counts[(word,)]]
        together = counts[phrase] / max(1, min(alone, default=counts[phrase]))
    longer = max(
        (counts[other] for other in counts if len(other) == len(phrase) + 1 and _inside(phrase, other)),
        default=0,
    )
    part = longer / counts[phrase]
    return (0.35 + 0.65 * min(1.0, together)) * (1 - 0.8 * max(0.0, part - 0.25))


def _inside(phrase: Phrase, other: Phrase) -> bool:
    return other[:-1] == phrase or other[1:] == phrase


def _wholeness(taken: Sample, stopped: frozenset[str], light: frozenset[str]) -> Callable[[Phrase], float]:
    """A function: whether a phrase may begin and end as it does, 0.1 to 1.

    A word that nearly always has another telling word right after it ("dimensional") ends no name, and one that nearly
    always has one before it ("based") begins none, in any language. Light words ("changed") do neither where a language
    has a list of them.
    """
    before: Counter[str] = Counter()
    after: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for tokens in (tokens for texts in taken.pieces for pieces in texts for tokens in pieces):
        total.update(tokens)
        after.update(one for one, other in pairwise(tokens) if other not in stopped)
        before.update(other for one, other in pairwise(tokens) if one not in stopped)

    def bound(word: str, beside: Counter[str]) -> float:
        share = (beside[word] + 1) / (total[word] + 2)
        return 1.0 - 0.7 * min(1.0, max(0.0, share - 0.6) / 0.25)

    def says(word: str, weight: float) -> float:
        return weight if word in light else 1.0

    return lambda phrase: (
        bound(phrase[0], before) * bound(phrase[-1], after) * says(phrase[0], 0.5) * says(phrase[-1], 0.4)
    )


def _nearness(topics: Topics, docs: Documents, users: dict[Phrase, list[int]]) -> Nearness:
    """A function: how near a phrase's documents, wherever they are, lie to a topic's centre: 0.5 to 1.5."""
    if docs.embeddings is None or topics.centroids is None:
        return lambda phrase, row: 1.0
    embeddings = docs.embeddings
    centre = embeddings.mean(axis=0)
    centroids: Float2d = unit_rows(topics.centroids - centre)

    def near(phrase: Phrase, row: int) -> float:
        mean = embeddings[users[phrase]].mean(axis=0) - centre
        return 1.0 + 0.5 * float(unit_rows(mean[None])[0] @ centroids[row])

    return near


def _distinct(
    topics: Topics, ranked: list[list[tuple[Phrase, float]]], taken: Sample, joined_by: str
) -> list[str]:
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
    ranked: list[tuple[Phrase, float]],
    taken: Sample,
    used: set[str],
    joined_by: str,
) -> str:
    options = [_tidy(written(_whole(phrase, ranked), taken.casing)) for phrase, _ in ranked[:10]]
    words = [word for word, _ in topics.keywords[row]]
    fuller = [
        o for o, (_, score) in zip(options, ranked, strict=False) if " " in o and score > 0.5 * ranked[0][1]
    ]
    options = list(dict.fromkeys([*fuller[:1], *options]))
    first = options[0] if options else ""
    if first and " " not in first and joined_by:
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


def _whole(phrase: Phrase, ranked: list[tuple[Phrase, float]]) -> Phrase:
    """The plural or singular of a phrase that the topic's writers prefer, which is the better ranked one."""
    forms = [
        other
        for other, _ in ranked[:20]
        if [without_plural(w) for w in other] == [without_plural(w) for w in phrase]
    ]
    return forms[0] if forms else phrase


def _beside(name: str, ranked: list[tuple[Phrase, float]], taken: Sample, joined_by: str) -> str | None:
    """A single word and the next one that is not like it: two say more than one."""
    for phrase, _ in ranked[1:8]:
        if len(phrase) == 1 and without_plural(phrase[0])[:4] != _key(name)[:4]:
            return _tidy(f"{name}{joined_by}{usual(phrase[0], taken.casing)}")
    return None


def _key(name: str) -> str:
    return " ".join(sorted(without_plural(word) for word in words(name)))


def _tidy(name: str) -> str:
    """One line without control characters, of at most 60 characters."""
    plain = regex.sub(r"[\p{C}<>]+|\s+", " ", name).strip()
    return plain if len(plain) <= MAX_CHARACTERS else plain[: MAX_CHARACTERS - 1].rsplit(" ", 1)[0] + "…"
