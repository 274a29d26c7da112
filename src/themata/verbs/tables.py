"""Tables of a fitted model, under the names and columns that BERTopic's users know."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis import tables
from themata.core.table_of_contents import Contents, contents
from themata.core.topics import MAIN, Aspect
from themata.pipeline import arguments
from themata.verbs.result import Result

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)


class Tables(Result):
    """Topics and documents as tables."""

    def get_topic_info(self, topic: int | None = None) -> pd.DataFrame:
        """A row per topic: Topic, Count, Name, CustomName, Representation, aspects, Representative_Docs."""
        info = tables.topic_info(self.result_, self.documents_)
        return info if topic is None else info[info["Topic"] == self._checked(topic)].reset_index(drop=True)

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

    def contents(self) -> Contents:
        """The topics under the named groups of their coarser layers, as a table of contents.

        >>> print(model.contents())  # doctest: +SKIP
        """
        return contents(self.result_)

    def get_topic_freq(self, topic: int | None = None) -> Any:
        """Topic and Count, most documents first; the count of one topic."""
        freq = tables.topic_freq(self.result_)
        if topic is None:
            return freq
        return int(freq.loc[freq["Topic"] == self._checked(topic), "Count"].sum())

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
            self._placed_documents(docs), self.get_topic_info(), df=df, metadata=metadata
        )

    def get_representative_docs(self, topic: int | None = None) -> Any:
        """The three documents that show a topic best, best first; of every topic by number."""
        if topic is not None:
            return tables.representative_docs(self.result_, self.documents_, self._checked(topic))
        rows = tables.shown_rows(self.result_)
        return {row: tables.representative_docs(self.result_, self.documents_, row) for row in rows}

    # Helpers

    def _placed_documents(self, docs: Sequence[str] | None) -> tables.Placed:
        """Documents and their topics: as the model has them where they are its own, else as it places them now."""
        own, known = tables.placed(self.result_, self.documents_), self.documents_.texts
        if docs is None:
            return own
        texts = arguments.texts(docs)
        rows = self.documents_.rows_of(texts) if any(known) else np.full(len(texts), -1)
        inside = rows >= 0
        if inside.all():
            return tables.Placed(texts, own.assignment[rows], own.strength[rows], own.representative[rows])
        if len(texts) == len(known) and (rows == np.arange(len(rows)))[inside].all():
            if any(known):
                log.warning(
                    "%d of %d documents are not among those of the fit: as many as these, they are taken for them, row by "
                    "row; transform finds the topics of others",
                    int((~inside).sum()),
                    len(texts),
                )
            return replace(own, texts=texts)
        assignment, strength = own.assignment[rows], own.strength[rows]
        new = np.flatnonzero(~inside)
        assignment[new], strength[new] = self._place([texts[row] for row in new.tolist()])
        return tables.Placed(texts, assignment, strength, own.representative[rows] & inside)


def _by_number(aspect: Aspect) -> dict[int, list[tuple[str, float]]]:
    return {row: list(words) for row, words in enumerate(aspect)}
