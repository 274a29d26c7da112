"""The keywords of topics and their weights, a small bar chart per topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from themata.core.topics import Topics
from themata.plots import theme

COLUMNS = 4


def barchart(
    topics: Topics,
    names: Sequence[str],
    *,
    only: Sequence[int] | None = None,
    top_n_topics: int | None = 8,
    n_words: int = 5,
    canvas: theme.Canvas,
    autoscale: bool = False,
) -> Any:
    """A chart for each topic, four in a row.

    names : (n_topics,) shown above the charts
    canvas : of one chart
    autoscale : a scale of its own for each chart; otherwise bars can be compared between charts
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    rows = theme.chosen_topics(topics.sizes, only, top_n_topics)
    if not rows:
        return replace(canvas, width=canvas.width * COLUMNS).empty("no topics")
    n_columns = min(COLUMNS, len(rows))
    n_lines = -(-len(rows) // n_columns)
    figure = make_subplots(
        figure=theme.figure(),
        rows=n_lines,
        cols=n_columns,
        shared_xaxes=False,
        horizontal_spacing=0.1,
        vertical_spacing=min(0.4 / n_lines, 1 / max(1, n_lines)) if n_lines > 1 else 0,
        subplot_titles=[theme.short(names[row], 32) for row in rows],
    )
    heaviest = max((words[0][1] for words in (topics.keywords[row] for row in rows) if words), default=1.0)
    for place, row in enumerate(rows):
        words = topics.keywords[row][:n_words][::-1]
        bar = go.Bar(
            x=[weight for _, weight in words],
            y=theme.distinguishable([theme.short(word, 24) for word, _ in words]),
            orientation="h",
            marker_color=theme.color(row),
            hovertemplate="%{y}: %{x:.4f}<extra></extra>",
        )
        line, column = place // n_columns + 1, place % n_columns + 1
        figure.add_trace(bar, row=line, col=column)
        if not autoscale:
            figure.update_xaxes(range=[0, 1.05 * heaviest], row=line, col=column)
    wide, tall = canvas.width * max(2, n_columns), canvas.height * n_lines + 80
    replace(canvas, width=wide, height=tall).dress(figure)
    figure.update_annotations(font_size=12)
    return (
        figure.update_layout(showlegend=False, margin={"t": 90}).update_xaxes(nticks=3).update_yaxes(ticks="")
    )
