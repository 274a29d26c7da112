"""New documents in batches: the same topics as all at once, in memory that does not grow, and rejected where unsure."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from corpora import sample
from themata import InputError, TopicModel
from themata.cli.app import app
from themata.evaluate.rejection import Rejection
from themata.fitted import streaming
from themata.pipeline import embedding_space
from themata.relate import neighbors


@pytest.fixture(scope="module")
def corpus() -> Any:
    return sample(240)


@pytest.fixture(scope="module")
def model(corpus: Any) -> TopicModel:
    return TopicModel(embedder=None, labeler=None).fit(corpus.texts, corpus.embeddings)


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 90 new documents, a row without text among them, and their embeddings."""
    folder = tmp_path_factory.mktemp("new")
    made = sample(90, seed=5)
    rows = [{"id": f"d{i}", "text": text} for i, text in enumerate(made.texts)]
    rows[7]["text"] = ""
    (folder / "new.jsonl").write_text("\n".join(map(json.dumps, rows)))
    np.save(folder / "points.npy", made.embeddings)
    return folder


def test_a_file_in_batches_is_assigned_as_its_documents_are_at_once(
    model: TopicModel, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "BATCH", 16)
    sizes = model.transform_file(new / "new.jsonl", tmp_path / "out.parquet", new / "points.npy")
    found = pd.read_parquet(tmp_path / "out.parquet")
    made = sample(90, seed=5)
    kept = [row for row in range(90) if row != 7]
    topics, strength = model.transform([made.texts[row] for row in kept], made.embeddings[kept])
    assert found["id"].tolist() == [f"d{row}" for row in range(90)]  # the row without text, too
    assert found["text"].tolist() == [made.texts[row] if row != 7 else "" for row in range(90)]
    assert found["set_aside"].tolist() == ["no text" if row == 7 else "" for row in range(90)]
    at_once = model.results([made.texts[row] for row in kept], made.embeddings[kept])
    of_kept = found.iloc[kept].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_kept[list(at_once)], at_once, check_dtype=False)
    assert of_kept["topic"].tolist() == topics and np.allclose(of_kept["strength"], strength, atol=1e-4)
    assert {"topic_2", "topic_2_name", "topic_2_weight", "topic_3_weight"} <= {*at_once}
    assert sizes == np.bincount(topics, minlength=len(sizes)).tolist() and sum(sizes) == 89
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups == 6
    described = pd.read_parquet(tmp_path / "out.topics.parquet")
    assert described["topic_name"].tolist() == list(model.result_.names)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_file_is_written_as_its_name_asks_and_as_the_command_does(
    model: TopicModel, new: Path, tmp_path: Path, ending: str
) -> None:
    model.transform_file(new / "new.jsonl", tmp_path / f"ours{ending}", new / "points.npy")
    model.save(tmp_path / "model")
    given = [tmp_path / "model", new / "new.jsonl", "--embeddings", new / "points.npy"]
    CliRunner().invoke(app, ["assign", *map(str, given), "--out", str(tmp_path / f"theirs{ending}")])
    files = [tmp_path / f"{whose}{ending}" for whose in ("ours", "theirs")]
    frames = [
        pd.read_csv(file) if ending == ".csv" else pd.read_excel(file, engine="calamine") for file in files
    ]
    pd.testing.assert_frame_equal(*frames)
    assert len(frames[0]) == 90
    with pytest.raises(InputError, match=r"\.parquet: choose"):
        model.transform_file(new / "new.jsonl", tmp_path / "out.json", new / "points.npy")


def test_a_column_of_texts_may_hold_numbers_further_down(
    model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "BATCH", 10)
    made = sample(30, seed=5)
    rows = [{"text": text, "code": "A1" if row < 10 else row} for row, text in enumerate(made.texts)]
    (tmp_path / "new.jsonl").write_text("\n".join(map(json.dumps, rows)))
    np.save(tmp_path / "points.npy", made.embeddings)
    model.transform_file(tmp_path / "new.jsonl", tmp_path / "out.parquet", tmp_path / "points.npy")
    assert pd.read_parquet(tmp_path / "out.parquet")["code"].tolist()[9:12] == ["A1", "10", "11"]


