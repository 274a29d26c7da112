"""Which phrases of its documents tell a topic, or a group of topics, from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.graph import unit_rows
from themata.core.plain_text import names_a_handle
from themata.core.progress_reports import report_share
from themata.core.topics import Topics
from themata.core.weighting import BY_CONTRAST, everywhere, top_terms
from themata.core.words_of_names import without_plural
from themata.naming.phrases.candidates import PhraseSample
from themata.naming.phrases.nouns import Grammar
from themata.naming.phrases.phrase_counts import Numbered, Phrase, n_words

Nearness = Callable[[Phrase, int], float]

CENTRAL = 0.45  # cosine from which a phrase's users are near enough to a topic
N_ANCHORS = 30  # keywords; a name holds at least one of them
N_CANDIDATES = 80  # phrases of each topic that are weighed against all topics
# What people call things: two or three words; one says too little, five are a sentence
_LENGTHS = {1: 0.3, 2: 1.0, 3: 1.1, 4: 0.85, 5: 0.6}
# Two phrases that a topic's documents say beside one another, "Galaxies and stars"
_JOINED = 0.6  # of the score of one phrase that says as much
_ADDED = 1.35  # times the share of the one, from which the other is worth saying
_FULLER = {
    1: 0.4,
    2: 0.7,
}  # of the best score, if that is one word's or two phrases', is enough for a phrase of more
_WHOLE = 0.4
_BESIDE = 0.35  # of the score of the one, which the other has by itself
_BOUND = 0.6  # share of a word's documents that say it together with a word of all topics, "reinforcement learning"
N_JOINED = 14  # best phrases of each topic that are tried beside each other


@dataclass(frozen=True)
class Candidate:
    """One phrase, or two that stand side by side, and how well they name a topic.

    parts : the phrases
    share : of the topic's sampled documents that say one of them
    whole : whether they may begin and end as they do
    """

    parts: tuple[Phrase, ...]
    score: float
    share: float
    whole: float = 1.0

    @property
    def phrase(self) -> Phrase:
        return self.parts[0]


@dataclass(frozen=True)
class Usage:
    """Who says which phrase.

    shares : per phrase, the share of each topic's sampled documents
    users : per phrase, the rows of those documents
    """

    shares: Mapping[Phrase, Float1d]
    users: Mapping[Phrase, Int1d]


def ranked(topics: Topics, docs: Documents, taken: PhraseSample, grammar: Grammar) -> list[list[Candidate]]:
    """Each topic's candidates, best first; none for a topic that has a label.

    taken : words of documents of each topic
    """
    said = grammar.said if taken is grammar.taken else Numbered.of(taken.beginnings, grammar.stopped)
    anchors = _anchors(topics, said, grammar.stopped)
    candidates_of_topic = [
        _phrases_of_topic(said, row, anchors[row]) if topics.labels[row] is None else Counter()
        for row in range(topics.n_topics)
    ]
    usage = usage_of(said, taken, {phrase for counts in candidates_of_topic for phrase in counts}, grammar)
    near = nearness(topics, docs, usage.users)
    background = usage_background(usage, topics)
    said_by_all = _said_by_all(usage)
    sizes = topics.sizes / max(1, topics.sizes.sum())
    common = {word for term in topics.common for word in term.split()} - grammar.stopped
    ranking = []
    for row, counts in enumerate(candidates_of_topic):
        report_share(row / len(candidates_of_topic))
        weights, longer = anchors[row], _longer(counts)
        scored = []
        for phrase in counts:
            if usage.shares[phrase][row] < grammar.spoken_of and any(map(names_a_handle, phrase)):
                continue
            if phrase in said_by_all or not _apart_from(common, phrase, counts):
                continue
            whole = grammar.whole(phrase)
            fit = whole * _central(near(phrase, row)) * _cohesion(phrase, counts, longer)
            fit *= 0.3 + _weight(phrase, weights)
            scored.append(
                (fit * _distinctiveness(usage.shares[phrase], background[phrase], row), fit, whole, phrase)
            )
        scored.sort(key=lambda entry: (-entry[0] * _length(entry[-1]), entry[-1]))
        singles = [
            Candidate((phrase,), score * _length(phrase), float(usage.shares[phrase][row]), whole)
            for score, _, whole, phrase in scored
        ]
        pairs = _pairs(scored[:N_JOINED], row, sizes, taken, usage, grammar)
        ranking.append(
            _fuller(sorted([*singles, *pairs], key=lambda candidate: (-candidate.score, candidate.parts)))
        )
    return ranking


def _said_by_all(usage: Usage) -> set[Phrase]:
    """Phrases of a footer or a greeting: nearly every document of nearly every topic has them."""
    if not usage.shares:
        return set()
    of_all = everywhere(np.column_stack(list(usage.shares.values())))
    return {phrase for phrase, is_said in zip(usage.shares, of_all.tolist(), strict=True) if is_said}


def _apart_from(common: Set[str], phrase: Phrase, counts: Counter[Phrase]) -> bool:
    """Whether a phrase has none of the words that all topics use, or is what its other words are mostly said in."""
    others = [word for word in phrase if word not in common]
    if len(others) == len(phrase):
        return True
    return bool(others) and all(0 < counts[(word,)] * _BOUND <= counts[phrase] for word in others)


def _fuller(ranked: list[Candidate]) -> list[Candidate]:
    """Candidates with a phrase before one word, or two phrases side by side, that are hardly better."""
    if not ranked or len(ranked[0].parts) == 1 < n_words(ranked[0].phrase):
        return ranked
    least = ranked[0].score * _FULLER[len(ranked[0].parts)]
    for place, candidate in enumerate(ranked):
        if candidate.score < least:
            break
        if len(candidate.parts) == 1 < n_words(candidate.phrase) and candidate.whole >= _WHOLE:
            return [candidate, *ranked[:place], *ranked[place + 1 :]]
    return ranked


def _distinctiveness(said: Float1d, usual: float, row: int) -> float:
    """How much of a topic says something, times how surprising that is.

    Pointwise divergence, with a part of the strongest rival's share, so that of two related topics each gets what the
    other does not say; what is said everywhere tells next to nothing, however often it is said.
    """
    share = float(said[row])
    rival = float(max(said[:row].max(initial=0.0), said[row + 1 :].max(initial=0.0)))
    surprise = float(np.log2(1 + share / (usual + 0.3 * rival + 0.01)))
    return float(share**0.7 * max(0.05, surprise - 0.7))


def _central(near: float) -> float:
    """A phrase whose users lie far from the topic's center is too general for it: "machine learning" of clinical data."""
    return (1 + 0.5 * near) * min(1.0, max(0.1, near / CENTRAL)) ** 2


