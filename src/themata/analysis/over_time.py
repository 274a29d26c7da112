"""Topics over time: how much of each topic each period holds, and how its words change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.analysis.breakdown import Breakdown, break_down
from themata.core.arrays import Bool1d, Int1d
from themata.core.dates import times_of
from themata.core.documents import Documents
from themata.core.errors import InputError, listed_rows
from themata.core.topics import Topics
from themata.core.weighting import Weighting

if TYPE_CHECKING:
    import pandas as pd

_Number = int | float | np.number
CALENDAR = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class Timeline(Breakdown):
    """How much of each topic each period holds, and in which words.

    `parts` are the (n_bins,) beginnings of the periods, ascending: datetime64[ns], or float64 where times are plain
    numbers. Those of a calendar are all there, even when nothing was written in one.

    ends : (n_bins,) where the periods end. A period holds the times from its beginning up to its end: its end alone is
        the beginning of the next one, but the last of a number of equal periods ends with, and holds, the latest time.
        Without periods each time begins and ends its own
    part, topic : (n_rows,) place of each row's period, -1 for documents without a time; its topic
    sizes, weights, vocabulary : (n_rows,) documents, (n_rows, n_terms) weights and (n_terms,) terms of its rows: one for
        each topic that a part has
    n_topics, n_left_out : topics of the model; documents that are in no part
    """

    ends: np.ndarray[Any, Any]

    def to_frame(self, n_words: int = 5) -> pd.DataFrame:
        """Topic, Words, Frequency, Timestamp, Start, End: a row per period and topic it has.

        Timestamp and Start are the beginning of the period. Documents without a time come last, with none of the three.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "Topic": self.topic,
                "Words": self.words(n_words),
                "Frequency": self.sizes,
                "Timestamp": self.column(self.parts),
                "Start": self.column(self.parts),
                "End": self.column(self.ends),
            }
        )


def over_time(
    topics: Topics,
    docs: Documents,
    times: Sequence[Any],
    weighting: Weighting,
    *,
    bins: int | str | None = None,
    showable: Bool1d | None = None,
    evolution: bool = True,
    tuning: bool = True,
    datetime_format: str | None = None,
    assignment: Int1d | None = None,
) -> Timeline:
    """Break the topics down by the time of each document.

    times : (n_docs,) dates, times with or without zones, or strings and numbers that stand for them; or numbers to
        be taken in order, such as chapters. Documents without a time are in no period, and counted
    bins : a number of periods of equal length; "day", "week", "month", "quarter" or "year" of the calendar; None for
        every different time
    evolution : average the words of a period with those of the one before
    tuning : average them with those of the topic in the whole corpus
    datetime_format : how strings are to be read, as strptime's; found out without it
    assignment : (n_docs,) of documents that are not those of the topics
    """
    read = read_times(times, datetime_format)
    part, starts, ends = binned(read, bins)
    made = break_down(
        topics,
        docs,
        part,
        starts,
        weighting,
        showable=showable,
        evolution=evolution,
        tuning=tuning,
        assignment=assignment,
    )
    return Timeline(**made, ends=ends)


def read_times(times: Sequence[Any], datetime_format: str | None = None) -> np.ndarray[Any, Any]:
    """(n,) datetime64[ns] in UTC, NaT for a missing one; float64, NaN for a missing one, where they are plain numbers.

    Numbers that stand for dates (years, seconds since 1970) are dates. Where any does not, all are taken as they are:
    chapters, issues, seasons. Strings that are no times are an error.
    """
    import pandas as pd

    given = list(times)
    if datetime_format is not None:
        written = pd.Series(given, dtype=object)
        times_read = times_of(pd.to_datetime(written, format=datetime_format, utc=True, errors="coerce"))
    else:
        times_read = times_of(times)
    wrong = [row for row in np.flatnonzero(np.isnat(times_read)).tolist() if not _missing(given[row])]
    if (
        wrong
        and datetime_format is None
        and all(isinstance(entry, _Number) for entry in given if not _missing(entry))
    ):
        return np.array([np.nan if _missing(entry) else float(entry) for entry in given])
    if wrong:
        how = f"they are not written {datetime_format}"
        if datetime_format is None:
            how = "give datetime_format= for strings; years can be from 1678 to 2261"
        raise InputError(
            f"{len(wrong):,} of {len(given):,} times cannot be read, in {listed_rows(wrong)}; the first is "
            f"{given[wrong[0]]!r}: {how}"
        )
    return times_read


