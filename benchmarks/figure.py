"""The figure of all documents: time to make it, its size, and time to open it in headless Chromium, beside BERTopic's.

python benchmarks/figure.py   55,877 abstracts on both sides, and 200,000 documents (the abstracts, repeated) on ours;
                              writes results/figure.json. Needs chromium, chromedriver, and a run of edits.py before it,
                              whose BERTopic and topics it takes
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import corpus, in_own_process, timed, write
from edits import MODEL, TOPICS

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))


def coords_of(points: np.ndarray) -> np.ndarray:
    """Any plane will do: the first two principal components."""
    from sklearn.decomposition import PCA

    return PCA(2, random_state=0).fit_transform(points)


def measured(make: Any) -> dict[str, Any]:
    figure, made = timed(make)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figure.html"
        _, written = timed(lambda: figure.write_html(path))
        return {
            "make_s": made, "write_s": written, "mb": round(path.stat().st_size / 2**20, 1),
            "traces": len(figure.data), **opened(path),
        }  # fmt: skip


def opened(path: Path) -> dict[str, float]:
    from chromium import chromium

    with chromium("use-angle=swiftshader", "enable-unsafe-swiftshader", "ignore-gpu-blocklist") as browser:
        browser.set_page_load_timeout(300)
        browser.set_script_timeout(300)
        start = time.perf_counter()
        browser.get(f"file://{path}")
        loaded = round(time.perf_counter() - start, 2)
        zoomed = browser.execute_async_script(
            "const done = arguments[0], start = performance.now();"
            "const figure = document.querySelector('.plotly-graph-div');"
            "Plotly.relayout(figure, {'xaxis.range': [-0.1, 0.1], 'yaxis.range': [-0.1, 0.1]})"
            ".then(() => requestAnimationFrame(() => done(performance.now() - start)))"
        )
    return {"open_s": loaded, "zoom_s": round(zoomed / 1000, 2)}


def themata(n: int | None = None) -> dict[str, Any]:
    texts, points, _ = corpus("arxiv")
    rows, placed = np.load(TOPICS), coords_of(points)
    if n is not None:
        texts, rows, placed = (texts * 4)[:n], np.tile(rows, 4)[:n], np.tile(placed, (4, 1))[:n]
    from themata.core.documents import Documents
    from themata.core.topics import Topics
    from themata.plots.documents import documents

    docs = Documents(texts, coords=placed)
    topics = Topics.of(docs, rows)
    return measured(lambda: documents(docs, topics))


def bertopic() -> dict[str, Any]:
    texts, points, _ = corpus("arxiv")
    placed = coords_of(points)
    from bertopic import BERTopic

    model = BERTopic.load(str(MODEL))
    return measured(lambda: model.visualize_documents(texts, reduced_embeddings=placed))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        name, _, n = sys.argv[1].partition(":")
        print(json.dumps(bertopic() if name == "bertopic" else themata(int(n) if n else None)))
    else:
        found = {name: in_own_process(__file__, name) for name in ("bertopic", "themata", "themata:200000")}
        write("figure", found)
        print(json.dumps(found, indent=2))
