"""Over random chains of edits, batches and forgetting, from every kind of beginning: tables stay right, undo goes back."""

from __future__ import annotations

from copy import copy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_model_edits import EDITS, check, edit, told

from corpora import sample
from themata import TopicModel
from themata.seed.seed_words import SeedWords
from themata.seed.zero_shot import ZeroShot

CORPUS = sample(n_docs=140)
CENTERS = np.array([CORPUS.embeddings[CORPUS.labels == row].mean(axis=0) for row in range(4)])


def first(**parameters: Any) -> TopicModel:
    given = {"embedder": None, "aspects": {"MMR": "mmr"}, "n_topics": None, **parameters}
    return TopicModel(**given)


@cache
def begun(kind: str) -> TopicModel:
    texts, points = CORPUS.texts[:80], CORPUS.embeddings[:80]
    if kind == "zero-shot":
        return first(seeder=ZeroShot(["Space", "Cooking"], 0.6, embeddings=CENTERS[:2])).fit(texts, points)
    if kind == "words":
        return first(seeder=SeedWords([["rocket", "moon"], ["garlic", "soup"]])).fit(texts, points)
    if kind == "classes":
        return first().fit(texts, points, y=np.where(np.arange(80) % 3 == 0, CORPUS.labels[:80], -1))
    if kind == "merged":
        halves = [first().fit(texts[part], points[part]) for part in (slice(0, 40), slice(40, 80))]
        return TopicModel.merged(halves)
    return first().partial_fit(texts[:50], points[:50]).partial_fit(texts[50:], points[50:])


# `edit` moves documents of a corpus of 64
STEPS = [*(name for name in EDITS if name != "reassign"), "batch", "batch", "forget"]


def step(model: TopicModel, name: str, rng: np.random.Generator) -> None:
    n = model.documents_.n_docs
    if name == "batch":
        rows = np.sort(rng.choice(np.arange(80, 140), int(rng.integers(1, 30)), replace=False))
        model.partial_fit([CORPUS.texts[row] for row in rows], CORPUS.embeddings[rows])
    elif name == "forget" and n > 40:
        model.forget(rng.choice(n, int(rng.integers(1, 15)), replace=False))
    elif name != "forget":
        edit(model, name, rng)


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    kind=st.sampled_from(["zero-shot", "words", "classes", "merged", "online"]),
    chain=st.lists(st.sampled_from(STEPS), min_size=1, max_size=3),
)
def test_tables_stay_right_whatever_the_beginning(seed: int, kind: str, chain: list[str]) -> None:
    model = copy(begun(kind))
    rng = np.random.default_rng(seed)
    check(model)
    for name in chain:
        n_edits, before = len(model.history), told(model)
        step(model, name, rng)
        check(model)
        if len(model.history) > n_edits or name == "batch":
            assert told(model.undo()) == before
            step(model, name, np.random.default_rng(seed))
            check(model)
    with TemporaryDirectory() as folder:
        model.save(Path(folder) / "model")
        again = TopicModel.load(Path(folder) / "model")
        assert again.topics_ == model.topics_ and again.result_.names == model.result_.names
        check(again)
