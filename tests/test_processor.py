"""How much of the processor is used."""

from __future__ import annotations

import os
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from themata.core import processor


def test_a_containers_share_of_time_bounds_the_threads(tmp_path: Path) -> None:
    assert processor._quota(tmp_path) is None
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert processor._quota(tmp_path) is None
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    assert processor._quota(tmp_path) == 2
    (tmp_path / "cpu.max").unlink()
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("50000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert processor._quota(tmp_path) == 1


@pytest.mark.parametrize(("idle", "expected"), [(0.0, 1), (0.1, 1), (0.31, 3), (9.0, 4), (None, 4)])
def test_threads_are_as_many_as_processors_are_idle(
    monkeypatch: pytest.MonkeyPatch, idle: float | None, expected: int
) -> None:
    clock = count(0.0, 0.1)
    ticks = (5.0 + half % 2 * (idle or 0) for half in count())
    monkeypatch.setattr(processor, "usable_processors", lambda: 4)
    monkeypatch.setattr(processor.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(processor.time, "process_time", lambda: 0.0)
    monkeypatch.setattr(processor.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(processor, "_idle", lambda: None if idle is None else next(ticks))
    assert processor.free_processors() == expected


def test_what_is_busy_for_a_moment_leaves_all_processors_free(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([1, 2, 4])
    monkeypatch.setattr(processor, "usable_processors", lambda: 4)
    monkeypatch.setattr(processor, "_free_now", lambda usable: next(looks))
    assert processor.free_processors() == 4


def test_this_machine_has_a_free_processor() -> None:
    assert 1 <= processor.free_processors() <= processor.usable_processors() <= (os.cpu_count() or 1)


def test_torch_has_its_threads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    before = torch.get_num_threads()
    monkeypatch.setattr(processor, "free_processors", lambda: 1)
    with suppress(KeyError), processor.free_threads():
        assert torch.get_num_threads() == 1
        raise KeyError
    assert torch.get_num_threads() == before


def test_threads_are_given_back_when_another_process_comes_and_taken_when_it_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    second, told = processor.AGAIN, []
    # Two processors of which this process used all, then one, and at last one while the other was idle
    moments = iter(
        processor._Moment(place * second, idle, used)
        for place, (idle, used) in enumerate([(0, 0), (0, 4), (0, 6.2), (1.8, 8.2)])
    )
    clock = count(second, second)
    monkeypatch.setattr(processor, "AGAIN", 0.5 * second)
    monkeypatch.setattr(processor, "usable_processors", lambda: 2)
    monkeypatch.setattr(processor, "free_processors", lambda: 1)
    monkeypatch.setattr(processor, "_moment", lambda: next(moments))
    monkeypatch.setattr(processor.time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    monkeypatch.setattr(torch, "set_num_threads", told.append)
    with processor.free_threads() as look:
        for _ in range(3):
            look()
    assert told == [1, 2, 1, 2, 2]


def test_how_threads_wait_is_said_only_while_a_library_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    monkeypatch.delitem(processor.sys.modules, "torch", raising=False)
    with processor.patient_threads():
        assert os.environ["OMP_WAIT_POLICY"] == "passive"
    assert "OMP_WAIT_POLICY" not in os.environ
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    with processor.patient_threads():
        assert os.environ["OMP_WAIT_POLICY"] == "active"
