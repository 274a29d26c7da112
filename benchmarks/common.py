"""What the benchmarks share: corpora, one process per measurement, results as JSON."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).parent
DATA = ROOT.parent.parent / "shared" / "data"
RESULTS = ROOT / "results"
CACHE = Path(os.environ.get("THEMATA_BENCH_CACHE", "/tmp/themata-bench"))


def corpus(name: str) -> tuple[list[str], np.ndarray, list[str]]:
    """Texts, MiniLM embeddings and human classes of a corpus: arxiv, clinc150, sib13:LANGUAGE or titles:NUMBER.

    Of arxiv and titles, arxiv:8000 draws so many. A title that the published map gives no class on its third layer has "".
    """
    file, _, part = name.partition(":")
    stored = {"arxiv": "arxiv_ml", "clinc150": "clinc150", "sib13": "sib13", "titles": "arxiv_ml117k_titles"}[
        file
    ]
    with gzip.open(DATA / f"{stored}.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    if file == "arxiv":
        points = np.load(DATA / "arxiv_ml.minilm.f16.npy").astype(np.float32)
        places = drawn(len(rows), part)
        rows = [rows[place] for place in places]
        texts = [f"{row['title']}. {row['text']}" for row in rows]
        return texts, points[places], [row["label"] for row in rows]
    if file == "titles":
        rows = [rows[place] for place in drawn(len(rows), part)]
        texts = [row["text"] for row in rows]
        classes = ["" if row["layers"][2] == "Unlabelled" else row["layers"][2] for row in rows]
        return texts, embedded(name.replace(":", "_"), texts), classes
    rows = [row for row in rows if row["label"] != "oos" and (not part or row["lang"] == part)]
    texts = [row["text"] for row in rows]
    return texts, embedded(name.replace(":", "_"), texts), [row["label"] for row in rows]


def drawn(n: int, number: str) -> np.ndarray:
    """Places of so many rows, or of all."""
    return np.sort(np.random.default_rng(7).choice(n, int(number), replace=False)) if number else np.arange(n)


def embedded(name: str, texts: list[str]) -> np.ndarray:
    """MiniLM's embeddings, kept for these very texts: docstrings change with what is installed."""
    path = CACHE / f"{name}-{hashlib.blake2b(chr(0).join(texts).encode(), digest_size=6).hexdigest()}.npy"
    if not path.exists():
        from themata.embed.sentence_transformer import Sentence
        from themata.pipeline.embedding import embed

        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(path, embed(texts, Sentence("minilm")))
    return np.load(path)


# What a process may use of a processor that can do more: as much as laptops without AVX-512 have
AVX2_ONLY = {
    "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}  # fmt: skip


def in_own_process(script: str, *arguments: str, **environment: str) -> dict[str, Any]:
    """Run a measurement alone; it prints one JSON object as its last line.

    with_children_peak_gb : highest memory of the process and those it began, what they share counted once, looked at
        once a second from the first line to the last
    """
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        command = [sys.executable, script, *arguments]
        process = subprocess.Popen(command, stdout=out, stderr=err, env=os.environ | environment)
        highest = 0
        while process.poll() is None:
            highest = max(highest, _held(process.pid))
            time.sleep(1.0)  # each look takes a tenth of a second from what is measured
        for file in (out, err):
            file.seek(0)
        if process.returncode:
            raise RuntimeError(f"{script} {arguments}: {err.read()[-2000:]}")
        told: dict[str, Any] = json.loads(out.read().strip().splitlines()[-1])
    return told | {"with_children_peak_gb": round(highest / 2**30, 2)}


def _held(pid: int) -> int:
    """Bytes that a process and those it began hold now."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for member in family:
        with suppress(psutil.Error):  # ended meanwhile
            total += member.memory_full_info().pss
    return total


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = work()
    return result, round(time.perf_counter() - start, 2)


def peak_gb() -> float:
    """Highest memory of this process so far."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def write(name: str, measured: Any) -> None:
    """Keep results with versions and the machine."""
    packages = [
        "themata",
        "bertopic",
        "evoc",
        "umap-learn",
        "hdbscan",
        "igraph",
        "numpy",
        "scikit-learn",
        "torch",
    ]
    told = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": {
            "platform": platform.platform(),
            "processors": os.cpu_count(),
            "python": platform.python_version(),
        },
        "versions": {package: _version(package) for package in packages},
        "measured": measured,
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def into_readme(name: str, text: str) -> None:
    """Put a table in its place in README.md, between the two comments that bear its name."""
    path = ROOT / "README.md"
    page = path.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
    before, _, rest = page.partition(begin)
    after = rest.partition(end)[2]
    path.write_text(f"{before}{begin}{text}{end}{after}", encoding="utf-8")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
