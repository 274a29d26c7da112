"""Pictures of a fitted model, under the names and parameters that BERTopic's users know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis import tables
from themata.analysis.hierarchy import condensed, cosine_distances
from themata.errors import AlignmentError, InputError
from themata.graph import Float2d
from themata.pipeline import checks
from themata.pipeline.describe import keyword_weights
from themata.pipeline.fit import Fitted
from themata.pipeline.multimodal import IMAGE
from themata.topics import MAIN, Label
from themata.verbs.result import Result

if TYPE_CHECKING:
    import pandas as pd


class Pictures(Result):
    """The map, the figures and the report."""

    def lay_out(self) -> Float2d:
        """Coordinates of the documents on a plane: (n_docs, 2), made when first asked for and kept."""
        docs = self._known_documents
        if docs.coords is None:
            layout = self._recipe.layout
            if layout is None:
                raise InputError(
                    "this model lays no documents out (layout=None): give reduced_embeddings=, or another layout"
                )
            placed = layout.lay_out(docs, self._related(), self.result_)
            docs = docs.having(coords=checks.coords(layout, placed, docs))
            self._state = Fitted(docs, self.result_, self.graph_)
        assert docs.coords is not None
        return docs.coords

    def image_exemplars(self, topic: int, n: int = 9) -> list[Any]:
        """The images that show a topic best, best first: paths, or PNG bytes of images that had no file."""
        self.result_.check(topic)
        images = self._known_documents.columns.get(IMAGE)
        if images is None:
            raise InputError("the documents have no images: fit(documents, images=)")
        members = self.result_.members(topic).tolist()
        rows = dict.fromkeys([*self.result_.exemplars[topic].tolist(), *members])
        return [images[row] for row in rows if images[row] is not None][:n]

    def collage(self, topic: int, n: int = 9, *, columns: int = 3, size: int = 160) -> Any:
        """The images that show a topic best, side by side, as a Pillow image of `size` pixels a tile."""
        from themata.images import collage

        return collage(self.image_exemplars(topic, n), columns=columns, size=size)

    def visualize_documents(
        self,
        docs: Sequence[str] | None = None,
        topics: Sequence[int] | None = None,
        embeddings: Any = None,
        reduced_embeddings: Any = None,
        sample: float | None = None,
        hide_annotations: bool = False,
        hide_document_hover: bool = False,
        custom_labels: bool | str = False,
        title: str = "<b>Documents and Topics</b>",
        width: int = 1200,
        height: int = 750,
    ) -> Any:
        """The documents on a plane, colored by topic, as a Plotly figure.

        docs : what to show of each document on hover, its title for example
        topics : only these
        reduced_embeddings : (n_docs, 2) when the plane is known
        sample : share of each topic's documents to draw
        custom_labels : show the topics' labels rather than their keywords; a string names an aspect
        """
        from themata.plots import documents

        placed = self.lay_out() if reduced_embeddings is None else np.asarray(reduced_embeddings)
        return documents.documents(
            self.documents_,
            self.result_,
            titles=docs,
            coords=placed,
            only=topics,
            sample=sample,
            hide_annotations=hide_annotations,
            hide_hover=hide_document_hover,
            names=self._names(custom_labels),
            title=title,
            width=width,
            height=height,
        )

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
            only=topics,
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

    def visualize_hierarchical_documents(
        self,
        docs: Sequence[str] | None,
        hierarchical_topics: pd.DataFrame,
        topics: Sequence[int] | None = None,
        embeddings: Any = None,
        reduced_embeddings: Any = None,
        sample: float | None = None,
        hide_annotations: bool = False,
        hide_document_hover: bool = True,
        nr_levels: int = 10,
        level_scale: str = "linear",
        custom_labels: bool | str = False,
        title: str = "<b>Hierarchical Documents and Topics</b>",
        width: int = 1200,
        height: int = 750,
    ) -> Any:
        """The documents on a plane at several levels of the tree, with a slider from fine to coarse.

        hierarchical_topics : the frame of `hierarchy`
        """
        from themata.plots.levels import levels

        shown = self._shown(docs)
        return levels(
            self.result_,
            hierarchical_topics,
            self.lay_out() if reduced_embeddings is None else np.asarray(reduced_embeddings),
            self._names(custom_labels),
            titles=None if hide_document_hover else shown,
            only=topics,
            sample=sample,
            hide_annotations=hide_annotations,
            nr_levels=nr_levels,
            level_scale=level_scale,
            title=title,
            width=width,
            height=height,
        )

    def visualize_document_datamap(
        self,
        docs: Sequence[str] | None = None,
        topics: Sequence[int] | None = None,
        embeddings: Any = None,
        reduced_embeddings: Any = None,
        custom_labels: bool | str = False,
        title: str = "Documents and Topics",
        sub_title: str | None = None,
        width: int = 1200,
        height: int = 750,
        interactive: bool = False,
        enable_search: bool = False,
        topic_prefix: bool = False,
        datamap_kwds: Mapping[str, Any] | None = None,
        int_datamap_kwds: Mapping[str, Any] | None = None,
    ) -> Any:
        """A map for print, names where they fit; `interactive` gives the report's map, which has search, as a Page.

        docs : what `interactive` shows of each document
        topics : in color and with a name; the others are gray
        custom_labels : True names topics by their labels; otherwise by three keywords, or three words of an aspect
        topic_prefix : put the topic's number before its name
        datamap_kwds, int_datamap_kwds : are for another library's drawing and change nothing here
        """
        from themata.plots.datamap import datamap

        placed = self.lay_out() if reduced_embeddings is None else np.asarray(reduced_embeddings)
        names = self._names(custom_labels) if custom_labels is True else self._words(custom_labels or MAIN)
        if topic_prefix:
            names = [f"Topic-{row}: {name}" for row, name in enumerate(names)]
        if interactive:
            from themata.atlas.build import Page, report

            shown = {} if docs is None else {"texts": self._shown(docs), "columns": {}}
            placed_docs = self.documents_.having(coords=np.asarray(placed, dtype=np.float32), **shown)
            summaries = (label.summary if label else "" for label in self.result_.labels)
            named = self.result_.having(labels=tuple(map(Label, names, summaries)))
            return Page(report(placed_docs, named, title=title), height)
        return datamap(
            self.result_,
            placed,
            names,
            self._chosen(topics, None),
            title=title,
            sub_title=sub_title,
            width=width,
            height=height,
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

        said = self._splitter()(document)
        tokens = np.asarray(topic_token_distribution)
        if len(said) != len(tokens):
            raise AlignmentError(f"one row per word is needed: {len(said)} words, {len(tokens)} rows")
        return words(said, tokens, self._names(False), normalize=normalize)

    def report(self, path: str | Path, *, title: str = "Topics") -> Path:
        """Write report.html: map, table and search in one file that needs no network."""
        from themata.atlas.build import write_report

        if self.layout is not None:
            self.lay_out()
        write_report(path, self.documents_, self.result_, title=title)
        return Path(path)

    # Helpers of the pictures

    def _names(self, custom_labels: bool | str) -> list[str]:
        """(n_topics,) labels, number and four keywords, or number and three words of an aspect by name."""
        topics = self.result_
        if isinstance(custom_labels, str):
            return [f"{row}_{words}" for row, words in enumerate(self._words(custom_labels, "_"))]
        return list(topics.names) if custom_labels else [self._plain(row) for row in range(topics.n_topics)]

    def _words(self, aspect: str, separator: str = ", ") -> list[str]:
        """(n_topics,) three words of an aspect."""
        aspects = self.result_.aspects
        if aspect not in aspects:
            raise InputError(f"no aspect is called {aspect!r}: there are {', '.join(aspects)}")
        return [separator.join(word for word, _ in words[:3]) for words in aspects[aspect]]

    def _plain(self, row: int) -> str:
        return tables.plain_name(self.result_, row)

    def _chosen(self, topics: Sequence[int] | None, top_n: int | None) -> list[int]:
        from themata.plots.theme import chosen

        if topics is not None:
            self.result_.check(*topics, outliers=True)
        return chosen(self.result_.sizes, topics, top_n)

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

    def _shown(self, docs: Sequence[str] | None) -> list[str]:
        own = self.documents_
        return [own.shown(row) for row in range(own.n_docs)] if docs is None else list(docs)
