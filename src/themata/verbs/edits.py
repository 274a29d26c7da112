"""Edits of a fitted model: each makes new Topics, describes what changed, and can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

from themata.analysis import tables
from themata.errors import InputError
from themata.graph import Int1d
from themata.pipeline.describe import label
from themata.pipeline.fit import Fitted
from themata.registry import make
from themata.topics import PERSON, Label, Topics
from themata.verbs.result import Result


class Edits(Result):
    """Topics merged, deleted, renamed and moved by a person."""

    def merge(self, topics: Sequence[int] | Sequence[Sequence[int]]) -> Self:
        """Merge one list of topics, or several; topics are numbered anew by falling size."""
        return self._edit("merge", self.result_.merge(topics).by_size())

    def delete(self, topics: int | Sequence[int]) -> Self:
        """Make outliers of the documents of some topics."""
        listed = [topics] if isinstance(topics, int | np.integer) else topics
        return self._edit("delete", self.result_.delete(listed).by_size())

    def relabel(self, names: Mapping[int, str | Label | None]) -> Self:
        """Name topics by hand; None gives the name back to the labeler."""
        return self._edit("relabel", self.result_.relabel(names))

    def set_topic_labels(self, topic_labels: Sequence[str] | Mapping[int, str]) -> None:
        """Name topics by hand: {topic: name}, or a list in the order of the table, with -1 first if it has one."""
        if not isinstance(topic_labels, Mapping):
            rows, topics = tables.shown_rows(self.result_), list(range(self.result_.n_topics))
            listed = topics if len(topic_labels) == len(topics) else rows
            if len(topic_labels) != len(listed):
                raise InputError(
                    f"a name for each of {len(topics)} topics is needed, got {len(topic_labels)}"
                )
            topic_labels = dict(zip(listed, topic_labels, strict=True))
        self.relabel({topic: name for topic, name in topic_labels.items() if topic >= 0})

    def reassign(self, assignment: Sequence[int] | Int1d) -> Self:
        """Move documents to other topics: a topic number, or -1, for each."""
        return self._edit("reassign", self.result_.reassign(assignment, self.documents_))

    def label(self, labeler: Any = None) -> Self:
        """Ask a labeler for the name of every topic that no person named; None: the model's own."""
        part = self._recipe.labeler if labeler is None else make("labeler", labeler)
        bare = self.without_machine_labels()
        return self._keep("label", label(bare, self.documents_, part))

    def without_machine_labels(self) -> Topics:
        """The topics with only the names that a person gave: those without a label are the ones to ask about."""
        labels = (old if old and old.source == PERSON else None for old in self.result_.labels)
        return self.result_.having(labels=tuple(labels))

    def undo(self) -> Self:
        """Take the last edit back."""
        if not self.history:
            raise InputError("there is no edit to undo")
        placed = self.documents_.coords
        before = self._past.pop()[1]
        docs = before.documents
        if docs.coords is None and placed is not None and len(placed) == docs.n_docs:
            docs = docs.having(coords=placed)  # an edit moves nobody on the map
        self._state = Fitted(docs, before.topics, before.graph)
        return self

    @property
    def history(self) -> list[str]:
        """The edits since fit, oldest first."""
        return [name for name, _ in getattr(self, "_past", [])]
