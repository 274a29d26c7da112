"""Topics in the parts of a corpus: over time, and per class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.analysis.by_class import ByClass, by_class
from themata.analysis.over_time import Timeline, over_time
from themata.core.arrays import Bool1d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.topics import Topics
from themata.pipeline import arguments
from themata.pipeline.describe import showable_terms
from themata.verbs.result import Result

_APART = "these documents have rows of their own, the last of the table"


class Breakdowns(Result):
    """How much of each topic each part of a corpus holds, and in which words."""

    def over_time(
        self,
        times: Any = None,
        *,
        bins: int | str | None = None,
        evolution: bool = True,
        tuning: bool = True,
        texts: Sequence[str] | None = None,
        topics: Sequence[int] | None = None,
        datetime_format: str | None = None,
    ) -> Timeline:
        """How much of each topic each period holds, and how its words change.

        times : (n_docs,) dates, times or what stands for them; None: the documents' own
        bins : number of periods of equal length, "day", "week", "month", "quarter" or "year", or None for every time
        evolution : average the words of a period with those of the one before
        tuning : average them with those of the topic in the whole corpus
        texts : other documents than the model's, counted by its vocabulary, with their topics; or some of the model's
        topics : (n_docs,) other topics than the model's, or those of `texts`, such as `transform` finds
        datetime_format : how to read strings, as strptime's; found out without it

        >>> model.over_time(bins="year").to_frame()  # doctest: +SKIP
        """
        grouped, docs, assignment = self._told(texts, topics)
        times = docs.times if times is None else times
        if times is None:
            raise InputError("the documents have no times: give times=, or fit(documents, times=)")
        return over_time(
            grouped,
            docs,
            arguments.entries(times, docs.n_docs, "times", example="date", fate=_APART, blank=True),
            self._recipe.description.weighting,
            bins=bins,
            showable=self._showable(),
            evolution=evolution,
            tuning=tuning,
            datetime_format=datetime_format,
            assignment=assignment,
        )

    def by_class(
        self,
        classes: Sequence[Any] | None = None,
        *,
        tuning: bool = True,
        texts: Sequence[str] | None = None,
        topics: Sequence[int] | None = None,
    ) -> ByClass:
        """How much of each topic each class holds, and in which words.

        classes : (n_docs,) anything; None: the documents' column "class"
        tuning : average the words with those of the topic in the whole corpus
        texts, topics : as `over_time` takes them
        """
        grouped, docs, assignment = self._told(texts, topics)
        classes = docs.columns.get("class") if classes is None else classes
        if classes is None:
            raise InputError("the documents have no column of classes: give classes=")
        return by_class(
            grouped,
            docs,
            arguments.entries(classes, docs.n_docs, "classes", example="class", fate=_APART),
            self._recipe.description.weighting,
            showable=self._showable(),
            tuning=tuning,
            assignment=assignment,
        )

    # Helpers

    def _told(
        self, texts: Sequence[str] | None, topics: Sequence[int] | None
    ) -> tuple[Topics, Documents, Int1d]:
        """Topics, documents to count, and where these belong: the model's own, some of them, or others."""
        docs, grouped = self._known_documents, self.result_
        given = docs.texts if texts is None else arguments.texts(texts)
        if given == list(docs.texts):
            if topics is not None:
                grouped = Topics.of(docs, arguments.assignment(topics, docs.n_docs))
            return grouped, docs, grouped.assignment
        if topics is not None:
            assignment = arguments.assignment(topics, len(given))
            grouped.check(*np.unique(assignment).tolist(), outliers=True)
            counted = Documents(given, terms=self._space.words(given), vocabulary=docs.vocabulary)
            return grouped, counted, assignment
        rows = docs.rows_of(given)
        if (rows < 0).any():
            raise InputError(
                f"{int((rows < 0).sum())} of {len(rows)} documents are not among those the model was fitted on: give "
                "their topics=, such as transform(documents) finds"
            )
        return grouped, docs.take(rows), grouped.assignment[rows]

    def _showable(self) -> Bool1d | None:
        return showable_terms(self.result_, self._recipe.description)
