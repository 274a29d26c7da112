"""How well names say what their topics are about, and which of them deserve a second look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.errors import AlignmentError
from themata.core.graph import unit_rows
from themata.core.html_views import ShownAsTable
from themata.core.topics import Topics
from themata.core.weighting import BY_CONTRAST
from themata.core.words_of_names import key, stem, words

if TYPE_CHECKING:
    import pandas as pd

    from themata.core.documents import Documents
    from themata.core.protocols import Embedder

ALIKE = 0.9  # cosine of two names from which a reader would mix them up
FOREIGN = 0.2  # cosine to its own topic below which a name says little of it
FOREIGN_BY_TERMS = 0.05  # the same where names are compared by their words
MARGIN = 0.03  # cosine by which another topic must be nearer to count: less is noise of the embedder
MOST_WORDS = 8


@dataclass(frozen=True)
class LabelScores(ShownAsTable):
    """How well names fit; entry i is of topic i.

    names : as they are shown
    own : (n_topics,) likeness of each name to its own topic, -1 to 1; 1 is the best
    rank : (n_topics,) place of its own topic among all, by likeness to the name; 1 where the name retrieves its topic
    nearest : (n_topics,) the topic the name is most like
    distinct : (n_topics,) 1 minus the highest likeness to another topic's name
    n_words : (n_topics,) length
    doubts : why a name deserves a second look, in words for a reader; empty for a name that does not
    lead : (n_topics,) likeness of each name to its own topic less that to the best of the others; above 0 where the
        name retrieves its topic
    """

    names: tuple[str, ...]
    own: Float1d
    rank: Int1d
    nearest: Int1d
    distinct: Float1d
    n_words: Int1d
    doubts: tuple[str, ...]
    lead: Float1d

    @property
    def hits(self) -> float:
        """Share of the names that are most like their own topic."""
        return float(np.mean(self.rank == 1)) if len(self.rank) else 0.0

    @property
    def mrr(self) -> float:
        """Mean reciprocal rank of a name's own topic."""
        return float(np.mean(1 / self.rank)) if len(self.rank) else 0.0

    @property
    def summary(self) -> dict[str, float]:
        """hits_at_1, mrr, own, distinct and n_words, means over the topics, and the share with a doubt."""
        return {
            "hits_at_1": self.hits,
            "mrr": self.mrr,
            "own": _mean(self.own),
            "distinct": _mean(self.distinct),
            "n_words": _mean(self.n_words),
            "doubted": _mean(np.array([bool(doubt) for doubt in self.doubts])),
        }

    def to_frame(self) -> pd.DataFrame:
        """A row per topic, those that most deserve a second look first: Topic, Name, Own, Rank, Nearest, Distinct,
        Words, Doubts."""
        import pandas as pd

        frame = pd.DataFrame(
            {
                "Topic": np.arange(len(self.names)),
                "Name": list(self.names),
                "Own": self.own,
                "Rank": self.rank,
                "Nearest": self.nearest,
                "Distinct": self.distinct,
                "Words": self.n_words,
                "Doubts": list(self.doubts),
            }
        )
        fine = np.array([not doubt for doubt in self.doubts], dtype=bool)
        order = np.lexsort((self.own, -self.rank, fine))
        return frame.iloc[order].reset_index(drop=True)


@dataclass(frozen=True)
class Likeness:
    """How near names come to those that people gave; entry i is of the i-th name.

    cosine : (n,) of the two names' embeddings; NaN without an embedder
    overlap : (n,) F1 of their words without endings
    rank : (n,) place of the person's name among the different names of all people, by likeness to ours
    """

    cosine: Float1d
    overlap: Float1d
    rank: Int1d

    @property
    def summary(self) -> dict[str, float]:
        """cosine, overlap, hits_at_1 and mrr, means over the names."""
        return {
            "cosine": _mean(self.cosine),
            "overlap": _mean(self.overlap),
            "hits_at_1": _mean(self.rank == 1),
            "mrr": _mean(1 / self.rank),
        }


