"""BERTopic's names that a TopicModel answers, too: tables, figures and a few verbs, over its native verbs."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis import tables
from themata.analysis.hierarchy import cosine_distances, linkage_of
from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.parameter_checks import one_of
from themata.core.topics import MAIN, Aspect, Label, Topics
from themata.fitted.vectorizer_facts import only_language, tokenizer_of
from themata.pipeline import arguments

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)


class SharedNames(ABC):
    """What users of BERTopic ask of a fitted model, by the names and columns that they know.

    Everything is written over the members that come first, which a model has.
    """

    _most_traces: int | None = None  # of documents' figure; None: its own

    # What a model has

    @property
    @abstractmethod
    def result_(self) -> Topics: ...

    @property
    @abstractmethod
    def documents_(self) -> Documents: ...

    @property
    @abstractmethod
    def vectorizer_(self) -> Any: ...

    @property
    @abstractmethod
    def languages_(self) -> list[str]: ...

    @abstractmethod
    def term_weights(self) -> Csr: ...

    @abstractmethod
    def lay_out(self) -> Float2d: ...

    @abstractmethod
    def nearest_topics(
        self, query: str | Sequence[str] | None = None, n: int = 5, *, image: Any = None
    ) -> tuple[Int1d, Float1d]: ...

    @abstractmethod
    def relabel(self, names: Mapping[int, str | Label | None], *, layer: int | None = None) -> Any: ...

    @abstractmethod
    def _place(self, texts: Sequence[str]) -> tuple[Int1d, Float1d]: ...

    # Attributes

    @property
    def topics_(self) -> list[int]:
        """Topic of each document, -1 for outliers."""
        return list(self.result_.assignment.tolist())

    @property
    def probabilities_(self) -> Any:
        """(n_docs,) how well each document sits in its topic."""
        return self.result_.strength

    # Tables

    def get_topic_info(self, topic: int | None = None) -> pd.DataFrame:
        """A row per topic: Topic, Count, Name, CustomName, Representation, aspects, Representative_Docs."""
        info = tables.topic_info(self.result_, self.documents_)
        if topic is None:
            return info
        self.result_.check(topic, outliers=True)
        return info[info["Topic"] == topic].reset_index(drop=True)

    def get_topic(self, topic: int, full: bool = False) -> Any:
        """Keywords and weights of a topic; with `full`, of every aspect by name. False for a topic there is not."""
        if topic not in range(self.result_.n_topics):
            return False
        if full:
            return {name: list(aspect[topic]) for name, aspect in self.result_.aspects.items()}
        return list(self.result_.keywords[topic])

    def get_topics(self, full: bool = False) -> dict[Any, Any]:
        """Keywords of every topic by number; with `full`, of every aspect by name."""
        by_aspect = {name: _by_number(aspect) for name, aspect in self.result_.aspects.items()}
        return by_aspect if full else by_aspect[MAIN]

    def get_topic_freq(self, topic: int | None = None) -> Any:
        """Topic and Count, most documents first; the count of one topic."""
        freq = tables.topic_freq(self.result_)
        if topic is None:
            return freq
        self.result_.check(topic, outliers=True)
        return int(freq.loc[freq["Topic"] == topic, "Count"].sum())

    def get_document_info(
        self,
        docs: Sequence[str] | None = None,
        df: pd.DataFrame | None = None,
        metadata: Mapping[str, Sequence[Any]] | None = None,
    ) -> pd.DataFrame:
        """A row per document: its topic, name, keywords, strength and whether it represents its topic.

        docs : None, or those of the fit: all of them in their order, or any of them; new ones get the topics that
            `transform` finds. As many documents as the fit's that are others are taken for the fit's, which is logged
        df : a frame of your own with a row per document, whose columns come first
        metadata : {name: (n_docs,) values}, further columns, which come last
        """
        return tables.document_info(
            _placed_documents(self, docs), self.get_topic_info(), df=df, metadata=metadata
        )

    def get_representative_docs(self, topic: int | None = None) -> Any:
        """The three documents that show a topic best, best first; of every topic by number."""
        if topic is not None:
            self.result_.check(topic, outliers=True)
            return tables.representative_docs(self.result_, self.documents_, topic)
        rows = tables.shown_rows(self.result_)
        return {row: tables.representative_docs(self.result_, self.documents_, row) for row in rows}

    # Verbs

    def find_topics(
        self, search_term: str | Sequence[str] | None = None, top_n: int = 5, *, image: Any = None
    ) -> tuple[list[int], list[float]]:
        """The topics nearest to words, or to an image: their numbers and cosines, nearest first.

        search_term : words, or a list of words that are looked for together
        top_n : topics at most
        """
        topics, cosines = self.nearest_topics(search_term, top_n, image=image)
        return topics.tolist(), [float(cosine) for cosine in cosines]

    def set_topic_labels(self, topic_labels: Sequence[str] | Mapping[int, str]) -> None:
        """Name topics by hand.

        topic_labels : {topic: name}, or a list in the order of the table, with -1 first if it has one
        """
        if not isinstance(topic_labels, Mapping):
            names = list(arguments.column(topic_labels, "names"))
            rows, topics = tables.shown_rows(self.result_), list(range(self.result_.n_topics))
            listed = topics if len(names) == len(topics) else rows
            if len(names) != len(listed):
                raise InputError(f"a name for each of {len(topics)} topics is needed, got {len(names)}")
            topic_labels = dict(zip(listed, names, strict=True))
        # Outliers are no topic: tables show them under a name of their own
        if topic_labels.get(-1) is not None:
            Label.by_hand(topic_labels[-1])
        self.relabel({topic: name for topic, name in topic_labels.items() if topic != -1})

    # Figures

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
            cosine_distances(_points(self, use_ctfidf)),
            _names(self.result_, custom_labels),
            _chosen(self.result_, topics, top_n_topics),
            canvas=_canvas(title, width, height),
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
            _names(self.result_, custom_labels)
            if custom_labels
            else [f"Topic {row}" for row in range(self.result_.n_topics)],
            only=_only(self.result_, topics),
            top_n_topics=top_n_topics,
            n_words=n_words,
            canvas=_canvas(title, width, height),
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
            1 - cosine_distances(_points(self, use_ctfidf)),
            _names(self.result_, custom_labels),
            _chosen(self.result_, topics, top_n_topics),
            n_clusters=n_clusters,
            canvas=_canvas(title, width, height),
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
        """The tree of topics; hovering says what a branch joins, and with `hierarchical_topics` what it is about."""
        from themata.plots.dendrogram import dendrogram

        rows, names = _chosen(self.result_, topics, top_n_topics), _names(self.result_, custom_labels)
        points = _points(self, use_ctfidf)[rows]
        tree = linkage_of(points, linkage_function, distance_function)
        return dendrogram(
            tree,
            [names[row] for row in rows],
            rows=rows,
            orientation=orientation,
            canvas=_canvas(title, width, height),
            joins=hierarchical_topics,
            color_threshold=color_threshold,
            sizes=self.result_.sizes[rows].tolist(),
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
            _names(self.result_, custom_labels),
            _chosen(self.result_, topics, None),
            log_scale=log_scale,
            canvas=_canvas(title, width, height),
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
            _names(self.result_, custom_labels),
            _chosen(self.result_, topics, top_n_topics),
            normalize_frequency=normalize_frequency,
            canvas=_canvas(title, width, height),
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
            _names(self.result_, custom_labels),
            _chosen(self.result_, topics, top_n_topics),
            normalize_frequency=normalize_frequency,
            canvas=_canvas(title, width, height),
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
            _names(self.result_, custom_labels),
            min_probability=min_probability,
            canvas=_canvas(title, width, height),
        )

    def visualize_approximate_distribution(
        self, document: str, topic_token_distribution: Any, normalize: bool = False
    ) -> Any:
        """What each word of a document stands for, as a pandas Styler.

        topic_token_distribution : the document's entry of `distribution(..., tokens=True).tokens`
        """
        from themata.plots.distribution import shaded_words

        if not isinstance(document, str):
            raise InputError(
                f"one document is needed, as a string, got a {type(document).__name__}: give docs[0]"
            )
        said = tokenizer_of(self.vectorizer_)(document)
        tokens = np.asarray(topic_token_distribution)
        if len(said) != len(tokens):
            raise AlignmentError(f"one row per word is needed: {len(said)} words, {len(tokens)} rows")
        return shaded_words(said, tokens, _names(self.result_, False), normalize=normalize)

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

        placed = _plane(self, reduced_embeddings)
        return documents.documents(
            self.documents_,
            self.result_,
            titles=None if docs is None else _shown(self.documents_, docs),
            coords=placed,
            only=_only(self.result_, topics),
            sample=sample,
            hide_annotations=hide_annotations,
            hide_hover=hide_document_hover,
            names=_names(self.result_, custom_labels),
            most=documents.MOST_TRACES if self._most_traces is None else self._most_traces,
            canvas=_canvas(title, width, height),
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

        shown = _shown(self.documents_, docs)
        return levels(
            self.result_,
            hierarchical_topics,
            _plane(self, reduced_embeddings),
            _names(self.result_, custom_labels),
            titles=None if hide_document_hover else shown,
            only=_only(self.result_, topics),
            sample=sample,
            hide_annotations=hide_annotations,
            nr_levels=nr_levels,
            level_scale=level_scale,
            canvas=_canvas(title, width, height),
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
        datamap_kwds, int_datamap_kwds : options of datamapplot, which change nothing here; one that it has not is an error
        """
        from themata.plots.datamap import OPTIONS, datamap

        for name in (*(datamap_kwds or {}), *(int_datamap_kwds or {})):
            one_of("an option of datamapplot", name, OPTIONS)
        placed = _plane(self, reduced_embeddings)
        names = (
            _names(self.result_, custom_labels)
            if custom_labels is True
            else _words(self.result_, custom_labels or MAIN)
        )
        if topic_prefix:
            names = [f"Topic-{row}: {name}" for row, name in enumerate(names)]
        if interactive:
            from themata.report.page import Page, report

            shown = {} if docs is None else {"texts": _shown(self.documents_, docs), "columns": {}}
            placed_docs = self.documents_.having(coords=np.asarray(placed, dtype=np.float32), **shown)
            summaries = (label.summary if label else "" for label in self.result_.labels)
            named = self.result_.having(labels=tuple(map(Label, names, summaries)))
            return Page(
                report(placed_docs, named, title=title, language=only_language(self.languages_)), height
            )
        return datamap(
            self.result_,
            placed,
            names,
            _chosen(self.result_, topics, None),
            sub_title=sub_title,
            canvas=_canvas(title, width, height),
        )


