"""Evaluate: how good topics, labels and runs are. Plain functions, for other people's topics too."""

from themata.evaluate.clusters import agreement
from themata.evaluate.coherence import c_v, npmi, umass
from themata.evaluate.diversity import inverted_rbo, unique_share
from themata.evaluate.labels import label_scores, name_agreement
from themata.evaluate.occurrences import in_documents, positions

__all__ = [
    "agreement",
    "c_v",
    "in_documents",
    "inverted_rbo",
    "label_scores",
    "name_agreement",
    "npmi",
    "positions",
    "umass",
    "unique_share",
]
