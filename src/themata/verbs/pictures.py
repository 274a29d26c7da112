"""Pictures of a fitted model, under the names and parameters that BERTopic's users know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis.hierarchy import condensed, cosine_distances
from themata.core.arrays import Float2d
from themata.core.errors import AlignmentError, InputError
from themata.pipeline.describe import keyword_weights
from themata.verbs.maps import Maps

if TYPE_CHECKING:
    import pandas as pd


class Pictures(Maps):
    """The figures of topics, beside the maps."""

    def visualize_topics(
        self,
        topics: Sequence[int] | None = None,
        top_n_topics: int | None = None,
        use_ctfidf: bool = False,
        custom_labels: bool | str = False,
        title: str = "<b>Intertopic Distance Map</b>",
        width: int = 650,
        height: int = 650,
    ) -> Any:
        """The topics as circles on a plane, near ones alike; a slider finds one.

        topics, top_n_topics : only these, or only so many of the largest
        use_ctfidf : compare by terms rather than by embeddings
        """
        from themata.plots.topics import topics as draw

        return draw(
            self.result_,
            self._distances(use_ctfidf),
            self._names(custom_labels),
            self._chosen(topics, top_n_topics),
            title=title,
            width=width,
            height=height,
        )

    def visualize_barchart(
        self,
        topics: Sequence[int] | None = None,
        top_n_topics: int | None = 8,
        n_words: int = 5,
        custom_labels: bool | str = False,
        title: str = "Topic Word Scores",
        width: int = 250,
        height: int = 250,
        autoscale: bool = False,
    ) -> Any:
        """The keywords of topics and their weights, a bar chart of `width` by `height` for each."""
        from themata.plots.barchart import barchart

        return barchart(
            self.result_,
            self._names(custom_labels)
            if custom_labels
            else [f"Topic {row}" for row in range(self.result_.n_topics)],
            only=self._only(topics),
            top_n_topics=top_n_topics,
            n_words=n_words,
            title=title,
            width=width,
            height=height,
            autoscale=autoscale,
        )

    def visualize_heatmap(
        self,
        topics: Sequence[int] | None = None,
        top_n_topics: int | None = None,
        n_clusters: int | None = None,
        use_ctfidf: bool = False,
        custom_labels: bool | str = False,
        title: str = "<b>Similarity Matrix</b>",
        width: int = 800,
        height: int = 800,
    ) -> Any:
        """How alike every two topics are; `n_clusters` puts those that are side by side."""
        from themata.plots.heatmap import heatmap

        return heatmap(
            1 - self._distances(use_ctfidf),
            self._names(custom_labels),
            self._chosen(topics, top_n_topics),
            n_clusters=n_clusters,
            title=title,
            width=width,
            height=height,
        )

    def visualize_hierarchy(
        self,
        orientation: str = "left",
        topics: Sequence[int] | None = None,
        top_n_topics: int | None = None,
        use_ctfidf: bool = True,
        custom_labels: bool | str = False,
        title: str = "<b>Hierarchical Clustering</b>",
        width: int = 1000,
        height: int = 600,
        hierarchical_topics: pd.DataFrame | None = None,
        linkage_function: Callable[[Any], Any] | None = None,
        distance_function: Callable[[Any], Any] | None = None,
        color_threshold: float = 1,
    ) -> Any:
        """The tree of topics; with `hierarchical_topics`, hovering over a branch says what it is about."""
        from themata.plots.dendrogram import dendrogram

        rows, names = self._chosen(topics, top_n_topics), self._names(custom_labels)
        tree = self._tree_of(rows, use_ctfidf, linkage_function, distance_function)
        return dendrogram(
            tree,
            [names[row] for row in rows],
            rows=rows,
            orientation=orientation,
            title=title,
            width=width,
            height=height,
            joins=hierarchical_topics,
            color_threshold=color_threshold,
        )

    def visualize_term_rank(
        self,
        topics: Sequence[int] | None = None,
        log_scale: bool = False,
        custom_labels: bool | str = False,
        title: str = "<b>Term score decline per Topic</b>",
        width: int = 800,
        height: int = 500,
    ) -> Any:
        """How fast the weights of each topic's keywords fall: after the bend, further ones say little."""
        from themata.plots.term_rank import term_rank

        return term_rank(
            self.result_,
            self._names(custom_labels),
            self._chosen(topics, None),
            log_scale=log_scale,
            title=title,
            width=width,
            height=height,
        )

    def visualize_topics_over_time(
        self,
        topics_over_time: pd.DataFrame,
        top_n_topics: int | None = None,
        topics: Sequence[int] | None = None,
        normalize_frequency: bool = False,
        custom_labels: bool | str = False,
        title: str = "<b>Topics over Time</b>",
        width: int = 1250,
        height: int = 450,
    ) -> Any:
        """A line per topic over the periods of a frame, as `over_time(...).to_frame()` gives it."""
        from themata.plots.over_time import over_time

        return over_time(
            topics_over_time,
            self._names(custom_labels),
            self._chosen(topics, top_n_topics),
            normalize_frequency=normalize_frequency,
            title=title,
            width=width,
            height=height,
        )

    def visualize_topics_per_class(
        self,
        topics_per_class: pd.DataFrame,
        top_n_topics: int | None = 10,
        topics: Sequence[int] | None = None,
        normalize_frequency: bool = False,
        custom_labels: bool | str = False,
        title: str = "<b>Topics per Class</b>",
        width: int = 1250,
        height: int = 900,
    ) -> Any:
        """Bars per topic over the classes of a frame, as `by_class(...).to_frame()` gives it."""
        from themata.plots.per_class import per_class

        return per_class(
            topics_per_class,
            self._names(custom_labels),
            self._chosen(topics, top_n_topics),
            normalize_frequency=normalize_frequency,
            title=title,
            width=width,
            height=height,
        )

    def visualize_distribution(
        self,
        probabilities: Any,
        min_probability: float = 0.015,
        custom_labels: bool | str = False,
        title: str = "<b>Topic Probability Distribution</b>",
        width: int = 800,
        height: int = 600,
    ) -> Any:
        """The topics of one document, from its row of `distribution().weights`."""
        from themata.plots.distribution import distribution

        return distribution(
            probabilities,
            self._names(custom_labels),
            min_probability=min_probability,
            title=title,
            width=width,
            height=height,
        )

    def visualize_approximate_distribution(
        self, document: str, topic_token_distribution: Any, normalize: bool = False
    ) -> Any:
        """What each word of a document stands for, as a pandas Styler.

        topic_token_distribution : the document's entry of `distribution(..., tokens=True).tokens`
        """
        from themata.plots.distribution import words

        if not isinstance(document, str):
            raise InputError(
                f"one document is needed, as a string, got a {type(document).__name__}: give docs[0]"
            )
        said = self._splitter()(document)
        tokens = np.asarray(topic_token_distribution)
        if len(said) != len(tokens):
            raise AlignmentError(f"one row per word is needed: {len(said)} words, {len(tokens)} rows")
        return words(said, tokens, self._names(False), normalize=normalize)

    # Helpers of the pictures

    def _points_of_topics(self, use_ctfidf: bool) -> Any:
        if self.result_.centroids is None or (use_ctfidf and self.result_.n_terms):
            return keyword_weights(self.result_, self._recipe.description)
        return self.result_.centroids

    def _distances(self, use_ctfidf: bool) -> Float2d:
        return cosine_distances(self._points_of_topics(use_ctfidf))

    def _tree_of(self, rows: Sequence[int], use_ctfidf: bool, linkage: Any, distance: Any) -> Float2d:
        from scipy.cluster import hierarchy

        if len(rows) < 2:
            return np.empty((0, 4))
        apart = condensed((distance or cosine_distances)(self._points_of_topics(use_ctfidf)[list(rows)]))
        join = linkage or (lambda apart: hierarchy.linkage(apart, "ward", optimal_ordering=True))
        return np.asarray(join(apart), dtype=np.float64)