def binned(
    times: np.ndarray[Any, Any], bins: int | str | None
) -> tuple[Int1d, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Place of each time among the periods, -1 for none, and where the periods begin and end.

    times : (n,) as read_times gives them

    >>> days = np.array(["2024-01-05", "2024-03-01", "NaT"], dtype="datetime64[ns]")
    >>> place, starts, ends = binned(days, "month")
    >>> place.tolist(), starts.astype("datetime64[D]").astype(str).tolist()
    ([0, 2, -1], ['2024-01-01', '2024-02-01', '2024-03-01'])
    >>> ends[-1].astype("datetime64[D]").astype(str).item()
    '2024-04-01'
    """
    known = ~(np.isnan(times) if times.dtype.kind == "f" else np.isnat(times))
    place = np.full(len(times), -1, dtype=np.int64)
    if not known.any():
        nothing = np.empty(0, dtype=times.dtype)
        return place, nothing, nothing
    if bins is None:
        starts, place[known] = np.unique(times[known], return_inverse=True)
        whole = starts.dtype.kind == "f" and (starts == np.round(starts)).all()
        starts = starts.astype(np.int64) if whole else starts
        return place, starts, starts
    if isinstance(bins, str):
        if times.dtype.kind == "f":
            raise InputError(f"plain numbers have no calendar: bins must be a number or None, got {bins!r}")
        place[known], starts, ends = _calendar(times[known], bins)
        return place, starts, ends
    if not isinstance(bins, int | np.integer) or bins < 1:
        raise InputError(f"bins must be a number from 1, one of {', '.join(CALENDAR)}, or None, got {bins!r}")
    edges = _edges(times[known], int(bins))
    place[known] = np.clip(np.searchsorted(edges, times[known], side="right") - 1, 0, len(edges) - 2)
    return place, edges[:-1], edges[1:]


def _edges(times: np.ndarray[Any, Any], bins: int) -> np.ndarray[Any, Any]:
    """(bins + 1,) edges of equal periods from the first time to the last; of one period where all times are one."""
    first, last = times.min(), times.max()
    bins = bins if first < last else 1
    if times.dtype.kind == "f":
        return np.linspace(first, last, bins + 1)
    # Nanoseconds since 1970 are more than a float can hold: the last edge would fall before the last time
    steps = np.round(np.linspace(0, (last - first).astype(np.int64), bins + 1)).astype("timedelta64[ns]")
    steps[-1] = last - first
    return np.asarray(first + steps)


def _calendar(
    times: np.ndarray[Any, Any], unit: str
) -> tuple[Int1d, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    if unit not in CALENDAR:
        raise InputError(f"bins must be a number, one of {', '.join(CALENDAR)}, or None, got {unit!r}")
    days = times.astype("datetime64[D]").astype(np.int64)
    months = times.astype("datetime64[M]").astype(np.int64)
    number = {
        "day": days,
        "week": (days + 3) // 7,  # 1970 began on a Thursday, weeks begin on Mondays
        "month": months,
        "quarter": months // 3,
        "year": months // 12,
    }[unit]
    first = int(number.min())
    numbers = np.arange(first, int(number.max()) + 2)  # one more, where the last period ends
    edges = {
        "day": lambda: numbers.astype("datetime64[D]"),
        "week": lambda: (numbers * 7 - 3).astype("datetime64[D]"),
        "month": lambda: numbers.astype("datetime64[M]"),
        "quarter": lambda: (numbers * 3).astype("datetime64[M]"),
        "year": lambda: (numbers * 12).astype("datetime64[M]"),
    }[unit]()
    edges = edges.astype("datetime64[ns]")
    return number - first, edges[:-1], edges[1:]


def _missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value)) or (isinstance(value, str) and not value.strip())
