from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from corpora import sample
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.layout.multilevel import Multilevel
from themata.layout.umap_layout import UMAPLayout
from themata.relate.two_views import TwoViews


def placed(texts: list[str], points: np.ndarray, labels: Any, layout: Any = None) -> np.ndarray:
    docs = Documents(texts, embeddings=points.astype(np.float32))
    part = layout or Multilevel()
    return part.lay_out(docs, TwoViews().relate(docs), Topics.of(docs, labels))


def test_topics_are_islands_and_neighbors_stay_near() -> None:
    given = sample(600)
    xy = placed(given.texts, given.embeddings, given.labels)
    near = NearestNeighbors(n_neighbors=11).fit(xy).kneighbors(xy, return_distance=False)[:, 1:]
    assert (given.labels[near] == given.labels[:, None]).mean() > 0.95
    assert np.abs(np.median(xy, axis=0)).max() < 1e-3
    assert 5 < np.abs(xy).max() < 40


@pytest.mark.parametrize("layout", [Multilevel(), pytest.param(UMAPLayout(), marks=pytest.mark.umap)])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 15])
def test_small_corpora_have_a_map(layout: Any, n: int) -> None:
    given = sample(n)
    xy = placed(given.texts, given.embeddings, given.labels, layout)
    assert xy.shape == (n, 2)
    assert np.isfinite(xy).all()


def test_copies_and_outliers_and_loose_pieces_are_placed() -> None:
    given = sample(200)
    points = given.embeddings.copy()
    points[:50] = points[0]
    labels = given.labels.copy()
    labels[:60] = -1
    xy = placed(given.texts, points, labels)
    assert np.isfinite(xy).all()
    assert len(np.unique(xy[:50], axis=0)) == 50
    assert np.isfinite(placed(["same"] * 30, np.ones((30, 4)), [0] * 30)).all()
    assert np.isfinite(placed(given.texts, points, [-1] * 200)).all()


SCRIPT = """
import sys; sys.path.insert(0, "tests")
from corpora import sample
from themata import TopicModel
given = sample(1500)
model = TopicModel().fit(given.texts, given.embeddings)
from themata.pipeline.run_folder import fingerprint
print(fingerprint(model.lay_out(), model.result_.assignment, list(model.result_.names)))
"""


def test_the_same_seed_gives_the_same_topics_names_and_map_whatever_the_threads() -> None:
    def told(n_threads: str, processors: str) -> str:
        command = ["taskset", "-c", processors, sys.executable, "-c", SCRIPT]
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**__import__("os").environ, **dict.fromkeys(names, n_threads)}
        return subprocess.check_output(command, text=True, env=environment)

    assert told("1", "0") == told("2", "0,1") == told("4", "0,1")


@pytest.mark.umap
def test_umap_places_the_graphs_own_neighbors() -> None:
    pytest.importorskip("umap")
    given = sample(120)
    xy = placed(given.texts, given.embeddings, given.labels, UMAPLayout())
    near = NearestNeighbors(n_neighbors=6).fit(xy).kneighbors(xy, return_distance=False)[:, 1:]
    assert (given.labels[near] == given.labels[:, None]).mean() > 0.9
