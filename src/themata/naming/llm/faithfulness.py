"""Whether a name is about its topic, or only about what one of the documents told the model to say."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Float2d
from themata.core.documents import Documents
from themata.core.errors import ThemataError
from themata.core.graph import unit_rows
from themata.core.membership import summed
from themata.core.topics import Topics
from themata.core.words_of_names import stem, words
from themata.languages.catalog import DEFAULT
from themata.naming.llm.answers import Reading
from themata.naming.llm.brief import Brief
from themata.words.stop_words import stop_words

log = logging.getLogger(__name__)

# Cosines are away from the center of the corpus. Read on 61 topics of abstracts, and tried on two corpora since: see
# benchmarks/results/labels.json
NEAR_BEST = 0.12  # a name may be nearer to another topic than to its own
FOREIGN = 0.25  # phrases of a topic lie nearer to it but for 5 %, and names from outside the corpus farther from all
# The same for a name of the model's own words, which stand in no document and no neighbor it was shown: nobody dictated
# it, and what people call a topic at large ("science", "travel") lies far from the little that its documents say
STRANGE = 0.05
LEAST_SHARE = 0.01  # of a topic's documents that must use a word which a name is made of


class Faithfulness:
    """Judges names by the documents of their topics.

    embedder : the one that made the documents' embeddings; without it, or them, only words are looked at
    language : that names are written in, where it may be another than the documents': an embedder may not know it, and
        names without any word of the vocabulary are then not held against it
    """

    def __init__(
        self, topics: Topics, docs: Documents, embedder: Any = None, *, language: str | None = None
    ) -> None:
        self.topics = topics
        self.docs = docs
        self.embedder = embedder if docs.embeddings is not None and topics.centroids is not None else None
        self.language = language
        self._uses: Csr | None = None
        self._columns: dict[str, list[int]] = {}

    def faults(self, briefs: Sequence[Brief], readings: Sequence[Reading]) -> list[str]:
        """For each name why it is not about its topic, in words for the model; empty where it is."""
        faults = [self._dictated(brief, reading) for brief, reading in zip(briefs, readings, strict=True)]
        if self.embedder is None or not briefs:
            return faults
        try:
            far = self._far(briefs, readings)
        except ThemataError as error:  # an embedder that cannot be had, or did not make the embeddings
            log.info("names are held against the words of their topics alone: %s", error)
            return faults
        return [dictated or meaning for dictated, meaning in zip(faults, far, strict=True)]

    def culprits(self, brief: Brief, name: str) -> list[int]:
        """Rows of the shown documents that hold words of a name."""
        stems = _stems(name)
        return [
            row for row, text in zip(brief.rows, brief.documents, strict=True) if stems & set(_stems(text))
        ]

    def _dictated(self, brief: Brief, reading: Reading) -> str:
        """A name whose words come from a shown document, and most of them from hardly any other of the topic."""
        stems = _stems(reading.name)
        shown = set().union(*(_stems(text) for text in brief.documents)) if brief.documents else set()
        if not stems & shown or len(self.topics.members(brief.topic)) < 4:
            return ""
        others = _stems(" ".join((*brief.keywords, *brief.children)))
        if stems & others or self._half_usual(brief.topic, stems & shown):
            return ""
        return f'hardly any document of the group is about "{reading.name}"'

    def _half_usual(self, topic: int, stems: set[str]) -> bool:
        return 2 * sum(self._usual(topic, word) for word in stems) >= max(1, len(stems))

    def _usual(self, topic: int, word: str) -> bool:
        """Enough documents of a topic use a word for a name to be made of it."""
        columns = self._columns_of(word)
        if self._uses is None:
            return True
        row = self._uses[topic].toarray().ravel()
        size = int(self.topics.sizes[topic])
        least = 2 if size < 20 else max(3, math.ceil(LEAST_SHARE * size))
        return max((int(row[column]) for column in columns), default=0) >= least

    def _columns_of(self, word: str) -> list[int]:
        if self._uses is None and self.docs.terms is not None and self.docs.vocabulary is not None:
            self._uses = _uses(self.topics, self.docs)
            for column, term in enumerate(self.docs.vocabulary):
                if " " not in str(term):
                    for form in _stems(str(term)):
                        self._columns.setdefault(form, []).append(column)
        return self._columns.get(word, [])

    def _far(self, briefs: Sequence[Brief], readings: Sequence[Reading]) -> list[str]:
        """Names that lie nearer to other topics than to their own, or near to none."""
        assert self.docs.embeddings is not None and self.topics.centroids is not None and self.embedder
        texts = [f"{reading.name}. {reading.summary}".strip() for reading in readings]
        center = self.docs.embeddings.mean(axis=0)
        centroids: Float2d = unit_rows(self.topics.centroids - center)
        cosines = unit_rows(np.asarray(self.embedder.encode(texts)) - center) @ centroids.T
        faults = []
        for brief, reading, near in zip(briefs, readings, cosines, strict=True):
            away = self._is_far(brief, reading.name, near)
            faults.append(
                f'"{reading.name}" is not what most documents of the group are about' if away else ""
            )
        return faults

    def _is_far(self, brief: Brief, name: str, near: Float1d) -> bool:
        """near : (n_topics,) cosine of a name to each topic"""
        stems = _stems(name)
        if self.language and not any(self._columns_of(word) for word in stems):
            return False
        cosine, best, usual = near[brief.topic], near.max(), np.median(near)
        shown = _stems(" ".join((*brief.documents, *brief.siblings)))
        if not stems & shown:
            return bool(cosine < STRANGE) and not self._half_usual(brief.topic, stems)
        if cosine < best - NEAR_BEST and cosine < usual + 0.5 * (best - usual):
            return True
        return bool(cosine < FOREIGN) and not self._half_usual(brief.topic, stems)


def _uses(topics: Topics, docs: Documents) -> Csr:
    """(n_topics, n_terms) documents of each topic that use each term."""
    assert docs.terms is not None
    used = sparse.csr_matrix(docs.terms)
    used = sparse.csr_matrix((np.ones(used.nnz, dtype=np.int32), used.indices, used.indptr), used.shape)
    return summed(used, topics.assignment, topics.n_topics)


def _stems(text: str) -> set[str]:
    """The content words of a text, without their endings."""
    stopped = stop_words([DEFAULT])
    return {stem(word) for word in set(words(text)) if len(word) > 2 and word not in stopped}
