"""Words of many plain texts at once: each different run of letters and marks is read once, however often it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from themata.core.arrays import Bool1d, Int1d

Letters: TypeAlias = npt.NDArray[np.uint8]
Keys: TypeAlias = npt.NDArray[np.uint64]

# What tokens.py may find a word of ASCII in. A dot only begins ".net"
_INSIDE = np.zeros(128, dtype=bool)
_INSIDE[[code for code in range(128) if chr(code).isalnum() or chr(code) in "_#@+'-"]] = True
_LETTERS = 8  # in one whole number
_NUMBERS = 3  # that a run is known by; one of more letters is looked up
_SPREAD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


@dataclass(frozen=True)
class Runs:
    """The runs of some texts that words lie in. No word lies in two, and what is beside a run changes none of its words.

    different : the runs, each once, in the order they are met
    met_in : (n_different,) the text that each is first met in, rising
    which : (n_runs,) of the different ones, text after text
    ends : (n_texts + 1,) where those of each text begin and end
    """

    different: list[str]
    met_in: Int1d
    which: Int1d
    ends: Int1d


def runs_of(texts: Sequence[str]) -> Runs:
    """The runs of texts in ASCII.

    >>> runs_of(["a cat, a dog", "cat-like"]).different
    ['a', 'cat', 'dog', 'cat-like']
    """
    joined = "\n".join(texts)
    letters = np.zeros(len(joined) + _LETTERS * (_NUMBERS + 1), dtype=np.uint8)
    letters[: len(joined)] = np.frombuffer(joined.encode("ascii"), dtype=np.uint8)
    starts, stops = _edges(_inside(letters))
    which, first = _numbered(_keys(letters, joined, starts, stops))
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    begins = np.append(0, np.cumsum(lengths + 1))
    spans = zip(starts[first].tolist(), stops[first].tolist(), strict=True)
    return Runs(
        [joined[start:stop] for start, stop in spans],
        np.searchsorted(begins, starts[first], side="right") - 1,
        which,
        np.searchsorted(starts, begins),
    )


def _inside(letters: Letters) -> Bool1d:
    inside = _INSIDE[letters]
    dots = np.flatnonzero(letters == ord("."))
    for offset, letter in enumerate(b"net", 1):
        dots = dots[letters[dots + offset] | 0x20 == letter]
    inside[dots] = True
    return inside


def _edges(inside: Bool1d) -> tuple[Int1d, Int1d]:
    """Where runs of True start and stop; the last is False."""
    change = inside[1:] != inside[:-1]
    edges = np.flatnonzero(change) + 1
    edges = np.append(0, edges) if inside[0] else edges
    return edges[::2], edges[1::2]


def _keys(letters: Letters, joined: str, starts: Int1d, stops: Int1d) -> Keys:
    """(3, n_runs) whole numbers, the same for the same runs and for no others."""
    at_every_letter = np.ndarray(len(letters) - _LETTERS, dtype="<u8", buffer=letters, strides=(1,))
    some = np.array([(1 << 8 * n) - 1 for n in range(_LETTERS + 1)], dtype=np.uint64)
    lengths = stops - starts
    keys = np.empty((_NUMBERS, len(starts)), dtype=np.uint64)
    for row, number in enumerate(keys):
        number[:] = (
            at_every_letter[starts + row * _LETTERS] & some[np.clip(lengths - row * _LETTERS, 0, _LETTERS)]
        )
    long = np.flatnonzero(lengths > _NUMBERS * _LETTERS)
    known: dict[str, int] = {}
    for run in long.tolist():
        keys[0, run] = known.setdefault(joined[starts[run] : stops[run]], len(known))
    keys[1:, long] = np.iinfo(np.uint64).max  # which no eight letters are
    return keys


def _numbered(keys: Keys) -> tuple[Int1d, Int1d]:
    """A number for each run, in the order they are met, and where each is first met."""
    import pandas as pd

    mixed = (keys * _SPREAD[:, None]).sum(axis=0, dtype=np.uint64)
    which, first = _met(mixed ^ (mixed >> np.uint64(29)))
    if (keys[:, first[which]] != keys).any():  # two runs fell together
        which, first = _met(pd.MultiIndex.from_arrays(list(keys)))
    return which, first


def _met(keys: Any) -> tuple[Int1d, Int1d]:
    import pandas as pd

    which, _ = pd.factorize(keys)
    seen = np.maximum.accumulate(which) if len(which) else which
    return which, np.flatnonzero(np.diff(seen, prepend=-1))
