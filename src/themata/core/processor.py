"""What this machine's processor offers, and how much of it is free."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.1  # seconds in which other processes are watched: ten of the system's ticks
LOOKS = 3  # at most: what another process does for a moment is no reason to go slowly for minutes
AGAIN = 2.0  # seconds of work after which it is looked again


def bfloat16_units() -> dict[str, bool]:
    """Which of the units that compute bfloat16 this processor has; without any, products take 6 to 10 times float32's time."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = cpuinfo.read_text(encoding="utf-8", errors="replace") if cpuinfo.exists() else ""
    return {name: name in flags for name in ("amx_bf16", "avx512_bf16")}


def usable_processors() -> int:
    """Processors that this process may use: those it is bound to, and no more than its container's share of time."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(bound, _quota(Path("/sys/fs/cgroup")) or bound))


def free_processors() -> int:
    """Of the usable processors those that nothing else computes on now, one at least; all where the system does not tell.

    Threads that wait for one another at every step, as torch's do, take ten times as long when another process has one of
    their processors.
    """
    usable = usable_processors()
    if usable == 1:
        return 1
    free = 1
    for _ in range(LOOKS):
        free = max(free, min(usable, _free_now(usable)))
        if free == usable:
            break
    return free


def _free_now(usable: int) -> int:
    before = _moment()
    if before is None:
        return usable
    time.sleep(LOOK)
    return _free_between(before, _moment() or before)


@dataclass(frozen=True)
class _Moment:
    """at, in seconds; the seconds that all processors together have been idle until then, and that this process has used"""

    at: float
    idle: float
    used: float


def _moment() -> _Moment | None:
    """Now; None where the system does not tell."""
    idle = _idle()
    return None if idle is None else _Moment(time.perf_counter(), idle, time.process_time())


def _free_between(before: _Moment, after: _Moment) -> int:
    """Processors that others left to this process, on the average."""
    return round((after.idle - before.idle + after.used - before.used) / (after.at - before.at))


@contextmanager
def patient_threads() -> Iterator[None]:
    """A library of OpenMP's that is loaded here for the first time has threads that sleep while they wait, not spin.

    Written words take a seventh to a fourteenth of the time so on a busy machine (benchmarks/README.md). The library reads the
    environment once, as it is loaded, and what the user has set holds; afterwards the environment is as it was.
    """
    if "OMP_WAIT_POLICY" in os.environ or "torch" in sys.modules:
        yield
        return
    os.environ["OMP_WAIT_POLICY"] = "passive"
    try:
        yield
    finally:
        os.environ.pop("OMP_WAIT_POLICY", None)


@contextmanager
def free_threads() -> Iterator[Callable[[], None]]:
    """torch computes with as many threads as processors are free, and no more than before; afterwards as before.

    What is given is to be called at every step of the work: now and then it looks whether others have come or gone.
    """
    import torch

    usable, before = usable_processors(), torch.get_num_threads()
    torch.set_num_threads(min(before, free_processors()))
    since = _moment()

    def look() -> None:
        nonlocal since
        if since is None or time.perf_counter() < since.at + AGAIN:
            return
        now = _moment() or since
        free = max(1, min(usable, _free_between(since, now)))
        torch.set_num_threads(min(before, free))
        since = now

    try:
        yield look
    finally:
        torch.set_num_threads(before)


def _quota(group: Path) -> int | None:
    """Processors' worth of time that a container may use, rounded up; None where nothing limits it."""
    for quota_file, period_file in (("cpu.max", None), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        try:
            words = (group / quota_file).read_text(encoding="ascii").split()
            period = words[1] if period_file is None else (group / period_file).read_text(encoding="ascii")
            if words[0] not in ("max", "-1"):
                return -(-int(words[0]) // int(period))
        except (OSError, ValueError, IndexError):  # no such group, or another system
            continue
    return None


def _idle() -> float | None:
    """Seconds that all processors together have had nothing to do since the start; None where the system does not tell."""
    try:
        with open("/proc/stat", encoding="ascii") as lines:
            fields = lines.readline().split()
        return (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")  # idle, and waiting for a disk
    except (OSError, ValueError, IndexError):
        return None
