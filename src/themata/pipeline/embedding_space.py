"""Where documents lie, and how new texts and queries get there."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np

from themata.analysis import search
from themata.core import errors, powers
from themata.core.arrays import MANY, Csr, Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError, ThemataError
from themata.core.graph import UnitRows, exact_neighbors, unit_rows
from themata.core.protocols import Progress
from themata.core.topics import Topics
from themata.pipeline import arguments, validation
from themata.pipeline.assignment import N_NEIGHBORS, Near, assign
from themata.pipeline.embedding import embed, readable
from themata.pipeline.lazy_embedder import LazyEmbedder
from themata.pipeline.multimodal import IMAGE, points_of
from themata.relate.lexical_view import LexicalView, fit_lexical
from themata.relate.neighbors import Cells

# Fitted documents from which those of a stream are compared with a few: all of so many take as long as a fast embedder
STREAMED = 50_000
N_PROBES = 8
N_READ = 200  # documents, among which probes are sought that hold what is no language
SAME_MODEL = 0.9  # bfloat16 and other batches keep cosines above 0.99; another model gives anything


class Space:
    """The points of fitted documents: their embeddings, or the lexical view of their terms without any.

    An Embedder for parts that may need one: `encode` makes the model's own, and looks at it, at the first text.

    made_here : the embeddings are this embedder's own work, so that no probe is needed
    ignore : kinds of what is no language in texts, which are not embedded, unless the fitted embeddings turn out to be of
        the texts as they are
    outliers : (dim,) their centroid, where no document is known
    """

    outliers: Float1d | None = None

    def __init__(
        self,
        docs: Documents,
        vectorizer: Any,
        embedder: LazyEmbedder,
        *,
        made_here: bool,
        ignore: Sequence[str] = (),
    ) -> None:
        self.docs = docs
        self._ignore = tuple(ignore)
        self._looked = False  # whether the fitted embeddings are of texts read so
        self.vectorizer = vectorizer
        self._embedder = embedder
        self._is_theirs: bool | None = True if made_here else None  # None: not looked yet

    @property
    def known(self) -> Float2d:
        """(n_docs, dim) points of the fitted documents."""
        if self.docs.embeddings is not None:
            return self.docs.embeddings
        return self._lexical_view[1]

    @cached_property
    def _lexical_view(self) -> tuple[LexicalView, Float2d]:
        """The lexical view of the fitted documents, and their points in it."""
        assert self.docs.terms is not None
        view = fit_lexical(self.docs.terms)
        return view, view.project(self.docs.terms)

    def place(
        self,
        texts: Sequence[str],
        embeddings: Any = None,
        images: Sequence[Any] | None = None,
        *,
        progress: Progress | None = None,
    ) -> Float2d:
        """(n, dim) points of new texts, and of their images where they have some, whose embeddings may be known.

        progress : told how many texts are embedded
        """
        if self.docs.embeddings is None:
            if embeddings is not None:
                raise InputError("this model was fitted without embeddings: give texts alone")
            known = self.known
            if not known.size:
                return np.zeros((len(texts), known.shape[1]), dtype=np.float32)
            return self._lexical_view[0].project(self.words(texts))
        dim = self.docs.embeddings.shape[1]
        if embeddings is not None:
            return arguments.embeddings(embeddings, len(texts), dim=dim)
        new = Documents(texts, columns={} if images is None else {IMAGE: images})
        embedder = self.embedder()
        return arguments.embeddings(
            points_of(self._read(new), embedder, progress=progress), len(texts), dim=dim
        )

    def assign(
        self,
        points: Float2d,
        topics: Topics,
        placed: tuple[Int1d, Float1d] | None = None,
        min_similarity: float = 0.0,
        *,
        near: Near | None = None,
    ) -> tuple[Int1d, Float1d]:
        """The topic of each new document, by its neighbors where it is not known, and its strength there."""
        near = near or self.neighbors(points)
        return assign(
            points, self.known, topics.assignment, placed=placed, min_similarity=min_similarity, near=near
        )

    def neighbors(self, points: Float2d, *, streamed: bool = False) -> Near:
        """The nearest fitted documents of new ones, and their cosines.

        streamed : many more will come, so that an index that takes seconds to build is worth it
        """
        n_near = min(N_NEIGHBORS, len(self.known))
        if len(self.known) >= (STREAMED if streamed else MANY):
            return self._cells.search(unit_rows(points), n_near)
        return exact_neighbors(unit_rows(self.known), n_near, unit_rows(points))

    @cached_property
    def _cells(self) -> Cells:
        """The fitted documents in cells, so that a new one is compared with a few of very many."""
        known = self.known
        return Cells.of(UnitRows(known), random_state=0)[0]

    def counted_by(self, docs: Documents, vectorizer: Any) -> Space:
        """The same points under other counts of terms."""
        other = copy(self)
        other.docs, other.vectorizer = docs, vectorizer
        vars(other).pop("_lexical_view", None)
        vars(other).pop("_cells", None)
        return other

    def embedded_by(self, embedder: LazyEmbedder) -> Space:
        """The same points, new texts embedded by another embedder, if it turns out to be the one that made them."""
        other = copy(self)
        other._embedder, other._is_theirs = embedder, None
        return other

    def words(self, texts: Sequence[str]) -> Csr:
        """(n, n_terms) counts under the fitted vocabulary."""
        return validation.counts(self.vectorizer, self.vectorizer.transform(list(texts)), len(texts))

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

    def encode(self, texts: Sequence[str]) -> Float2d:
        """(n, dim) embeddings of texts that are no documents, such as names."""
        return embed(texts, self.embedder())

    def embedder(self) -> Any:
        """The embedder, after a look whether it is the one that made the fitted embeddings."""
        if self._embedder.part is None:
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
        return self._embedder.part

    def _is_of_other_size(self) -> bool:
        """Whether the embedder says, without being loaded, that its embeddings are of other dimensions."""
        assert self.docs.embeddings is not None
        return powers.dim(self._embedder.part) not in (None, self.docs.embeddings.shape[1])

    def _probe(self) -> bool:
        """Whether some fitted texts, embedded now, lie where they lay."""
        assert self.docs.embeddings is not None
        rows = np.unique(np.linspace(0, self.docs.n_docs - 1, N_PROBES).astype(int))
        try:
            return self._nearness(self._read(self.docs.take(rows)), rows) > SAME_MODEL
        except errors.NotFittedError:
            if not self._embedder.is_named:
                raise  # the caller's own, who can hand over one that has learned
            # Made of its name just now: it learns from a corpus and has seen none, so these embeddings are not its own
            return False

    def _read(self, docs: Documents) -> Documents:
        """Documents as those of the fit were read when they were embedded, which was the caller's work, perhaps."""
        if self._ignore and not self._looked:
            self._looked = True
            some = np.unique(np.linspace(0, self.docs.n_docs - 1, N_READ).astype(int))
            texts = readable(self.docs.take(some), self._ignore).texts
            rows = some[[text != self.docs.texts[row] for text, row in zip(texts, some, strict=True)]][
                :N_PROBES
            ]
            probes = self.docs.take(rows)
            read = readable(probes, self._ignore)
            if len(rows) and self._nearness(probes, rows) > self._nearness(read, rows):
                self._ignore = ()
        return readable(docs, self._ignore)

    def _nearness(self, probes: Documents, rows: Int1d) -> float:
        """The usual cosine between embeddings made now and those of some fitted documents; -1 for other dimensions."""
        assert self.docs.embeddings is not None
        theirs = self.docs.embeddings[rows]
        ours = points_of(probes, self._embedder.part)
        if ours.shape[1] != theirs.shape[1]:
            return -1.0
        return float(np.median((unit_rows(ours) * unit_rows(theirs)).sum(axis=1)))
