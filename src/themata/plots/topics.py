"""The topics as circles on a plane: near ones are alike, large ones have many documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.text_layout import several
from themata.core.topics import Topics
from themata.plots import theme
from themata.plots.theme import INK

QUIET, MARKED = "#b8c4e0", "#d1345b"
MOST_STEPS = 200  # of the slider: beyond them nobody finds a topic by sliding


def topics(
    all_topics: Topics,
    distances: Float2d,
    names: Sequence[str],
    rows: Sequence[int],
    *,
    canvas: theme.Canvas,
) -> Any:
    """A circle per topic, its area the number of documents; a slider shows one in red.

    distances : (n_topics, n_topics)
    rows : the topics to draw
    """
    import plotly.graph_objects as go

    if not len(rows):
        return canvas.empty("no topics")
    drawn = np.array(rows, dtype=np.int64)
    placed = scaled(distances[np.ix_(drawn, drawn)])
    sizes = all_topics.sizes[drawn]
    words = [", ".join(word for word, _ in all_topics.keywords[row][:5]) for row in drawn]
    hover = [
        f"<b>{theme.short(names[row], 60)}</b><br>{theme.hover_text(said, 160)}<br>{several(int(size), 'document')}"
        for row, said, size in zip(drawn.tolist(), words, sizes.tolist(), strict=True)
    ]
    quiet = [QUIET] * len(drawn)
    slides = 1 < len(drawn) <= MOST_STEPS
    figure = theme.figure(
        go.Scatter(
            x=placed[:, 0].astype(np.float32),
            y=placed[:, 1].astype(np.float32),
            mode="markers+text" if len(drawn) <= 60 else "markers",
            text=[str(row) for row in drawn],
            textfont={"size": 10},
            hovertext=hover,
            hoverinfo="text",
            marker={
                "size": sizes,
                "sizemode": "area",
                "sizeref": 2 * max(1, int(sizes.max())) / 60**2,
                "sizemin": 4,
                "color": [MARKED, *quiet[1:]] if slides else quiet,
                "line": {"width": 1.5, "color": "#4a5a86"},
                "opacity": 0.75,
            },
        )
    )
    canvas.dress(figure)
    reach = 1.25 * max(1e-9, float(np.abs(placed).max()))
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(range=[-reach, reach], showticklabels=False, ticks="", showline=False, title="")
        axis(zeroline=True, zerolinecolor="#e3e7eb")
    if slides:
        figure.update_layout(sliders=[_slider(drawn.tolist(), names, quiet)])
    return figure


def scaled(distances: Float2d) -> Float2d:
    """(n, 2) points whose distances are near to those given: classical scaling (Torgerson 1952)."""
    n = len(distances)
    if n < 3:
        return np.array([[-0.5, 0.0], [0.5, 0.0]][:n]) if n == 2 else np.zeros((n, 2))
    centered = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(
        -0.5 * centered @ (np.asarray(distances, dtype=np.float64) ** 2) @ centered
    )
    points = vectors[:, ::-1][:, :2] * np.sqrt(np.maximum(values[::-1][:2], 0))
    # An eigenvector has no sign of its own: the farthest topic lies to the right and above
    sign = np.sign(points[np.abs(points).argmax(axis=0), [0, 1]])
    return np.asarray(points * np.where(sign == 0, 1, sign))


def _slider(rows: list[int], names: Sequence[str], quiet: list[str]) -> dict[str, Any]:
    def step(place: int, row: int) -> dict[str, Any]:
        colors = [*quiet[:place], MARKED, *quiet[place + 1 :]]
        return {
            "label": theme.short(names[row], 60),
            "method": "update",
            "args": [{"marker.color": [colors]}],
        }

    return {
        "active": 0,
        "pad": {"t": 30},
        "currentvalue": {"prefix": "", "font": {"size": 13, "color": INK}},
        # The name of the one that is marked stands above; names of all would lie over one another
        "font": {"color": "rgba(0,0,0,0)"},
        "ticklen": 0,
        "steps": [step(place, row) for place, row in enumerate(rows)],
    }
