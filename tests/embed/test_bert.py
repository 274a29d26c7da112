"""BERT in NumPy beside sentence-transformers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bert import small_bert
from corpora import sample
from themata.core.graph import unit_rows
from themata.embed import bert
from themata.embed.bert import Bert
from themata.embed.packaged_weights import packaged_minilm
from themata.embed.sentence_transformer import Sentence

ODD = ["", " ", "a", "a cat sleeps", "😀", "x" * 3000, "\x00", "word " * 700, "Straße und Ähre", "机器学习"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of small sentence transformers by how they pool; "mean" has rows of length 1."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    folder = tmp_path_factory.mktemp("models")
    model = small_bert(folder / "bert", sample(40).texts)
    made = {}
    for way in ("mean", "cls", "max"):
        modules = [Transformer(str(model), max_seq_length=40), Pooling(64, pooling_mode=way)]
        if way == "mean":
            modules.append(Normalize())
        SentenceTransformer(modules=modules, device="cpu").save(str(folder / way))
        made[way] = folder / way
    return made


@pytest.mark.parametrize("way", ["mean", "cls"])
def test_numpy_gives_the_embeddings_of_sentence_transformers(saved: dict[str, Path], way: str) -> None:
    from sentence_transformers import SentenceTransformer

    texts = [*sample(30).texts, *ODD]
    assert bert.readable(saved[way])
    theirs = SentenceTransformer(str(saved[way]), device="cpu").encode(texts)
    np.testing.assert_allclose(Bert(saved[way]).encode(texts), theirs, atol=2e-3)


def test_numpy_gives_minilms_embeddings() -> None:
    folder = packaged_minilm()
    assert folder is not None
    texts = [*ODD, *sample(20).texts]
    ours = Sentence("minilm", dtype="float32").encode(texts)
    theirs = Sentence("minilm", dtype="float32", batch_size=4)
    theirs._model = _by_torch(folder)
    assert (ours * theirs.encode(texts)).sum(axis=1).min() > 0.9999


def test_batches_side_by_side_give_what_encode_gives() -> None:
    folder = packaged_minilm()
    assert folder is not None
    texts = [*sample(20).texts, "word " * 700, "one"]
    model = _by_torch(folder)
    side_by_side, encoded = Sentence("minilm"), Sentence("minilm", batch_size=4)
    side_by_side._model = encoded._model = model
    import torch

    before = torch.get_num_threads()
    np.testing.assert_allclose(side_by_side.encode(texts), encoded.encode(texts), atol=1e-5)
    assert torch.get_num_threads() == before


def test_embeddings_are_the_same_bits_whatever_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = packaged_minilm()
    assert folder is not None
    made, texts = Bert(folder), sample(60).texts
    found = []
    for n in (1, 3):
        monkeypatch.setattr("themata.embed.batches.n_workers", lambda n=n: n)
        found.append(made.encode(texts))
    np.testing.assert_array_equal(*found)


def test_no_text_has_no_embedding(saved: dict[str, Path]) -> None:
    assert Bert(saved["mean"]).encode([]).shape == (0, 64)


def test_what_numpy_would_compute_otherwise_is_left_to_torch(saved: dict[str, Path], tmp_path: Path) -> None:
    assert not bert.readable(saved["max"])
    assert not bert.readable(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "mpnet"}')
    assert not bert.readable(tmp_path)
    assert Sentence(str(saved["max"]), dtype="float32").encode(["a cat"]).shape == (1, 64)


def test_a_prompt_stands_before_every_text(saved: dict[str, Path]) -> None:
    asked = Sentence(str(saved["mean"]), dtype="float32", prompt="query: ").encode(["a cat"])
    plain = Sentence(str(saved["mean"]), dtype="float32").encode(["query: a cat"])
    np.testing.assert_array_equal(asked, plain)


def test_texts_that_are_cut_are_counted(saved: dict[str, Path]) -> None:
    embedder = Sentence(str(saved["mean"]), dtype="float32")
    assert embedder.n_cut(["a cat", "cats and dogs " * 60]) == (1, "40 word pieces")
    shorter = Sentence(str(saved["mean"]), dtype="float32", max_length=8)
    assert shorter.n_cut(["cats and dogs are animals that sleep a lot"])[0] == 1


def test_minilm_embeds_where_torch_is_not_installed() -> None:
    script = (
        "import sys\n"
        "for name in ('torch', 'sentence_transformers', 'transformers'): sys.modules[name] = None\n"
        "from themata import Sentence\n"
        "print(Sentence(dtype='float32').encode(['a cat', 'stocks']).shape)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(2, 384)"


def _by_torch(folder: Path) -> object:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").eval()


def test_rows_of_a_model_that_normalizes_have_length_one(saved: dict[str, Path]) -> None:
    points = Bert(saved["mean"]).encode(["a cat", "dogs sleep"])
    np.testing.assert_allclose(unit_rows(points), points, atol=1e-6)
    cls = Bert(saved["cls"]).encode(["a cat", "dogs sleep"])
    assert abs(unit_rows(cls) - cls).max() > 0.01
