"""Topics named beforehand: documents near a name are that topic's, all others are left to the grouper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.errors import InputError
from themata.core.graph import unit_rows
from themata.core.parameter_checks import between, names
from themata.core.topics import Label

if TYPE_CHECKING:
    from themata.core.documents import Documents
    from themata.core.protocols import Embedder, Seeds


@dataclass(eq=False, repr=False)
class ZeroShot:
    """Named topics.

    topics : their names, or sentences that say what they are about
    min_similarity : cosine of a document and a name from which the document is that topic's, the nearest one's
    embeddings : (n_topics, dim) of the names, when they are known; else the model's embedder makes them, once

    A name that no document is near has no topic. Names are kept as if a person had given them.
    """

    topics: Sequence[str]
    min_similarity: float = 0.7
    embeddings: Float2d | None = None

    def check(self) -> None:
        """Raise what makes no sense."""
        names("zero-shot topics", self.topics)
        between("min_similarity", self.min_similarity, -1, 1)

    def seed(self, docs: Documents, embedder: Embedder | None) -> Seeds:
        """Match documents with names: strength is the cosine."""
        from themata.core.protocols import Seeds

        if docs.embeddings is None:
            raise InputError("zero-shot topics are found by embeddings: give an embedder or embeddings=")
        self._learn(embedder, docs.embeddings.shape[1])
        assignment, strength = self.place(docs.embeddings)
        return Seeds(
            assignment=assignment,
            ids=np.arange(len(self.topics)),
            names=tuple(Label(name) for name in self.topics),
            hold="alone",
            strength=strength,
        )

    def place(self, embeddings: Float2d) -> tuple[Int1d, Float1d]:
        """The nearest name of each document, -1 where none is near, and the cosine: new documents as those of the fit."""
        cosines = unit_rows(embeddings) @ self._known.T
        nearest = cosines.argmax(axis=1)
        best = cosines[np.arange(len(cosines)), nearest]
        topics = np.where(best >= self.min_similarity, nearest, -1).astype(np.int64)
        return topics, np.clip(best, 0, 1).astype(np.float32)

    @property
    def needs_embedder(self) -> bool:
        """Whether the names must be embedded yet."""
        return self.embeddings is None and not hasattr(self, "_known")

    def state(self) -> dict[str, np.ndarray]:
        """The points of the names, for a model that is saved."""
        return {"points": self._known} if hasattr(self, "_known") else {}

    def settled(self) -> ZeroShot:
        """The same seeder without what its state holds."""
        return ZeroShot(list(self.topics), self.min_similarity)

    def with_state(self, state: Mapping[str, np.ndarray]) -> ZeroShot:
        """The same seeder, its names embedded already."""
        made = ZeroShot(self.topics, self.min_similarity, self.embeddings)
        if "points" in state:
            made._known = state["points"]
        return made

    def _learn(self, embedder: Embedder | None, dim: int) -> None:
        """Keep the points of the names, rows of length 1."""
        names = list(self.topics)
        if isinstance(self.topics, str) or not names or not all(isinstance(name, str) for name in names):
            raise InputError(f"zero-shot topics must be a list of names, got {self.topics!r:.60}")
        if not hasattr(self, "_known"):
            if self.embeddings is None and embedder is None:
                raise InputError(
                    "the names of zero-shot topics must be embedded: give TopicModel(embedder=), or "
                    "ZeroShot(topics, embeddings=)"
                )
            made = self.embeddings if self.embeddings is not None else embedder.encode(names)  # type: ignore[union-attr]
            self._known = unit_rows(np.asarray(made, dtype=np.float32))
        if self._known.shape != (len(names), dim):
            raise InputError(
                f"a point of {dim} dimensions is needed for each of {len(names)} zero-shot topics, as the documents "
                f"have: got shape {self._known.shape}"
            )
