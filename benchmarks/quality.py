"""Agreement with people's classes, coherence and diversity, no parameter set, beside BERTopic, EVoC and k-means.

python benchmarks/quality.py clinc150 arxiv sib13:eng_Latn
Outliers are put to the topic of their nearest neighbor among the others before scoring, so that all documents count.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
from common import corpus, in_own_process, timed, write

SEED = 42


def assigned(labels: np.ndarray, points: np.ndarray) -> np.ndarray:
    from themata.core.graph import exact_neighbors, unit_rows

    inside = labels >= 0
    if inside.all() or not inside.any():
        return labels
    unit = unit_rows(points)
    near, _ = exact_neighbors(unit[inside], 1, unit[~inside])
    full = labels.copy()
    full[~inside] = labels[inside][near[:, 0]]
    return full


def themata(texts: list[str], points: np.ndarray, classes: list[str]) -> np.ndarray:
    from themata import TopicModel

    return np.array(TopicModel(random_state=SEED, labeler=None).fit(texts, points).topics_)


def bertopic(texts: list[str], points: np.ndarray, classes: list[str]) -> np.ndarray:
    from bertopic import BERTopic
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    return np.array(BERTopic(umap_model=reducer).fit(texts, points).topics_)


def evoc(texts: list[str], points: np.ndarray, classes: list[str]) -> np.ndarray:
    from evoc import EVoC

    return np.asarray(EVoC(random_state=SEED).fit_predict(points))


def kmeans(texts: list[str], points: np.ndarray, classes: list[str]) -> np.ndarray:
    from sklearn.cluster import KMeans

    return KMeans(len(set(classes)), n_init=3, random_state=SEED).fit_predict(points)


METHODS = {"themata": themata, "bertopic": bertopic, "evoc": evoc, "kmeans_true_k": kmeans}


def measure(method: str, name: str) -> dict[str, Any]:
    from themata.evaluate.clusters import agreement

    texts, points, classes = corpus(name)
    labels, seconds = timed(lambda: METHODS[method](texts, points, classes))
    full = assigned(labels, points)
    agreed = agreement(full, classes)
    npmi, diversity = word_scores(texts, labels)
    return {
        "ami": round(agreed.ami, 4),
        "ari": round(agreed.ari, 4),
        "npmi": npmi,
        "diversity": diversity,
        "n_topics": len(set(labels.tolist()) - {-1}),
        "outliers": round(float((labels < 0).mean()), 4),
        "seconds": seconds,
        "seed": SEED,
    }


def word_scores(texts: list[str], labels: np.ndarray) -> tuple[float, float]:
    """Mean NPMI over pairs of a topic's ten keywords, counted in documents, and the share of keywords that are unique.

    The same words for every method: c-TF-IDF over plain counts.
    """
    from scipy import sparse
    from sklearn.feature_extraction.text import CountVectorizer

    from themata.core.weighting import Weighting, top_terms
    from themata.evaluate.coherence import npmi
    from themata.evaluate.diversity import unique_share
    from themata.evaluate.occurrences import in_documents

    vectorizer = CountVectorizer(stop_words="english", min_df=2)
    counts = vectorizer.fit_transform(texts)
    vocabulary = vectorizer.get_feature_names_out()
    inside = labels >= 0
    rows = np.unique(labels[inside], return_inverse=True)[1]
    member = sparse.csr_matrix(
        (np.ones(inside.sum()), (rows, np.flatnonzero(inside))), (rows.max() + 1, len(texts))
    )
    weights = Weighting().weigh((member @ counts).tocsr(), np.asarray(counts.sum(axis=0)).ravel(), vocabulary)
    words = [[word for word, _ in topic] for topic in top_terms(weights, vocabulary, 10)]
    found = in_documents(counts, vocabulary, [word for topic in words for word in topic])
    return round(float(np.nanmean(npmi(words, found))), 4), round(unique_share(words), 4)


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in METHODS:
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
    else:
        names = sys.argv[1:] or ["clinc150", "arxiv", "sib13:eng_Latn"]
        found = {
            name: {method: in_own_process(__file__, method, name) for method in METHODS} for name in names
        }
        write("quality", found)
        print(json.dumps(found, indent=2))