def _placed_documents(model: SharedNames, docs: Sequence[str] | None) -> tables.Placed:
    """Documents and their topics: as the model has them where they are the fit's, else as it places them now."""
    fitted, known = tables.placed(model.result_, model.documents_), model.documents_.texts
    if docs is None:
        return fitted
    texts = arguments.texts(docs)
    rows = model.documents_.rows_of(texts) if any(known) else np.full(len(texts), -1)
    inside = rows >= 0
    if inside.all():
        return tables.Placed(
            texts, fitted.assignment[rows], fitted.strength[rows], fitted.representative[rows]
        )
    if len(texts) == len(known) and (rows == np.arange(len(rows)))[inside].all():
        if any(known):
            log.warning(
                "%d of %d documents are not among those of the fit: as many as these, they are taken for them, row by "
                "row; transform finds the topics of others",
                int((~inside).sum()),
                len(texts),
            )
        return replace(fitted, texts=texts)
    assignment, strength = fitted.assignment[rows], fitted.strength[rows]
    new = np.flatnonzero(~inside)
    assignment[new], strength[new] = model._place([texts[row] for row in new.tolist()])
    return tables.Placed(texts, assignment, strength, fitted.representative[rows] & inside)


def _by_number(aspect: Aspect) -> dict[int, list[tuple[str, float]]]:
    return {row: list(words) for row, words in enumerate(aspect)}


