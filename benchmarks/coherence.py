"""Coherence of the same topics in the same texts, here and by gensim: python benchmarks/coherence.py [n_docs]

By the processor's clock, which other work on the machine does not move.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from common import corpus, write

MEASURES = {"c_npmi": 10, "c_v": 110, "u_mass": None}


def texts_and_topics(n_docs: int) -> tuple[list[list[str]], list[list[str]]]:
    """Words of the abstracts, and the ten heaviest by c-TF-IDF of each human class."""
    from scipy import sparse
    from sklearn.feature_extraction.text import CountVectorizer

    from themata.core.weighting import Weighting, top_terms

    texts, _, classes = corpus("arxiv")
    texts, classes = texts[:n_docs], classes[:n_docs]
    vectorizer = CountVectorizer(stop_words="english", token_pattern="[a-z]{2,}")
    counts = vectorizer.fit_transform(texts)
    rows = np.unique(classes, return_inverse=True)[1]
    member = sparse.csr_matrix((np.ones(len(rows)), (rows, np.arange(len(rows)))))
    vocabulary = vectorizer.get_feature_names_out()
    weights = Weighting().weigh((member @ counts).tocsr(), np.asarray(counts.sum(axis=0)).ravel(), vocabulary)
    topics = [[word for word, _ in words] for words in top_terms(weights, vocabulary, 10)]
    return [re.findall("[a-z]{2,}", text.lower()) for text in texts], topics


def timed(work: Callable[[], np.ndarray]) -> tuple[np.ndarray, float]:
    start = time.process_time()
    found = work()
    return found, round(time.process_time() - start, 2)


def theirs(texts: list[list[str]], topics: list[list[str]], measure: str) -> np.ndarray:
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    found = CoherenceModel(
        topics=topics, texts=texts, dictionary=Dictionary(texts), coherence=measure, processes=1
    )
    return np.array(found.get_coherence_per_topic())


def ours(texts: list[list[str]], topics: list[list[str]], measure: str) -> np.ndarray:
    from themata.evaluate.coherence import c_v, npmi, umass
    from themata.evaluate.occurrences import positions

    of = {"c_npmi": npmi, "c_v": c_v, "u_mass": umass}[measure]
    return of(
        topics, positions(texts, [word for words in topics for word in words]).windows(MEASURES[measure])
    )


if __name__ == "__main__":
    n_docs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    texts, topics = texts_and_topics(n_docs)
    told: dict[str, Any] = {"n_docs": n_docs, "n_topics": len(topics), "n_words": sum(map(len, texts))}
    for measure in MEASURES:
        here, seconds = timed(lambda measure=measure: ours(texts, topics, measure))
        there, their_seconds = timed(lambda measure=measure: theirs(texts, topics, measure))
        told[measure] = {
            "themata_cpu_s": seconds,
            "gensim_cpu_s": their_seconds,
            "ratio": round(their_seconds / max(seconds, 0.01), 1),
            "largest_difference": float(np.abs(here - there).max()),
            "mean": round(float(here.mean()), 4),
        }
    write("coherence", told)
    print(json.dumps(told, indent=2))
