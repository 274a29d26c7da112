"""Other topic models beside themata: each in an environment of its own, on the same documents and embeddings, in turn.

python benchmarks/peers.py                    makes the environments, measures every side three times, writes results/peers.json
python benchmarks/peers.py --rounds 1 evoc    measures one of them once more, beside what is kept of earlier rounds
python benchmarks/peers.py --minutes 5        begins no further fit after so many minutes
python benchmarks/peers.py --limit 15         ends a fit after so many minutes, and says so
python benchmarks/peers.py --busy             of a machine that computes other things, whose clock tells nothing, keeps processor seconds
python benchmarks/peers.py --forget           forgets earlier rounds first
python benchmarks/peers.py --prepare          makes the environments alone

The first 10,000 abstracts with their MiniLM embeddings. Rounds in each of which every side runs once, so that a busy minute of
the machine is no one's alone; medians are kept, and ratios of them. A process of its own measures from the call of fit to
topics and keywords; imports, and the reading of the data, are not counted. JIT compilation is what a first fit in a container
pays: each side fits once with empty caches before the rounds, which is told as first_s.
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
N_TOPICS = 50  # for those that must be told: as their pages have it
# What pip installs for each: torch as everywhere here, all else as the peer will have it (turftopic wants older ones than ours)
PEERS = {
    "bertopic": ["bertopic==0.17.4", "torch==2.13.0"],
    "top2vec": ["top2vec", "torch==2.13.0"],
    "turftopic": ["turftopic", "openTSNE", "torch==2.13.0"],
    "fastopic": ["fastopic", "torch==2.13.0"],
    "evoc": ["evoc"],
    "toponymy": ["toponymy", "evoc", "torch==2.13.0"],
}

# What the index has of it fails beside a torch for processors alone, and no topic needs it
TAKEN_OUT = {"fastopic": ["torchvision"]}


class Known:
    """An encoder that knows the documents' embeddings, and gives any other text the mean of the documents that say its words,
    since a transformer's minutes are not its peer's own."""

    def __init__(self, texts: list[str], points: Any) -> None:
        self.points, self.place = points, {text: row for row, text in enumerate(texts)}
        self.sums: dict[str, Any] = {}
        for text, row in self.place.items():
            for word in {*re.findall(r"[a-z]+", text.lower())}:
                self.sums[word] = self.sums.get(word, 0) + points[row]

    def encode(self, given: Any, *args: Any, **options: Any) -> Any:
        import numpy as np

        rows = [self.points[self.place[text]] if text in self.place else self._mean(text) for text in given]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)

    def _mean(self, text: str) -> Any:
        known = [self.sums[word] for word in re.findall(r"[a-z]+", text.lower()) if word in self.sums]
        return sum(known) if known else self.points[0]


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
    from top2vec import Top2Vec

    encoder = Known(texts, points)
    start = time.perf_counter()
    model = Top2Vec(texts, embedding_model=encoder.encode, umap_args={"n_neighbors": 15, "n_components": 5, "metric": "cosine",
                    "random_state": 42}, hdbscan_args={"min_cluster_size": 30}, workers=os.cpu_count())  # fmt: skip
    seconds = time.perf_counter() - start
    words, _, _ = model.get_topics()
    return {
        "seconds": seconds,
        "topics": list(map(int, model.doc_top)),
        "words": [list(map(str, row[:10])) for row in words],
    }


def turftopic(texts: list[str], points: Any) -> dict[str, Any]:
    """Clusters as its defaults have them: t-SNE, HDBSCAN, soft c-TF-IDF."""
    from turftopic import ClusteringTopicModel

    start = time.perf_counter()
    model = ClusteringTopicModel(encoder=Known(texts[:1], points), random_state=42)
    topics = model.fit_predict(texts, embeddings=points)
    words = [list(row[:10]) for row in _top(model.components_, model.vectorizer.get_feature_names_out())]
    seconds = time.perf_counter() - start
    kept = [row for topic, row in zip(model.classes_, words, strict=True) if topic >= 0]
    return {"seconds": seconds, "topics": list(map(int, topics)), "words": kept}


def fastopic(texts: list[str], points: Any) -> dict[str, Any]:
    """With 10,000 words, as on its page, and as many topics as there; words are counted by scikit-learn, since its own
    counting (topmost's) imports torchvision, which fails beside a torch for processors."""
    import torch
    from fastopic import FASTopic
    from sklearn.feature_extraction.text import CountVectorizer

    class Counting:
        def preprocess(self, documents: list[str]) -> dict[str, Any]:
            counter = CountVectorizer(stop_words="english", max_features=10_000)
            counts = counter.fit_transform(documents)
            return {"train_bow": counts.astype("float32"), "vocab": counter.get_feature_names_out().tolist()}

    torch.manual_seed(42)
    start = time.perf_counter()
    model = FASTopic(N_TOPICS, Counting(), doc_embed_model=Known(texts, points))
    words, shares = model.fit_transform(texts, preset_doc_embeddings=points)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "topics": shares.argmax(axis=1).tolist(),
        "words": [row.split()[:10] for row in words],
    }


