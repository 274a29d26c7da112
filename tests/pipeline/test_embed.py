from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from themata.core.errors import PartError
from themata.core.registry import make
from themata.pipeline.embedding import embed


class Letters:
    """Counts letters: an embedder whose answer is known."""

    name = "letters"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.seen += texts
        return np.array([[text.count(letter) for letter in "abcde"] for text in texts], dtype=np.float32)


TEXTS = ["abc" * i + "de" for i in range(50)] + ["", "a", "abc"] * 3


def test_each_text_is_embedded_once_and_in_its_place() -> None:
    embedder = Letters()
    points = embed(TEXTS, embedder, chunk=7)
    np.testing.assert_array_equal(points, Letters().encode(TEXTS))
    assert sorted(embedder.seen) == sorted(set(TEXTS))


def test_kept_chunks_are_not_made_again(tmp_path: Path) -> None:
    first = embed(TEXTS, Letters(), keep=tmp_path, chunk=7)
    embedder = Letters()
    np.testing.assert_array_equal(embed(TEXTS, embedder, keep=tmp_path, chunk=7), first)
    assert embedder.seen == []


def test_a_damaged_chunk_is_made_again(tmp_path: Path) -> None:
    first = embed(TEXTS, Letters(), keep=tmp_path, chunk=7)
    chunk = sorted(tmp_path.rglob("*.npy"))[2]
    chunk.write_bytes(chunk.read_bytes()[:100])
    embedder = Letters()
    np.testing.assert_array_equal(embed(TEXTS, embedder, keep=tmp_path, chunk=7), first)
    assert len(embedder.seen) == 7


def test_other_texts_or_another_embedder_start_afresh(tmp_path: Path) -> None:
    embed(TEXTS, Letters(), keep=tmp_path)
    other = Letters()
    other.name = "other letters"
    embed(TEXTS, other, keep=tmp_path)
    assert len(other.seen) == len(set(TEXTS))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("answer", "told"), [(np.zeros((1, 2)), "one row per text"), (np.full((2, 2), np.nan), "NaN")]
)
def test_a_bad_answer_blames_the_embedder(answer: np.ndarray, told: str) -> None:
    with pytest.raises(PartError, match=told):
        embed(["a", "b"], make("embedder", lambda texts: answer))


SCRIPT = """
import sys, time
import numpy as np
from themata.pipeline.embedding import embed
class Slow:
    name = "slow"
    def encode(self, texts):
        time.sleep(0.05)
        print(len(texts), flush=True)
        return np.array([[len(text), hash(text) % 1] for text in texts], dtype=np.float32)
from pathlib import Path
points = embed([f"{'x' * i}" for i in range(60)], Slow(), keep=Path(sys.argv[1]), chunk=5)
np.save(sys.argv[2], points)
"""


def test_killed_midway_it_goes_on_from_the_last_chunk(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "keep"), str(tmp_path / "out.npy")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(4):
        process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.1)
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert 0 < len(again.stdout.split()) <= 12 - 3
    assert np.load(tmp_path / "out.npy")[:, 0].tolist() == list(range(60))
