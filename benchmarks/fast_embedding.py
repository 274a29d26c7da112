"""What embedder="fast" loses, and for what share of the time: AMI and fidelity by the size of the sample, beside the model itself.

python benchmarks/fast_embedding.py arxiv arxiv:10000,250,500,0,2000,4000 clinc150    measures; 0 is the default size
python benchmarks/fast_embedding.py                                                  draws docs/images/fast-embedding.svg

The model's embeddings of documents are those kept with the corpora; single words are embedded anew. Results go to
results/fast_embedding.json.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from common import RESULTS, ROOT, corpus, timed, write

PICTURE = ROOT.parent / "docs" / "images" / "fast-embedding.svg"
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
NAMES = {
    "arxiv:10000": "10,000 abstracts",
    "clinc150": "22,500 questions",
    "arxiv": "55,877 abstracts",
    "titles:30000": "30,000 titles",
}


class Kept:
    """A model whose embeddings of some documents are known."""

    name = "minilm, kept"

    def __init__(self, texts: Sequence[str], points: np.ndarray) -> None:
        from themata.embed.sentence_transformer import Sentence

        self.points = dict(zip(texts, points, strict=True))
        self.model = Sentence("minilm")

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self.points]
        if new:
            self.points.update(zip(new, self.model.encode(new), strict=True))
        return np.array([self.points[text] for text in texts], dtype=np.float32)


def measure(name: str, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """A row for each sample size, and one of the model itself."""
    from themata import Student, TopicModel
    from themata.evaluate.clusters import agreement

    texts, points, classes = corpus(name)
    classed = np.flatnonzero([bool(one) for one in classes])

    def ami(topics: Sequence[int]) -> float:
        of_classed = np.asarray(topics)[classed]
        return round(agreement(of_classed, [classes[row] for row in classed]).ami, 4)

    def fitted(**options: Any) -> tuple[Any, float]:
        model = TopicModel(random_state=42, labeler=None, layout=None, **options.pop("parts", {}))
        return timed(lambda: model.fit(texts, **options))

    rows = []
    kept = Kept(texts, points)
    for size in sizes:
        model, seconds = fitted(parts={"embedder": Student(kept, n_sample=size or None)})
        told = model.fidelity_
        rows.append(
            {"n_read": told.n_read, "n_words_read": told.n_words_read, "cosine": round(told.cosine, 4),
             "neighbors_kept": round(told.neighbors_kept, 4), "ami": ami(model.topics_),
             "n_topics": model.result_.n_topics, "share_read": round(told.n_read / told.n_texts, 4)}
        )  # fmt: skip
        print(name, rows[-1], f"{seconds:.0f} s", file=sys.stderr, flush=True)
    model, seconds = fitted(embeddings=points)
    rows.append(
        {
            "n_read": len(texts),
            "share_read": 1.0,
            "ami": ami(model.topics_),
            "n_topics": model.result_.n_topics,
        }
    )
    print(name, rows[-1], f"{seconds:.0f} s", file=sys.stderr, flush=True)
    return rows


def draw(measured: dict[str, list[dict[str, Any]]]) -> None:
    """The loss of AMI against the share of documents that the model reads, a line for each corpus."""
    width, height, left, bottom, top = 640, 330, 64, 50, 16
    lines = {name: rows for name, rows in measured.items() if len(rows) > 1}
    points = {
        name: [(row["share_read"], rows[-1]["ami"] - row["ami"]) for row in rows]
        for name, rows in lines.items()
    }
    least = min(share for line in points.values() for share, _ in line)
    most = max(0.06, *(loss for line in points.values() for _, loss in line))

    def place(share: float, loss: float) -> tuple[float, float]:
        across = math.log(share / least) / math.log(1 / least)
        down = (loss + 0.01) / (most + 0.02)
        return left + across * (width - left - 130), top + down * (height - top - bottom)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for loss in np.arange(0, most + 0.01, 0.02):
        y = place(1, loss)[1]
        drawn.append(f'<path d="M{left} {y:.1f}H{width - 130}" stroke="#ddd"/>')
        drawn.append(
            f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#444">{0.0 - loss:.2f}</text>'
        )
    for share in (0.03, 0.06, 1 / 8, 1 / 4, 1 / 2, 1):
        if share >= least:
            x = place(share, 0)[0]
            drawn.append(
                f'<text x="{x:.1f}" y="{height - 30}" text-anchor="middle" fill="#444">{share:.0%}</text>'
            )
    drawn.append(
        f'<text x="{(left + width - 130) / 2}" y="{height - 10}" text-anchor="middle" fill="#444">'
        "share of documents that the model reads (nearly all of the time)</text>"
    )
    drawn.append(
        f'<text transform="translate(16 {height / 2 - 20}) rotate(-90)" text-anchor="middle" fill="#444">AMI lost</text>'
    )
    for color, (name, line) in zip(COLORS, points.items(), strict=False):
        places = [place(*point) for point in sorted(line)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{color}"/>' for x, y in places]
        x, y = places[0]
        drawn.append(f'<text x="{x + 6:.1f}" y="{y + 16:.1f}" fill="{color}">{NAMES.get(name, name)}</text>')
    PICTURE.write_text("\n".join([*drawn, "</svg>", ""]), encoding="utf-8")


if __name__ == "__main__":
    path = RESULTS / "fast_embedding.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["measured"] if path.exists() else {}
    for argument in sys.argv[1:]:
        corpus_name, *given = argument.split(",")
        found[corpus_name] = measure(corpus_name, [int(size) for size in given] or [0])
        write("fast_embedding", found)
    if not sys.argv[1:]:
        draw(found)