def _pairs(
    scored: Sequence[tuple[float, float, float, Phrase]],
    row: int,
    sizes: Float1d,
    taken: PhraseSample,
    usage: Usage,
    grammar: Grammar,
) -> list[Candidate]:
    """Two things side by side, where both together cover clearly more of a topic than one.

    sizes : (n_topics,) share of the documents in each topic
    """
    inside = set(taken.rows[row].tolist())
    n = max(1, len(inside))
    things = [
        (score, fit, phrase, inside.intersection(usage.users[phrase].tolist()))
        for score, fit, _, phrase in scored
        if len(phrase) <= 2 and _names_a_thing(phrase, grammar)
    ]
    pairs = []
    for i, (score, fit, single, users) in enumerate(things):
        for other_score, other_fit, other, others in things[i + 1 :]:
            both = len(users | others) / n
            if min(score, other_score) < _BESIDE * max(score, other_score):
                continue
            if both < _ADDED * max(len(users), len(others)) / n or _alike(single, other):
                continue
            said = np.minimum(1.0, usage.shares[single] + usage.shares[other])
            said[row] = both
            joint = (fit * other_fit) ** 0.5 * _distinctiveness(said, float(said @ sizes), row) * _JOINED
            first, second = (single, other) if len(users) >= len(others) else (other, single)
            pairs.append(Candidate((first, second), joint, both))
    return pairs


def _names_a_thing(phrase: Phrase, grammar: Grammar) -> bool:
    return grammar.whole(phrase) >= _WHOLE and (n_words(phrase) > 1 or grammar.stands(phrase[0]))


def _alike(first: Phrase, other: Phrase) -> bool:
    """Whether two phrases share a word, by its beginning."""
    return any(_start(a) == _start(b) or a in b or b in a for a in first for b in other)


def _start(word: str) -> str:
    return without_plural(word.replace("-", ""))[:4]


def _anchors(topics: Topics, said: Numbered, stopped: frozenset[str]) -> list[dict[str, float]]:
    """Each topic's keywords and their weights, 1 for the heaviest; every word of a keyword counts."""
    weights = BY_CONTRAST.weigh(topics.term_counts, topics.background, topics.vocabulary)
    if topics.common:
        weights = sparse.csr_matrix(weights @ sparse.diags(topics.distinctive.astype(np.float64)))
    anchors_of_topics = []
    for terms in top_terms(weights, topics.vocabulary, 2 * N_ANCHORS):
        anchors: dict[str, float] = {}
        for term, weight in terms:
            for word in [term] if term in said.words else term.split():
                if word not in stopped:
                    anchors[word] = max(anchors.get(word, 0.0), weight / terms[0][1])
        anchors_of_topics.append(dict(list(anchors.items())[:N_ANCHORS]))
    return anchors_of_topics


