"""Counting very many documents: in blocks, in other processes, with rare terms forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from themata.words import counting
from themata.words.vectorizer import Words


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Common words everywhere, and two of its own in each text, one of which comes again in the last ten."""
    rng = np.random.default_rng(0)
    common = [f"common{i}" for i in range(30)]
    own = [" ".join([*rng.choice(common, 6), f"slip{i}", f"name{i}"]) for i in range(400)]
    return own + [f"{common[i]} name0 late{i % 2}" for i in range(10)]


def counts(texts: list[str], **options: object) -> tuple[list[str], np.ndarray]:
    words = Words(language="en", **{"min_df": 2, **options})  # type: ignore[arg-type]
    found = words.fit_transform(texts)
    return words.get_feature_names_out().tolist(), found.toarray()


def test_terms_that_are_kept_are_counted_exactly_though_rare_ones_were_forgotten(
    texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names, exact = counts(texts)
    for name, value in {"APART_FROM": 1, "BLOCK": 20, "MOST_TERMS": 50, "PRUNED_EVERY": 40}.items():
        monkeypatch.setattr(counting, name, value)
    monkeypatch.setattr(counting, "n_workers", lambda: 1)
    pruned_names, pruned = counts(texts)
    # name0 was forgotten and came again, so that it could not be counted whole
    assert set(names) - set(pruned_names) == {"name0"}
    assert (pruned == exact[:, [names.index(name) for name in pruned_names]]).all()


def test_the_vocabulary_does_not_grow_with_every_slip(
    texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"APART_FROM": 1, "BLOCK": 20, "MOST_TERMS": 50, "PRUNED_EVERY": 40}.items():
        monkeypatch.setattr(counting, name, value)
    monkeypatch.setattr(counting, "n_workers", lambda: 1)
    terms = Words(language="en", min_df=2)._terms()
    assert len(counting.count(texts, terms, prune=True).index) < 250 < len(counting.count(texts, terms).index)


def test_every_term_is_kept_where_one_document_is_enough(
    texts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"APART_FROM": 1, "BLOCK": 20, "MOST_TERMS": 50, "PRUNED_EVERY": 40}.items():
        monkeypatch.setattr(counting, name, value)
    monkeypatch.setattr(counting, "n_workers", lambda: 1)
    names, _ = counts(texts, min_df=1)
    assert {"slip3", "name0", "late1"} <= set(names)
