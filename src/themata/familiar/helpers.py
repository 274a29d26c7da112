"""The private helpers of BERTopic that its users call: in representations of their own, and to look between the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone
from sklearn.preprocessing import normalize

from themata.core.arrays import Csr, Float2d, Int1d
from themata.core.protocols import WordEmbedder
from themata.familiar.assignable_attributes import Settable
from themata.familiar.part_protocols import Confident, GrowingReducer
from themata.group.reduce_then_cluster import clustered, reduced
from themata.pipeline.lazy_embedder import embedder_of
from themata.represent.mmr import marginal

if TYPE_CHECKING:
    import pandas as pd

Representative = tuple[dict[int, list[str]], list[str], list[list[int]], list[list[int]]]
N_DIVERSE = 100  # documents of a topic that unlike ones are chosen from


class Helpers(Settable):
    """What a representation may ask of the model while it is fitted, and the steps of a fit one by one."""

    def _is_zeroshot(self) -> bool:
        """Whether topics were named before the fit."""
        return bool(self.zeroshot_topic_list)

    def _map_predictions(self, predictions: Sequence[int]) -> list[int]:
        """The topics of now for clusters by the clusterer's own numbers."""
        mappings = self.topic_mapper_.get_mappings()
        return [mappings.get(cluster, -1) for cluster in predictions]

    def _reduce_dimensionality(
        self, embeddings: Float2d, y: Any = None, partial_fit: bool = False
    ) -> Float2d:
        """Points by umap_model, fitted anew to these embeddings."""
        if partial_fit and isinstance(self.umap_model, GrowingReducer):
            return np.asarray(self.umap_model.partial_fit(embeddings).transform(embeddings))
        return reduced(self.umap_model, embeddings, y)

    def _cluster_embeddings(
        self, umap_embeddings: Float2d, documents: pd.DataFrame, partial_fit: bool = False, y: Any = None
    ) -> tuple[pd.DataFrame, Any]:
        """The frame with a Topic for each document, by hdbscan_model fitted to these points; and its probabilities."""
        if partial_fit:
            labels = self.hdbscan_model.partial_fit(umap_embeddings).labels_
        else:
            labels = clustered(self.hdbscan_model, umap_embeddings, y)
        clusterer = self.hdbscan_model
        return documents.assign(Topic=labels), (
            clusterer.probabilities_ if isinstance(clusterer, Confident) else None
        )

    def _preprocess_text(self, documents: Sequence[str]) -> list[str]:
        """Texts on one line; letters stay."""
        return [" ".join(str(doc).split()) or "emptydoc" for doc in documents]

    def _update_topic_size(self, documents: pd.DataFrame) -> None:
        """Move the documents of the fit to the topics in a frame of Document and Topic."""
        self.topics_ = documents["Topic"].tolist()

    def _extract_topics(
        self, documents: pd.DataFrame, embeddings: Any = None, mappings: Any = None, verbose: bool = False
    ) -> None:
        """Describe the topics in a frame of Document and Topic, as update_topics does."""
        self.update_topics(documents["Document"].tolist(), topics=documents["Topic"].tolist())  # type: ignore[attr-defined]

    def _reduce_topics(self, documents: pd.DataFrame, use_ctfidf: bool = False) -> pd.DataFrame:
        """Join the nearest topics until nr_topics are left; the frame with the topics of then."""
        if self.nr_topics is not None:
            self.reduce_topics(documents["Document"].tolist(), self.nr_topics, use_ctfidf=use_ctfidf)  # type: ignore[attr-defined]
        return documents.assign(Topic=self.topics_)

    def _c_tf_idf(
        self, documents_per_topic: pd.DataFrame, fit: bool = True, partial_fit: bool = False
    ) -> tuple[Csr, Any]:
        """Weights of the terms of a frame of Document, one row per topic, and the terms. The model stays as it is.

        fit : find the terms and their idf among these documents, rather than those of the model
        """
        texts = documents_per_topic["Document"].tolist()
        counter = clone(self.vectorizer_model) if fit else self.vectorizer_
        counts = counter.fit_transform(texts) if fit else counter.transform(texts)
        weights = clone(self.ctfidf_model).fit(counts) if fit else self.ctfidf_model
        return weights.transform(counts), counter.get_feature_names_out()

    def _extract_embeddings(
        self,
        documents: str | Sequence[str],
        images: Any = None,
        method: str = "document",
        verbose: Any = None,
    ) -> Float2d:
        """(n, dim) points of documents, or of words with method="word"."""
        documents = [documents] if isinstance(documents, str) else documents
        if self._loaded_embedder is None:
            self._loaded_embedder = embedder_of(self.embedder)
        embedder = self._loaded_embedder
        by_word = method == "word" and isinstance(embedder, WordEmbedder)
        encode = embedder.encode_words if by_word else embedder.encode
        return np.asarray(encode(list(documents)))

    def _extract_representative_docs(
        self,
        c_tf_idf: Csr,
        documents: pd.DataFrame,
        topics: Mapping[int, Any],
        nr_samples: int = 500,
        nr_repr_docs: int = 5,
        diversity: float | None = None,
    ) -> Representative:
        """The documents of each topic that use its keywords most, best first.

        documents : Document and Topic
        returns : {topic: documents}, all of them in one list, their places in it, and their rows in the frame
        """
        shown: dict[int, list[str]] = {}
        ids: list[list[int]] = []
        rng = np.random.default_rng(42)
        for row, topic in enumerate(sorted(topics)):
            rows = documents[documents["Topic"] == topic]
            if len(rows) > nr_samples:
                rows = rows.iloc[np.sort(rng.choice(len(rows), nr_samples, replace=False))]
            best = self._best(rows["Document"].tolist(), c_tf_idf[row], nr_repr_docs, diversity)
            shown[topic] = rows["Document"].iloc[best].tolist()
            ids.append(rows.index[best].tolist())
        ends = np.append(0, np.cumsum([len(docs) for docs in shown.values()])).tolist()
        places = [list(range(start, end)) for start, end in pairwise(ends)]
        return shown, [doc for docs in shown.values() for doc in docs], places, ids

    def _best(self, texts: list[str], weights: Csr, n: int, diversity: float | None) -> Int1d:
        if not texts:
            return np.empty(0, dtype=np.int64)
        points = normalize(self.vectorizer_model.transform(texts).astype(np.float64))
        scores = np.asarray((points @ normalize(weights).T).todense()).ravel()
        order = np.argsort(-scores, kind="stable")
        if not diversity:
            return order[:n]
        order = order[:N_DIVERSE]
        return order[marginal(points[order].toarray(), scores[order], diversity, n)]
