"""Whom work deep inside a step tells how far it is, without every function between handing it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Heard = Callable[[float], None]
Item = TypeVar("Item")

_heard: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def heard_by(hear: Heard | None) -> Iterator[None]:
    """Whoever tells inside is heard: `hear` is called with the share of the work that is done, 0 to 1. None: nobody."""
    before = _heard.set(hear)
    try:
        yield
    finally:
        _heard.reset(before)


@contextmanager
def share(start: float, end: float) -> Iterator[None]:
    """What is told inside is a part of the work around it, that from `start` to `end`, which is done at the end.

    >>> said = []
    >>> with heard_by(said.append):
    ...     with share(0.0, 0.5):
    ...         tell(0.5)
    ...     tell(1.0)
    >>> said
    [0.25, 0.5, 1.0]
    """
    hear = _heard.get()
    with heard_by(None if hear is None else lambda done: hear(start + (end - start) * done)):
        yield
    if hear is not None:
        hear(end)


def tell(done: float) -> None:
    """Say which share of the work at hand is done, 0 to 1; whether anybody hears it is not ours."""
    hear = _heard.get()
    if hear is not None:
        hear(done)


def told(items: Iterable[Item], n: int, *, every: int = 200, tell: Heard = tell) -> Iterator[Item]:
    """Items of which there are n, telling now and then the share that is done.

    tell : whom; a generator whose items are a part of another's work cannot be within `share`
    >>> said = []
    >>> with heard_by(said.append):
    ...     _ = list(told("abcd", 4, every=2))
    >>> said
    [0.0, 0.5]
    """
    for done, item in enumerate(items):
        if done % every == 0:
            tell(min(1.0, done / max(1, n)))
        yield item
