"""From text to topics: themata with embedder="fast", with the transformer, and BERTopic with the transformer and a static model.

python benchmarks/from_text.py arxiv titles:117592         measures all, one process each, and writes results/from_text.json
python benchmarks/from_text.py arxiv:fast,transformer      these methods alone; what is known of the others stays
python benchmarks/from_text.py fast arxiv                  measures one and prints it
python benchmarks/from_text.py --table                     prints the table of README.md

A transformer that reads all abstracts takes three quarters of an hour. So it embeds N_TIMED documents of each call, evenly
drawn by length, is timed on them, and the time is scaled by the tokens of all; the other embeddings are those kept with the
corpus. Single words and all else are computed in full. What is scaled is told as such: `embedding_measured_on`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from common import RESULTS, corpus, in_own_process, peak_gb, timed, write
from quality import SEED, assigned, word_scores

N_TIMED = 256


class PartlyTimed:
    """A transformer that embeds some of the documents it is asked about, and knows the embeddings of the others.

    seconds : that all would have taken
    spent : that they took
    """

    name = "minilm, partly timed"

    def __init__(self, texts: Sequence[str], points: np.ndarray) -> None:
        from themata.embed.sentence_transformer import Sentence

        self.kept = dict(zip(texts, points, strict=True))
        self.model = Sentence("minilm")
        self.model.preload()
        self.model.encode(texts[:8])
        self.seconds = self.spent = 0.0
        self.n_documents = self.n_timed = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        known = sorted((text for text in texts if text in self.kept), key=len)
        some = known[len(known) // (2 * N_TIMED) :: max(1, len(known) // N_TIMED)][:N_TIMED]
        start = time.perf_counter()
        if some:
            self.model.encode(some)
        took = time.perf_counter() - start
        # By characters, as far as a transformer reads: the draw is even by length, so that this hardly differs from numbers
        share = sum(min(len(text), 1100) for text in known) / max(
            1, sum(min(len(text), 1100) for text in some)
        )
        self.seconds += took * share
        self.spent += took
        self.n_documents += len(known)
        self.n_timed += len(some)
        rest = [text for text in texts if text not in self.kept]
        if rest:
            found, took = timed(lambda: self.model.encode(rest))
            self.seconds, self.spent = self.seconds + took, self.spent + took
            self.kept.update(zip(rest, found, strict=True))
        return np.array([self.kept[text] for text in texts], dtype=np.float32)

    @property
    def told(self) -> dict[str, Any]:
        return {
            "embedding_measured_on": f"{self.n_timed:,} of {self.n_documents:,} documents, scaled",
            "embedding_s": round(self.seconds, 1),
        }


def fast(texts: list[str], points: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
    from themata import Student, TopicModel

    teacher = PartlyTimed(texts, points)
    model = TopicModel(embedder=Student(teacher), random_state=SEED)
    _, seconds = timed(lambda: model.fit(texts))
    steps = dict(model.seconds_)
    embedding = steps.pop("embed") - teacher.spent + teacher.seconds
    fidelity = model.fidelity_
    return np.array(model.topics_), {
        "embedding_measured_on": teacher.told["embedding_measured_on"],
        "embedding_s": round(embedding, 1),
        "of_which_model_s": round(teacher.seconds, 1),
        "topics_s": round(seconds - model.seconds_["embed"], 1),
        "steps": {name: round(took, 2) for name, took in steps.items()},
        "n_read": fidelity.n_read,
        "cosine": round(fidelity.cosine, 4),
        "neighbors_kept": round(fidelity.neighbors_kept, 4),
    }


def transformer(texts: list[str], points: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
    from themata import TopicModel

    teacher = PartlyTimed(texts, points)
    embeddings = teacher.encode(texts)
    model = TopicModel(random_state=SEED)
    _, seconds = timed(lambda: model.fit(texts, embeddings))
    steps = {name: round(took, 2) for name, took in model.seconds_.items()}
    return np.array(model.topics_), {**teacher.told, "topics_s": seconds, "steps": steps}


def bertopic(texts: list[str], points: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
    teacher = PartlyTimed(texts, points)
    labels, seconds = _bertopic(texts, teacher.encode(texts))
    return labels, {**teacher.told, "topics_s": seconds}


def bertopic_static(texts: list[str], points: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
    """By a model2vec model distilled from the same transformer, which takes its time, too."""
    from themata import distill

    with tempfile.TemporaryDirectory() as folder:
        static, distilled = timed(lambda: distill("minilm", folder))
        embeddings, seconds = timed(lambda: static.encode(texts))
    labels, fitted = _bertopic(texts, embeddings)
    return labels, {
        "embedding_s": round(seconds + distilled, 1),
        "distilling_s": distilled,
        "topics_s": fitted,
    }


def _bertopic(texts: list[str], embeddings: np.ndarray) -> tuple[np.ndarray, float]:
    """In the tutorial's settings, as fit.py."""
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from umap import UMAP

    reducer = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    clusterer = HDBSCAN(
        min_cluster_size=150, metric="euclidean", cluster_selection_method="eom", prediction_data=True
    )
    model = BERTopic(umap_model=reducer, hdbscan_model=clusterer)
    _, seconds = timed(lambda: model.fit(texts, embeddings))
    return np.array(model.topics_), seconds