def evoc(texts: list[str], points: Any) -> dict[str, Any]:
    """Clusters and layers of them alone: it has neither keywords nor names."""
    from evoc import EVoC

    start = time.perf_counter()
    labels = EVoC(random_state=42).fit_predict(points)
    return {"seconds": time.perf_counter() - start, "topics": list(map(int, labels)), "words": []}


def toponymy(texts: list[str], points: Any) -> dict[str, Any]:
    """EVoC's clusters in Toponymy's layers, with the keyphrases that its prompts show; names, which a model gives, are none."""
    from toponymy.cluster_layer import ClusterLayerText
    from toponymy.clustering import EVoCClusterer
    from toponymy.keyphrases import KeyphraseBuilder

    encoder = Known(texts, points)
    start = time.perf_counter()
    layers, _ = EVoCClusterer().fit_predict(points, points, ClusterLayerText)
    counts, phrases, vectors = KeyphraseBuilder(ngram_range=(1, 2), embedder=encoder).fit_transform(texts)
    words = [layer.make_keyphrases(phrases, counts, vectors, encoder) for layer in layers]
    seconds = time.perf_counter() - start
    # The layer that EVoC itself holds for the best is measured under its name; this is the finest
    return {"seconds": seconds, "topics": list(map(int, layers[0].cluster_labels)), "words": words[0]}


def _top(weights: Any, names: Any) -> list[list[str]]:
    return [[str(names[column]) for column in row.argsort()[::-1][:10]] for row in weights]


SIDES = {
    "themata": themata,
    "bertopic": bertopic,
    "top2vec": top2vec,
    "turftopic": turftopic,
    "fastopic": fastopic,
    "evoc": evoc,
    "toponymy": toponymy,
}


def measured(side: str) -> None:
    """In the side's own environment: one fit, as a JSON line."""
    from importlib.metadata import version

    import numpy as np

    texts = json.loads((FOLDER / "texts.json").read_text(encoding="utf-8"))
    points = np.load(FOLDER / "points.npy")
    start = os.times()
    result = SIDES[side](texts, points)
    end = os.times()
    result["processor_s"] = sum(end[:4]) - sum(start[:4])  # of the processes that it began, too
    result["peak_gb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    result["version"] = version(side)
    print("\n" + json.dumps(result))


def python_of(side: str) -> Path:
    """The interpreter of a side's environment, made where it is not there."""
    if side == "themata":
        return Path(sys.executable)
    folder = FOLDER / side
    if not (folder / ".installed").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *PEERS[side]], check=True)
        if side in TAKEN_OUT:
            subprocess.run([*pip[:3], "uninstall", "--quiet", "--yes", *TAKEN_OUT[side]], check=True)
        (folder / ".installed").touch()
    return folder / "bin" / "python"


class TooLong(Exception):
    """A fit took longer than it may."""


