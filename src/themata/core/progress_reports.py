"""How work deep inside a step reports its progress, without every function between handing a callback on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

OnShare = Callable[[float], None]
Item = TypeVar("Item")

_listener: ContextVar[OnShare | None] = ContextVar("listener", default=None)


@contextmanager
def reporting_to(listener: OnShare | None) -> Iterator[None]:
    """What is reported inside goes to `listener`: the share of the work that is done, 0 to 1. None: to nobody."""
    before = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(before)


@contextmanager
def share(start: float, end: float) -> Iterator[None]:
    """What is reported inside is a part of the work around it, that from `start` to `end`, which is done at the end.

    >>> shares = []
    >>> with reporting_to(shares.append):
    ...     with share(0.0, 0.5):
    ...         report_share(0.5)
    ...     report_share(1.0)
    >>> shares
    [0.25, 0.5, 1.0]
    """
    listener = _listener.get()
    with reporting_to(None if listener is None else lambda done: listener(start + (end - start) * done)):
        yield
    if listener is not None:
        listener(end)


def report_share(done: float) -> None:
    """Report which share of the work at hand is done, 0 to 1, to whoever listens."""
    listener = _listener.get()
    if listener is not None:
        listener(done)


def reported(
    items: Iterable[Item], n: int, *, every: int = 200, on_share: OnShare = report_share
) -> Iterator[Item]:
    """Items of which there are n, with a report now and then of the share that is done.

    on_share : who takes the reports; a generator whose items are a part of another's work cannot be within `share`
    >>> shares = []
    >>> with reporting_to(shares.append):
    ...     _ = list(reported("abcd", 4, every=2))
    >>> shares
    [0.0, 0.5]
    """
    for done, item in enumerate(items):
        if done % every == 0:
            on_share(min(1.0, done / max(1, n)))
        yield item
