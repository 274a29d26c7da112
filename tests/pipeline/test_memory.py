"""A fit holds no more copies of the embeddings than it needs, and no memory that it has freed."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from themata.analysis.exemplars import exemplars
from themata.core.documents import Documents
from themata.core.graph import unit_rows
from themata.core.topics import Topics
from themata.group.settle import centered
from themata.pipeline.step_cache import Steps

N_DOCS = 12_000
RNG = np.random.default_rng(0)
POINTS = RNG.standard_normal((N_DOCS, 64)).astype(np.float32)
ROWS = np.arange(1, N_DOCS)


def copies(work: Callable[[], object]) -> float:
    """Peak of the memory a piece of work takes, in arrays of the size of the embeddings."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / POINTS.nbytes
    finally:
        tracemalloc.stop()


def test_rows_of_length_1_are_one_array_and_the_callers_stays_as_it_was():
    before = POINTS.copy()
    np.testing.assert_array_equal(unit_rows(POINTS, ROWS), unit_rows(POINTS[ROWS]))
    assert copies(lambda: unit_rows(POINTS, ROWS)) < 1.2
    np.testing.assert_array_equal(POINTS, before)


def test_points_around_their_mean_are_one_array_and_the_callers_stays_as_it_was():
    before, plain = POINTS.copy(), unit_rows(POINTS[ROWS])
    np.testing.assert_array_equal(centered(POINTS, ROWS), unit_rows(plain - plain.mean(axis=0)))
    assert copies(lambda: centered(POINTS, ROWS)) < 1.2
    np.testing.assert_array_equal(POINTS, before)


def test_exemplars_are_found_without_a_copy_of_the_embeddings():
    docs = Documents([f"document {i} of some length" for i in range(N_DOCS)], embeddings=POINTS)
    topics = Topics.of(docs, RNG.integers(0, 5, N_DOCS), n_topics=5)
    exemplars(topics, docs)  # what is made once and kept
    assert copies(lambda: exemplars(topics, docs)) < 0.9


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_memory_that_a_step_has_freed_is_given_back():
    def held() -> float:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

    def step() -> dict[str, object]:
        some = [bytes(1000) for _ in range(200_000)]
        last = bytes(1000)  # above all others, which therefore stay with the process when they are freed
        del some
        during.append(held())
        return {"kept": last}

    during: list[float] = []
    before = held()
    made = Steps().do("step", step)
    if during[0] - before < 100:
        pytest.skip("this C library gives memory back by itself")
    assert made["kept"] and held() - before < 50
