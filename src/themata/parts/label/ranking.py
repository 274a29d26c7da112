"""Which phrases of its documents tell a topic, or a group of topics, from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain, pairwise

import numpy as np
import regex

from themata.documents import Documents
from themata.graph import Float1d, Float2d, unit_rows
from themata.parts.label.candidates import Sample, phrases
from themata.topics import Topics
from themata.weighting import Weighting, top_terms

Phrase = tuple[str, ...]
Ranked = list[tuple[Phrase, float]]
Nearness = Callable[[Phrase, int], float]

CENTRAL = 0.45  # cosine from which a phrase's users are near enough to a topic
N_ANCHORS = 30  # keywords; a name holds at least one of them
N_CANDIDATES = 80  # phrases of each topic that are weighed against all topics
_CODE = regex.compile(r"^\p{L}+\d{3,}$")  # of a flight, an order, a bug
# What people call things: two or three words; one says too little, five are a sentence
_LENGTHS = {1: 0.3, 2: 1.0, 3: 1.15, 4: 1.0, 5: 0.8}


def ranked(
    topics: Topics, docs: Documents, taken: Sample, stopped: frozenset[str], light: frozenset[str]
) -> list[Ranked]:
    """Each topic's candidate phrases and their scores, best first; none for a topic that has a label.

    taken : words of documents of each topic
    """
    anchors = _anchors(topics, stopped)
    own = [
        _own_phrases(taken.pieces[row], anchors[row], stopped) if topics.labels[row] is None else Counter()
        for row in range(topics.n_topics)
    ]
    shares, users = shares_of(taken, set().union(*own) if own else set(), stopped)
    background = _background(shares, topics)
    near = nearness(topics, docs, users)
    whole = wholeness(taken, stopped, light)
    found = []
    for row, counts in enumerate(own):
        weights, longer = dict(anchors[row]), _longer(counts)
        scored = [
            (
                phrase,
                _score(phrase, row, counts, longer, shares, background, weights)
                * _central(near(phrase, row))
                * whole(phrase),
            )
            for phrase in counts
            if phrase in shares
        ]
        found.append(sorted(scored, key=lambda pair: (-pair[1], pair[0])))
    return found


def _central(near: float) -> float:
    """A phrase whose users lie far from the topic's centre is too general for it: "machine learning" of clinical data."""
    return (1 + 0.5 * near) * min(1.0, max(0.1, near / CENTRAL)) ** 2


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
        counts.update(set(phrases(pieces, stopped, touching=anchors)))
    if not counts:  # a vectorizer whose terms are no words
        for pieces in texts:
            counts.update(set(phrases(pieces, stopped)))
    least = 1 if len(texts) < 6 else 2 if len(texts) < 40 else 3
    often = {phrase: count for phrase, count in counts.items() if count >= least} or dict(counts)

    def promise(item: tuple[Phrase, int]) -> tuple[float, Phrase]:
        phrase, count = item
        return -count * _LENGTHS[len(phrase)] * (0.2 + _weight(phrase, anchors)), phrase

    return Counter(dict(sorted(often.items(), key=promise)[:N_CANDIDATES]))


def _weight(phrase: Phrase, anchors: dict[str, float]) -> float:
    """Mean weight of a phrase's words as keywords, links left out."""
    telling = [anchors.get(word, 0.0) for word in phrase if len(word) > 3 or word in anchors]
    return sum(telling) / max(1, len(telling))


def shares_of(
    taken: Sample, wanted: set[Phrase], stopped: frozenset[str]
) -> tuple[dict[Phrase, np.ndarray], dict[Phrase, list[int]]]:
    """Share of each topic's sampled documents that use each phrase, and the rows of those documents."""
    shares = {phrase: np.zeros(len(taken.pieces), dtype=np.float32) for phrase in wanted}
    users: dict[Phrase, list[int]] = {phrase: [] for phrase in wanted}
    opening = {phrase[0] for phrase in wanted}
    for row, texts in enumerate(taken.pieces):
        for place, pieces in enumerate(texts):
            for phrase in wanted.intersection(phrases(pieces, stopped, opening=opening)):
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
    longer: dict[Phrase, int],
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
        * _cohesion(phrase, counts, longer)
        * _LENGTHS[len(phrase)]
        * (0.3 + _weight(phrase, anchors))
    )


def _cohesion(phrase: Phrase, counts: Counter[Phrase], longer: dict[Phrase, int]) -> float:
    """How far a phrase is one thing: its words come together, and it is no piece of a longer phrase."""
    together = 1.0
    if len(phrase) > 1:
        alone = [counts[(word,)] for word in phrase if counts[(word,)]]
        together = counts[phrase] / max(1, min(alone, default=counts[phrase]))
    part = longer.get(phrase, 0) / counts[phrase]
    return (0.35 + 0.65 * min(1.0, together)) * (1 - 0.8 * max(0.0, part - 0.25))


def _longer(counts: Counter[Phrase]) -> dict[Phrase, int]:
    """Documents that use the most used phrase of one word more, for each phrase that is a piece of one."""
    most: dict[Phrase, int] = {}
    for phrase, count in counts.items():
        for piece in (phrase[:-1], phrase[1:]):
            most[piece] = max(most.get(piece, 0), count)
    return most


def wholeness(taken: Sample, stopped: frozenset[str], light: frozenset[str]) -> Callable[[Phrase], float]:
    """A function: whether a phrase may begin and end as it does, 0.1 to 1.

    A word that nearly always has another telling word right after it ("dimensional") ends no name, and one that nearly
    always has one before it ("based") begins none, in any language. Light words ("changed") do neither where a language
    has a list of them.
    """
    said = [tokens for texts in taken.pieces for pieces in texts for tokens in pieces]
    # One update of a counter for all sentences: a call for each takes longer than its counting
    total = Counter(chain.from_iterable(said))
    pairs = [pair for tokens in said for pair in pairwise(tokens)]
    after = Counter(one for one, other in pairs if other not in stopped)
    before = Counter(other for one, other in pairs if one not in stopped)

    def bound(word: str, beside: Counter[str]) -> float:
        share = (beside[word] + 1) / (total[word] + 2)
        return 1.0 - 0.7 * min(1.0, max(0.0, share - 0.6) / 0.25)

    def says(word: str, weight: float) -> float:
        return weight if word in light or _CODE.match(word) else 1.0

    return lambda phrase: (
        bound(phrase[0], before) * bound(phrase[-1], after) * says(phrase[0], 0.5) * says(phrase[-1], 0.4)
    )


def nearness(topics: Topics, docs: Documents, users: dict[Phrase, list[int]]) -> Nearness:
    """A function: how near a phrase's documents, wherever they are, lie to a topic's centre: -1 to 1, or 0."""
    if docs.embeddings is None or topics.centroids is None:
        return lambda phrase, row: 0.0
    embeddings = docs.embeddings
    centre = embeddings.mean(axis=0)
    centroids: Float2d = unit_rows(topics.centroids - centre)

    @cache
    def direction(phrase: Phrase) -> Float1d:
        return unit_rows((embeddings[users[phrase]].mean(axis=0) - centre)[None])[0]

    return lambda phrase, row: float(direction(phrase) @ centroids[row])
