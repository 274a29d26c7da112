"""Edits and questions on the 55,877 abstracts beside BERTopic, over the very same topics, in one run.

python benchmarks/edits.py   fits BERTopic in the tutorial's settings, hands its topics to themata, times both, one
                             process each, and writes results/edits.json

BERTopic's fit is kept in the cache folder by its own `save`, so that a second run does not fit again.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from common import CACHE, DATA, corpus, in_own_process, timed, write

TOPICS, MODEL = CACHE / "edits_topics.npy", CACHE / "edits_bertopic"
STRATEGIES = ("distributions", "c-tf-idf", "embeddings")


def times() -> list[str]:
    with gzip.open(DATA / "arxiv_ml.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["date"] for line in lines]


def clocked(found: dict[str, Any], name: str, work: Callable[[], Any]) -> Any:
    """Seconds on the clock and of the processor: other work on the machine stretches the first, not the second."""
    start = time.process_time()
    result, found[f"{name}_s"] = timed(work)
    found[f"{name}_cpu_s"] = round(time.process_time() - start, 3)
    return result


def bertopic() -> dict[str, Any]:
    texts, points, _ = corpus("arxiv")
    from bertopic import BERTopic

    model = _fitted(texts, points)
    topics = list(model.topics_)
    np.save(TOPICS, np.array(topics))
    found: dict[str, Any] = {"n_topics": len(set(topics) - {-1}), "n_outliers": topics.count(-1)}
    assert isinstance(model, BERTopic)
    # Strings, which are what the file has, fail there on pandas 3
    read = list(pd.to_datetime(times()))
    clocked(found, "over_time", lambda: model.topics_over_time(texts, read, nr_bins=20))
    clocked(found, "hierarchy", lambda: model.hierarchical_topics(texts))
    for strategy in STRATEGIES:
        moved = clocked(
            found,
            f"outliers {strategy}",
            lambda strategy=strategy: model.reduce_outliers(
                texts, topics, strategy=strategy, embeddings=points
            ),
        )
        found[f"outliers {strategy} left"] = list(moved).count(-1)
    clocked(found, "transform_1000", lambda: model.transform(texts[:1000], points[:1000]))
    clocked(found, "merge", lambda: model.merge_topics(texts, [3, 7]))
    return found


def _fitted(texts: list[str], points: np.ndarray) -> Any:
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from umap import UMAP

    if MODEL.exists():
        return BERTopic.load(str(MODEL))
    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42)
    clusterer = HDBSCAN(
        min_cluster_size=150, metric="euclidean", cluster_selection_method="eom", prediction_data=True
    )
    model = BERTopic(umap_model=reducer, hdbscan_model=clusterer).fit(texts, points)
    CACHE.mkdir(parents=True, exist_ok=True)
    model.save(str(MODEL), serialization="pickle", save_embedding_model=False)
    return model


def themata() -> dict[str, Any]:
    texts, points, _ = corpus("arxiv")
    from themata import TopicModel
    from themata.group.known_labels import Given

    rows = np.load(TOPICS)
    model = TopicModel(grouper=Given(rows), random_state=42).fit(texts, points)
    found: dict[str, Any] = {"n_topics": model.result_.n_topics, "n_outliers": model.result_.n_outliers}
    read = times()
    clocked(found, "over_time", lambda: model.over_time(read, bins=20).to_frame())
    clocked(found, "hierarchy", lambda: model.hierarchy().to_frame())
    for strategy in STRATEGIES:
        moved = clocked(
            found, f"outliers {strategy}", lambda strategy=strategy: model.reduce_outliers(strategy)
        )
        found[f"outliers {strategy} left"] = moved.n_left
    moved = clocked(found, "outliers neighbors", model.reduce_outliers)
    found["outliers neighbors left"] = moved.n_left
    clocked(found, "transform_1000", lambda: model.transform(texts[:1000], points[:1000]))
    clocked(found, "merge", lambda: model.merge([3, 7]))
    clocked(found, "undo", model.undo)
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps({"themata": themata, "bertopic": bertopic}[sys.argv[1]]()))
    else:
        both = {name: in_own_process(__file__, name) for name in ("bertopic", "themata")}
        names = [name for name in both["bertopic"] if name.endswith("_s")]
        both["times_faster"] = {
            name: round(both["bertopic"][name] / max(both["themata"][name], 1e-3), 1) for name in names
        }
        write("edits", both)
        print(json.dumps(both, indent=2))
