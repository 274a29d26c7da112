"""How many documents of each topic every class has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.text_layout import several
from themata.plots import theme
from themata.plots.over_time import unit_length

if TYPE_CHECKING:
    import pandas as pd


def per_class(
    frame: pd.DataFrame,
    names: Sequence[str],
    rows: Sequence[int],
    *,
    normalize_frequency: bool = False,
    canvas: theme.Canvas,
) -> Any:
    """Bars per topic over the classes; the first topic is shown, a click in the legend shows others.

    frame : Topic, Words, Frequency, Class, which is missing for documents without one
    """
    known = set(frame.Topic.unique().tolist())
    figure = theme.figure()
    for row in rows:
        if row not in known:
            continue
        rows_of_topic = frame[frame.Topic == row]
        counts = rows_of_topic.Frequency.to_numpy(dtype=np.float64)
        figure.add_bar(
            y=theme.distinguishable(
                [
                    "no class" if none else theme.short(str(name), 40)
                    for name, none in zip(rows_of_topic.Class, rows_of_topic.Class.isna(), strict=True)
                ]
            ),
            x=unit_length(counts) if normalize_frequency else counts,
            orientation="h",
            name=theme.short(names[row], 32),
            marker_color=theme.color(row),
            visible=True if not figure.data else "legendonly",
            hovertext=[
                f"<b>{theme.short(names[row])}</b><br>{theme.hover_text(words, 120)}<br>{several(int(count), 'document')}"
                for words, count in zip(rows_of_topic.Words, counts, strict=True)
            ],
            hoverinfo="text",
        )
    if not figure.data:
        return canvas.empty("no topics in any class")
    canvas.dress(figure)
    figure.update_xaxes(title="Normalized frequency" if normalize_frequency else "Frequency")
    return figure.update_layout(legend={"title": "Topics"}, showlegend=True).update_yaxes(automargin=True)
