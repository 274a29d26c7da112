"""Pictures of a fitted model, under the names and parameters that BERTopic's users know."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from themata.analysis import tables
from themata.graph import Float2d
from themata.pipeline import checks
from themata.pipeline.fit import Fitted
from themata.verbs.result import Result


class Pictures(Result):
    """The map, the figures and the report."""

    def lay_out(self) -> Float2d:
        """Coordinates of the documents on a plane: (n_docs, 2), made when first asked for and kept."""
        docs = self.documents_
        if docs.coords is None:
            recipe = self._recipe
            graph = self.graph_ if self.graph_ is not None else recipe.relater.relate(docs)
            placed = recipe.layout.lay_out(docs, graph, self.result_)
            docs = docs.having(coords=checks.coords(recipe.layout, placed, docs))
            self._state = Fitted(docs, self.result_, graph)
        assert docs.coords is not None
        return docs.coords

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

    def report(self, path: str | Path, *, title: str = "Topics") -> Path:
        """Write report.html: map, table and search in one file that needs no network."""
        from themata.atlas.build import write_report

        if self.layout is not None:
            self.lay_out()
        write_report(path, self.documents_, self.result_, title=title)
        return Path(path)

    def _names(self, custom_labels: bool | str) -> list[str] | None:
        if isinstance(custom_labels, str):
            aspect = self.result_.aspects[custom_labels]
            return [", ".join(word for word, _ in words[:3]) for words in aspect]
        if custom_labels:
            return list(self.result_.names)
        return [tables.plain_name(self.result_, row) for row in range(self.result_.n_topics)]