def run(side: str, python: Path, limit: float | None) -> dict[str, Any]:
    """One fit in a process of its own; limit : minutes that it may take"""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(FOLDER / f"numba-{side}"), "TQDM_DISABLE": "1"}
    environment["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # Toponymy's, which else waits for the network
    try:
        done = subprocess.run(
            [python, __file__, "--measure", side],
            env=environment,
            capture_output=True,
            text=True,
            timeout=None if limit is None else 60 * limit,
        )
    except subprocess.TimeoutExpired as error:
        raise TooLong(f"{side}: not in {limit:g} minutes") from error
    if done.returncode:
        raise RuntimeError(f"{side}: {done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    print(f"{side}: {result['seconds']:.1f} s, {result['processor_s']:.1f} of the processor", file=sys.stderr)
    return result


def prepared(sides: list[str]) -> tuple[dict[str, Path], list[str], list[str]]:
    """The interpreter of each side; texts and classes; what the sides read is written."""
    import numpy as np
    from common import corpus

    texts, points, classes = (part[:N_DOCS] for part in corpus("arxiv"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    np.save(FOLDER / "points.npy", points)
    return {side: python_of(side) for side in sides}, texts, classes


def main(sides: list[str], n_rounds: int, minutes: float, limit: float | None, *, busy: bool) -> None:
    """Rounds are kept as they end, so that they may be measured at more than one time.

    minutes : after which no further fit begins
    limit : minutes that one fit may take
    busy : the clock tells nothing of this round
    """
    begin = time.monotonic()
    pythons, texts, classes = prepared(sides)
    path = FOLDER / "rounds.json"
    rounds = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for _ in range(n_rounds):
        for side, python in list(pythons.items()):
            if time.monotonic() - begin > 60 * minutes:
                break
            try:
                if side not in rounds:
                    subprocess.run(["rm", "-rf", FOLDER / f"numba-{side}"], check=True)
                    rounds[side] = {"first": run(side, python, limit), "others": []}
                rounds[side]["others"].append(run(side, python, limit))
                rounds[side]["busy"] = busy
            except TooLong as error:
                print(error, file=sys.stderr)
                rounds.setdefault(side, {"others": []})["not_in_minutes"] = limit
                del pythons[side]
            except RuntimeError as error:  # the others are measured all the same
                print(error, file=sys.stderr)
                del pythons[side]
            path.write_text(json.dumps(rounds), encoding="utf-8")
    show({side: rounds[side] for side in SIDES if side in rounds}, texts, classes)


def show(rounds: dict[str, Any], texts: list[str], classes: list[str]) -> None:
    """Medians, ratios of them to themata's, and quality, into results/peers.json and README.md."""
    import numpy as np
    from common import into_readme, write
    from sklearn.metrics import adjusted_mutual_info_score

    from themata.evaluate.coherence import npmi
    from themata.evaluate.occurrences import positions

    said = [re.findall(r"[a-z][a-z-]*", text.lower()) for text in texts]
    results: dict[str, dict[str, Any]] = {}
    for side, known in rounds.items():
        if not known["others"]:
            if "not_in_minutes" in known:
                results[side] = {"rounds": 0, "fit_s": f"not in {known['not_in_minutes']:g} minutes"}
            continue
        last, all_rounds = known["others"][-1], known["others"]
        topics = np.array(last["topics"])
        # A keyphrase counts by its words, each once: what is held against the texts is words
        words = [list(dict.fromkeys(" ".join(row).lower().split()))[:10] for row in last["words"]]
        windows = positions(said, [word for row in words for word in row]).windows(10)
        middle = {
            name: statistics.median(each[key] for each in all_rounds)
            for name, key in (("fit_s", "seconds"), ("processor_s", "processor_s"), ("peak_gb", "peak_gb"))
        }
        results[side] = {
            "version": last["version"],
            "rounds": len(all_rounds),
            **{name: round(value, 2) for name, value in middle.items()},
            "first_s": None if known.get("busy") else round(known["first"]["seconds"], 1),
            "n_topics": len({*last["topics"]} - {-1}),
            "outliers": round(float((topics < 0).mean()), 3),
            "ami": round(float(adjusted_mutual_info_score(classes, topics)), 3),
            "npmi": round(float(np.nanmean(npmi(words, windows))), 3) if words else None,
            "same_every_time": all(each["topics"] == last["topics"] for each in all_rounds),
        }
        if known.get("busy"):
            results[side]["fit_s"] = None
    ours = results.get("themata")
    for side, row in results.items():
        if ours and side != "themata" and row["rounds"]:
            row |= {
                f"{name}_to_themata": round(row[name] / ours[name], 2)
                for name in ("fit_s", "processor_s", "peak_gb")
                if row[name] is not None
            }
    write("peers", results)
    into_readme("peers", table(results))
    print(json.dumps(results, indent=2))


NAMES = {
    "version": "version",
    "fit_s": "fit, s",
    "processor_s": "of the processor, s",
    "fit_s_to_themata": "fit, times themata's",
    "processor_s_to_themata": "processor, times themata's",
    "first_s": "first fit, compiling, s",
    "peak_gb": "peak memory, GB",
    "peak_gb_to_themata": "memory, times themata's",
    "n_topics": "topics",
    "outliers": "share without a topic",
    "ami": "AMI with classes",
    "npmi": "NPMI of keywords",
    "same_every_time": "same topics every time",
    "rounds": "rounds",
}


def table(results: dict[str, Any]) -> str:
    rows = [["", *results], ["---"] * (len(results) + 1)]
    rows += [[label, *(_cell(row.get(name)) for row in results.values())] for name, label in NAMES.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell(value: Any) -> str:
    return (
        "" if value is None else {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measured(sys.argv[2])
    else:
        from argparse import ArgumentParser

        parser = ArgumentParser()
        parser.add_argument("sides", nargs="*", default=["themata", *PEERS])
        parser.add_argument("--rounds", type=int, default=N_ROUNDS)
        parser.add_argument("--minutes", type=float, default=1e9)
        parser.add_argument("--limit", type=float)
        parser.add_argument("--busy", action="store_true")
        parser.add_argument("--forget", action="store_true")
        parser.add_argument("--prepare", action="store_true")
        asked = parser.parse_args()
        if asked.forget:
            (FOLDER / "rounds.json").unlink(missing_ok=True)
        if asked.prepare:
            prepared(asked.sides)
        else:
            main(asked.sides, asked.rounds, asked.minutes, asked.limit, busy=asked.busy)
