"""Where documents lie, and how new texts and queries get there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np

from themata.analysis import search
from themata.documents import Documents
from themata.errors import InputError, ThemataError
from themata.graph import Csr, Float1d, Float2d, Int1d, unit_rows
from themata.parts.relate.lexical import fit_lexical
from themata.pipeline import arguments, checks
from themata.pipeline.assign import assign
from themata.pipeline.embed import embed
from themata.pipeline.multimodal import IMAGE, points_of
from themata.protocols import Learner
from themata.topics import Topics

N_PROBES = 8
SAME_MODEL = 0.9  # bfloat16 and other batches keep cosines above 0.99; another model gives anything


class Lent:
    """The embedder of a space for those who may need it: made, and looked at, when a text must be embedded."""

    def __init__(self, space: Space) -> None:
        self.space = space

    def encode(self, texts: Sequence[str]) -> Float2d:
        return embed(texts, self.space.embedder())


class Later:
    """What makes an embedder when it is needed. Unlike a function of the moment, it goes where a model goes."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make

    def __call__(self) -> Any:
        return self.make()


class Space:
    """The points of fitted documents: their embeddings, or the lexical view of their terms without any.

    embedder : a part, or Later, which makes it when a text must be embedded for the first time
    made_here : the embeddings are this embedder's own work, so that no probe is needed
    """

    def __init__(self, docs: Documents, vectorizer: Any, embedder: Any, *, made_here: bool) -> None:
        self.docs = docs
        self.vectorizer = vectorizer
        self._later = embedder if isinstance(embedder, Later) else None
        self._is_theirs: bool | None = True if made_here else None  # None: not looked yet
        self._embedder: Any = None if self._later else embedder

    @property
    def known(self) -> Float2d:
        """(n_docs, dim) points of the fitted documents."""
        if self.docs.embeddings is not None:
            return self.docs.embeddings
        if not hasattr(self, "_lexical"):
            assert self.docs.terms is not None
            self._lexical = fit_lexical(self.docs.terms)
            self._projected = self._lexical.project(self.docs.terms)
        return self._projected

    def place(
        self, texts: Sequence[str], embeddings: Any = None, images: Sequence[Any] | None = None
    ) -> Float2d:
        """(n, dim) points of new texts, and of their images where they have some, whose embeddings may be known."""
        if self.docs.embeddings is None:
            if embeddings is not None:
                raise InputError("this model was fitted without embeddings: give texts alone")
            known = self.known
            if not known.size:
                return np.zeros((len(texts), known.shape[1]), dtype=np.float32)
            return self._lexical.project(self.words(texts))
        dim = self.docs.embeddings.shape[1]
        if embeddings is not None:
            return arguments.embeddings(embeddings, len(texts), dim=dim)
        new = Documents(texts, columns={} if images is None else {IMAGE: images})
        return arguments.embeddings(points_of(new, self.embedder()), len(texts), dim=dim)

    def assign(
        self, points: Float2d, topics: Topics, placed: tuple[Int1d, Float1d] | None = None
    ) -> tuple[Int1d, Float1d]:
        """The topic of each new document, by its neighbors where it is not known, and its strength there."""
        return assign(points, self.known, topics.assignment, placed=placed)

    def counted_by(self, docs: Documents, vectorizer: Any) -> Space:
        """The same points under other counts of terms."""
        other = copy(self)
        other.docs, other.vectorizer = docs, vectorizer
        other.__dict__.pop("_lexical", None)
        return other

    def words(self, texts: Sequence[str]) -> Csr:
        """(n, n_terms) counts under the fitted vocabulary."""
        return checks.counts(self.vectorizer, self.vectorizer.transform(list(texts)), len(texts))

    def query(self, text: str) -> tuple[Csr, Float1d | None]:
        """Counts of a query, and its point where there are embeddings.

        Without an embedder a query lies at the mean of the documents that use its words.
        """
        words = self.words([text])
        if self.docs.embeddings is None:
            return words, None
        try:
            return words, self.place([text])[0]
        except ThemataError:
            return words, search.words_point(words, self.docs)

    def embedder(self) -> Any:
        """The embedder, after a look whether it is the one that made the fitted embeddings."""
        if self._embedder is None and self._later is not None:
            self._embedder = self._later()
        if self._embedder is None:
            raise InputError("this model has no embedder: give embeddings=")
        if self._is_theirs is None and self._is_of_other_size():
            self._is_theirs = False
        if self._is_theirs is None:
            self._is_theirs = self._probe()
        if not self._is_theirs:
            raise InputError(
                "the embeddings this model was fitted on were not made by its embedder: give embeddings= for new "
                "texts, or TopicModel(embedder=) the model that made them"
            )
        return self._embedder

    def _is_of_other_size(self) -> bool:
        """Whether the embedder says, without being loaded, that its embeddings are of other dimensions."""
        dim = getattr(self._embedder, "dim", None)
        assert self.docs.embeddings is not None
        known = isinstance(dim, int) and not isinstance(
            self._embedder, Learner
        )  # which has fewer of few documents
        return known and dim != self.docs.embeddings.shape[1]

    def _probe(self) -> bool:
        """Whether some fitted texts, embedded now, lie where they lay."""
        assert self.docs.embeddings is not None
        rows = np.unique(np.linspace(0, self.docs.n_docs - 1, N_PROBES).astype(int))
        ours = points_of(self.docs.take(rows), self._embedder)
        theirs = self.docs.embeddings[rows]
        if ours.shape[1] != theirs.shape[1]:
            return False
        return bool(np.median((unit_rows(ours) * unit_rows(theirs)).sum(axis=1)) > SAME_MODEL)
