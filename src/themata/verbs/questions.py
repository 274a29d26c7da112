"""Questions to a fitted model. None changes it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis import distribution as mixing
from themata.analysis import outliers, search, tables
from themata.analysis.distribution import Compare, Mixture
from themata.analysis.hierarchy import Hierarchy, hierarchy
from themata.analysis.outliers import STRATEGIES, Moves
from themata.core.arrays import Csr, Float2d, Int1d
from themata.core.errors import InputError, ThemataError
from themata.evaluate.labels import LabelScores, label_scores
from themata.pipeline import arguments
from themata.pipeline.assignment import shares
from themata.pipeline.describe import keyword_weights
from themata.pipeline.multimodal import image_points
from themata.verbs.breakdowns import Breakdowns

if TYPE_CHECKING:
    import pandas as pd


log = logging.getLogger(__name__)


class Questions(Breakdowns):
    """What the documents are about, seen from one side or another."""

    def find_topics(
        self, search_term: str | Sequence[str] | None = None, top_n: int = 5, *, image: Any = None
    ) -> tuple[list[int], list[float]]:
        """The topics nearest to words, or to an image: their numbers and cosines, nearest first.

        search_term : words, or a list of words that are looked for together
        """
        if image is not None:
            point = image_points([image], self._space.embedder())[0]
            found, cosines = search.nearest_topics(point, self.result_, top_n)
            return found.tolist(), [float(cosine) for cosine in cosines]
        if search_term is None:
            raise InputError("nothing to look for: give words, or image=")
        words, point = self._space.query(arguments.query(search_term))
        if point is not None:
            found, cosines = search.nearest_topics(point, self.result_, top_n)
        else:
            weights = keyword_weights(self.result_, self._recipe.description)
            found, cosines = search.topics_with(words, weights, top_n)
        return found.tolist(), [float(cosine) for cosine in cosines]

    def search(self, query: str | Sequence[str], n: int = 10) -> pd.DataFrame:
        """The documents that match words, by meaning and by the words themselves, best first.

        returns : Document, Topic, Name, Score, and Row in the corpus
        """
        import pandas as pd

        docs = self._known_documents
        words, point = self._space.query(arguments.query(query))
        rows, scores = search.documents(docs, words=words, point=point, n=n)
        topics = self.result_.assignment[rows]
        return pd.DataFrame(
            {
                "Document": tables.text_column([docs.texts[row] for row in rows]),
                "Topic": topics,
                "Name": tables.custom_names(self.result_, topics.tolist()),
                "Score": scores,
                "Row": rows,
            }
        )

    def hierarchy(
        self,
        *,
        by: str = "terms",
        linkage: Callable[[Any], Any] | None = None,
        distance: Callable[[Any], Any] | None = None,
    ) -> Hierarchy:
        """The tree of topics: which are joined first, and what each branch is about.

        by : "terms" or "embeddings"
        linkage : from condensed distances to scipy's linkage matrix; Ward's by default
        distance : from rows of weights or centroids to their distances; cosine by default

        >>> print(model.hierarchy().tree())  # doctest: +SKIP
        """
        how = self._recipe.description
        if by == "terms" and not self.result_.n_terms and self.documents_.terms is None:
            raise InputError("this model holds no counts of words: ask for the tree with by='embeddings'")
        return hierarchy(
            self.result_,
            keyword_weights(self.result_, how),
            how.weighting,
            by=by,
            linkage=linkage,
            distance=distance,
            showable=self._showable(),
        )

    def distribution(
        self,
        texts: Sequence[str] | None = None,
        *,
        window: int = 4,
        stride: int = 1,
        min_similarity: float = 0.1,
        batch_size: int | None = 1000,
        padding: bool = False,
        embeddings: bool = False,
        tokens: bool = False,
        separator: str = " ",
    ) -> Mixture:
        """The share of each topic in each document, by windows that slide over its words.

        texts : any documents; None: those of the model
        embeddings : compare by the meaning of the windows, which embeds every one of them, rather than by their terms
        tokens : also how far each word stands for each topic
        For the others see themata.analysis.distribution.
        """
        given = self._known_documents.texts if texts is None else arguments.texts(texts)
        return mixing.distribution(
            given,
            self._splitter(),
            self._comparison(embeddings, separator),
            self.result_.n_topics,
            window=window,
            stride=stride,
            min_similarity=min_similarity,
            batch_size=batch_size,
            padding=padding,
            tokens=tokens,
        )

    def memberships(self, texts: Sequence[str] | None = None, embeddings: Any = None) -> Float2d:
        """How much of each document each topic holds: (n_docs, n_topics), by the votes of its neighbors.

        texts : new documents; None: those of the model
        returns : rows that sum to 1, or to 0 where no neighbor has a topic
        """
        known = self._space.known
        points = known if texts is None else self._space.place(arguments.texts(texts), embeddings)
        return shares(points, known, self.result_.assignment, self.result_.n_topics)

    def reduce_outliers(
        self,
        strategy: str = "neighbors",
        threshold: float = 0.0,
        *,
        probabilities: Any = None,
        embeddings: Any = None,
        assignment: Sequence[int] | Int1d | None = None,
        texts: Sequence[str] | None = None,
        **windows: Any,
    ) -> Moves:
        """Find topics for the documents that have none. The model stays as it is: `reassign` moves them.

        strategy : "neighbors" votes in the neighbor graph (built now on roads without one), "probabilities" given, "distributions" of windows of
            words, "c-tf-idf" cosine of terms, or "embeddings" cosine to the centroids
        threshold : score below which an outlier stays one
        probabilities : (n_docs, n_topics), for that strategy
        embeddings : (n_docs, dim) other ones than the model's
        assignment : (n_docs,) other topics than the model's, such as those of an earlier strategy or of `transform`
        texts : other documents than the model's; they need their assignment
        windows : for "distributions", as `distribution` takes them

        >>> model.reassign(model.reduce_outliers().assignment)  # doctest: +SKIP
        """
        texts = None if texts is None else arguments.texts(texts)
        n_docs = self.documents_.n_docs if texts is None else len(texts)
        before = arguments.assignment(self.result_.assignment if assignment is None else assignment, n_docs)
        self.result_.check(*np.unique(before).tolist(), outliers=True)
        scores = self._outlier_scores(strategy, before, texts, probabilities, embeddings, windows)
        return outliers.moves(before, scores, strategy, threshold)

    def label_scores(self, names: Sequence[str] | None = None) -> LabelScores:
        """How well each topic's name says what its documents are about, and which deserve a second look.

        names : (n_topics,) other names than the model's

        >>> model.label_scores().to_frame().head()  # doctest: +SKIP
        """
        names = None if names is None else arguments.texts(names, "names")
        return label_scores(self.result_, self.documents_, self._embedder_of_names(), names=names)

    # Helpers of the questions

    def _embedder_of_names(self) -> Any:
        """The embedder of the documents, to hold names against them; None where there is none."""
        if self.documents_.embeddings is None:
            return None
        try:
            return self._space.embedder()
        except ThemataError as error:
            log.info("names are compared by their words: %s", error)
            return None

    def _outlier_scores(
        self,
        strategy: str,
        before: Int1d,
        texts: Sequence[str] | None,
        probabilities: Any,
        embeddings: Any,
        windows: dict[str, Any],
    ) -> Float2d:
        topics, rows = self.result_, np.flatnonzero(before < 0)
        docs = self._known_documents if texts is None else self.documents_
        if strategy == "neighbors":
            if texts is not None:
                raise InputError("other documents are not in the neighbor graph: use another strategy")
            return outliers.votes(before, topics.n_topics, self._related().weights)
        if strategy == "probabilities":
            if np.shape(probabilities) != (len(before), topics.n_topics):
                raise InputError(
                    f"probabilities of shape {(len(before), topics.n_topics)} are needed for this strategy, "
                    f"got {np.shape(probabilities)}"
                )
            return np.asarray(probabilities, dtype=np.float32)[rows]
        said = [(docs.texts if texts is None else texts)[row] for row in rows.tolist()]
        if strategy == "distributions":
            return self.distribution(said, **windows).weights
        if strategy == "c-tf-idf":
            counts = docs.terms[rows] if texts is None and docs.terms is not None else self._space.words(said)
            return outliers.by_terms(self._weigh(counts), self._weights())
        if strategy == "embeddings":
            if topics.centroids is None:
                raise InputError("this model has no embeddings: use another strategy, such as 'c-tf-idf'")
            return outliers.by_embeddings(
                self._points(said, rows, len(before), embeddings, texts is None), topics.centroids
            )
        raise InputError(f"strategy must be one of {', '.join(STRATEGIES)}, got {strategy!r}")

    def _points(self, said: list[str], rows: Int1d, n_docs: int, embeddings: Any, ours: bool) -> Float2d:
        """Embeddings of some documents: given for all of them, those of the model, or made now."""
        assert self.result_.centroids is not None
        if embeddings is not None:
            return arguments.embeddings(embeddings, n_docs, dim=self.result_.centroids.shape[1])[rows]
        known = self.documents_.embeddings
        return known[rows] if ours and known is not None else self._space.place(said)

    def _weights(self) -> Csr:
        return keyword_weights(self.result_, self._recipe.description)

    def _weigh(self, counts: Csr) -> Csr:
        """Weights of other rows of counts under the idf of the topics."""
        topics = self.result_
        return self._recipe.description.weighting.of(
            counts, topics.term_counts, topics.background, topics.vocabulary
        )

    def _comparison(self, embeddings: bool, separator: str) -> Compare:
        if embeddings:
            if self.result_.centroids is None:
                raise InputError("this model has no embeddings: compare by terms")
            return mixing.by_embeddings(self._space.place, self.result_.centroids, separator)
        vectorizer = self._recipe.vectorizer
        one_word = tuple(getattr(vectorizer, "ngram_range", ())) == (1, 1)  # a list in files
        if one_word and getattr(vectorizer, "analyzer", "word") == "word":
            return mixing.by_words(self._space.words, self._weigh, self._weights())
        return mixing.by_terms(self._space.words, self._weigh, self._weights(), separator)