def label_scores(
    topics: Topics, docs: Documents, embedder: Embedder | None = None, *, names: Sequence[str] | None = None
) -> LabelScores:
    """Hold the name of each topic against its own documents and against all other topics.

    embedder : the one that embedded the documents; without it, or them, names are compared by their words
    names : (n_topics,) names to score; None: those that the topics have
    """
    shown = tuple(topics.names if names is None else names)
    if len(shown) != topics.n_topics:
        raise AlignmentError(f"one name per topic is needed: {topics.n_topics} topics, {len(shown)} names")
    if embedder is None or docs.embeddings is None or topics.centroids is None:
        points, centroids = _points_by_terms(topics, shown)
        foreign = FOREIGN_BY_TERMS
    else:
        foreign = FOREIGN
        center = docs.embeddings.mean(axis=0)
        points = unit_rows(np.asarray(embedder.encode(list(shown))) - center) if shown else center[None][:0]
        centroids = unit_rows(topics.centroids - center)
    scores = compared(shown, points, centroids, np.arange(topics.n_topics), foreign=foreign)
    doubts = [
        _doubt_by_origin(topics, row) or doubt if names is None else doubt
        for row, doubt in enumerate(scores.doubts)
    ]
    return LabelScores(**{**vars(scores), "doubts": tuple(doubts)})


def compared(
    names: Sequence[str], points: Float2d, topics: Float2d, rows: Int1d, *, foreign: float = FOREIGN
) -> LabelScores:
    """Names as points against topics as points.

    points, topics : (n_names, dim), (n_topics, dim) rows of length 1, or 0 for nothing known
    rows : (n_names,) the topic that each name is of
    foreign : likeness to its own topic below which a name says little of it
    """
    n = len(names)
    cosines = np.asarray(points @ topics.T, dtype=np.float64).reshape(n, len(topics))
    mine = cosines[np.arange(n), rows]
    others = cosines.copy()
    others[np.arange(n), rows] = -np.inf
    best = others.max(axis=1, initial=-np.inf)
    # of a tie the name is not told: it comes last
    rank = 1 + (others >= mine[:, None]).sum(axis=1)
    nearest = np.where(rank == 1, rows, others.argmax(axis=1) if len(topics) > 1 else rows)
    alike = np.asarray(points @ points.T, dtype=np.float64).reshape(n, n)
    np.fill_diagonal(alike, -1.0)
    for i, j in combinations(range(n), 2) if n < 2000 else ():
        if key(names[i]) == key(names[j]):
            alike[i, j] = alike[j, i] = 1.0
    twin = alike.argmax(axis=1) if n > 1 else np.zeros(n, dtype=np.int64)
    closest = alike.max(axis=1, initial=-1.0)
    weak, behind = mine < foreign, best > mine + MARGIN
    doubts = tuple(
        _doubt(names, row, weak[row], nearest[row] if behind[row] else None, twin[row], closest[row] > ALIKE)
        for row in range(n)
    )
    n_words = np.array([len(name.split()) for name in names], dtype=np.int64)
    distinct, lead = 1 - np.maximum(closest, 0.0), mine - np.maximum(best, -1.0)
    return LabelScores(tuple(names), mine, rank, nearest, distinct, n_words, doubts, lead)


