"""What needs no words, found in a thread while they are counted: who is near whom in meaning, and how fine topics are.

Counting words holds Python's lock and so one processor; the search for neighbors and other processes use the rest.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any, Self

from threadpoolctl import threadpool_limits

from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.core.graph import n_workers, stop_asked
from themata.core.powers import takes
from themata.core.protocols import Foreseer

log = logging.getLogger(__name__)


class _Thread:
    """A thread for work beside the caller's; as a context, it ends with the block, and stops where that fails."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._pool: ThreadPoolExecutor | None = None
        self._stop = Event()

    def _submit(self, work: Callable[[], Any]) -> Future[Any]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, self._name, initializer=stop_asked.set, initargs=(self._stop,))
        return self._pool.submit(work)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: object, *rest: object) -> None:
        if self._pool is not None:
            if error is not None:
                self._stop.set()
            self._pool.shutdown(wait=True, cancel_futures=True)


class Ahead(_Thread):
    """One look ahead; as a context, it ends with the block. Parts that foresee nothing are asked nothing.

    What is foreseen is what the part finds by itself when asked in turn, so no answer depends on it: where a look fails
    or there is one processor, the part does its work in its turn.
    """

    def __init__(self, relater: Any, grouper: Any, voters: Int1d | None = None) -> None:
        """voters : rows of the documents that decide how fine topics are; None: all of them"""
        self._relater, self._grouper = relater, grouper
        votes = foresees(grouper, grouper.group) and takes(grouper.foresee, "voters")
        self._votes = {"voters": voters} if votes and voters is not None else {}
        self._estimated = (
            {"estimated": True} if voters is not None and takes(relater.relate, "estimated") else {}
        )
        super().__init__("ahead")
        self._near: Future[Any] | None = None
        self._fineness: Future[Any] | None = None
        self._limits: Any = None

    def begin(self, docs: Documents) -> None:
        """Look, if both parts can and there is a processor to spare."""
        if n_workers() == 1 or not (
            foresees(self._relater, self._relater.relate) and foresees(self._grouper, self._grouper.group)
        ):
            return
        # Held over all of it, because threads that each set and reset one limit would reset it too early
        self._limits = threadpool_limits(1)
        self._near = self._submit(partial(self._relater.foresee, docs))
        self._fineness = self._submit(partial(self._foresee_fineness, docs))

    def near(self) -> dict[str, Any]:
        """What to tell the relater besides the documents."""
        return _as_argument(self._near) | self._estimated

    def fineness(self, docs: Documents, graph: Any) -> dict[str, Any]:
        """What to tell the grouper besides the documents and their graph."""
        foreseen, vote = _as_argument(self._fineness), self.vote(docs, graph)
        if not foreseen or not vote:
            return foreseen or vote
        # Where neighbors were not foreseen, neither was this, and all documents would decide
        return {"foreseen": lambda: foreseen["foreseen"]() or vote["foreseen"]()}

    def vote(self, docs: Documents, graph: Any) -> dict[str, Any]:
        """The same, where some documents alone decide: asked of them now."""
        return {"foreseen": partial(self._grouper.foresee, docs, graph, **self._votes)} if self._votes else {}

    def __exit__(self, error: object, *rest: object) -> None:
        super().__exit__(error, *rest)
        if self._limits is not None:
            self._limits.restore_original_limits()

    def _foresee_fineness(self, docs: Documents) -> Any:
        near = self._near.result() if self._near is not None else None
        return None if near is None else self._grouper.foresee(docs, near.graph, **self._votes)


class Beside(_Thread):
    """One work in a thread beside those of the caller, who asks for its answer when it is due."""

    def __init__(self) -> None:
        super().__init__("beside")
        self._work: Future[Any] | None = None

    def begin(self, work: Callable[[], Any]) -> None:
        """Begin, if there is a processor to spare."""
        if n_workers() > 1:
            self._work = self._submit(work)

    def answer(self) -> Any:
        """What came of it; None where it was not begun or failed, and is to be done in turn."""
        return None if self._work is None else _seen(self._work)


def foresees(part: Any, method: Any) -> bool:
    """Whether a part can look ahead, and its method takes what it saw."""
    return isinstance(part, Foreseer) and takes(method, "foreseen")


def _as_argument(looked: Future[Any] | None) -> dict[str, Any]:
    return {} if looked is None else {"foreseen": lambda: _seen(looked)}


def _seen(looked: Future[Any]) -> Any:
    try:
        return looked.result()
    except Exception as error:  # whatever it was: the part meets it again in its turn, where it is reported
        log.warning("a look ahead failed (%s: %s); it is done in turn", type(error).__name__, error)
        return None
