"""A million documents on two cores: what each step of a fit costs in seconds and memory, from 50,000 documents on.

python benchmarks/million.py build 1000000       makes the documents from the 55,877 abstracts (4 min, 2.0 GB)
python benchmarks/million.py 50000 200000        measures fits of the first so many, one process each
python benchmarks/million.py text 100000 1000000 measures the same from text, embedded by embedder="fast"
python benchmarks/million.py table               draws results/million.json as results/million.svg, and the tables into README.md

What is measured takes the place of the last figures of its size; those of other sizes stay. There are no million abstracts in ../shared/data, so they are made of those that are: each takes some sentences of an
abstract and some of one of its 30 neighbors, and its vector is the mean of theirs by the number of letters taken, plus
noise. How much noise was measured: 400 such texts embedded by MiniLM lie at a median cosine of NOISE_COSINE to that mean.
The noise has the directions in which neighbors of the corpus differ. So vocabulary, lengths and local dimension are those
of real abstracts; what no recombination can give is new words and new topics as a corpus grows.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from common import CACHE, DATA, RESULTS, in_own_process, into_readme, timed, write

FOLDER = CACHE / "million"
NOISE_COSINE = 0.94
PER_GROUP = 20_000  # rows of a row group of Parquet
SEED = 42


# Making the documents


def abstracts() -> tuple[list[list[str]], np.ndarray, list[str]]:
    """Sentences of each abstract, the title first; vectors of length 1; classes."""
    from themata.core.graph import unit_rows

    with gzip.open(DATA / "arxiv_ml.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    ends = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
    said = [[row["title"].rstrip(".") + ".", *ends.split(row["text"])] for row in rows]
    return said, unit_rows(np.load(DATA / "arxiv_ml.minilm.f16.npy")), [row["label"] for row in rows]


class Maker:
    """Draws documents one after another; the first n are the same whatever comes after."""

    def __init__(self) -> None:
        from themata.relate.neighbors import neighbors_of

        self.said, self.points, self.classes = abstracts()
        self.near, _ = neighbors_of(self.points, 30)
        self.rng = np.random.default_rng(SEED)

    def draw(self, n: int) -> tuple[list[str], np.ndarray, list[str]]:
        """n texts, the (n, dim) means of what they are made of, and the classes of the greater part."""
        firsts = self.rng.integers(0, len(self.said), n)
        others = self.near[firsts, self.rng.integers(0, self.near.shape[1], n)]
        others = np.where(others >= 0, others, firsts)
        shares = self.rng.uniform(0.5, 0.9, n)
        made = [self._text(a, b, share) for a, b, share in zip(firsts, others, shares, strict=True)]
        of_first = np.array([share for _, share in made], dtype=np.float32)[:, None]
        means = of_first * self.points[firsts] + (1 - of_first) * self.points[others]
        return [text for text, _ in made], means, [self.classes[row] for row in firsts]

    def noisy(self, means: np.ndarray, cosine: float) -> np.ndarray:
        """(n, dim) vectors at this cosine to the means, about: moved as neighbors of the corpus differ."""
        from themata.core.graph import unit_rows

        rows = self.rng.integers(0, len(self.said), len(means))
        others = self.near[rows, self.rng.integers(0, self.near.shape[1], len(means))]
        means, moves = unit_rows(means), self.points[rows] - self.points[others]
        moves -= np.einsum("nd,nd->n", moves, means)[:, None] * means
        return unit_rows(means + np.sqrt(1 / cosine**2 - 1) * unit_rows(moves))

    def _text(self, first: int, other: int, share: float) -> tuple[str, float]:
        """Some sentences of both in a row, and how much of the letters is the first one's."""
        some, rest = self._some(self.said[first], share), self._some(self.said[other], 1 - share)
        n, m = sum(map(len, some)), sum(map(len, rest))
        return " ".join([*some, *rest]), n / max(1, n + m)

    def _some(self, sentences: list[str], share: float) -> list[str]:
        kept = self.rng.random(len(sentences)) < share
        return [one for one, taken in zip(sentences, kept, strict=True) if taken] or sentences[:1]


