"""The attributes of a fitted BERTopic, and its tables: the outliers are topic -1, and come first."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis import tables
from themata.core.arrays import Csr, Float2d
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.topics import MAIN, Label, Topics
from themata.familiar.parameters import Parameters
from themata.familiar.part_protocols import Padded, Pictured
from themata.fitted.fitted_model import FittedModel
from themata.pipeline import arguments
from themata.pipeline.describe import keyword_weights, with_outliers
from themata.pipeline.multimodal import IMAGE
from themata.represent.chain import Chain

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

Words = list[tuple[str, float]]


@dataclass(frozen=True)
class TopicMapper:
    """The way of every cluster to the topic it is in now.

    mappings_ : a row per cluster: its number as the clusterer gave it, its topic after the fit and after each edit
    """

    mappings_: list[list[int]]

    @classmethod
    def of(cls, moments: Sequence[Topics]) -> TopicMapper:
        """moments : the topics after the fit and after each edit, oldest first"""
        # Some came with later batches
        pairs = sorted({theirs for topics in moments for theirs in topics.origin})
        rows = [[theirs, *(topics.origin.get(theirs, -1) for topics in moments)] for theirs in pairs]
        width = len(moments) + 1
        outliers = [[-1] * width] if moments and any(topics.n_outliers for topics in moments) else []
        return cls([*outliers, *rows])

    def get_mappings(self, original_topics: bool = True) -> dict[int, int]:
        """From the clusterer's own numbers, or from the topics before the last edit, to the topics of now."""
        start = 0 if original_topics else -2
        return {row[start]: row[-1] for row in self.mappings_}


