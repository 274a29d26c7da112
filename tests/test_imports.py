"""Importing themata is quick, and brings in nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import time


def test_import_brings_in_nothing_heavy() -> None:
    code = "import sys, themata; print(','.join(sorted(sys.modules)))"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).strip().split(","))
    heavy = {
        "numpy",
        "scipy",
        "sklearn",
        "torch",
        "pandas",
        "plotly",
        "igraph",
        "faiss",
        "numba",
        "transformers",
    }
    assert not loaded & heavy


def test_a_fit_with_embeddings_given_imports_no_torch_and_no_numba() -> None:
    code = """
import sys
import numpy as np
from themata import TopicModel
points = np.random.default_rng(0).standard_normal((60, 16))
TopicModel().fit([f"cats and dogs number {i}" for i in range(60)], points).visualize_documents()
print(sorted({"torch", "numba", "transformers", "umap", "hdbscan"} & set(sys.modules)))
"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_import_takes_less_than_the_blink_of_an_eye() -> None:
    def once() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import themata"], check=True)
        return time.perf_counter() - start

    def bare() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        return time.perf_counter() - start

    assert min(once() for _ in range(3)) - min(bare() for _ in range(3)) < 0.3


def test_every_public_name_can_be_had() -> None:
    import themata

    assert [name for name in themata.__all__ if getattr(themata, name, None) is None] == []
    assert set(themata.__all__) <= set(dir(themata))
