"""Agreement of topics with classes that people gave, or of two groupings with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from themata.core.arrays import Bool1d, Int1d
from themata.core.errors import AlignmentError, InputError

OUTLIERS = ("group", "drop", "single")


@dataclass(frozen=True)
class Agreement:
    """How well topics and classes agree: 1 is the same grouping, whatever its numbers.

    ami : adjusted mutual information; 0 is what chance gives
    ari : adjusted Rand index, over pairs of documents; 0 is what chance gives
    nmi : normalized mutual information; many small topics raise it by chance
    purity : share of documents in the largest class of their topic; many small topics raise it
    inverse_purity : share of documents in the largest topic of their class; few large topics raise it
    n_docs : documents that were compared
    """

    ami: float
    ari: float
    nmi: float
    purity: float
    inverse_purity: float
    n_docs: int

    @property
    def harmonic_purity(self) -> float:
        """Harmonic mean of the two purities, which neither many nor few topics raise."""
        total = self.purity + self.inverse_purity
        return 2 * self.purity * self.inverse_purity / total if total else float("nan")


def agreement(
    assignment: Sequence[int] | Int1d, classes: Sequence[Any], *, outliers: str = "group"
) -> Agreement:
    """Compare topics with classes.

    assignment : (n_docs,) topics, -1 for outliers
    classes : (n_docs,) anything; documents with None or NaN are left out
    outliers : "group" they are one group among the others, "drop" only documents with a topic are compared, which
        flatters a model that leaves the hard ones out, "single" each is a group of its own
    raises : AlignmentError where there are other numbers of topics and classes, InputError for another word for outliers
    source : adjusted mutual information by Vinh, Epps & Bailey 2010, adjusted Rand index by Hubert & Arabie 1985

    >>> agreement([0, 0, 1, 1], ["a", "a", "b", "b"]).ami
    1.0
    """
    from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, normalized_mutual_info_score

    topics = np.asarray(assignment, dtype=np.int64)
    if len(topics) != len(classes):
        raise AlignmentError(
            f"one class per document is needed: {len(topics)} documents, {len(classes)} classes"
        )
    if outliers not in OUTLIERS:
        raise InputError(f"outliers must be one of {', '.join(OUTLIERS)}, got {outliers!r}")
    kept = _given(classes) & ((topics >= 0) | (outliers != "drop"))
    topics = topics.copy()
    if outliers == "single":
        alone = np.flatnonzero(topics < 0)
        topics[alone] = topics.max(initial=0) + 1 + np.arange(len(alone))
    named = _numbered([value for value, keep in zip(classes, kept.tolist(), strict=True) if keep])
    topics = topics[kept]
    if not len(topics):
        nothing = float("nan")
        return Agreement(nothing, nothing, nothing, nothing, nothing, 0)
    return Agreement(
        ami=float(adjusted_mutual_info_score(named, topics)),
        ari=float(adjusted_rand_score(named, topics)),
        nmi=float(normalized_mutual_info_score(named, topics)),
        purity=_purity(named, topics),
        inverse_purity=_purity(topics, named),
        n_docs=len(topics),
    )


def _purity(classes: Int1d, topics: Int1d) -> float:
    from sklearn.metrics.cluster import contingency_matrix

    both = contingency_matrix(classes, topics)
    return float(both.max(axis=0).sum() / both.sum())


def _given(classes: Sequence[Any]) -> Bool1d:
    return np.array([value is not None and value == value for value in classes], dtype=bool)


def _numbered(classes: Sequence[Any]) -> Int1d:
    index: dict[Any, int] = {}
    return np.array([index.setdefault(value, len(index)) for value in classes], dtype=np.int64)
