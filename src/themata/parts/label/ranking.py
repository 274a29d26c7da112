"""Which phrases of its documents tell a topic, or a group of topics, from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

import numpy as np
import regex

from themata.documents import Documents
from themata.graph import Float1d, Float2d, Int1d, unit_rows
from themata.parts.label.candidates import Sample
from themata.parts.label.numbered import Numbered, Phrase
from themata.topics import Topics
from themata.weighting import Weighting, top_terms

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
    said = Numbered.of(taken.pieces, stopped)
    own = [
        _own_phrases(said, row, anchors[row]) if topics.labels[row] is None else Counter()
        for row in range(topics.n_topics)
    ]
    shares, users = shares_of(said, taken, {phrase for counts in own for phrase in counts})
    background = _background(shares, topics)
    near = nearness(topics, docs, users)
    whole = wholeness(said, light)
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


def _own_phrases(said: Numbered, row: int, anchors: dict[str, float]) -> Counter[Phrase]:
    """Documents of a topic that use each phrase, for the phrases worth weighing."""
    n_texts = int((said.topic == row).sum())
    least = 1 if n_texts < 6 else 2 if n_texts < 40 else 3
    often = said.phrases(row, touching=anchors, least=least)
    if not often:  # a vectorizer whose terms are no words
        often = said.phrases(row, least=least)

    def promise(item: tuple[Phrase, int]) -> tuple[float, Phrase]:
        phrase, count = item
        return -count * _LENGTHS[len(phrase)] * (0.2 + _weight(phrase, anchors)), phrase

    return Counter(dict(sorted(often.items(), key=promise)[:N_CANDIDATES]))


def _weight(phrase: Phrase, anchors: dict[str, float]) -> float:
    """Mean weight of a phrase's words as keywords, links left out."""
    telling = [anchors.get(word, 0.0) for word in phrase if len(word) > 3 or word in anchors]
    return sum(telling) / max(1, len(telling))


def shares_of(
    said: Numbered, taken: Sample, wanted: set[Phrase]
) -> tuple[dict[Phrase, Float1d], dict[Phrase, Int1d]]:
    """Share of each topic's sampled documents that use each phrase, and the rows of those documents."""
    phrases, n_topics = list(wanted), len(taken.rows)
    which, documents = said.users(phrases)
    counts = np.bincount(which * n_topics + said.topic[documents], minlength=len(phrases) * n_topics)
    shares = np.empty((len(phrases), n_topics), dtype=np.float32)
    for row, rows in enumerate(taken.rows):
        # Added up document by document, as it always was: a share's last bit decides nothing, but no name shall change
        steps = np.cumsum(np.full(len(rows), 1 / max(1, len(rows)), dtype=np.float32), dtype=np.float32)
        shares[:, row] = np.append(np.float32(0), steps)[counts[row::n_topics]]
    ends = np.searchsorted(which, np.arange(len(phrases) + 1))
    users = np.concatenate([np.empty(0, dtype=np.int64), *taken.rows])[documents]
    spans = zip(phrases, ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    return dict(zip(phrases, shares, strict=True)), {phrase: users[start:end] for phrase, start, end in spans}


def _background(shares: dict[Phrase, Float1d], topics: Topics) -> dict[Phrase, float]:
    """Share of all documents that use each phrase, as the samples tell."""
    sizes = topics.sizes / max(1, topics.sizes.sum())
    return {phrase: float(share @ sizes) for phrase, share in shares.items()}


def _score(
    phrase: Phrase,
    row: int,
    counts: Counter[Phrase],
    longer: dict[Phrase, int],
    shares: dict[Phrase, Float1d],
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


def wholeness(said: Numbered, light: frozenset[str]) -> Callable[[Phrase], float]:
    """A function: whether a phrase may begin and end as it does, 0.1 to 1.

    A word that nearly always has another telling word right after it ("dimensional") ends no name, and one that nearly
    always has one before it ("based") begins none, in any language. Light words ("changed") do neither where a language
    has a list of them.
    """
    total, before, after = said.beside()

    def bound(word: str, beside: Int1d) -> float:
        number = said.words[word]
        share = (int(beside[number]) + 1) / (int(total[number]) + 2)
        return 1.0 - 0.7 * min(1.0, max(0.0, share - 0.6) / 0.25)

    def says(word: str, weight: float) -> float:
        return weight if word in light or _CODE.match(word) else 1.0

    return lambda phrase: (
        bound(phrase[0], before) * bound(phrase[-1], after) * says(phrase[0], 0.5) * says(phrase[-1], 0.4)
    )


def nearness(topics: Topics, docs: Documents, users: dict[Phrase, Int1d]) -> Nearness:
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
