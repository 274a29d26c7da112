"""What a run folder must never do: mistake one input for another, trust a damaged product, share or take a folder."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from themata.core.errors import StoreError
from themata.pipeline.run_folder import RunFolder, fingerprint

TOLD_APART: list[tuple[Any, Any]] = [
    (sparse.csr_matrix((2, 3)), sparse.csr_matrix((2, 4))),
    (
        {"a": np.zeros(5000)},
        {"a": np.r_[np.zeros(2500), 1, np.zeros(2499)]},
    ),  # numpy shows both as [0. ... 0.]
    (1, True),
    (1, 1.0),
    (None, "None"),
    (["a", ["b"]], [["a"], "b"]),
    ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
    (np.zeros((0, 3)), np.zeros((3, 0))),
    (np.array(["a", "b"]), np.array(["b", "a"])),
    (np.array(["2020"], dtype="datetime64[Y]"), np.array(["2020"], dtype="datetime64[D]")),
    (np.array(["ab", ""], dtype=object), np.array(["a", "b"], dtype=object)),
]


@pytest.mark.parametrize(("one", "other"), TOLD_APART)
def test_different_inputs_have_different_fingerprints(one: Any, other: Any) -> None:
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(one)


def test_a_fingerprint_depends_on_values_not_on_memory_or_process() -> None:
    array = np.arange(12.0).reshape(3, 4)
    assert (
        fingerprint(array)
        == fingerprint(np.asfortranarray(array))
        == fingerprint(np.repeat(array, 2, 0)[::2])
    )
    assert fingerprint(np.array(3.0)) == fingerprint(np.array(3.0))
    code = "from themata.pipeline.run_folder import fingerprint; print(fingerprint({'b', 'a', 'c'}, {'x': (1, None)}))"
    found = {
        subprocess.check_output([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


def test_one_wrong_bit_in_a_product_is_seen(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with RunFolder(tmp_path) as run:
        run.keep("step", "key", {"array": np.arange(1000.0)})
        path = tmp_path / "steps" / "step" / "array.npy"
        data = bytearray(path.read_bytes())
        data[-5] ^= 1
        path.write_bytes(data)
        with caplog.at_level(logging.WARNING):
            assert run.kept("step", "key") is None
        assert "array.npy" in caplog.text
        path.unlink()
        assert run.kept("step", "key") is None


HOLD = """
import sys, time
from themata.pipeline.run_folder import RunFolder
with RunFolder(sys.argv[1]):
    print("inside", flush=True)
    time.sleep(60)
"""


def test_a_killed_owner_lets_go_even_when_its_number_lives_on(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "inside"
    with pytest.raises(StoreError, match=f"process {process.pid} is at work"), RunFolder(tmp_path):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    # After a restart another program may have the number that the killed one left: here, this test's parent
    (tmp_path / ".lock").write_text(str(os.getppid()))
    with RunFolder(tmp_path) as run:
        run.keep("step", "key", {"n": 1})
    assert (tmp_path / ".lock").read_text() == str(os.getpid())


def test_a_run_is_entered_once_and_again_after_it_ended(tmp_path: Path) -> None:
    with RunFolder(tmp_path), pytest.raises(StoreError, match="is at work"), RunFolder(tmp_path):
        pass
    with RunFolder(tmp_path):
        pass


def test_somebody_elses_files_are_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "topics.csv").write_text("a year of work")
    with pytest.raises(StoreError, match=r"holds topics\.csv"), RunFolder(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["topics.csv"]


def test_a_folder_with_the_input_in_it_will_do(tmp_path: Path) -> None:
    (tmp_path / "docs.csv").write_text("text\na\n")
    with RunFolder(tmp_path) as run:
        run.keep("step", "key", {"n": 1})
        (tmp_path / "topics.csv").write_text("a result")
    with RunFolder(tmp_path) as run:
        assert run.kept("step", "key") == {"n": 1}


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs a place where nobody can write")
def test_a_place_that_cannot_be_written_is_a_clear_error() -> None:
    with pytest.raises(StoreError, match="cannot be a run folder"), RunFolder("/proc/none"):
        pass
