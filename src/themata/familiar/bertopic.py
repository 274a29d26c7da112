"""BERTopic's constructor and methods. Every body is one statement over the verbs of TopicModel."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sklearn.base import clone

from themata.analysis.hierarchy import tree_text
from themata.core.arrays import Float2d
from themata.core.parameter_checks import one_of, word_range
from themata.familiar.constructor_checks import SERIALIZATIONS
from themata.familiar.helpers import Helpers
from themata.familiar.older_signatures import also_in_order
from themata.familiar.part_mapping import aspects_of, default_clusterer, default_reducer, wanted_topics
from themata.familiar.part_protocols import Captioning, GrowingCounts
from themata.familiar.vectorizers import ClassTfidfTransformer, weighting_for
from themata.model import TopicModel
from themata.pipeline import arguments
from themata.pipeline.lazy_embedder import embedder_of
from themata.pipeline.multimodal import image_points
from themata.store.hub import PREFIX
from themata.words.vectorizer import Words

if TYPE_CHECKING:
    import pandas as pd


class BERTopic(Helpers):
    """Topics by the classic pipeline, under the names of BERTopic 0.17: UMAP, HDBSCAN, c-TF-IDF.

    language : "english", "multilingual" or one of themata.familiar.backend.languages; decides the embedding model
        where none is given
    top_n_words : keywords kept of each topic
    n_gram_range : words in a term, where no vectorizer_model is given
    min_topic_size : smallest cluster, where no hdbscan_model is given
    nr_topics : topics to be left, outliers counted as one; "auto" joins those that are nearly one
    low_memory : of UMAP
    calculate_probabilities : probabilities_ is (n_docs, n_topics)
    seed_topic_list : words of topics that are looked for
    zeroshot_topic_list, zeroshot_min_similarity : names of topics that are there from the beginning, and the cosine
        from which a document is of one
    embedding_model : a name, a SentenceTransformer, or whatever embeds texts
    umap_model, hdbscan_model : a reducer and a clusterer with scikit-learn's interface
    vectorizer_model : counts terms; None: ours, for every language, which knows stop words and words between which no
        blank stands. CountVectorizer() counts as BERTopic does. ctfidf_model : weighs them
    representation_model : describes topics another way: one, a list to chain, or {aspect: one or a list}, of which
        "Main" takes the place of the keywords
    verbose : tell how far a fit is, on standard error

    All of TopicModel's verbs are there, too: merge, split, undo, search, report ...
    """

    layout: Any = "multilevel"
    random_state = 42
    _most_traces = sys.maxsize  # code written for BERTopic counts on a trace for every topic

    def __init__(
        self,
        language: str = "english",
        top_n_words: int = 10,
        n_gram_range: tuple[int, int] = (1, 1),
        min_topic_size: int = 10,
        nr_topics: int | str | None = None,
        low_memory: bool = False,
        calculate_probabilities: bool = False,
        seed_topic_list: list[list[str]] | None = None,
        zeroshot_topic_list: list[str] | None = None,
        zeroshot_min_similarity: float = 0.7,
        embedding_model: Any = None,
        umap_model: Any = None,
        hdbscan_model: Any = None,
        vectorizer_model: Any = None,
        ctfidf_model: Any = None,
        representation_model: Any = None,
        verbose: bool = False,
    ) -> None:
        self.language = language
        self.top_n_words = top_n_words
        self.n_gram_range = n_gram_range
        self.min_topic_size = min_topic_size
        self.nr_topics = nr_topics
        self.low_memory = low_memory
        self.calculate_probabilities = calculate_probabilities
        self.seed_topic_list = seed_topic_list
        self.zeroshot_topic_list = zeroshot_topic_list
        self.zeroshot_min_similarity = zeroshot_min_similarity
        self.embedding_model = embedding_model
        # Not `or`: an estimator may have a length, and none before its fit
        self.umap_model = default_reducer(low_memory) if umap_model is None else umap_model
        self.hdbscan_model = default_clusterer(min_topic_size) if hdbscan_model is None else hdbscan_model
        self.vectorizer_model = (
            Words(ngram_range=n_gram_range) if vectorizer_model is None else vectorizer_model
        )
        self.ctfidf_model = ClassTfidfTransformer() if ctfidf_model is None else ctfidf_model
        self.representation_model = representation_model
        self.verbose = verbose

    # Fit and transform

    @also_in_order("documents embeddings y")
    def fit(  # type: ignore[override]
        self,
        documents: Iterable[str],
        embeddings: Any = None,
        images: Any = None,
        y: Any = None,
        **others: Any,
    ) -> Self:
        """Find and describe the topics of documents. y : (n_docs,) known topics, -1 for unknown"""
        return super().fit(*self._captioned(documents, embeddings, images), y=y, **self._with(images, others))

    @also_in_order("documents embeddings y")
    def fit_transform(
        self,
        documents: Iterable[str],
        embeddings: Any = None,
        images: Any = None,
        y: Any = None,
        **others: Any,
    ) -> tuple[list[int], Any]:
        """Fit; returns the topic of each document, and probabilities_."""
        return self.fit(documents, embeddings, images, y, **others).topics_, self.probabilities_

    def transform(  # type: ignore[override]
        self, documents: str | Iterable[str], embeddings: Any = None, images: Any = None
    ) -> tuple[list[int], Any]:
        """The topic of new documents, by their neighbors, and the strength, or with calculate_probabilities the share
        of every topic."""
        return self._placed(*super().transform(documents, embeddings, images=images), documents, embeddings)

    def partial_fit(  # type: ignore[override]
        self, documents: Iterable[str], embeddings: Any = None, y: Any = None, **others: Any
    ) -> Self:
        """Add a batch of documents: all that were seen keep their topics, and topics_ is of all of them."""
        super().partial_fit(documents, embeddings, y=y, **self._with(None, others))
        counter: Any = self.vectorizer_model
        if isinstance(counter, GrowingCounts):
            self.vectorizer_model.X_ = self._counts
        self._described_by = self._describing()
        return self

    @classmethod
    def merge_models(
        cls, models: Sequence[Any], min_similarity: float = 0.7, embedding_model: Any = None
    ) -> Self:
        """One model of several: topics that are alike joined, words, examples and names of all kept."""
        return cls.merged(models, min_similarity)._embedding_by(embedding_model)

    # Questions

    @also_in_order("docs topics timestamps nr_bins datetime_format evolution_tuning global_tuning")
    def topics_over_time(
        self,
        docs: Sequence[str],
        timestamps: Sequence[Any],
        topics: Sequence[int] | None = None,
        nr_bins: int | str | None = None,
        datetime_format: str | None = None,
        evolution_tuning: bool = True,
        global_tuning: bool = True,
    ) -> pd.DataFrame:
        """Topic, Words, Frequency, Timestamp, as BERTopic has them; then Start and End of the period.

        docs : those of the fit, some of them, or others with their `topics`
        nr_bins : a number, or "day", "week", "month", "quarter", "year"
        """
        return self.over_time(
            timestamps,
            texts=docs,
            bins=nr_bins,
            evolution=evolution_tuning,
            tuning=global_tuning,
            topics=topics,
            datetime_format=datetime_format,
        ).to_frame()

    @also_in_order("docs topics classes global_tuning")
    def topics_per_class(
        self, docs: Sequence[str], classes: Sequence[Any], global_tuning: bool = True
    ) -> pd.DataFrame:
        """Topic, Words, Frequency, Class. docs : those of the fit, or some of them"""
        return self.by_class(classes, tuning=global_tuning, texts=docs).to_frame()

    @also_in_order(
        "docs topics linkage_function distance_function", "docs linkage_function distance_function"
    )
    def hierarchical_topics(
        self,
        docs: Sequence[str] | None = None,
        use_ctfidf: bool = True,
        linkage_function: Callable[[Any], Any] | None = None,
        distance_function: Callable[[Any], Any] | None = None,
    ) -> pd.DataFrame:
        """A row per join of topics, the root first."""
        return (
            self._fitted_on(docs)
            .hierarchy(
                by="terms" if use_ctfidf else "embeddings",
                linkage=linkage_function,
                distance=distance_function,
            )
            .to_frame()
        )

    @staticmethod
    def get_topic_tree(
        hier_topics: pd.DataFrame, max_distance: float | None = None, tight_layout: bool = False
    ) -> str:
        """The tree of hierarchical_topics as text."""
        return tree_text(hier_topics, max_distance, tight_layout=tight_layout)

    def approximate_distribution(
        self,
        documents: str | Sequence[str],
        window: int = 4,
        stride: int | None = 1,
        min_similarity: float = 0.1,
        batch_size: int | None = 1000,
        padding: bool = False,
        use_embedding_model: bool = False,
        calculate_tokens: bool = False,
        separator: str = " ",
    ) -> tuple[Float2d, list[Float2d] | None]:
        """The share of each topic in each document, and with calculate_tokens what each of its words stands for."""
        return _pair(
            self.distribution(
                [documents] if isinstance(documents, str) else documents,
                window=window,
                stride=1 if stride is None else stride,
                min_similarity=min_similarity,
                batch_size=batch_size,
                padding=padding,
                embeddings=use_embedding_model,
                tokens=calculate_tokens,
                separator=separator,
            )
        )

    @also_in_order("search_term top_n")
    def find_topics(  # type: ignore[override]
        self, search_term: str | Sequence[str] | None = None, image: Any = None, top_n: int = 5
    ) -> tuple[list[int], list[float]]:
        """The topics nearest to words, or to a list of words together: their numbers and cosines, nearest first."""
        return super().find_topics(search_term, top_n, image=image)

    @also_in_order("documents topics strategy probabilities threshold embeddings distributions_params")
    def reduce_outliers(  # type: ignore[override]
        self,
        documents: Sequence[str],
        topics: Sequence[int],
        images: Any = None,
        strategy: str = "distributions",
        probabilities: Any = None,
        threshold: float = 0,
        embeddings: Any = None,
        distributions_params: Mapping[str, Any] | None = None,
    ) -> list[int]:
        """Topics for documents that have none. The model stays as it is: update_topics(docs, topics=...) moves them."""
        by_votes = strategy.lower() == "distributions"
        reassigned = super().reduce_outliers(
            strategy.lower(),
            threshold,
            probabilities=probabilities,
            embeddings=embeddings,
            assignment=topics,
            texts=self._others(documents),
            **({"min_similarity": threshold, **(distributions_params or {})} if by_votes else {}),
        )
        return list(reassigned.assignment.tolist())

    # Edits

    @also_in_order("docs topics topics_to_merge")
    def merge_topics(
        self, docs: Sequence[str] | None, topics_to_merge: Sequence[Any], images: Any = None
    ) -> None:
        """Merge one list of topics, or several."""
        self._fitted_on(docs).merge(topics_to_merge)

    def delete_topics(self, topics_to_delete: Sequence[int]) -> None:
        """Make outliers of the documents of some topics."""
        self.delete(topics_to_delete)

    @also_in_order(
        "docs topics probabilities nr_topics", gave=lambda model: (model.topics_, model.probabilities_)
    )
    def reduce_topics(
        self,
        docs: Sequence[str] | None = None,
        nr_topics: int | str = 20,
        images: Any = None,
        use_ctfidf: bool = False,
    ) -> Self:
        """Join the nearest topics until nr_topics are left, outliers counted as one."""
        return self._fitted_on(docs).reduce(
            wanted_topics(nr_topics, has_outliers=self.result_.n_outliers > 0),
            by="terms" if use_ctfidf else "embeddings",
        )

    @also_in_order(
        "docs topics top_n_words n_gram_range vectorizer_model ctfidf_model representation_model",
        "docs topics n_gram_range vectorizer_model ctfidf_model",
    )
    def update_topics(
        self,
        docs: Sequence[str] | None = None,
        images: Any = None,
        topics: Sequence[int] | None = None,
        top_n_words: int | None = None,
        n_gram_range: tuple[int, int] | None = None,
        vectorizer_model: Any = None,
        ctfidf_model: Any = None,
        representation_model: Any = None,
    ) -> None:
        """Describe the topics another way, or move documents. What is not asked for stays as it is.

        Parts that were set on the model since it was fitted are asked for, too.
        """
        given = {
            "vectorizer_model": vectorizer_model,
            "ctfidf_model": ctfidf_model,
            "representation_model": representation_model,
            "top_n_words": top_n_words,
        }
        asked = {**self._set_since(), **{name: part for name, part in given.items() if part is not None}}
        counter = asked.get("vectorizer_model")
        self._fitted_on(docs).redescribe(
            vectorizer=counter
            if n_gram_range is None
            else _with_ngrams(self.vectorizer_model if counter is None else counter, n_gram_range),
            weighting=weighting_for(asked["ctfidf_model"]) if "ctfidf_model" in asked else None,
            aspects=aspects_of(asked.get("representation_model"), self),
            top_n_words=asked.get("top_n_words"),
            topics=topics,
        )
        self._described_by = self._describing()

    def set_topic_labels(self, topic_labels: Sequence[str] | Mapping[int, str]) -> None:
        """Name topics by hand: {topic: name}, or a list in the order of the table, with -1 first if it has one."""
        super().set_topic_labels(topic_labels)
        self._call_outliers(topic_labels)

    # Files

    @also_in_order("path save_embedding_model")
    def save(  # type: ignore[override]
        self,
        path: str | Path,
        serialization: str = "safetensors",
        save_embedding_model: bool | str = True,
        save_ctfidf: bool = False,
        *,
        overwrite: bool = True,
    ) -> None:
        """Save to a folder: always safetensors, Parquet and JSON, never a pickle, and always everything.

        save_embedding_model : a name, to be loaded again by
        """
        one_of("serialization", serialization, SERIALIZATIONS)
        TopicModel.save(self._naming(save_embedding_model), path, overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path, embedding_model: Any = None, **parts: Any) -> Self:  # type: ignore[override]
        """The model saved in a folder, ours or BERTopic's own in safetensors, or on the hub as "owner/name"."""
        return super().load(
            path if Path(path).exists() else _on_hub(str(path)),
            **({"embedding_model": embedding_model} if embedding_model else {}),
            **parts,
        )

    def push_to_hf_hub(
        self,
        repo_id: str,
        commit_message: str = "Add BERTopic model",
        token: str | None = None,
        revision: str | None = None,
        private: bool = False,
        create_pr: bool = False,
        model_card: bool = True,
        serialization: str = "safetensors",
        save_embedding_model: str | bool = True,
        save_ctfidf: bool = False,
    ) -> str:
        """Put the model on the Hugging Face hub, without the texts of its documents; returns its address there."""
        return self._naming(save_embedding_model).push_to_hub(
            repo_id,
            commit_message=commit_message,
            token=token,
            revision=revision,
            private=private,
            create_pr=create_pr,
            model_card=model_card,
        )

    def get_params(self, deep: bool = False) -> dict[str, Any]:
        """The parameters of the constructor."""
        return super().get_params(deep)

    # Helpers

    def _naming(self, embedding_model: bool | str) -> Self:
        """The same model, its embedding model called by name."""
        return copy(self)._embedding_by(embedding_model if isinstance(embedding_model, str) else None)

    def _embedding_by(self, embedding_model: Any) -> Self:
        if embedding_model is not None:
            self.embedding_model = embedding_model
        return self

    def _captioned(self, documents: Any, embeddings: Any, images: Any) -> tuple[Any, Any]:
        """Documents and embeddings; images without texts have what a representation says of them, and their own points."""
        parts = (self.aspects or {}).values() if documents is None and images is not None else ()
        for part in parts:
            if isinstance(part, Captioning) and part.image_to_text_model is not None:
                known = image_points(images, embedder_of(self.embedder)) if embeddings is None else embeddings
                return part.image_to_text(list(images)), known
        return documents, embeddings

    def _with(self, images: Any, others: dict[str, Any]) -> dict[str, Any]:
        return {**({} if images is None else {"images": images}), "verbose": self.verbose, **others}

    def _placed(
        self, topics: list[int], strength: Any, documents: str | Iterable[str], embeddings: Any
    ) -> tuple[list[int], Any]:
        if not self.calculate_probabilities:
            return topics, strength
        return topics, self.memberships(
            [documents] if isinstance(documents, str) else arguments.texts(documents), embeddings
        )

    def _fitted_on(self, docs: Sequence[str] | None) -> Self:
        """The model, whose documents these are, as far as their number tells."""
        self._same(docs)
        return self

    def _others(self, documents: Sequence[str]) -> Sequence[str] | None:
        """Documents, or None if they are those of the fit."""
        texts = arguments.texts(documents)
        return None if texts == list(self.documents_.texts) else texts

    def _call_outliers(self, names: Sequence[str] | Mapping[int, str]) -> None:
        """Keep what the outliers, which are no topic, are to be called."""
        if isinstance(names, Mapping):
            self._outliers_called = names.get(-1, self._outliers_called)
        elif len(names) == len(self._ids) > self.result_.n_topics:
            self._outliers_called = names[0]


def _with_ngrams(vectorizer: Any, n_gram_range: tuple[int, int]) -> Any:
    word_range("n_gram_range", n_gram_range)
    return clone(vectorizer).set_params(ngram_range=tuple(n_gram_range))


def _on_hub(name: str) -> str:
    """A name of the hub, as BERTopic takes one where a folder might be."""
    return f"{PREFIX}{name}" if re.fullmatch(r"[\w.-]+/[\w.-]+", name) else name


def _pair(mixture: Any) -> tuple[Float2d, list[Float2d] | None]:
    return mixture.weights, mixture.tokens
