"""B15: examples came unsorted, and from at most 500 documents drawn by lot."""

from __future__ import annotations

import numpy as np

from themata import Given, TopicModel


def test_all_documents_are_considered_and_the_best_comes_first():
    n, best = 2000, [1990, 707, 1503]
    rng = np.random.default_rng(0)
    center = np.eye(16, dtype=np.float32)[0]
    points = center + rng.standard_normal((n, 16)).astype(np.float32)
    for place, row in enumerate(best):
        points[row] = center
        points[row, 1 + place] = 0.25 + 0.05 * place
    other = -center + 0.1 * rng.standard_normal((n, 16)).astype(np.float32)
    texts = [f"a document about some subject, number {i}" for i in range(2 * n)]
    model = TopicModel(embedder=None, grouper=Given([0] * n + [1] * n), labeler=None, layout=None)
    model.fit(texts, np.vstack([points, other]))
    row = model.topics_[0]
    assert model.get_representative_docs(row) == [texts[i] for i in best]
