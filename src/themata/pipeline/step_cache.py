"""Where the recipe keeps the product of each step, and whom it tells how far it is."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from themata.core.documents import Documents
from themata.core.graph import NeighborGraph
from themata.core.part_descriptions import describe
from themata.core.progress_reports import reporting_to
from themata.core.protocols import Progress, Seeds
from themata.core.text_column import TextColumn
from themata.core.topics import Topics
from themata.pipeline.progress import WHOLE


class Keeper(Protocol):
    """Keeps the products of steps between runs; RunFolder is one."""

    def kept(self, name: str, key: str) -> Mapping[str, Any] | None:
        """The product of a step whose inputs had this key, or None."""
        ...

    def keep(self, name: str, key: str, product: Mapping[str, Any]) -> None: ...

    def work(self, name: str) -> Path:
        """A folder for a long step's unfinished work."""
        ...

    def fingerprint(self, *things: Any) -> str:
        """Equal for equal inputs."""
        ...


class Listener(Protocol):
    """Told how far a run is."""

    def started(self, step: str) -> None: ...

    def progress(self, step: str) -> Progress | None:
        """Whom the step tells how far it is; None: nobody."""
        ...

    def finished(self, step: str, seconds: float, *, reused: bool) -> None: ...

    def failed(self, step: str) -> None: ...


class Silent:
    """Tells nobody."""

    def started(self, step: str) -> None: ...

    def progress(self, step: str) -> Progress | None:
        return None

    def finished(self, step: str, seconds: float, *, reused: bool) -> None: ...

    def failed(self, step: str) -> None: ...


@dataclass
class Steps:
    """One run of the recipe.

    keeper : None keeps nothing
    listener : told when steps begin, end or fail
    seconds : how long each step took
    facts : what steps have found out besides, such as how many documents are longer than the embedder reads (n_cut)
    """

    keeper: Keeper | None = None
    listener: Listener = field(default_factory=Silent)
    seconds: dict[str, float] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def do(
        self,
        name: str,
        make: Callable[..., Mapping[str, Any]],
        /,
        *,
        worth_keeping: Callable[[Mapping[str, Any]], bool] = lambda product: True,
        helpers: Mapping[str, Any] | None = None,
        **inputs: Any,
    ) -> Mapping[str, Any]:
        """The product of a step: made of its inputs now, or kept from a run with the same inputs.

        make : called with the inputs and helpers; returns arrays, sparse matrices and JSON-able facts by name
        worth_keeping : whether a product is whole; one that is not is made again by the next run
        helpers : what the step works with and no product depends on, such as a head start or whom it tells
        inputs : everything that decides the product, the parts that make it among them
        """
        make = partial(make, **(helpers or {}))
        if self.keeper is None:
            with self.timed(name):
                return make(**inputs)
        key = self._key(self.keeper, name, inputs)
        product = self.keeper.kept(name, key)
        if product is not None:
            self.listener.finished(name, 0.0, reused=True)
            return product
        with self.timed(name):
            product = make(**inputs)
            if worth_keeping(product):
                self.keeper.keep(name, key, product)
        return product

    def is_kept(self, name: str, /, **inputs: Any) -> bool:
        """Whether `do` with these inputs would make nothing."""
        return (
            self.keeper is not None
            and self.keeper.kept(name, self._key(self.keeper, name, inputs)) is not None
        )

    @staticmethod
    def _key(keeper: Keeper, name: str, inputs: Mapping[str, Any]) -> str:
        return keeper.fingerprint(name, {label: fingerprinted(value) for label, value in inputs.items()})

    def without_keeper(self) -> Steps:
        """The same run, for a step whose product is not kept."""
        return replace(self, keeper=None)

    def work(self, name: str) -> Path | None:
        return None if self.keeper is None else self.keeper.work(name)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        self.listener.started(name)
        progress = self.listener.progress(name)
        start = time.perf_counter()
        try:
            with reporting_to(
                None if progress is None else lambda done: progress(round(WHOLE * done), WHOLE)
            ):
                yield
        except BaseException:
            self.listener.failed(name)
            raise
        _give_back_memory()
        self.seconds[name] = time.perf_counter() - start
        self.listener.finished(name, self.seconds[name], reused=False)


def fingerprinted(value: Any) -> Any:
    """What of an input decides a product, for its fingerprint: of a part its class and its parameters."""
    if isinstance(value, Documents):
        return value.texts, value.embeddings, value.terms
    if isinstance(value, Topics):
        return value.assignment, list(value.layers)
    if isinstance(value, NeighborGraph):
        return value.weights
    if isinstance(value, Seeds):
        return value.assignment, value.ids, value.hold
    is_plain = isinstance(value, np.ndarray | list | tuple | TextColumn) or sparse.issparse(value)
    return value if is_plain else describe(value)


def _give_back_memory() -> None:
    """Hand what a step has freed back to the system, where the C library (glibc) can be told to.

    Counting leaves 0.2 GB of holes between what it keeps of 55,877 abstracts, which no later step finds a use for.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)
