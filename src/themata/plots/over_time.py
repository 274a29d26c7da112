"""How many documents of each topic every period has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.text_layout import several
from themata.plots import theme

if TYPE_CHECKING:
    import pandas as pd


def over_time(
    frame: pd.DataFrame,
    names: Sequence[str],
    rows: Sequence[int],
    *,
    normalize_frequency: bool = False,
    canvas: theme.Canvas,
) -> Any:
    """A line per topic; hovering shows the words of a period.

    frame : Topic, Words, Frequency, Timestamp, and Start and End where they are known; rows without a time are left out
    normalize_frequency : scale each topic's line to length 1, so that small topics can be seen beside large ones
    """
    known = set(frame.Topic.unique().tolist())
    figure = theme.figure()
    for row in rows:
        if row not in known:
            continue
        rows_of_topic = frame[(frame.Topic == row) & frame.Timestamp.notna()].sort_values("Timestamp")
        counts = rows_of_topic.Frequency.to_numpy(dtype=np.float64)
        figure.add_scatter(
            x=rows_of_topic.Timestamp,
            y=unit_length(counts) if normalize_frequency else counts,
            mode="lines+markers",
            marker={"size": 4},
            name=theme.short(names[row], 32),
            line={"color": theme.color(row)},
            hovertext=[
                f"<b>{theme.short(names[row])}</b><br>{theme.hover_text(words, 120)}<br>{several(int(count), 'document')}{period}"
                for words, count, period in zip(
                    rows_of_topic.Words, counts, _periods(rows_of_topic), strict=True
                )
            ],
            hoverinfo="text",
        )
    if not figure.data:
        return canvas.empty("no topics in any period")
    canvas.dress(figure)
    figure.update_yaxes(
        title="Normalized frequency" if normalize_frequency else "Frequency", rangemode="tozero"
    )
    return figure.update_layout(legend={"title": "Topics"}, showlegend=True)


def _periods(frame: pd.DataFrame) -> list[str]:
    """What hovering says of each row's period; nothing where the frame does not tell when it ends."""
    if not {"Start", "End"} <= set(frame.columns):
        return [""] * len(frame)
    return [
        f"<br>{_said(start)}" + (f" to {_said(end)}" if end != start else "")
        for start, end in zip(frame.Start, frame.End, strict=True)
    ]


def _said(time: Any) -> str:
    """A date without the time of midnight; a number as people write it."""
    return f"{time:g}" if isinstance(time, int | float) else str(time).removesuffix(" 00:00:00")


def unit_length(counts: Any) -> Any:
    """Counts as a vector of length 1."""
    length = np.sqrt((counts**2).sum())
    return counts / length if length > 0 else counts
