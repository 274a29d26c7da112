"""Agreement with people's classes on many small corpora cut from the ones at hand, to decide by before others are looked at.

python benchmarks/development.py            all corpora, and a table by family
python benchmarks/development.py A          those to decide on; B: those to confirm with

Abstracts and their titles in some of the categories, balanced or not; intents; sentences in four languages; titles in
published layers. Beside the default road: k-means told the number of classes.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from common import CACHE, DATA, corpus, embedded, write
from quality import kmeans, themata

N_DOCS = 2_200


@dataclass(frozen=True)
class Corpus:
    """family : corpora that share a source, which count as one in the mean over families"""

    name: str
    family: str
    texts: list[str]
    points: np.ndarray
    classes: list[str]


def corpora() -> Iterator[Corpus]:
    rng = np.random.default_rng(7)
    abstracts = corpus("arxiv")
    for n_classes, most in (
        (4, 2_500),
        (5, 600),
        (6, 2_500),
        (10, 400),
        (12, 1_000),
        (15, 300),
        (20, 250),
        (33, 150),
    ):
        rows = _some(abstracts[2], n_classes, most, rng)
        yield _cut(f"abstracts_{n_classes}_of_{most}", "abstracts", abstracts, rows)
    for n_classes in (5, 10, 20):
        rows = _thinned(_skewed(abstracts[2], n_classes, rng), N_DOCS, rng)
        yield _cut(f"abstracts_{n_classes}_skewed", "abstracts", abstracts, rows)
    for n_classes, most in ((5, 440), (8, 275), (10, 220), (20, 110)):
        rows = _some(abstracts[2], n_classes, most, rng)
        texts = [abstracts[0][row].split(". ")[0] for row in rows]
        name, classes = f"titles_{n_classes}_of_{most}", [abstracts[2][row] for row in rows]
        yield Corpus(name, "titles", texts, _points(name, texts), classes)
    intents = corpus("clinc150")
    for n_classes, most in ((10, 150), (20, 150), (50, 80), (50, 44), (100, 22)):
        rows = _some(intents[2], n_classes, most, rng)
        yield _cut(f"intents_{n_classes}_of_{most}", "intents", intents, rows)
    for language in ("eng_Latn", "deu_Latn", "fra_Latn", "spa_Latn"):
        yield Corpus(f"sentences_{language}", "sentences", *corpus(f"sib13:{language}"))
    for level, texts, classes in _published(rng):
        yield Corpus(f"layer_{level}", "layers", texts, _points(f"layer_{level}", texts), classes)


def _cut(name: str, family: str, whole: tuple[list[str], np.ndarray, list[str]], rows: np.ndarray) -> Corpus:
    texts, points, classes = whole
    return Corpus(name, family, [texts[row] for row in rows], points[rows], [classes[row] for row in rows])


def _some(classes: list[str], n_classes: int, most: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of a few of the classes, at most so many of each."""
    return _rows(np.array(classes), _drawn(classes, n_classes, rng), [most] * n_classes, rng)


def _skewed(classes: list[str], n_classes: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of a few of the classes, the second half as many as the first, the third a third."""
    most = [max(60, 2_000 // rank) for rank in range(1, n_classes + 1)]
    return _rows(np.array(classes), _drawn(classes, n_classes, rng), most, rng)


def _drawn(classes: list[str], n_classes: int, rng: np.random.Generator) -> np.ndarray:
    names, sizes = np.unique(classes, return_counts=True)
    return rng.permutation(names[sizes >= 150])[:n_classes]


def _rows(classes: np.ndarray, names: np.ndarray, most: list[int], rng: np.random.Generator) -> np.ndarray:
    of_each = [
        rng.permutation(np.flatnonzero(classes == name))[:n] for name, n in zip(names, most, strict=True)
    ]
    return np.sort(np.concatenate(of_each))


def _thinned(rows: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    return np.sort(rng.permutation(rows)[:n])


def _published(rng: np.random.Generator) -> Iterator[tuple[int, list[str], list[str]]]:
    """Titles with three of the layers that were published for them."""
    with gzip.open(DATA / "arxiv_ml117k_titles.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    for level in (1, 2, 3):
        named = np.array([row for row, read in enumerate(rows) if read["layers"][level] != "Unlabelled"])
        taken = [rows[row] for row in _thinned(named, N_DOCS, rng)]
        yield level, [row["title"] for row in taken], [row["layers"][level] for row in taken]


def _points(name: str, texts: list[str]) -> np.ndarray:
    return embedded(f"development-{name}", texts)


def measure(one: Corpus) -> dict[str, Any]:
    from themata.evaluate.clusters import agreement

    found = themata(one.texts, one.points, one.classes)
    told = kmeans(one.texts, one.points, one.classes)
    return {
        "family": one.family,
        "n_docs": len(one.texts),
        "n_classes": len(set(one.classes)),
        "n_topics": len(set(found.tolist()) - {-1}),
        "ami": round(agreement(found, one.classes).ami, 4),
        "kmeans_true_k": round(agreement(told, one.classes).ami, 4),
    }


def summary(measured: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Mean AMI of both methods by family, over corpora, and over families."""
    families: dict[str, list[dict[str, Any]]] = {}
    for row in measured.values():
        families.setdefault(row["family"], []).append(row)
    kinds = ("ami", "kmeans_true_k")
    means = {
        family: {kind: float(np.mean([row[kind] for row in rows])) for kind in kinds}
        for family, rows in families.items()
    }
    means["all corpora"] = {kind: float(np.mean([row[kind] for row in measured.values()])) for kind in kinds}
    return {name: {kind: round(value, 4) for kind, value in row.items()} for name, row in means.items()}


if __name__ == "__main__":
    CACHE.mkdir(parents=True, exist_ok=True)
    half = sys.argv[1] if len(sys.argv) > 1 else ""
    measured = {}
    for i, one in enumerate(corpora()):
        if half and half != "AB"[i % 2]:
            continue
        measured[one.name] = measure(one)
        print(one.name, measured[one.name], flush=True)
    found = {"summary": summary(measured), "corpora": measured}
    print(json.dumps(found["summary"], indent=2))
    if not half:
        write("development", found)
