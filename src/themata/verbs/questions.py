"""Questions to a fitted model. None changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from themata.analysis import search, tables
from themata.pipeline.describe import keyword_weights
from themata.verbs.result import Result

if TYPE_CHECKING:
    import pandas as pd


class Questions(Result):
    """What the documents are about, seen from one side or another."""

    def find_topics(self, search_term: str, top_n: int = 5) -> tuple[list[int], list[float]]:
        """The topics nearest to words: their numbers and cosines, nearest first."""
        words, point = self._space.query(search_term)
        if point is not None:
            found, cosines = search.nearest_topics(point, self.result_, top_n)
        else:
            weights = keyword_weights(self.result_, self._recipe.description)
            found, cosines = search.topics_with(words, weights, top_n)
        return found.tolist(), [float(cosine) for cosine in cosines]

    def search(self, query: str, n: int = 10) -> pd.DataFrame:
        """The documents that match words, by meaning and by the words themselves, best first.

        returns : Document, Topic, Name, Score, and Row in the corpus
        """
        import pandas as pd

        words, point = self._space.query(query)
        rows, scores = search.documents(self.documents_, words=words, point=point, n=n)
        topics = self.result_.assignment[rows]
        return pd.DataFrame(
            {
                "Document": [self.documents_.texts[row] for row in rows],
                "Topic": topics,
                "Name": tables.custom_names(self.result_, topics.tolist()),
                "Score": scores,
                "Row": rows,
            }
        )
