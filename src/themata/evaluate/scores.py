"""All measures of one model in one value, each with what it means and which way is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from themata.core.arrays import Float1d
from themata.core.html_views import ShownAsTable
from themata.evaluate.clusters import Agreement
from themata.evaluate.coherence import c_v, npmi, umass
from themata.evaluate.diversity import inverted_rbo, unique_share
from themata.evaluate.labels import LabelScores
from themata.evaluate.occurrences import Occurrences
from themata.evaluate.stability import Stability

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measure:
    """title : as people write it · span : lowest and highest value · better : "higher", "lower" or "" for neither"""

    title: str
    span: str
    better: str
    meaning: str


MEASURES: dict[str, Measure] = {
    "n_topics": Measure("Topics", "", "", "how many there are"),
    "outliers": Measure("Outliers", "0 to 1", "lower", "share of documents without a topic"),
    "npmi": Measure(
        "NPMI", "-1 to 1", "higher", "a topic's keywords stand near one another more often than by chance (0)"
    ),
    "c_v": Measure("C_v", "0 to 1", "higher", "a topic's keywords keep the same company"),
    "umass": Measure(
        "UMass", "below 0", "higher", "a keyword comes with those before it in a document (0: always)"
    ),
    "diversity": Measure("Diversity", "0 to 1", "higher", "share of keywords that only one topic has"),
    "inverted_rbo": Measure(
        "Inverted RBO", "0 to 1", "higher", "two topics have different keywords, the first ones above all"
    ),
    "label_hits": Measure(
        "Names: hits", "0 to 1", "higher", "share of names that are more like their own topic than any other"
    ),
    "label_mrr": Measure(
        "Names: rank", "0 to 1", "higher", "mean of 1 / place of a name's own topic among all, by likeness"
    ),
    "label_distinct": Measure(
        "Names: distinct", "0 to 1", "higher", "how unlike a name is to the nearest other name"
    ),
    "label_doubts": Measure(
        "Names: doubts",
        "0 to 1",
        "lower",
        "share that deserve a second look: label_scores() says which and why",
    ),
    "ami": Measure(
        "AMI", "0 to 1", "higher", "topics and classes tell the same; 0 is chance, 1 the same grouping"
    ),
    "ari": Measure(
        "ARI", "0 to 1", "higher", "two documents of a class share a topic; large classes count most"
    ),
    "nmi": Measure("NMI", "0 to 1", "higher", "as AMI, but raised by many small topics"),
    "purity": Measure(
        "Purity",
        "0 to 1",
        "higher",
        "share of documents in the main class of their topic; raised by many topics",
    ),
    "inverse_purity": Measure(
        "Inverse purity", "0 to 1", "higher", "share in the main topic of their class; raised by few topics"
    ),
    "harmonic_purity": Measure("Harmonic purity", "0 to 1", "higher", "harmonic mean of the two purities"),
    "stability_ami": Measure(
        "Stability (AMI)", "0 to 1", "higher", "fits from other seeds and samples find the same topics"
    ),
    "stability_ari": Measure("Stability (ARI)", "0 to 1", "higher", "the same, over pairs of documents"),
}


@dataclass(frozen=True)
class Scores(ShownAsTable):
    """How good the topics are, in numbers.

    values : {name of a measure in MEASURES: its value}; only what was measured
    per_topic : {"npmi", "c_v", "umass", "stability": (n_topics,)}, NaN where a topic cannot be measured
    names : of the topics

    >>> scores = Scores({"npmi": 0.12, "diversity": 0.9})
    >>> scores["npmi"]
    0.12
    """

    values: Mapping[str, float]
    per_topic: Mapping[str, Float1d] = field(default_factory=dict)
    names: Sequence[str] = ()

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def to_frame(self) -> pd.DataFrame:
        """Measure, Value, Range, Better, Meaning: a row per measure."""
        import pandas as pd

        rows = [(name, value, MEASURES[name]) for name, value in self.values.items()]
        return pd.DataFrame(
            {
                "Measure": [measure.title for _, _, measure in rows],
                "Value": [float(value) for _, value, _ in rows],
                "Range": [measure.span for _, _, measure in rows],
                "Better": [measure.better for _, _, measure in rows],
                "Meaning": [measure.meaning for _, _, measure in rows],
            },
            index=pd.Index([name for name, _, _ in rows], name="Name"),
        )

    def topics_frame(self) -> pd.DataFrame:
        """Topic, Name and what was measured of each topic."""
        import pandas as pd

        frame = pd.DataFrame({"Topic": range(len(self.names)), "Name": list(self.names)})
        for name, values in self.per_topic.items():
            frame[MEASURES[name].title if name in MEASURES else name.capitalize()] = values
        return frame


def of_keywords(
    topics: Sequence[Sequence[str]], near: Occurrences, wide: Occurrences, documents: Occurrences
) -> tuple[dict[str, float], dict[str, Float1d]]:
    """Coherence and diversity of topics' keywords: means by name, and values per topic.

    near, wide, documents : where the keywords occur in windows of 10 words, of 110, and in documents
    """
    per_topic = {"npmi": npmi(topics, near), "c_v": c_v(topics, wide), "umass": umass(topics, documents)}
    values = {name: _mean(by_topic) for name, by_topic in per_topic.items()}
    values |= {"diversity": unique_share(topics), "inverted_rbo": inverted_rbo(topics)}
    return values, per_topic


def of_labels(likeness: LabelScores) -> dict[str, float]:
    """How telling names are, by the names that scores have."""
    scores = {
        "label_hits": "hits_at_1",
        "label_mrr": "mrr",
        "label_distinct": "distinct",
        "label_doubts": "doubted",
    }
    return {name: likeness.summary[theirs] for name, theirs in scores.items()}


def of_classes(agreement: Agreement) -> dict[str, float]:
    """Agreement with classes, by the names that scores have."""
    names = ("ami", "ari", "nmi", "purity", "inverse_purity", "harmonic_purity")
    return {name: getattr(agreement, name) for name in names}


def of_stability(stability: Stability) -> dict[str, float]:
    """How far topics are found again, by the names that scores have."""
    return {"stability_ami": stability.ami, "stability_ari": stability.ari}


def _mean(values: Float1d) -> float:
    """The mean over the topics that can be measured."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")
