"""Maps of the documents of a fitted model, their images, and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis import tables
from themata.core.arrays import Float2d
from themata.core.errors import InputError
from themata.core.parameter_checks import one_of
from themata.core.topics import MAIN, Label
from themata.pipeline import arguments, validation
from themata.pipeline.fit import Fitted
from themata.pipeline.multimodal import IMAGE
from themata.plots.documents import MOST_TRACES
from themata.verbs.result import Result

if TYPE_CHECKING:
    import pandas as pd


class Maps(Result):
    """Every document at its place."""

    _most_traces = MOST_TRACES

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
            docs = docs.having(coords=validation.coords(layout, placed, docs))
            self._state = Fitted(docs, self.result_, self.graph_)
        assert docs.coords is not None
        return docs.coords

    def _plane(self, given: Any) -> Float2d:
        """(n_docs, 2) coordinates that a caller gave, or the model's own."""
        return self.lay_out() if given is None else arguments.plane(given, self.documents_.n_docs)

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
        from themata.core.images import collage

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

        placed = self._plane(reduced_embeddings)
        return documents.documents(
            self.documents_,
            self.result_,
            titles=None if docs is None else self._shown(docs),
            coords=placed,
            only=self._only(topics),
            sample=sample,
            hide_annotations=hide_annotations,
            hide_hover=hide_document_hover,
            names=self._names(custom_labels),
            most=self._most_traces,
            title=title,
            width=width,
            height=height,
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
            self._plane(reduced_embeddings),
            self._names(custom_labels),
            titles=None if hide_document_hover else shown,
            only=self._only(topics),
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
        datamap_kwds, int_datamap_kwds : options of datamapplot, which change nothing here; one that it has not is an error
        """
        from themata.plots.datamap import OPTIONS, datamap

        for name in (*(datamap_kwds or {}), *(int_datamap_kwds or {})):
            one_of("an option of datamapplot", name, OPTIONS)
        placed = self._plane(reduced_embeddings)
        names = self._names(custom_labels) if custom_labels is True else self._words(custom_labels or MAIN)
        if topic_prefix:
            names = [f"Topic-{row}: {name}" for row, name in enumerate(names)]
        if interactive:
            from themata.report.page import Page, report

            shown = {} if docs is None else {"texts": self._shown(docs), "columns": {}}
            placed_docs = self.documents_.having(coords=np.asarray(placed, dtype=np.float32), **shown)
            summaries = (label.summary if label else "" for label in self.result_.labels)
            named = self.result_.having(labels=tuple(map(Label, names, summaries)))
            return Page(report(placed_docs, named, title=title, language=self._language()), height)
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

    def report(self, path: str | Path, *, title: str = "Topics") -> Path:
        """Write report.html: map, table and search in one file that needs no network."""
        from themata.report.page import write_report

        if self.layout is not None:
            self.lay_out()
        write_report(path, self.documents_, self.result_, title=title, language=self._language())
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

        return chosen(self.result_.sizes, self._only(topics), top_n)

    def _only(self, topics: int | Sequence[int] | None) -> list[int] | None:
        """Topics asked for by number, which the model must have; None for all."""
        if topics is None:
            return None
        numbers = arguments.topic_numbers(topics)
        self.result_.check(*numbers, outliers=True)
        return numbers

    def _shown(self, docs: Sequence[str] | None) -> list[str]:
        own = self.documents_
        shown = [own.shown(row) for row in range(own.n_docs)]
        return shown if docs is None else arguments.titles(docs, shown)
