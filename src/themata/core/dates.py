"""Dates and times as people and programs write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

# What datetime64[ns] can hold
_FIRST, _LAST = np.datetime64("1677-09-22"), np.datetime64("2262-04-11")
_NUMBER = re.compile(r"\d+(\.\d*)?")
_DAY_OR_MONTH = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})\b")


def times_of(values: Sequence[Any]) -> np.ndarray[Any, Any]:
    """(n,) datetime64[ns] in UTC; NaT for what is no date.

    Plain years are years, and numbers of ten digits or more seconds (or milli-, micro-, nanoseconds) since 1970. Whether
    01/02/2020 is in January or February is read off the other dates: a 13 in front of any means days come first.

    >>> times_of(["2020-05-01T02:00+02:00", 1999, "1588291200", "soon"]).astype("datetime64[h]").astype(str).tolist()
    ['2020-05-01T00', '1999-01-01T00', '2020-05-01T00', 'NaT']
    """
    import pandas as pd

    kind = getattr(getattr(values, "dtype", None), "kind", None)
    if kind == "M":  # times already, with a zone or without
        read = pd.to_datetime(pd.Series(values), utc=True, errors="coerce").dt.tz_localize(None).to_numpy()
        return _within(read)
    plain = pd.Series([_plain(value) for value in values], dtype=object)
    days_first = _days_first(plain)
    dates = pd.to_datetime(plain, utc=True, errors="coerce", format="mixed", dayfirst=days_first)
    return _within(dates.dt.tz_localize(None).to_numpy())


def _within(times: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """As datetime64[ns]; NaT for what that cannot hold."""
    return np.where((times >= _FIRST) & (times < _LAST), times, np.datetime64("NaT")).astype("datetime64[ns]")


def _plain(value: Any) -> Any:
    """Numbers as the dates they stand for; None where they stand for none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | np.number) or (
        isinstance(value, str) and _NUMBER.fullmatch(value.strip())
    ):
        return _of_number(float(value))
    return value.strip() if isinstance(value, str) else value


def _of_number(number: float) -> Any:
    if not 0 <= number < math.inf:
        return None
    whole = int(number)
    if 1000 <= whole <= 2999 and number == whole:
        return f"{whole}-01-01"
    if 1_000_00 <= whole <= 2999_12:
        return f"{whole // 100}-{whole % 100:02d}-01"
    if 1000_00_00 <= whole <= 2999_12_31:
        return f"{whole // 10000}-{whole // 100 % 100:02d}-{whole % 100:02d}"
    for per_second in (1, 10**3, 10**6, 10**9):
        if 10**8 <= number / per_second < 10**11:
            return datetime.fromtimestamp(number / per_second, tz=UTC)
    return None


def _days_first(values: Any) -> bool:
    numbers = [
        day_or_month
        for value in values
        if isinstance(value, str) and (day_or_month := _DAY_OR_MONTH.match(value))
    ]
    return any(int(day_or_month[1]) > 12 or day_or_month[2] == "." for day_or_month in numbers)
