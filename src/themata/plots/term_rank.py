"""How fast the weights of a topic's keywords fall: after the bend, further keywords say little."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.core.topics import Topics
from themata.plots import theme


def term_rank(
    topics: Topics,
    names: Sequence[str],
    rows: Sequence[int],
    *,
    log_scale: bool = False,
    canvas: theme.Canvas,
) -> Any:
    """A line per topic over the rank of its keywords."""
    if not len(rows):
        return canvas.empty("no topics")
    figure = theme.figure()
    for row in rows:
        words = topics.keywords[row]
        weights = np.array([weight for _, weight in words], dtype=np.float32)
        figure.add_scatter(
            x=np.arange(1, len(words) + 1),
            y=np.log10(np.maximum(weights, 1e-12)) if log_scale else weights,
            mode="lines",
            name=theme.short(names[row], 28),
            line={"color": theme.color(row), "width": 1.5},
            opacity=0.6,
            hovertext=[f"<b>{theme.short(names[row])}</b><br>{theme.short(word)}" for word, _ in words],
            hoverinfo="text",
        )
    canvas.dress(figure)
    figure.update_xaxes(title="Term rank").update_yaxes(
        title="c-TF-IDF score" + (" (log)" if log_scale else "")
    )
    return figure.update_layout(showlegend=len(rows) <= 40)