def name_agreement(
    names: Sequence[str],
    human: Sequence[str],
    embedder: Embedder | Callable[[Sequence[str]], Float2d] | None = None,
) -> Likeness:
    """Names beside those that people gave to the same topics.

    human : one for each name

    >>> name_agreement(["Lost cards"], ["lost card"]).overlap.tolist()
    [1.0]
    """
    if len(names) != len(human):
        raise AlignmentError(f"one name of a person's for each is needed: {len(names)} names, {len(human)}")
    known = list(dict.fromkeys(human))
    rows = np.array([known.index(name) for name in human], dtype=np.int64)
    overlap = np.array([[_overlap(name, other) for other in known] for name in names]).reshape(len(names), -1)
    near, cosine = overlap, np.full(len(names), np.nan)
    if embedder is not None and names:
        encode: Any = getattr(embedder, "encode", embedder)
        near = unit_rows(encode(list(names))) @ unit_rows(encode(known)).T
        cosine = near[np.arange(len(names)), rows]
    mine = near[np.arange(len(names)), rows] if names else np.empty(0)
    beyond = near > mine[:, None]
    tied = (near == mine[:, None]).sum(axis=1) - 1 if names else np.empty(0, dtype=np.int64)
    rank = 1 + beyond.sum(axis=1) + tied
    return Likeness(cosine, overlap[np.arange(len(names)), rows] if names else np.empty(0), rank)


def _doubt(names: Sequence[str], row: int, weak: bool, nearer: int | None, twin: int, alike: bool) -> str:
    """The heaviest reason to look at a name again.

    nearer : another topic that the name is more like
    twin : the name most like it, which is `alike` when a reader would mix them up
    """
    name, other = names[row], names[twin]
    if twin != row and key(other) == key(name):
        return f"topic {twin} has the same name"
    if nearer is not None:
        return f"it is more like topic {nearer}"
    if weak:
        return "it says little of its documents"
    if alike:
        return f'it is hard to tell from topic {twin}, "{other}"'
    if len([part for part in name.replace(";", ",").split(",") if part.strip()]) > 3:
        return "it is a list of words"
    if len(name.split()) > MOST_WORDS:
        return f"it is long: {len(name.split())} words"
    return ""


def _doubt_by_origin(topics: Topics, row: int) -> str:
    """What the topics themselves tell of a name: nobody gave one, or a model failed to."""
    label = topics.labels[row]
    if label is None:
        return "it has no name: these are its keywords"
    if label.origin.failure is not None:
        return f"it stands in: {label.source}"
    return ""


def _points_by_terms(topics: Topics, names: Sequence[str]) -> tuple[Float2d, Float2d]:
    """Names and topics as weights of terms: a name is the terms of the vocabulary that its words hold."""
    weights = BY_CONTRAST.weigh(topics.term_counts, topics.background, topics.vocabulary)
    columns: dict[str, list[int]] = {}
    for column, term in enumerate(topics.vocabulary):
        columns.setdefault(" ".join(map(stem, words(str(term)))), []).append(column)
    heavy = np.asarray(weights.max(axis=0).todense()).ravel() if topics.n_topics else np.empty(0)
    wanted = [_columns(name, columns) for name in names]
    used = sorted({column for row in wanted for column in row})
    place = {column: i for i, column in enumerate(used)}
    points = np.zeros((len(names), len(used)))
    for row, terms_of_row in enumerate(wanted):
        for column in terms_of_row:
            points[row, place[column]] = heavy[column]
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    known = weights[:, used].toarray() / np.where(lengths > 0, lengths, 1)[:, None]
    return unit_rows(points), known


def _columns(name: str, columns: dict[str, list[int]]) -> list[int]:
    """Columns of the terms, of one word or several, that a name holds."""
    stems = [stem(word) for word in words(name)]
    terms = {" ".join(stems[i:j]) for i in range(len(stems)) for j in range(i + 1, len(stems) + 1)}
    return [column for term in sorted(terms) for column in columns.get(term, ())]


def _overlap(first: str, second: str) -> float:
    """F1 of the different words of two names, links left out where there are others."""
    first_words, other = _content_words(first), _content_words(second)
    shared = len(first_words & other)
    return 2 * shared / (len(first_words) + len(other)) if shared else 0.0


def _content_words(name: str) -> set[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    every = words(name)
    return {stem(word) for word in every if word not in ENGLISH_STOP_WORDS} or {stem(w) for w in every}


def _mean(values: Any) -> float:
    array = np.asarray(values, dtype=np.float64)
    return float(array.mean()) if len(array) else 0.0
