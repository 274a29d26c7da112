"""The attributes of a fitted BERTopic that its users set by hand, and what setting them does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float2d
from themata.core.errors import AlignmentError, InputError
from themata.core.topics import MAIN, Topics
from themata.familiar.attributes import Attributes, Words
from themata.fitted import edits


class Settable(Attributes):
    """Attributes as BERTopic has them, which may be set: each is an edit of the topics, and `undo` takes it back.

    What is computed from the others (c_tf_idf_, topic_sizes_, topic_mapper_, topic_labels_) cannot be set.
    """

    _by_hand: tuple[Topics, dict[int, list[str]]] | None = None

    @property
    def topics_(self) -> list[int]:
        """The topic of each document, of all batches. May be set: documents move."""
        return super().topics_

    @topics_.setter
    def topics_(self, topics: Sequence[int]) -> None:
        given = np.asarray(topics).ravel()
        n_docs = self.documents_.n_docs
        # Guides to online learning collect topics_ after each batch; here it is of all documents already
        if len(given) > n_docs and given[-n_docs:].tolist() == self.topics_:
            return
        self.reassign(given)

    @property
    def probabilities_(self) -> Any:
        """(n_docs,) strength of each document in its topic, or (n_docs, n_topics) with calculate_probabilities."""
        return super().probabilities_

    @probabilities_.setter
    def probabilities_(self, strength: Any) -> None:
        given = np.asarray(strength, dtype=np.float32)
        if given.shape != (self.documents_.n_docs,):
            raise AlignmentError(
                f"a strength for each of {self.documents_.n_docs} documents is needed, got shape {given.shape}: shares "
                "of every topic are computed with calculate_probabilities=True, and cannot be set"
            )
        self._replace("set probabilities_", self.result_.having(strength=np.clip(given, 0, 1)))

    @property
    def topic_embeddings_(self) -> Float2d | None:
        """(n, dim) mean embedding of each topic, the outliers first. May be set, to what find_topics compares with."""
        return super().topic_embeddings_

    @topic_embeddings_.setter
    def topic_embeddings_(self, points: Any) -> None:
        given = np.asarray(points, dtype=np.float32)
        topics = self.result_
        if given.ndim != 2 or len(given) not in (topics.n_topics, len(self._ids)):
            raise AlignmentError(f"a row for each of {self._ids} is needed, got shape {given.shape}")
        if topics.centroids is not None and given.shape[1] != topics.centroids.shape[1]:
            raise AlignmentError(
                f"{topics.centroids.shape[1]} dimensions are needed, as the documents have, got {given.shape[1]}"
            )
        self._replace("set topic_embeddings_", topics.having(centroids=given[len(given) - topics.n_topics :]))

    @property
    def topic_representations_(self) -> dict[int, Words]:
        """{topic: keywords and weights}, as many as top_n_words, the missing ones empty. May be set, until topics change
        and their words are weighed anew."""
        return super().topic_representations_

    @topic_representations_.setter
    def topic_representations_(self, words: Mapping[int, Words]) -> None:
        self._describe(MAIN, words)

    @property
    def topic_aspects_(self) -> dict[str, dict[int, Words]]:
        """{aspect: {topic: keywords and weights}}. May be set; aspects that are not named stay."""
        return super().topic_aspects_

    @topic_aspects_.setter
    def topic_aspects_(self, aspects: Mapping[str, Mapping[int, Words]]) -> None:
        for name, words in aspects.items():
            self._describe(name, words)

    @property
    def custom_labels_(self) -> list[str] | None:
        """Names given to the topics, in their order; None when none was given. May be set, as set_topic_labels does."""
        return super().custom_labels_

    @custom_labels_.setter
    def custom_labels_(self, names: Sequence[str] | None) -> None:
        if names is None:
            self.relabel(dict.fromkeys(range(self.result_.n_topics)))
        else:
            self.set_topic_labels(names)

    @property
    def representative_docs_(self) -> dict[int, list[str]]:
        """{topic: documents that show it, best first}. May be set, to any number of each topic's documents."""
        docs, by_hand = super().representative_docs_, self._by_hand
        return docs if by_hand is None or by_hand[0] is not self.result_ else {**docs, **by_hand[1]}

    @representative_docs_.setter
    def representative_docs_(self, shown: Mapping[int, Sequence[str]]) -> None:
        given = {int(topic): list(texts) for topic, texts in shown.items()}
        self.result_.check(*given, outliers=True)
        place = {text: row for row, text in reversed(list(enumerate(self.documents_.texts)))}
        unknown = [text for texts in given.values() for text in texts if text not in place]
        if unknown:
            raise InputError(
                f"{len(unknown)} of these are no documents of the fit, such as {unknown[0]!r:.60}"
            )
        exemplars = [
            np.array([place[text] for text in given[row]], dtype=np.int64) if row in given else rows
            for row, rows in enumerate(self.result_.exemplars)
        ]
        self._replace("set representative_docs_", self.result_.having(exemplars=tuple(exemplars)))
        self._by_hand = (self.result_, given)

    # Helpers

    def _describe(self, aspect: str, words: Mapping[int, Words]) -> None:
        """Keywords of some topics by hand; the others keep theirs."""
        self.result_.check(*words, outliers=True)
        known = self.result_.aspects.get(aspect, ((),) * self.result_.n_topics)
        rows = [
            tuple((word, weight) for word, weight in words[row] if word) if row in words else keywords
            for row, keywords in enumerate(known)
        ]
        self._replace(f"describe {aspect} by hand", self.result_.with_aspect(aspect, rows))

    def _replace(self, description: str, topics: Topics) -> None:
        self._apply(edits.replaced(self._fitted, description, topics))

    @property
    def _counts(self) -> Csr:
        """(n, n_terms) counts of each topic's terms, the outliers first."""
        topics = self.result_
        if not topics.n_outliers:
            return topics.term_counts
        return sparse.csr_matrix(
            sparse.vstack([sparse.csr_matrix(topics.outlier_counts), topics.term_counts])
        )
