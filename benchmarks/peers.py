"""Other topic models beside themata: each in an environment of its own, on the same documents and embeddings, in turn.

python benchmarks/peers.py              makes the environments, measures every peer, writes results/peers.json
python benchmarks/peers.py evoc         measures one

The first 10,000 abstracts with their MiniLM embeddings. Three rounds, in each of which every side runs once, so that a busy
minute of the machine is no one's alone; medians are kept. A process of its own measures from the call of fit to topics and
keywords; imports, and the reading of the data, are told apart. JIT compilation is what a first fit in a container pays: it is
counted in the first round, whose caches are empty, and told apart as first_s.
"""

from __future__ import annotations

import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("THEMATA_BENCH_CACHE", "/tmp/themata-bench")) / "peers"
N_DOCS, N_ROUNDS = 10_000, 3
# What pip installs for each; versions that a constraint names (constraints.txt, torch among them) are those
PEERS = {
    "bertopic": ["bertopic==0.17.4", "torch==2.13.0"],
    "top2vec": ["top2vec", "torch==2.13.0"],
    "evoc": ["evoc"],
}


def themata(texts: list[str], points: Any) -> dict[str, Any]:
    from themata import TopicModel

    start = time.perf_counter()
    model = TopicModel(random_state=42).fit(texts, points)
    seconds = time.perf_counter() - start
    words = [[word for word, _ in row] for row in model.result_.keywords]
    return {"seconds": seconds, "topics": model.topics_, "words": words}


def bertopic(texts: list[str], points: Any) -> dict[str, Any]:
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from umap import UMAP

    start = time.perf_counter()
    model = BERTopic(
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=42),
        hdbscan_model=HDBSCAN(min_cluster_size=30, prediction_data=True),
    ).fit(texts, points)
    seconds = time.perf_counter() - start
    words = [[word for word, _ in model.get_topic(topic)] for topic in sorted({*model.topics_} - {-1})]
    return {"seconds": seconds, "topics": list(map(int, model.topics_)), "words": words}


def top2vec(texts: list[str], points: Any) -> dict[str, Any]:
    """Its words are embedded by the mean of the documents that say them, since a transformer's minutes are not its own."""
    import numpy as np
    from top2vec import Top2Vec

    place = {text: row for row, text in enumerate(texts)}
    sums: dict[str, Any] = {}
    for text, row in place.items():
        for word in {*re.findall(r"[a-z]+", text.lower())}:
            sums[word] = sums.get(word, 0) + points[row]

    def embed(given: Any) -> Any:
        rows = [points[place[one]] if one in place else sums.get(one, points[0]) for one in given]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)

    start = time.perf_counter()
    model = Top2Vec(texts, embedding_model=embed, umap_args={"n_neighbors": 15, "n_components": 5, "metric": "cosine",
                    "random_state": 42}, hdbscan_args={"min_cluster_size": 30}, workers=os.cpu_count())  # fmt: skip
    seconds = time.perf_counter() - start
    words, _, _ = model.get_topics()
    return {
        "seconds": seconds,
        "topics": list(map(int, model.doc_top)),
        "words": [list(map(str, row[:10])) for row in words],
    }


def evoc(texts: list[str], points: Any) -> dict[str, Any]:
    """Clusters and layers of them alone: it has neither keywords nor names."""
    from evoc import EVoC

    start = time.perf_counter()
    labels = EVoC(random_state=42).fit_predict(points)
    return {"seconds": time.perf_counter() - start, "topics": list(map(int, labels)), "words": []}


SIDES = {"themata": themata, "bertopic": bertopic, "top2vec": top2vec, "evoc": evoc}


def measured(side: str) -> None:
    """In the side's own environment: one fit, as a JSON line."""
    import numpy as np

    texts = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    points = np.load(FOLDER / "points.npy")
    start = resource.getrusage(resource.RUSAGE_SELF)
    found = SIDES[side](texts, points)
    used = resource.getrusage(resource.RUSAGE_SELF)
    found["processor_s"] = used.ru_utime + used.ru_stime - start.ru_utime - start.ru_stime
    found["peak_gb"] = used.ru_maxrss / 2**20
    print(json.dumps(found))


def python_of(side: str) -> Path:
    """The interpreter of a side's environment, made where it is not there."""
    if side == "themata":
        return Path(sys.executable)
    folder = FOLDER / side
    if not (folder / ".installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "-c",
            HERE.parent / "constraints.txt",
        ]
        subprocess.run([*pip, *PEERS[side]], check=True)
        (folder / ".installed").touch()
    return folder / "bin" / "python"


def table(told: dict[str, Any]) -> str:
    names = {"fit_s": "fit", "first_s": "first fit, compiling", "processor_s": "processor", "peak_gb": "peak memory, GB", "n_topics": "topics",
             "outliers": "share without a topic", "ami": "AMI with classes", "npmi": "NPMI of keywords", "fit_s_to_themata": "fit, times themata's",
             "peak_gb_to_themata": "memory, times themata's", "same_every_time": "same topics every time"}  # fmt: skip
    rows = [["", *told], ["---"] * (len(told) + 1)]
    rows += [[label, *(str(row.get(name, "")) for row in told.values())] for name, label in names.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main(sides: list[str]) -> None:
    import numpy as np
    from common import corpus, into_readme, write
    from sklearn.metrics import adjusted_mutual_info_score

    from themata.evaluate.coherence import npmi
    from themata.evaluate.occurrences import positions

    texts, points, classes = (part[:N_DOCS] for part in corpus("arxiv"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    np.save(FOLDER / "points.npy", points)
    pythons = {side: python_of(side) for side in sides}
    rounds: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for turn in range(N_ROUNDS):
        for side, python in pythons.items():
            compiled = FOLDER / f"numba-{side}"
            if turn == 0:
                subprocess.run(["rm", "-rf", compiled], check=True)
            done = subprocess.run(
                [python, __file__, "--measure", side],
                env=os.environ | {"NUMBA_CACHE_DIR": str(compiled)},
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise RuntimeError(f"{side}: {done.stderr[-2000:]}")
            rounds[side].append(json.loads(done.stdout.strip().splitlines()[-1]))
    told = {}
    said = [re.findall(r"[a-z][a-z-]*", text.lower()) for text in texts]
    for side, found in rounds.items():
        topics, words = found[-1]["topics"], found[-1]["words"]
        windows = positions(said, [word for row in words for word in row]).windows(10)
        told[side] = {
            "first_s": round(found[0]["seconds"], 1),
            **{f"{name}": round(statistics.median(one[key] for one in found), 2)
               for name, key in (("fit_s", "seconds"), ("processor_s", "processor_s"), ("peak_gb", "peak_gb"))},
            "n_topics": len({*topics} - {-1}),
            "outliers": round(sum(topic < 0 for topic in topics) / len(topics), 3),
            "ami": round(float(adjusted_mutual_info_score(classes, topics)), 3),
            "npmi": round(float(np.nanmean(npmi(words, windows))), 3) if words else None,
            "same_every_time": all(one["topics"] == topics for one in found),
        }  # fmt: skip
    ours = told.get("themata")
    for side, row in told.items():
        if ours and side != "themata":
            told[side] |= {
                f"{name}_to_themata": round(row[name] / ours[name], 2) for name in ("fit_s", "peak_gb")
            }
    write("peers", told)
    into_readme("peers", table(told))
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measured(sys.argv[2])
    else:
        main(["themata", *(sys.argv[1:] or PEERS)])