METHODS = {"fast": fast, "transformer": transformer, "bertopic": bertopic, "bertopic_static": bertopic_static}


def measure(method: str, name: str) -> dict[str, Any]:
    from themata.evaluate.clusters import agreement

    texts, points, classes = corpus(name)
    labels, told = METHODS[method](texts, points)
    peak = peak_gb()
    full = assigned(labels, points)
    classed = np.flatnonzero([bool(one) for one in classes])
    coherence, diversity = word_scores(texts, labels)
    return {
        **told,
        "total_s": round(told["embedding_s"] + told["topics_s"], 1),
        "peak_gb": peak,
        "ami": round(agreement(full[classed], [classes[row] for row in classed]).ami, 4),
        "npmi": coherence,
        "diversity": diversity,
        "n_docs": len(texts),
        "n_topics": len(set(labels.tolist()) - {-1}),
        "outliers": round(float((labels < 0).mean()), 4),
    }


def _asked(argument: str) -> tuple[str, list[str]]:
    """The name of a corpus, and the methods asked for.

    >>> _asked("arxiv:8000:fast,bertopic"), _asked("arxiv:fast")
    (('arxiv:8000', ['fast', 'bertopic']), ('arxiv', ['fast']))
    """
    name, _, last = argument.rpartition(":")
    methods = last.split(",")
    return (name, methods) if set(methods) <= set(METHODS) else (argument, list(METHODS))


SIDES = {
    "fast": 'themata, embedder="fast"',
    "transformer": "themata, all-MiniLM-L6-v2",
    "bertopic": "BERTopic, all-MiniLM-L6-v2",
    "bertopic_static": "BERTopic, static model",
}


def table(measured: dict[str, dict[str, Any]]) -> str:
    """The results as README.md shows them."""
    rows = [
        "| corpus | method | embedding | topics | together | peak memory | AMI | NPMI | topics | outliers |",
        "|---" * 10 + "|",
    ]
    for name, sides in measured.items():
        for side, told in sides.items():
            n = f"{told['n_docs']:,} {'abstracts' if name.startswith('arxiv') else 'titles'}"
            rows.append(
                f"| {n} | {SIDES[side]} | {told['embedding_s']:,.0f} s | {told['topics_s']:.0f} s | "
                f"{told['total_s']:,.0f} s | {told['peak_gb']:.1f} GB | {told['ami']:.3f} | {told['npmi']:.3f} | "
                f"{told['n_topics']} | {told['outliers']:.1%} |"
            )
    return "\n".join(rows)


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print(table(json.loads((RESULTS / "from_text.json").read_text(encoding="utf-8"))["measured"]))
    elif len(sys.argv) == 3 and sys.argv[1] in METHODS:
        print(json.dumps(measure(sys.argv[1], sys.argv[2])))
    else:
        path = RESULTS / "from_text.json"
        found = json.loads(path.read_text(encoding="utf-8"))["measured"] if path.exists() else {}
        for argument in sys.argv[1:] or ["arxiv", "titles:117592"]:
            corpus_name, methods = _asked(argument)
            for method in methods:
                found.setdefault(corpus_name, {})[method] = {
                    **in_own_process(__file__, method, corpus_name),
                    "date": time.strftime("%Y-%m-%d %H:%M"),
                }
                write("from_text", found)
        print(json.dumps(found, indent=2))
