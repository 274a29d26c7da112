"""embedder="auto": its model reads everything where that is soon done, and a sample where it is not and little is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from themata import Student, TopicModel
from themata.embed.sentence_transformer import Sentence
from themata.pipeline import automatic_embedder
from themata.pipeline.automatic_embedder import chosen
from themata.pipeline.embedding import Work

WORDS = np.array([f"word{i}" for i in range(60)])
TEXTS = [" ".join(np.random.default_rng(i).choice(WORDS, 6)) for i in range(400)]
MINILM = Sentence("minilm", dtype="float32")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if few documents were many."""
    monkeypatch.setattr(automatic_embedder, "SHORTEST", 30)
    monkeypatch.setattr("themata.embed.student.SMALL", 3000)
    monkeypatch.setattr("themata.embed.student.SMALLEST_SAMPLE", 100)


@pytest.mark.usefixtures("small")
def test_what_is_soon_done_is_read_by_the_model_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic_embedder, "PATIENCE", 1e9)
    assert chosen(TEXTS, MINILM, Work()) is MINILM


def test_few_documents_are_not_even_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic_embedder, "_reckoned", None)
    assert chosen(TEXTS, MINILM, Work()) is MINILM


@pytest.mark.usefixtures("small")
def test_what_takes_long_is_estimated_and_the_time_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(automatic_embedder, "PATIENCE", 0.0)
    monkeypatch.setattr(automatic_embedder, "TRUE_ENOUGH", 0.0)
    made = chosen(TEXTS, MINILM, Work())
    assert isinstance(made, Student)
    assert made.teacher is MINILM
    assert made.fidelity_ is not None
    assert made.fidelity_.n_read == 100
    assert "would take about" in caplog.text


@pytest.mark.usefixtures("small")
def test_short_texts_are_read_by_the_model_itself_and_the_time_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(automatic_embedder, "PATIENCE", 0.0)
    monkeypatch.setattr(automatic_embedder, "SHORTEST", 50)
    assert chosen(TEXTS, MINILM, Work()) is MINILM
    assert "takes about" in caplog.text


@pytest.mark.usefixtures("small")
def test_what_cannot_be_estimated_is_read_by_the_model_itself(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(automatic_embedder, "PATIENCE", 0.0)
    monkeypatch.setattr(automatic_embedder, "TRUE_ENOUGH", 1.0)
    assert chosen(TEXTS, MINILM, Work()) is MINILM
    assert "it reads all documents" in caplog.text


@pytest.mark.usefixtures("small")
def test_a_run_that_goes_on_goes_on_as_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic_embedder, "PATIENCE", 0.0)
    monkeypatch.setattr(automatic_embedder, "TRUE_ENOUGH", 0.0)
    first = chosen(TEXTS, MINILM, Work(tmp_path))
    # On another day the machine is so fast that it would be decided otherwise
    monkeypatch.setattr(automatic_embedder.time, "perf_counter", lambda: sys.float_info.max)
    second = chosen(TEXTS, MINILM, Work(tmp_path))
    np.testing.assert_array_equal(first.encode(TEXTS), second.encode(TEXTS))


@pytest.mark.usefixtures("small")
def test_a_model_left_to_itself_knows_what_it_came_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic_embedder, "PATIENCE", 0.0)
    monkeypatch.setattr(automatic_embedder, "TRUE_ENOUGH", 0.0)
    model = TopicModel(layout=None, labeler=None).fit(TEXTS)
    assert model.fidelity_ is not None
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.fidelity_ == model.fidelity_
    assert loaded.transform(TEXTS)[0] == model.topics_
