from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from themata.core.errors import StoreError
from themata.pipeline.run_folder import RunFolder, fingerprint
from themata.pipeline.step_cache import Steps

PRODUCT = {
    "array": np.arange(6.0).reshape(2, 3),
    "links": sparse.csr_matrix([[0, 2], [1, 0]]),
    "words": np.array(["a", "ü"], dtype=object),
    "facts": {"n": 3, "name": None},
}


def test_a_product_is_kept_under_its_key(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "run") as run:
        run.keep("step", "key", PRODUCT)
        found = run.kept("step", "key")
        assert found is not None
        np.testing.assert_array_equal(found["array"], PRODUCT["array"])
        assert (found["links"] != PRODUCT["links"]).nnz == 0
        assert found["words"].tolist() == ["a", "ü"]
        assert found["facts"] == PRODUCT["facts"]
        assert run.kept("step", "other key") is None
        assert run.kept("other step", "key") is None


@pytest.mark.parametrize("name", ["step.json", "array.npy", "links.data.npy", "words.json"])
def test_a_damaged_product_is_made_again(tmp_path: Path, name: str) -> None:
    with RunFolder(tmp_path) as run:
        run.keep("step", "key", PRODUCT)
        path = tmp_path / "steps" / "step" / name
        path.write_bytes(path.read_bytes()[:10])
        assert run.kept("step", "key") is None


def test_a_step_is_done_once_for_the_same_inputs(tmp_path: Path) -> None:
    done = []
    with RunFolder(tmp_path) as run:
        for inputs in [(1, "a"), (1, "a"), (2, "a")]:
            Steps(run).do("step", lambda inputs: done.append(inputs) or {"value": 1}, inputs=inputs)
    assert len(done) == 2


def test_fingerprints_tell_inputs_apart() -> None:
    things = [
        ["a", "b"], ["ab"], ["a", "", "b"], np.zeros(3), np.zeros(3, dtype=np.float32), np.zeros((3, 1)),
        sparse.eye(3, format="csr"), None, 1, "1", {"a": 1}, {"a": 2}, "\ud800",
    ]  # fmt: skip
    assert len({fingerprint(thing) for thing in things}) == len(things)
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})


def test_two_processes_never_write_one_run(tmp_path: Path) -> None:
    other = subprocess.Popen(["sleep", "60"])
    try:
        with RunFolder(tmp_path):
            (tmp_path / ".lock").write_text(str(other.pid))
            with pytest.raises(StoreError, match=f"process {other.pid} is at work"), RunFolder(tmp_path):
                pass
    finally:
        other.kill()
        other.wait()
    (tmp_path / ".lock").write_text(str(other.pid))
    with RunFolder(tmp_path):  # the owner is gone
        pass


def test_a_file_is_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="choose a folder"), RunFolder(tmp_path / "file"):
        pass


SCRIPT = """
import sys, time
import numpy as np
from themata.pipeline.run_folder import RunFolder
from themata.pipeline.step_cache import Steps
with RunFolder(sys.argv[1]) as run:
    total = 0
    for step in range(12):
        def make(step):
            time.sleep(0.03)
            with open(sys.argv[2], "a") as file:
                file.write(f"{step} ")
            return {"values": np.full(20_000, step)}
        total += int(Steps(run).do(f"step{step}", make, step=step)["values"].sum())
print(total)
"""


def test_killed_at_any_moment_it_goes_on(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "run"), str(tmp_path / "made")]
    for wait in random.Random(0).sample(range(500, 1100), 4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        time.sleep(wait / 1000)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) == 20_000 * sum(range(12))
    made = (tmp_path / "made").read_text().split()
    assert len(made) <= 12 + 4  # at most the one step in work at each kill was made twice
