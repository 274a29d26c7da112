"""Topics per class: how the parts of a corpus that people know by name speak of each topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from themata.analysis.breakdown import Breakdown, break_down, rows_named
from themata.core.arrays import Bool1d, Int1d
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.core.weighting import Weighting

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ByClass(Breakdown):
    """How much of each topic each class holds, and in which words. `parts` are the classes, in order.

    part, topic : (n_rows,) place of each row's class, -1 for documents without one; its topic
    sizes, weights, vocabulary : (n_rows,) documents, (n_rows, n_terms) weights and (n_terms,) terms of its rows: one for
        each topic that a part has
    n_topics, n_left_out : topics of the model; documents that are in no part
    """

    def to_frame(self, n_words: int = 5) -> pd.DataFrame:
        """Topic, Words, Frequency, Class: a row per class and topic it has, class by class.

        Documents without a class come last, with a missing Class.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "Topic": self.topic,
                "Words": self.words(n_words),
                "Frequency": self.sizes,
                "Class": self.column(self.parts),
            }
        )


def by_class(
    topics: Topics,
    docs: Documents,
    classes: Sequence[Any],
    weighting: Weighting,
    *,
    showable: Bool1d | None = None,
    tuning: bool = True,
    assignment: Int1d | None = None,
) -> ByClass:
    """Break the topics down by a class of each document.

    classes : (n_docs,) anything; documents with None or NaN are in none, and counted
    tuning : average the words of a class with those of the topic in the whole corpus
    assignment : (n_docs,) of documents that are not those of the topics
    """
    part, parts = rows_named(classes)
    made = break_down(
        topics, docs, part, parts, weighting, showable=showable, tuning=tuning, assignment=assignment
    )
    return ByClass(**made)
