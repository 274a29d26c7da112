"""The private helpers of BERTopic that representations of its users call: they are copied from its own into theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import normalize

from themata.graph import Csr, Float2d, Int1d
from themata.parts.represent.mmr import marginal
from themata.pipeline.recipe import embedder_of
from themata.protocols import WordEmbedder

if TYPE_CHECKING:
    import pandas as pd

Representative = tuple[dict[int, list[str]], list[str], list[list[int]], list[list[int]]]
N_DIVERSE = 100  # documents of a topic that unlike ones are chosen from


class Helpers:
    """What a representation may ask of the model while it is fitted."""

    vectorizer_model: Any
    embedder: Any

    def _extract_embeddings(
        self, documents: Sequence[str], images: Any = None, method: str = "document", verbose: Any = None
    ) -> Float2d:
        """(n, dim) points of documents, or of words with method="word"."""
        if not hasattr(self, "_loaded"):
            self._loaded = embedder_of(self.embedder)
        encode = self._loaded.encode
        if method == "word":
            encode = self._loaded.encode_words if isinstance(self._loaded, WordEmbedder) else encode
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
        found: dict[int, list[str]] = {}
        ids: list[list[int]] = []
        rng = np.random.default_rng(42)
        for row, topic in enumerate(sorted(topics)):
            own = documents[documents["Topic"] == topic]
            if len(own) > nr_samples:
                own = own.iloc[np.sort(rng.choice(len(own), nr_samples, replace=False))]
            best = self._best(own["Document"].tolist(), c_tf_idf[row], nr_repr_docs, diversity)
            found[topic] = own["Document"].iloc[best].tolist()
            ids.append(own.index[best].tolist())
        ends = np.append(0, np.cumsum([len(docs) for docs in found.values()])).tolist()
        places = [list(range(start, end)) for start, end in pairwise(ends)]
        return found, [doc for docs in found.values() for doc in docs], places, ids

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
