from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from themata import Documents, Label, Origin, StoreError, Topics, TwoViews
from themata.store.model_folder import FORMAT, Saved, load, save

TEXTS = st.text(st.characters(codec=None), max_size=30)


@st.composite
def models(draw: Any) -> Saved:
    texts = draw(st.lists(TEXTS, min_size=1, max_size=12))
    n = len(texts)
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    has_points, has_terms = draw(st.booleans()), draw(st.booleans())
    words = draw(st.lists(st.text(max_size=8), min_size=3, max_size=3, unique=True))
    docs = Documents(
        texts,
        embeddings=rng.standard_normal((n, 3)).astype(np.float32) if has_points else None,
        terms=sparse.csr_matrix(rng.poisson(0.5, (n, 3))) if has_terms else None,
        vocabulary=np.array(words, dtype=object) if has_terms else None,
        coords=rng.standard_normal((n, 2)).astype(np.float32) if draw(st.booleans()) else None,
        times=np.array(["2020-01-01"] * (n - 1) + ["NaT"], dtype="datetime64[ns]")
        if draw(st.booleans())
        else None,
        columns={"id": list(range(n)), "title": draw(st.lists(st.none() | TEXTS, min_size=n, max_size=n))},
    )
    topics = Topics.of(
        docs, rng.integers(-1, 3, n), n_topics=3, layers=[rng.integers(0, 2, n)], origin={7: 0, -1: 2}
    )
    topics = topics.having(labels=(Label(draw(TEXTS), draw(TEXTS), Origin.by_model("m")), None, Label("x")))
    topics = topics.with_aspect("Main", [[(draw(TEXTS), 0.1)], [], []])
    return Saved(
        docs, topics, TwoViews().relate(docs), {"a": [1, None, "ü"]}, {"part": {"weights": rng.random(3)}}
    )


def same(one: Any, other: Any) -> None:
    if one is None or other is None:
        assert one is other
    elif sparse.issparse(one):
        assert one.shape == other.shape
        assert (one != other).nnz == 0
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            same(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            same(a, b)
    elif hasattr(one, "__dataclass_fields__"):
        for name in one.__dataclass_fields__:
            same(getattr(one, name), getattr(other, name))
    else:
        assert one == other


@settings(deadline=None, max_examples=60)
@given(saved=models())
def test_save_then_load_is_identity(saved: Saved, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("saved") / "model"
    save(folder, saved)
    same(saved, load(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    docs = Documents(["a", "b"], embeddings=np.eye(2, dtype=np.float32))
    save(tmp_path / "model", Saved(docs, Topics.of(docs, [0, 1])))
    return tmp_path / "model"


@pytest.mark.parametrize("name", ["arrays.safetensors", "documents.parquet", "topics.json"])
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    with pytest.raises(StoreError, match=name):
        load(folder)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(StoreError, match=name):
        load(folder)
    path.unlink()
    with pytest.raises(StoreError, match=f"{name} is missing"):
        load(folder)


def test_a_newer_format_says_to_upgrade(folder: Path) -> None:
    manifest = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**manifest, "format": FORMAT + 1}))
    with pytest.raises(StoreError, match="pip install --upgrade themata"):
        load(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": "x"}', '{"format": 1}'])
def test_a_garbled_manifest_is_a_clear_error(folder: Path, content: str) -> None:
    (folder / "model.json").write_text(content)
    with pytest.raises(StoreError, match=r"model\.json"):
        load(folder)


def test_other_folders_are_neither_read_nor_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    docs = Documents(["a"])
    with pytest.raises(StoreError, match="is no saved model"):
        save(tmp_path / "mine", Saved(docs, Topics.of(docs, [0])), overwrite=True)
    with pytest.raises(StoreError, match="is no saved model"):
        load(tmp_path / "mine")
    with pytest.raises(StoreError, match="no saved model at"):
        load(tmp_path / "nothing")
    assert (tmp_path / "mine" / "thesis.tex").exists()


def test_nothing_is_left_behind(folder: Path) -> None:
    docs = Documents(["a", "b", "c"])
    save(folder, Saved(docs, Topics.of(docs, [0, 1, -1])), overwrite=True)
    assert load(folder).documents.n_docs == 3
    assert [path.name for path in folder.parent.iterdir()] == ["model"]
    assert not any(path.suffix in (".pkl", ".pickle") for path in folder.iterdir())
