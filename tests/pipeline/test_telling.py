"""What is shown of long work."""

from __future__ import annotations

import io
import re
import time

import pytest
from rich.console import Console

from corpora import sample
from themata import TopicModel
from themata.pipeline.progress import Lines, listening
from themata.pipeline.step_cache import Steps


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
    TopicModel().fit(given.texts, given.embeddings)
    assert not capsys.readouterr().err