def _phrases_of_topic(said: Numbered, row: int, anchors: dict[str, float]) -> Counter[Phrase]:
    """Documents of a topic that use each phrase, for the phrases worth weighing."""
    n_texts = int((said.topic == row).sum())
    least = 1 if n_texts < 6 else 2 if n_texts < 40 else 3
    often = said.phrases(row, touching=anchors, least=least)
    if not often:  # a vectorizer whose terms are no words
        often = said.phrases(row, least=least)

    def promise(item: tuple[Phrase, int]) -> tuple[float, Phrase]:
        phrase, count = item
        return -count * _length(phrase) * (0.2 + _weight(phrase, anchors)), phrase

    return Counter(dict(sorted(often.items(), key=promise)[:N_CANDIDATES]))


def _length(phrase: Phrase) -> float:
    """What the number of its words makes a phrase worth."""
    return _LENGTHS[min(n_words(phrase), len(_LENGTHS))]


def _weight(phrase: Phrase, anchors: dict[str, float]) -> float:
    """Mean weight of a phrase's words as keywords, links left out."""
    weights = [anchors.get(word, 0.0) for word in phrase if len(word) > 3 or word in anchors]
    return sum(weights) / max(1, len(weights))


def usage_of(said: Numbered, taken: PhraseSample, wanted: set[Phrase], grammar: Grammar) -> Usage:
    """Who says the wanted phrases; the grammar learns how each is used."""
    phrases, n_topics = list(wanted), len(taken.rows)
    which, documents = said.users(phrases)
    counts = np.bincount(which * n_topics + said.topic[documents], minlength=len(phrases) * n_topics)
    sizes = np.array([max(1, len(rows)) for rows in taken.rows])
    shares = (counts.reshape(len(phrases), n_topics) / sizes).astype(np.float32)
    ends = np.searchsorted(which, np.arange(len(phrases) + 1))
    users = np.concatenate([np.empty(0, dtype=np.int64), *taken.rows])[documents]
    spans = zip(phrases, ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    grammar.meet(phrases, said)
    return Usage(
        dict(zip(phrases, shares, strict=True)), {phrase: users[start:end] for phrase, start, end in spans}
    )


def usage_background(usage: Usage, topics: Topics) -> dict[Phrase, float]:
    """Share of all documents that use each phrase, as the samples tell."""
    sizes = topics.sizes / max(1, topics.sizes.sum())
    return {phrase: float(share @ sizes) for phrase, share in usage.shares.items()}


def _cohesion(phrase: Phrase, counts: Counter[Phrase], longer: dict[Phrase, int]) -> float:
    """How far a phrase is one thing: its words come together, and it is no piece of a longer phrase."""
    together = 1.0
    if len(phrase) > 1:
        alone = [counts[(word,)] for word in phrase if counts[(word,)]]
        together = counts[phrase] / max(1, min(alone, default=counts[phrase]))
    part = longer.get(phrase, 0) / max(1, counts[phrase])
    return (0.35 + 0.65 * min(1.0, together)) * (1 - 0.8 * max(0.0, part - 0.25))


def _longer(counts: Counter[Phrase]) -> dict[Phrase, int]:
    """Documents that use the most used phrase of one word more, for each phrase that is a piece of one."""
    most: dict[Phrase, int] = {}
    for phrase, count in counts.items():
        for piece in (phrase[:-1], phrase[1:]):
            most[piece] = max(most.get(piece, 0), count)
    return most


def nearness(topics: Topics, docs: Documents, users: Mapping[Phrase, Int1d]) -> Nearness:
    """A function: how near a phrase's documents, wherever they are, lie to a topic's center: -1 to 1, or 0."""
    if docs.embeddings is None or topics.centroids is None:
        return lambda phrase, row: 0.0
    centroids: Float2d = unit_rows(topics.centroids - docs.center)
    directions: Float2d = unit_rows(_means_of_users(docs.embeddings, list(users.values())) - docs.center)
    place = {phrase: number for number, phrase in enumerate(users)}
    return lambda phrase, row: float(directions[place[phrase]] @ centroids[row])


def _means_of_users(embeddings: Float2d, users: Sequence[Int1d]) -> Float2d:
    """(n, dim) mean of the embeddings of each of n sets of documents; each document is taken up once."""
    sizes = np.array([len(rows) for rows in users], dtype=np.int64)
    rows, places = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *users]), return_inverse=True)
    ones, ends = np.ones(len(places), dtype=np.float32), np.append(0, np.cumsum(sizes))
    member = sparse.csr_matrix((ones, places, ends), shape=(len(users), len(rows)))
    return np.asarray(member @ embeddings[rows].astype(np.float32)) / np.maximum(sizes, 1)[:, None]
