"""How good the topics are, in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from themata.core.errors import InputError
from themata.evaluate import scores
from themata.evaluate.clusters import agreement
from themata.evaluate.coherence import CV_WINDOW, NPMI_WINDOW
from themata.evaluate.occurrences import Occurrences, in_documents, positions
from themata.evaluate.scores import Scores
from themata.evaluate.stability import refits, stability
from themata.pipeline import arguments
from themata.pipeline.regrouping import group_again
from themata.verbs.questions import Questions

if TYPE_CHECKING:
    from themata.group.granularity import Granularity


class Quality(Questions):
    """Topics measured: by their words, their names, classes that people gave, and whether they are found again."""

    def evaluate(
        self,
        classes: Sequence[Any] | None = None,
        *,
        outliers: str = "group",
        top_n: int = 10,
        seeds: int = 0,
        share: float = 0.8,
    ) -> Scores:
        """Coherence and diversity of keywords, how telling names are, agreement with classes, and stability.

        classes : (n_docs,) known classes, None or NaN where there is none; None: the documents' column "class"
        outliers : "group" they are one group, "drop" they are not compared with the classes, "single" each is a group
        top_n : keywords of each topic that are looked at
        seeds : fits that are made again, from other seeds and samples, to see how much is found again; each takes as
            long as finding the topics did
        share : of the documents that each of these is given

        Coherence is counted in the model's own documents, as its vectorizer reads them.

        >>> model.evaluate().to_frame()  # doctest: +SKIP
        """
        topics, docs = self.result_, self._known_documents
        keywords = [[word for word, _ in words[:top_n]] for words in topics.keywords]
        values: dict[str, float] = {
            "n_topics": topics.n_topics,
            "outliers": topics.n_outliers / topics.n_docs,
        }
        found, per_topic = scores.of_keywords(keywords, *self._occurrences(keywords))
        values |= found
        if any(topics.labels):
            values |= scores.of_labels(self.label_scores())
        classes = docs.columns.get("class") if classes is None else classes
        if classes is not None:
            classes = arguments.entries(
                classes, docs.n_docs, "classes", example="class", fate="these documents are not compared"
            )
            values |= scores.of_classes(agreement(topics.assignment, classes, outliers=outliers))
        if seeds:
            again = refits(
                lambda rows, seed: group_again(docs, self._recipe, rows, seed),
                docs.n_docs,
                n_refits=seeds,
                share=share,
                random_state=self.random_state,
            )
            stable = stability(topics.assignment, again, topics.n_topics)
            values |= scores.of_stability(stable)
            per_topic["stability"] = stable.per_topic
        return Scores(values, per_topic, topics.names)

    def granularity(self) -> Granularity:
        """How many topics there could be: how well they hold, from coarse to fine, and which number the default finds.

        Independent looks at the documents, each at half of what is known of them, are grouped at 15 resolutions.
        Where the looks agree, the groups are there; where they do not, they are cuts through something shapeless. Of
        more than 6,000 documents a sample is looked at, and its topics are counted. Several numbers can be about as
        good: TopicModel(n_topics=...) gives the one that you prefer, and `result_.layers` are there in any case.

        >>> model.granularity().to_frame()  # doctest: +SKIP
        """
        from themata.group.communities import Communities

        found = Communities(random_state=self.random_state).look(self._known_documents, self._related())
        if found is None:
            raise InputError(
                "too few documents, or none like another, to tell how many topics there could be"
            )
        return found

    def _occurrences(self, keywords: Sequence[Sequence[str]]) -> tuple[Occurrences, Occurrences, Occurrences]:
        """Where keywords occur in near windows, wide ones and documents; in documents alone without an analyzer."""
        words = [word for topic in keywords for word in topic]
        docs, vectorizer = self.documents_, self._recipe.vectorizer
        if not hasattr(vectorizer, "build_analyzer"):
            assert docs.terms is not None and docs.vocabulary is not None
            counted = in_documents(docs.terms, docs.vocabulary, words)
            return counted, counted, counted
        analyze = vectorizer.build_analyzer()
        read = positions((list(analyze(text)) for text in docs.texts), words)
        return read.windows(NPMI_WINDOW), read.windows(CV_WINDOW), read.windows(None)
