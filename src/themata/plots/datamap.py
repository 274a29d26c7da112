"""A still map for print: the documents in color, the names of topics where they fit, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.errors import AlignmentError
from themata.graph import Float2d
from themata.plots import theme
from themata.topics import Topics
from themata.writing import cut, n_columns


def datamap(
    topics: Topics,
    coords: Float2d,
    names: Sequence[str],
    rows: Sequence[int],
    *,
    title: str = "Documents and Topics",
    sub_title: str | None = None,
    width: int = 1200,
    height: int = 750,
) -> Any:
    """All documents as one trace of points; the names of the topics asked for, moved until they lie free.

    rows : topics that are named and colored; others are gray
    """
    import plotly.graph_objects as go

    placed = np.asarray(coords, dtype=np.float32)
    if len(placed) != topics.n_docs:
        raise AlignmentError(
            f"one row per document is needed: {topics.n_docs} documents, {len(placed)} coordinates"
        )
    if not topics.n_docs:
        return theme.empty("no documents", title=title, width=width, height=height)
    colored = np.where(np.isin(topics.assignment, list(rows)), topics.assignment, -1)
    order = np.argsort(colored >= 0, kind="stable")  # gray below
    figure = go.Figure(
        go.Scattergl(
            x=placed[order, 0],
            y=placed[order, 1],
            mode="markers",
            hoverinfo="skip",
            marker={
                "size": 3 if topics.n_docs > 20_000 else 5,
                "opacity": 0.5,
                **theme.colored(colored[order]),
            },
        )
    )
    told = f"<b>{theme.short(title, 100)}</b>" + (
        f"<br><sup>{theme.short(sub_title, 160)}</sup>" if sub_title else ""
    )
    theme.dressed(figure, title=told, width=width, height=height)
    low, high = placed.min(axis=0), placed.max(axis=0)
    spread = np.maximum(high - low, 1e-6)
    figure.update_xaxes(visible=False, range=[low[0] - 0.1 * spread[0], high[0] + 0.1 * spread[0]])
    figure.update_yaxes(visible=False, range=[low[1] - 0.08 * spread[1], high[1] + 0.08 * spread[1]])
    per_pixel = 1.2 * spread / np.array([width, height])
    named = [
        (row, np.median(placed[topics.assignment == row], axis=0))
        for row in rows
        if (topics.assignment == row).any()
    ]
    spots = free_places([at for _, at in named], [names[row] for row, _ in named], per_pixel)
    tags = [
        {
            **theme.name_tag(at, names[row], 32),
            "ax": float((spot[0] - at[0]) / per_pixel[0]),
            "ay": float(-(spot[1] - at[1]) / per_pixel[1]),
            "showarrow": bool(np.abs(spot - at).max() > 0),
            "arrowwidth": 1,
            "arrowhead": 0,
            "arrowcolor": theme.color(row),
        }
        for (row, at), spot in zip(named, spots, strict=True)
    ]
    return figure.update_layout(showlegend=False, annotations=tags)


def free_places(at: Sequence[Any], names: Sequence[str], per_pixel: Any) -> list[Any]:
    """Where each name is put so that none covers another: at its place, or the nearest free one around it.

    at : (2,) wanted places, in units of the map
    per_pixel : (2,) units of the map in a pixel
    """
    taken: list[tuple[float, float, float, float]] = []
    found = []
    for place, name in zip(at, names, strict=True):
        wide, tall = (6.6 * n_columns(cut(name, 32)) + 8) * per_pixel[0], 17 * per_pixel[1]
        for step in range(400):
            angle, far = 2.399963 * step, 0.55 * np.sqrt(step)  # a sunflower's spiral tries near places first
            spot = np.array(
                [place[0] + far * tall * np.cos(angle) * 2, place[1] + far * tall * np.sin(angle)]
            )
            box = (spot[0] - wide / 2, spot[1] - tall / 2, spot[0] + wide / 2, spot[1] + tall / 2)
            if not any(_cover(box, other) for other in taken):
                break
        taken.append(box)
        found.append(spot if step else np.asarray(place))
    return found


def _cover(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
