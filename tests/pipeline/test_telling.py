"""What is shown of long work."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from corpora import sample
from themata import TopicModel
from themata.core.progress_reports import reporting_to
from themata.pipeline.progress import Lines, listening
from themata.pipeline.step_cache import Steps
from themata.read import read


def test_a_line_says_now_and_then_how_long_a_step_takes_yet() -> None:
    stream = io.StringIO()
    steps = Steps(listener=Lines(stream, every=0.05))
    with steps.timed("group"):
        time.sleep(0.13)
    with steps.timed("embed"):
        steps.listener.progress("embed")(1, 4)
        time.sleep(0.08)
    said = stream.getvalue()
    assert re.search(r"… finding topics: 0\.\d s so far", said)
    assert re.search(r"… embedding: 1 of 4, about 0\.\d s left", said)
    assert re.search(r"✓ finding topics +0\.\d s\n", said)
    time.sleep(0.12)
    assert stream.getvalue() == said, "nothing is said of steps that are done"


def test_nothing_more_is_said_of_a_step_that_failed() -> None:
    stream = io.StringIO()
    steps = Steps(listener=Lines(stream, every=0.05))
    with pytest.raises(RuntimeError), steps.timed("group"):
        raise RuntimeError
    time.sleep(0.12)
    assert stream.getvalue() == ""


def test_a_step_within_a_step_is_the_one_that_is_told() -> None:
    stream = io.StringIO()
    steps = Steps(listener=Lines(stream, every=0.05))
    with steps.timed("embed"):
        with steps.timed("load"):
            time.sleep(0.08)
        time.sleep(0.08)
    said = stream.getvalue()
    assert (
        said.index("… loading the embedder")
        < said.index("✓ loading the embedder")
        < said.index("… embedding")
    )


def test_a_terminal_has_a_bar_with_the_time_left() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, force_jupyter=False, width=120)
    with listening(console) as listener:
        steps = Steps(listener=listener)
        with steps.timed("embed"):
            listener.progress("embed")(1, 2)
            time.sleep(0.3)
    said = stream.getvalue()
    assert "50%" in said and "━" in said and "✓" in said


def test_a_console_without_the_marks_is_told_all_the_same() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="cp1252", write_through=True)
    Lines(stream).finished("group", 1.0, reused=False)
    assert b"finding topics" in raw.getvalue()


def test_a_verbose_fit_tells_its_steps_and_a_usual_one_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    given = sample(40)
    TopicModel().fit(given.texts, given.embeddings, verbose=True).partial_fit(
        given.texts[:2], given.embeddings[:2], verbose=True
    )
    said = capsys.readouterr()
    assert "✓ counting words" in said.err and "✓ finding topics" in said.err and not said.out
    assert "✓ adding documents" in said.err
    TopicModel().fit(given.texts, given.embeddings).partial_fit(given.texts[:2], given.embeddings[:2])
    assert not capsys.readouterr().err


def test_reading_tells_the_share_that_is_read(tmp_path: Path) -> None:
    texts = [f"document {i} about cats and their sleep" for i in range(1000)]
    rows = pd.DataFrame({"text": texts})
    writers: dict[str, Callable[[Path], object]] = {
        "rows.csv": lambda path: rows.to_csv(path, index=False),
        "rows.csv.gz": lambda path: rows.to_csv(path, index=False),
        "rows.jsonl": lambda path: rows.to_json(path, orient="records", lines=True),
        "rows.json": lambda path: rows.to_json(path, orient="records"),
        "rows.parquet": lambda path: rows.to_parquet(path),
        "rows.xlsx": lambda path: rows.to_excel(path),
        "rows.txt": lambda path: path.write_text("\n".join(texts)),
    }
    for name, write in writers.items():
        write(tmp_path / name)
        said: list[float] = []
        with reporting_to(said.append):
            assert read(tmp_path / name).n_rows == 1000
        assert len(said) >= 4 and said == sorted(said) and said[-1] <= 1.0, name
    said = []
    with reporting_to(said.append):
        read(tmp_path / "rows.csv", limit=400)
    assert said[-1] == 0.5  # at 200 of 400


def test_a_folder_tells_the_share_of_its_files(tmp_path: Path) -> None:
    for i in range(4):
        (tmp_path / f"{i}.txt").write_text(f"document {i} about cats")
    said: list[float] = []
    with reporting_to(said.append):
        read(tmp_path)
    assert said == [0.0, 0.25, 0.5, 0.75]


def test_a_data_set_of_the_hub_tells_the_share_that_is_read(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    datasets.Dataset.from_dict({"text": [f"document {i}" for i in range(1000)]}).save_to_disk(tmp_path)
    said: list[float] = []
    with reporting_to(said.append):
        assert read(f"hf:{tmp_path}").n_rows == 1000
    assert said == [0.0, 0.2, 0.4, 0.6, 0.8]


def test_the_report_tells_the_share_that_is_written() -> None:
    given = sample(60)
    model = TopicModel(layout=None).fit(given.texts, given.embeddings)
    said: list[float] = []
    with reporting_to(said.append):
        model.report()
    assert said and said == sorted(said) and said[-1] == 1.0


def test_adding_documents_tells_how_far_it_is() -> None:
    given = sample(60)
    model = TopicModel(embedder="minilm", layout=None).fit(given.texts)
    said: list[float] = []
    with reporting_to(said.append):
        model.partial_fit([f"{text} again" for text in given.texts])
    assert 0.8 in said and said[-1] == 1.0