class Attributes(Parameters):
    """What users of BERTopic read from a fitted model. Every entry is computed from result_ and documents_."""

    calculate_probabilities: bool
    _outliers_called: str | None = None
    _described_rows: tuple[FittedModel, Topics] | None = None

    @property
    def _outliers(self) -> int:
        """1 where some documents have no topic, else 0."""
        return int(self.result_.n_outliers > 0)

    @property
    def _ids(self) -> list[int]:
        """Topic numbers as the tables list them: -1 first when there are outliers."""
        return tables.shown_rows(self.result_)

    @property
    def _topics_and_outliers(self) -> Topics:
        """The topics with the outliers as the first row; described when first asked for after an edit."""
        now, cached = self._fitted, self._described_rows
        if cached is not None and cached[0].topics is now.topics and cached[0].description is now.description:
            return cached[1]
        rows = with_outliers(now.topics, now.documents, now.description, now.space.outliers)
        self._described_rows = (now, rows)
        return rows

    @property
    def probabilities_(self) -> Any:
        """(n_docs,) strength of each document in its topic, or (n_docs, n_topics) with calculate_probabilities."""
        return self.memberships() if self.calculate_probabilities else self.result_.strength

    @property
    def topic_sizes_(self) -> Counter[int]:
        """{topic: documents}"""
        return Counter(self.topics_)

    @property
    def topic_mapper_(self) -> TopicMapper:
        """The way of every cluster to the topic it is in now."""
        return TopicMapper.of([*(edit.before.topics for edit in self._history), self.result_])

    @property
    def topic_representations_(self) -> dict[int, Words]:
        """{topic: keywords and weights}, as many as top_n_words, the missing ones empty."""
        return dict(zip(self._ids, self._aspect(MAIN), strict=True))

    @property
    def topic_aspects_(self) -> dict[str, dict[int, Words]]:
        """{aspect: {topic: keywords and weights}}"""
        return {
            name: self._pictured(name) or dict(zip(self._ids, self._aspect(name), strict=True))
            for name in self._topics_and_outliers.aspects
            if name != MAIN
        }

    @property
    def topic_embeddings_(self) -> Float2d | None:
        """(n, dim) mean embedding of each topic, the outliers first."""
        return self._topics_and_outliers.centroids

    @property
    def c_tf_idf_(self) -> Csr:
        """(n, n_terms) weights of the keywords, the outliers first."""
        return keyword_weights(self._topics_and_outliers, self._fitted.description)

    @property
    def topic_labels_(self) -> dict[int, str]:
        """{topic: number and four keywords, joined by underscores}; names that were there before the topics stay."""
        return {
            topic: self._seeded(label) or "_".join([str(topic), *(word for word, _ in words[:4])])
            for (topic, words), label in zip(
                self.topic_representations_.items(), self._topics_and_outliers.labels, strict=True
            )
        }

    @property
    def custom_labels_(self) -> list[str] | None:
        """Names given to the topics, in their order; None when none was given."""
        if not any(label and not self._seeded(label) for label in self._topics_and_outliers.labels):
            return None
        plain = self.topic_labels_
        return [
            label.name if label else (topic < 0 and self._outliers_called) or plain[topic]
            for topic, label in zip(self._ids, self._topics_and_outliers.labels, strict=True)
        ]

    @property
    def representative_docs_(self) -> dict[int, list[str]]:
        """{topic: the three documents that show it best, best first}"""
        shown = self._topics_and_outliers
        return {
            topic: tables.representative_docs(shown, self.documents_, row)
            for row, topic in enumerate(self._ids)
        }

    @property
    def representative_images_(self) -> dict[int, list[Any]] | None:
        """{topic: the images that show it best}; None without images."""
        if IMAGE not in self.documents_.columns:
            return None
        return {topic: self.image_exemplars(topic) for topic in range(self.result_.n_topics)}

    # Tables

    def get_topic_info(self, topic: int | None = None) -> pd.DataFrame:
        """Topic, Count, Name, [CustomName], Representation, a column per aspect, Representative_Docs."""
        import pandas as pd

        sizes, custom = self.topic_sizes_, self.custom_labels_
        columns: dict[str, list[Any]] = {
            "Topic": self._ids,
            "Count": [sizes[topic] for topic in self._ids],
            "Name": list(self.topic_labels_.values()),
        }
        if custom is not None:
            columns["CustomName"] = custom
        for name, by_topic in {"Representation": self.topic_representations_, **self.topic_aspects_}.items():
            columns[name] = [_words(words_of_topic) for words_of_topic in by_topic.values()]
        columns["Representative_Docs"] = list(self.representative_docs_.values())
        if (images := self.representative_images_) is not None:
            columns["Representative_Images"] = [images.get(topic, []) for topic in self._ids]
        info = pd.DataFrame(columns)
        if topic is None:
            return info
        if topic not in self._ids:
            log.warning("no topic %r: this model's topics are %s", topic, ", ".join(map(str, self._ids)))
        return info[info["Topic"] == topic].reset_index(drop=True)

    def get_topic(self, topic: int, full: bool = False) -> Any:
        """Keywords and weights of a topic; with `full`, of every aspect by name. False for a topic there is not."""
        if topic not in self._ids:
            return False
        words = self.topic_representations_[topic]
        return (
            words
            if not full
            else {MAIN: words, **{n: rows[topic] for n, rows in self.topic_aspects_.items()}}
        )

    def get_topics(self, full: bool = False) -> dict[Any, Any]:
        """Keywords of every topic by number; with `full`, of every aspect by name."""
        words = self.topic_representations_
        return {MAIN: words, **self.topic_aspects_} if full else words

    def get_topic_freq(self, topic: int | None = None) -> Any:
        """Topic and Count, most documents first; the count of one topic."""
        if topic is None:
            return tables.topic_freq(self.result_)
        self.result_.check(topic, outliers=True)
        return self.topic_sizes_[topic]

    def get_representative_docs(self, topic: int | None = None) -> Any:
        """The three documents that show a topic best, best first; of every topic by number."""
        if topic is None:
            return self.representative_docs_
        self.result_.check(topic, outliers=True)
        return self.representative_docs_.get(topic, [])

    def generate_topic_labels(
        self,
        nr_words: int = 3,
        topic_prefix: bool = True,
        word_length: int | None = None,
        separator: str = "_",
        aspect: str | None = None,
    ) -> list[str]:
        """A name of every topic from its first keywords, the outliers first."""
        aspects = {**self.topic_aspects_, MAIN: self.topic_representations_}
        if aspect is not None and aspect not in aspects:
            raise InputError(f"no aspect is called {aspect!r}: there are {', '.join(aspects)}")
        rows = aspects[MAIN if aspect is None else aspect]
        return [
            separator.join(
                [str(topic)] * bool(topic_prefix) + [word[:word_length] for word, _ in words[:nr_words]]
            )
            for topic, words in rows.items()
        ]

    # What representations of the user's own expect of a model

    def rows_of(self, topics: Sequence[int]) -> tuple[Topics, Documents]:
        """These topics alone, in this order, and the documents."""
        places = {topic: row for row, topic in enumerate(self._ids)}
        wanted = np.full(len(places), -1)
        wanted[[places[topic] for topic in topics]] = np.arange(len(topics))
        return self._topics_and_outliers.regroup(wanted), self.documents_

    @property
    def word_embedder(self) -> Any:
        """What embeds words, or None where they lie at the mean of their documents."""
        return self._fitted.description.embedder

    # Helpers

    def _seeded(self, label: Label | None) -> str:
        """The name of a topic that was asked for before the fit, else empty."""
        asked_for = label is not None and label.name in (self.zeroshot_topic_list or ())
        return label.name if label is not None and asked_for else ""

    def _same(self, docs: Sequence[str] | None) -> None:
        """Raise unless these are as many documents as the model was fitted on."""
        n_docs = self.documents_.n_docs
        if docs is not None and (n_given := len(arguments.texts(docs))) != n_docs:
            raise AlignmentError(
                f"the documents the model was fitted on are needed ({n_docs}), got {n_given}"
            )

    def _pictured(self, name: str) -> dict[int, Any]:
        """An image of each topic, for an aspect that is one of images."""
        part = self._fitted.description.aspects.get(name)
        if not isinstance(part, Pictured):
            return {}
        return {topic: None if topic < 0 else part.shown(self, topic) for topic in self._ids}

    def _aspect(self, name: str) -> list[Words]:
        """The rows of an aspect as BERTopic shows them: an empty one has the topic's keywords, a short one is padded."""
        part = self._fitted.description.aspects.get(name)
        part = part.parts[-1] if isinstance(part, Chain) else part
        n, filler = 0, ("", 0.0)
        if name == MAIN and part is None:
            n, filler = self.top_n_words, ("", 1e-05)
        elif isinstance(part, Padded):
            n = part.n_padded
        plain = self._topics_and_outliers.keywords
        rows = zip(self._topics_and_outliers.aspects[name], plain, strict=True)
        aspect = [list(words) or [(", ".join(word for word, _ in other[:4]), 1.0)] for words, other in rows]
        return [words + [filler] * (n - len(words)) for words in aspect]


def _words(words: Any) -> Any:
    """The words of an aspect's entry, or its image."""
    return [word for word, _ in words] if isinstance(words, list) else words
