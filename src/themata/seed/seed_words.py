"""Topics hinted at by words: documents about them are drawn together, and the words weigh more as keywords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from themata.core.arrays import Float2d, Int1d
from themata.core.errors import InputError
from themata.core.graph import unit_rows
from themata.core.parameter_checks import between, word_lists

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.protocols import Embedder, Seeds


@dataclass(eq=False, repr=False)
class SeedWords:
    """Guided topics.

    topics : a list of words for each
    pull : how far documents about a seed are drawn to it before topics are found, 0..1. The model keeps embeddings
        as they were given
    multiplier : of the weight of these words as keywords

    A seed lies at the embedding of its words, and the documents are about it that are nearer to it than to any other
    and to the middle of the corpus. Without an embedder they are those that use two of its words, and the seed lies
    at their mean.
    """

    topics: Sequence[Sequence[str]]
    pull: float = 0.25
    multiplier: float = 1.2

    def check(self) -> None:
        """Raise what makes no sense."""
        word_lists("seed topics", self.topics)
        between("pull", self.pull, 0, 1)

    @property
    def words(self) -> tuple[str, ...]:
        """All seed words, once each, as written and in lower case."""
        given = [word for words in self._checked() for word in words]
        return tuple(dict.fromkeys([*given, *(word.lower() for word in given)]))

    def seed(self, docs: Documents, embedder: Embedder | None) -> Seeds:
        """Match documents with seeds."""
        from themata.core.protocols import Seeds

        if docs.embeddings is None:
            raise InputError("seed words draw embeddings together: give an embedder or embeddings=")
        matched, points = self._by_points(docs, embedder) if embedder is not None else self._by_words(docs)
        return Seeds(
            assignment=matched,
            ids=np.arange(len(points)),
            names=(None,) * len(points),
            hold="loosely",
            points=points,
            pull=self.pull,
        )

    def _by_points(self, docs: Documents, embedder: Embedder) -> tuple[Int1d, Float2d]:
        """Documents nearer to a seed than to the middle of the corpus."""
        assert docs.embeddings is not None
        points = unit_rows(np.asarray(embedder.encode([" ".join(words) for words in self._checked()])))
        middle = unit_rows(docs.embeddings.mean(axis=0, keepdims=True))
        cosines = unit_rows(docs.embeddings) @ np.vstack([points, middle]).T
        nearest = cosines.argmax(axis=1)
        return np.where(nearest < len(points), nearest, -1).astype(np.int64), points

    def _by_words(self, docs: Documents) -> tuple[Int1d, Float2d]:
        """Documents that use two words of a seed, or its only one, and of no other seed as many; and their means."""
        assert docs.embeddings is not None
        topics = self._checked()
        used = np.column_stack([_used(docs, words) for words in topics])
        enough = used >= np.array([min(2, len(words)) for words in topics])
        most = used.max(axis=1, keepdims=True)
        sure = enough.any(axis=1) & ((used == most).sum(axis=1) == 1)
        matched = np.where(sure, np.where(enough, used, 0).argmax(axis=1), -1).astype(np.int64)
        points = np.zeros((len(topics), docs.embeddings.shape[1]), dtype=np.float32)
        for row in range(len(topics)):
            if (matched == row).any():
                points[row] = unit_rows(docs.embeddings[matched == row]).mean(axis=0)
        return matched, unit_rows(points)

    def _checked(self) -> list[list[str]]:
        topics = list(self.topics)
        if not topics or any(isinstance(words, str) or not len(words) for words in topics):
            raise InputError(
                f"seed topics must be a list of lists of words, one or more in each, got {topics!r:.60}"
            )
        return [[str(word) for word in words] for words in topics]


def _used(docs: Documents, words: Sequence[str]) -> Int1d:
    """(n_docs,) how many of the words each document uses."""
    if docs.terms is None or docs.vocabulary is None:
        return np.zeros(docs.n_docs, dtype=np.int64)
    asked = np.isin(docs.vocabulary.astype(str), [word.lower() for word in words] + list(words))
    columns = sparse.csc_matrix(docs.terms)[:, np.flatnonzero(asked)]
    return np.asarray((columns > 0).sum(axis=1)).ravel()