def noise() -> dict[str, float]:
    """How near the embeddings of recombined texts are to the mean of what they are made of."""
    from themata.core.graph import unit_rows
    from themata.embed.sentence_transformer import Sentence

    texts, means, _ = Maker().draw(400)
    cosines = (unit_rows(Sentence("minilm").encode(texts)) * unit_rows(means)).sum(axis=1)
    return {name: round(float(np.quantile(cosines, q)), 3) for name, q in (("tenth", 0.1), ("median", 0.5))}


def build(n: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    maker = Maker()
    shape = (n, maker.points.shape[1])
    points = np.lib.format.open_memmap(FOLDER / "embeddings.npy", "w+", np.float16, shape)
    schema = pa.schema([("id", pa.int64()), ("text", pa.string()), ("class", pa.string())])
    with pq.ParquetWriter(FOLDER / "documents.parquet", schema, compression="zstd") as file:
        for start in range(0, n, PER_GROUP):
            texts, means, classes = maker.draw(min(PER_GROUP, n - start))
            points[start : start + len(texts)] = maker.noisy(means, NOISE_COSINE)
            ids = range(start, start + len(texts))
            file.write_table(pa.table([ids, texts, classes], schema=schema))
    points.flush()


# Measuring a fit


class Watch:
    """A listener of steps: the highest memory of the process in each, beside its seconds.

    Resident memory counts pages of files mapped into memory, which the system takes back when others need room; anonymous
    memory does not.
    """

    def __init__(self) -> None:
        self.steps: dict[str, dict[str, float]] = {}
        self.highest = 0.0

    def started(self, step: str) -> None:
        self._cpu = _processor_seconds()
        self.highest = max(self.highest, _status("VmHWM"))
        Path("/proc/self/clear_refs").write_text("5")  # the highest so far is the memory of now

    def progress(self, step: str) -> None:
        return None

    def finished(self, step: str, seconds: float, *, reused: bool) -> None:
        self.highest = max(self.highest, _status("VmHWM"))
        self.steps[step] = {
            "seconds": round(seconds, 1),
            "processor_seconds": round(_processor_seconds() - self._cpu, 1),
            "peak_gb": _status("VmHWM"),
            "after_gb": _status("VmRSS"),
            "after_anonymous_gb": _status("RssAnon"),
        }
        print(step, self.steps[step], file=sys.stderr, flush=True)

    def failed(self, step: str) -> None: ...


def _processor_seconds() -> float:
    """Of this process and of those it began that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _status(name: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return round(int(line.split()[1]) / 2**20, 2)
    return 0.0


def fit(n: int, *, from_text: bool = False) -> dict[str, Any]:
    """Fit, keywords, layers, names by phrases and 2-D layout of the first n documents.

    from_text : their embeddings are made by embedder="fast", whose teacher reads a sample
    """
    from themata import Documents, TopicModel
    from themata.pipeline.step_cache import Steps
    from themata.read import read

    watch = Watch()
    cpu = _processor_seconds()
    with Steps(listener=watch).timed("read"):
        texts = read(FOLDER / "documents.parquet", text="text", limit=n).documents.texts
        points = None if from_text else np.load(FOLDER / "embeddings.npy", mmap_mode="r")[:n]
    model, seconds = timed(
        lambda: TopicModel(embedder="fast" if from_text else "auto").fit_documents(
            Documents(texts), Steps(listener=watch), embeddings=points, lay_out=True
        )
    )
    from sklearn.metrics import adjusted_mutual_info_score

    classes = pq.read_table(FOLDER / "documents.parquet", columns=["class"]).column(0).to_pylist()[:n]
    facts = {"fidelity": str(model.fidelity_)} if from_text else {}
    return facts | {
        "n_docs": n,
        "seconds": round(seconds + watch.steps["read"]["seconds"], 1),
        "processor_seconds": round(_processor_seconds() - cpu, 1),
        "peak_gb": watch.highest,
        "steps": watch.steps,
        "n_topics": model.result_.n_topics,
        "layers": [int(layer.max()) + 1 for layer in model.result_.layers],
        "ami": round(adjusted_mutual_info_score(classes, model.topics_), 4),
        "keywords": [[word for word, _ in row[:5]] for row in model.result_.keywords[:5]],
    }


# Showing it

STEPS = ("read", "embed", "load", "count", "relate", "group", "describe", "label", "layout")
COLORS = ("#4c78a8", "#f58518")


def table(measured: dict[str, Any]) -> str:
    """A row per step, a column per size: seconds by the clock, and of processor where the machine was busy."""
    sizes = sorted(map(int, measured))
    rows = [["", *(f"{n:,}" for n in sizes)], ["---"] * (len(sizes) + 1)]
    cells = {step: [_cell(measured[str(n)]["steps"].get(step)) for n in sizes] for step in STEPS}
    rows += [[step, *row] for step, row in cells.items() if any(row)]
    rows.append(["**all**", *(f"**{_cell(measured[str(n)])}**" for n in sizes)])
    rows.append(["for a thousand documents", *(f"{1000 * _cost(measured[str(n)]) / n:.2f} s" for n in sizes)])
    rows.append(["peak memory", *(f"{measured[str(n)]['peak_gb']:.2f} GB" for n in sizes)])
    rows.append(
        [
            "topics; groups of the finest layer",
            *(f"{measured[str(n)]['n_topics']}; {measured[str(n)]['layers'][0]}" for n in sizes),
        ]
    )
    rows.append(["AMI with the abstracts' classes", *(f"{measured[str(n)]['ami']:.3f}" for n in sizes)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cost(found: dict[str, Any]) -> float:
    return float(found["processor_seconds"])


def _cell(found: dict[str, Any] | None) -> str:
    return "" if found is None else f"{found['seconds']:.0f} s ({_cost(found):.0f})"


def drawing(measured: dict[str, Any]) -> str:
    """Processor seconds and memory for a thousand documents by their number, on a logarithmic axis: flat is linear."""
    sizes = sorted(map(int, measured))
    series = {
        "processor seconds for 1,000": [1000 * _cost(measured[str(n)]) / n for n in sizes],
        "MB for 1,000, at the peak": [1e6 * measured[str(n)]["peak_gb"] / n for n in sizes],
    }
    place = {n: 70 + 480 * np.log(n / sizes[0]) / max(np.log(sizes[-1] / sizes[0]), 1e-9) for n in sizes}
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 300" font-family="sans-serif" font-size="12">'
    ]
    parts.append(
        '<rect width="640" height="300" fill="white"/><path d="M60 30V250H600" fill="none" stroke="#888"/>'
    )
    parts += [f'<text x="{x:.0f}" y="268" text-anchor="middle">{n:,}</text>' for n, x in place.items()]
    parts.append('<text x="330" y="290" text-anchor="middle">documents</text>')
    for row, (color, (name, values)) in enumerate(zip(COLORS, series.items(), strict=True)):
        points = [(place[n], 250 - 190 * value / max(values)) for n, value in zip(sizes, values, strict=True)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        for (x, y), value in zip(points, values, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>')
            parts.append(
                f'<text x="{x:.1f}" y="{y - 8 + 26 * row:.1f}" fill="{color}" text-anchor="middle">{value:.3g}</text>'
            )
        parts.append(f'<text x="70" y="{18 + 16 * row}" fill="{color}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def show() -> None:
    measured = json.loads((RESULTS / "million.json").read_text(encoding="utf-8"))["measured"]
    (RESULTS / "million.svg").write_text(drawing(measured), encoding="utf-8")
    into_readme("million", f"{table(measured)}\n\n![cost for a thousand documents](results/million.svg)")
    if (RESULTS / "million_from_text.json").exists():
        told = json.loads((RESULTS / "million_from_text.json").read_text(encoding="utf-8"))["measured"]
        into_readme("million from text", table(told))


if __name__ == "__main__":
    if sys.argv[1] == "build":
        build(int(sys.argv[2]))
    elif sys.argv[1] == "noise":
        print(noise())
    elif sys.argv[1] == "table":
        show()
    elif sys.argv[1] == "fit":
        print(json.dumps(fit(int(sys.argv[2]))))
    elif sys.argv[1] == "fit-text":
        print(json.dumps(fit(int(sys.argv[2]), from_text=True)))
    else:
        from_text = sys.argv[1] == "text"
        name = "million_from_text" if from_text else "million"
        measured = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["measured"]
        for n in sys.argv[1 + from_text :]:
            measured[n] = in_own_process(__file__, "fit-text" if from_text else "fit", n)
            print(json.dumps(measured[n]), flush=True)
        write(name, measured)
        show()
