"""Fit, layout, memory and import time on the 55,877 abstracts with embeddings given, beside BERTopic in one run.

python benchmarks/fit.py           measures all, one process each, and writes results/fit.json
python benchmarks/fit.py themata   measures one and prints it
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from common import corpus, in_own_process, peak_gb, timed, write


def themata() -> dict[str, object]:
    _, imported = timed(lambda: __import__("themata"))
    texts, points, _ = corpus("arxiv")
    loaded = peak_gb()
    from themata import TopicModel

    model, fitted = timed(lambda: TopicModel(random_state=42, layout="multilevel").fit(texts, points))
    _, placed = timed(model.lay_out)
    peak = peak_gb()
    with tempfile.TemporaryDirectory() as folder:
        _, written = timed(lambda: model.report(Path(folder) / "report.html"))
        size = (Path(folder) / "report.html").stat().st_size / 2**20
    _, transformed = timed(lambda: model.transform(texts[:1000], points[:1000]))
    agreed = sum(a == b for a, b in zip(model.predict(texts, points), model.topics_, strict=True)) / len(
        texts
    )
    steps = {name: round(seconds, 2) for name, seconds in model.seconds_.items()}
    return {
        "import_s": imported, "fit_s": fitted, "layout_s": placed, "fit_and_layout_s": round(fitted + placed, 2),
        "peak_gb": peak, "corpus_gb": loaded, "report_mb": round(size, 1), "report_s": written,
        "transform_1000_s": transformed, "transform_agrees": round(agreed, 4), "steps": steps,
        "n_topics": model.result_.n_topics, "n_outliers": model.result_.n_outliers,
    }  # fmt: skip


def bertopic() -> dict[str, object]:
    _, imported = timed(lambda: __import__("bertopic"))
    texts, points, _ = corpus("arxiv")
    loaded = peak_gb()
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42)
    clusterer = HDBSCAN(
        min_cluster_size=150, metric="euclidean", cluster_selection_method="eom", prediction_data=True
    )
    model = BERTopic(umap_model=reducer, hdbscan_model=clusterer)
    _, fitted = timed(lambda: model.fit(texts, points))
    reduce = UMAP(n_neighbors=15, n_components=2, min_dist=0.0, metric="cosine", random_state=42)
    placed, layout = timed(lambda: reduce.fit_transform(points))
    peak = peak_gb()
    figure = model.visualize_documents(texts, reduced_embeddings=placed)
    with tempfile.TemporaryDirectory() as folder:
        _, written = timed(lambda: figure.write_html(Path(folder) / "report.html"))
        size = (Path(folder) / "report.html").stat().st_size / 2**20
    _, transformed = timed(lambda: model.transform(texts[:1000], points[:1000]))
    return {
        "import_s": imported, "fit_s": fitted, "layout_s": layout, "fit_and_layout_s": round(fitted + layout, 2),
        "peak_gb": peak, "corpus_gb": loaded, "report_mb": round(size, 1), "report_s": written,
        "transform_1000_s": transformed,
        "n_topics": len(set(model.topics_) - {-1}), "n_outliers": sum(topic < 0 for topic in model.topics_),
    }  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps({"themata": themata, "bertopic": bertopic}[sys.argv[1]]()))
    else:
        both = {name: in_own_process(__file__, name) for name in ("themata", "bertopic")}
        with (
            tempfile.TemporaryDirectory() as empty
        ):  # what a first fit on a machine takes, and each in a new container
            both["bertopic_compiling"] = in_own_process(__file__, "bertopic", NUMBA_CACHE_DIR=empty)
        names = (
            "import_s",
            "fit_s",
            "fit_and_layout_s",
            "peak_gb",
            "with_children_peak_gb",
            "report_mb",
            "transform_1000_s",
        )
        for side in ("bertopic", "bertopic_compiling"):
            both[f"ratio_to_{side}"] = {
                name: round(both["themata"][name] / both[side][name], 3) for name in names
            }
        write("fit", both)
        print(json.dumps(both, indent=2))