def test_shares_are_found_among_very_many_fitted_documents_too(
    model: TopicModel, new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = np.load(new / "points.npy")
    np.save(tmp_path / "between.npy", points + np.roll(points, 1, axis=0))  # of two subjects each
    model.transform_file(new / "new.jsonl", tmp_path / "all.parquet", tmp_path / "between.npy")
    monkeypatch.setattr(embedding_space, "STREAMED", 100)
    model.transform_file(new / "new.jsonl", tmp_path / "cells.parquet", tmp_path / "between.npy")
    exact, near = (pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("all", "cells"))
    assert (exact["topic"] == near["topic"]).mean() > 0.9
    assert near["topic_2"].notna().any() and exact["topic_2_weight"].corr(near["topic_2_weight"]) > 0.5


def test_memory_does_not_grow_with_the_file(
    model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "BATCH", 100)

    def peak(n: int) -> int:
        made = sample(n, seed=3)
        path = tmp_path / f"{n}.jsonl"
        path.write_text("\n".join(json.dumps({"text": text + " filler" * 200}) for text in made.texts))
        np.save(tmp_path / f"{n}.npy", made.embeddings)
        del made
        tracemalloc.start()
        model.transform_file(path, tmp_path / "out.parquet", tmp_path / f"{n}.npy")
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(200)  # what is loaded once
    assert peak(2_000) < 1.3 * peak(400)


def test_a_document_that_is_given_its_topic_too_weakly_is_given_none(model: TopicModel, corpus: Any) -> None:
    between = corpus.embeddings[:40] + corpus.embeddings[1:41]  # of two subjects each
    topics, strength = model.transform(corpus.texts[:40], between)
    least = float(np.median(strength))
    strict, kept = model.transform(corpus.texts[:40], between, min_strength=least)
    assert [topic for topic, sure in zip(strict, strength, strict=True) if sure < least] == [-1] * int(
        (strength < least).sum()
    )
    assert [a for a, sure in zip(strict, strength, strict=True) if sure >= least] == [
        a for a, sure in zip(topics, strength, strict=True) if sure >= least
    ]
    assert (kept[np.array(strict) < 0] == 0).all()


def test_what_is_rejected_is_calibrated_on_documents_that_had_no_vote() -> None:
    rng = np.random.default_rng(0)
    made = sample(400)
    noisy = made.embeddings + 0.9 * made.embeddings.std() * rng.standard_normal(made.embeddings.shape)
    model = TopicModel(embedder=None, labeler=None, n_topics=4).fit(made.texts, noisy)
    rejection = model.rejection()
    assert len(rejection.right) <= 40
    frame = rejection.to_frame()
    assert frame["Kept"].is_monotonic_decreasing and frame["MinStrength"].is_monotonic_increasing
    least = rejection.min_strength(0.9)
    sure = rejection.strength >= least
    assert rejection.right[sure].mean() >= 0.9 or not sure.any()


def test_precision_counts_ties_together() -> None:
    found = Rejection.of(
        np.array([0.5, 0.5, 0.9, 0.2, 0.7]), np.array([0, 1, 1, -1, 0]), np.array([0, 0, 1, 1, 0])
    )
    assert found.strength.tolist() == [0.9, 0.7, 0.5, 0.5]
    assert found.precision.tolist() == [1, 1, 0.75, 0.75]
    assert found.min_strength(0.8) == 0.7 and found.min_strength(0.75) == 0.5
    assert Rejection(np.array([0.4]), np.array([False])).min_strength(0.5) > 1


def test_the_command_streams_to_parquet_and_rejects(model: TopicModel, new: Path, tmp_path: Path) -> None:
    model.save(tmp_path / "model")
    given = [tmp_path / "model", new / "new.jsonl", "--embeddings", new / "points.npy"]

    def run(*more: object) -> Any:
        done = CliRunner().invoke(app, ["assign", *map(str, [*given, *more])])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    run("--out", tmp_path / "all.parquet")
    run("--out", tmp_path / "all.csv")
    run("--out", tmp_path / "sure.parquet", "--precision", "0.99")
    table, text = pd.read_parquet(tmp_path / "all.parquet"), pd.read_csv(tmp_path / "all.csv")
    assert table["topic"].dropna().tolist() == text["topic"].dropna().tolist()
    assert table["id"].tolist() == text["id"].tolist() and len(table) == 90  # the row without text, too
    sure = pd.read_parquet(tmp_path / "sure.parquet")
    assert {*sure["topic"].dropna()} <= {-1, *table["topic"].dropna()} and len(sure) == len(table)
    with pytest.raises(InputError, match="choose one"):
        run("--precision", "0.9", "--min-strength", "0.5")


def test_the_nearest_of_very_many_are_found_in_cells() -> None:
    rng = np.random.default_rng(0)
    middles = rng.standard_normal((30, 24))
    known = neighbors.unit_rows(middles[np.arange(4_000) % 30] * 1.5 + rng.standard_normal((4_000, 24)))
    queries = neighbors.unit_rows(middles[np.arange(200) % 30] * 1.5 + rng.standard_normal((200, 24)))
    cells, _ = neighbors.Cells.of(known, random_state=0)
    found, cosines = cells.search(queries, 10)
    truth, _ = neighbors.exact_neighbors(known, 10, queries)
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, truth, strict=True)])
    assert recall > 0.9 and (np.diff(cosines, axis=1) <= 0).all()
    assert (cells.search(known[:50], 1)[0].ravel() == np.arange(50)).all(), "a known document finds itself"