def _names(topics: Topics, custom_labels: bool | str) -> list[str]:
    """(n_topics,) labels, number and four keywords, or number and three words of an aspect by name."""
    if isinstance(custom_labels, str):
        return [f"{row}: {words}" for row, words in enumerate(_words(topics, custom_labels))]
    if custom_labels:
        return list(topics.names)
    words = (", ".join(word for word, _ in keywords[:4]) for keywords in topics.keywords)
    return [f"{row}: {said}" if said else f"Topic {row}" for row, said in enumerate(words)]


def _words(topics: Topics, aspect: str) -> list[str]:
    """(n_topics,) three words of an aspect."""
    if aspect not in topics.aspects:
        raise InputError(f"no aspect is called {aspect!r}: there are {', '.join(topics.aspects)}")
    return [", ".join(word for word, _ in words[:3]) for words in topics.aspects[aspect]]


def _only(topics: Topics, numbers: int | Sequence[int] | None) -> list[int] | None:
    """Topics asked for by number, which the model must have; None for all."""
    if numbers is None:
        return None
    wanted = arguments.topic_numbers(numbers)
    topics.check(*wanted, outliers=True)
    return wanted


def _canvas(title: str, width: int, height: int) -> Any:
    from themata.plots.theme import Canvas

    return Canvas(title, width, height)


def _chosen(topics: Topics, numbers: Sequence[int] | None, top_n: int | None) -> list[int]:
    from themata.plots.theme import chosen_topics

    return chosen_topics(topics.sizes, _only(topics, numbers), top_n)


def _shown(documents: Documents, docs: Sequence[str] | None) -> list[str]:
    """(n_docs,) what a figure shows of each document."""
    shown = [documents.shown(row) for row in range(documents.n_docs)]
    return shown if docs is None else arguments.titles(docs, shown)


def _plane(model: SharedNames, coords: Any) -> Float2d:
    """(n_docs, 2) coordinates that a caller gave, or the model's."""
    return model.lay_out() if coords is None else arguments.plane(coords, model.documents_.n_docs)


def _points(model: SharedNames, use_ctfidf: bool) -> Csr | Float2d:
    """Weights of the topics' terms, or their centroids."""
    topics = model.result_
    if topics.centroids is None or (use_ctfidf and topics.n_terms):
        return model.term_weights()
    return topics.centroids
