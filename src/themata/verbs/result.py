"""What every verb of a model reads: its latest result and the parts that made it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError, NotFittedError
from themata.core.graph import NeighborGraph
from themata.core.protocols import Placer
from themata.core.topics import Topics
from themata.languages.nonanswers import mute_rows
from themata.pipeline.describe import describe, label
from themata.pipeline.embedding_space import Lent, Space
from themata.pipeline.fit import Fitted, Recipe


@dataclass(frozen=True)
class Moment:
    """What an edit came upon, so that it can be taken back, and how it is told.

    kept : rows of its documents that are still there, in the order of those that are; None: all, and perhaps more
    """

    told: str
    fitted: Fitted
    recipe: Recipe
    space: Space
    parameters: Mapping[str, Any]
    kept: Int1d | None = None


class _OfFit:
    """What only a fit gives; the model's own attribute, once it is set, is found before this one."""

    def __get__(self, model: Any, kind: type) -> Any:
        raise NotFittedError(f"this {kind.__name__} has no topics yet: call fit(documents) first")


class Result:
    """The latest result of a fit. The verbs read it; an edit puts another in its place and keeps the one before."""

    _state: Fitted = _OfFit()  # type: ignore[assignment]
    _recipe: Recipe = _OfFit()  # type: ignore[assignment]
    _space: Space = _OfFit()  # type: ignore[assignment]
    _past: list[Moment] = _OfFit()  # type: ignore[assignment]
    layout: Any
    random_state: int

    @property
    def _fitted(self) -> Fitted:
        return self._state

    @property
    def result_(self) -> Topics:
        return self._fitted.topics

    @property
    def documents_(self) -> Documents:
        return self._fitted.documents

    @property
    def _known_documents(self) -> Documents:
        """The documents, of which more must be known than how many they were."""
        docs = self.documents_
        if docs.is_bare:
            raise InputError(
                "this model holds topics and no documents, as the folders of BERTopic's do that it came from: fit a "
                f"{type(self).__name__} on the documents for what needs their texts, words or embeddings"
            )
        return docs

    @property
    def graph_(self) -> NeighborGraph | None:
        return self._fitted.graph

    @property
    def topics_(self) -> list[int]:
        return list(self.result_.assignment.tolist())

    @property
    def probabilities_(self) -> Float1d:
        return self.result_.strength

    @property
    def labels_(self) -> Int1d:
        """topics_ as an array, under scikit-learn's name for clusterers."""
        return self.result_.assignment

    # Helpers of the verbs

    def _checked(self, topic: int) -> int:
        self.result_.check(topic, outliers=True)
        return topic

    def _place(
        self,
        texts: Sequence[str],
        embeddings: Any = None,
        images: Sequence[Any] | None = None,
        min_similarity: float = 0.0,
    ) -> tuple[Int1d, Float1d]:
        """The topic of each new document, -1 for none, and its strength there."""
        space = self._space
        if not texts:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        points = space.place(texts, embeddings, images)
        rows, strength = space.assign(points, self.result_, self._known_already(points), min_similarity)
        return self._without_mute(texts, images, rows, strength)

    def _without_mute(
        self, texts: Sequence[str], images: Sequence[Any] | None, rows: Int1d, strength: Float1d
    ) -> tuple[Int1d, Float1d]:
        """New documents that say nothing, such as "n/a", have no topic, unless documents that say the same have one."""
        mute = mute_rows(texts, images)
        if mute and getattr(self._recipe.grouper, "needs_graph", True):
            known = {*self.documents_.texts}
            lost = [row for row in mute if texts[row] not in known]
            rows, strength = rows.copy(), strength.copy()
            rows[lost], strength[lost] = -1, 0
        return rows, strength

    def _known_already(self, points: Float2d) -> tuple[Int1d, Float1d] | None:
        """The topics that a seeder knows new documents to belong to."""
        seeder = self._recipe.seeder
        if not isinstance(seeder, Placer) or self.documents_.embeddings is None:
            return None
        ids, strength = seeder.place(points)
        row_of = self.result_.origin
        return np.array([row_of.get(id, -1) for id in ids.tolist()], dtype=np.int64), strength

    def _related(self) -> NeighborGraph:
        """The neighbor graph, built now on roads that found their topics without it, and kept."""
        if self.graph_ is None:
            docs = self.documents_
            self._state = Fitted(docs, self.result_, self._recipe.relater.relate(docs))
        assert self.graph_ is not None
        return self.graph_

    def _splitter(self) -> Callable[[str], list[str]]:
        """A function from a text to its words, as the vectorizer sees them."""
        vectorizer = self._recipe.vectorizer
        return vectorizer.build_tokenizer() if hasattr(vectorizer, "build_tokenizer") else str.split

    def _edit(self, told: str, topics: Topics) -> Self:
        """Describe and name what an edit left bare, and make it the result."""
        described = describe(topics, self.documents_, self._recipe.description)
        lost = sum(map(bool, self.result_.keywords)) - sum(map(bool, described.keywords))
        if self.documents_.is_bare and lost > max(0, self.result_.n_topics - described.n_topics):
            raise InputError(
                f"{told} needs counts of words for the keywords, and this model holds none: save it again from "
                "BERTopic with save_ctfidf=True"
            )
        return self._keep(told, self._labeled(described))

    def _labeled(self, topics: Topics, labeler: Any = None) -> Topics:
        """The topics with names for those, and those groups of coarser layers, that have none."""
        recipe = self._recipe
        part = labeler or recipe.labeler
        return label(topics, self.documents_, part, recipe.description, embedder=Lent(self._space))

    def _keep(self, told: str, topics: Topics) -> Self:
        return self._keep_all(told, Fitted(self.documents_, topics, self.graph_))

    def _keep_all(
        self,
        told: str,
        fitted: Fitted,
        *,
        recipe: Recipe | None = None,
        space: Space | None = None,
        parameters: Mapping[str, Any] | None = None,
        kept: Int1d | None = None,
    ) -> Self:
        """Make this the result, and these the parts, space and parameters where they changed; `undo` takes it back."""
        changed = {name: getattr(self, name) for name in parameters or {}}
        self._past.append(Moment(told, self._fitted, self._recipe, self._space, changed, kept))
        self._state = fitted
        self._recipe = recipe or self._recipe
        self._space = space or self._space
        for name, value in (parameters or {}).items():
            setattr(self, name, value)
        return self

    def _languages(self) -> list[str]:
        """Codes of the languages that the vectorizer found or was given."""
        vectorizer = self._recipe.vectorizer
        told = getattr(vectorizer, "languages_", None) or getattr(vectorizer, "language", None) or []
        return [told] if isinstance(told, str) else [str(code) for code in told]

    def _language(self) -> str | None:
        """The one language of the documents; None where there are several."""
        return next(iter(self._languages())) if len(self._languages()) == 1 else None


def moved(before: Topics, after: Topics, kept: Int1d | None = None) -> Int1d:
    """(n_topics before,) the topic that most documents of each topic have now, -1 for none.

    kept : rows of the documents before that are the first ones now; None: all of them
    """
    found = np.full(before.n_topics, -1, dtype=np.int64)
    old = before.assignment if kept is None else before.assignment[kept]
    inside = old >= 0
    width = after.n_topics + 1
    pairs = old[inside] * width + after.assignment[: len(old)][inside] + 1
    keys, counts = np.unique(pairs, return_counts=True)
    for place in np.argsort(counts, kind="stable"):  # the most come last
        found[keys[place] // width] = keys[place] % width - 1
    return found
