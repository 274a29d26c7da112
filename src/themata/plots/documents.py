"""The documents on a plane, colored by topic."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.arrays import Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.text_layout import n_columns
from themata.core.topics import Topics
from themata.plots import name_places, theme

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# Topics with a trace, a legend entry and a name of their own; smaller ones share the last trace
MOST_TRACES = 100


def documents(
    docs: Documents,
    topics: Topics,
    *,
    titles: Sequence[str] | None = None,
    coords: Float2d | None = None,
    only: Sequence[int] | None = None,
    sample: float | None = None,
    hide_annotations: bool = False,
    hide_hover: bool = False,
    names: Sequence[str] | None = None,
    most: int = MOST_TRACES,
    canvas: theme.Canvas = theme.Canvas("<b>Documents and Topics</b>", 1200, 750),
) -> Figure:
    """Documents and topics; a click in the legend hides a topic, a double click shows it alone.

    titles : (n_docs,) what hovering shows; the documents' titles or texts by default
    coords : (n_docs, 2); the documents' own by default
    only : draw these topics in color, the others in gray
    sample : share of each topic's documents to draw
    names : (n_topics,) shown; labels or keywords by default
    most : topics with a trace of their own, the largest
    returns : the first trace is of documents in gray, of no topic or not asked for, even if there are none; then topics
    """
    placed = _placed(docs, coords)
    shown = [docs.shown(row) for row in range(docs.n_docs)] if titles is None else list(titles)
    theme.check_rows(topics.n_docs, coordinates=len(placed), titles=len(shown))
    if not topics.n_docs:
        return canvas.empty("no documents")
    named = list(topics.names if names is None else names)
    drawn = _drawn(topics, sample)
    group = topics.assignment[drawn]
    largest = _colored(topics, only)
    rows_of = ((topic, drawn[group == topic]) for topic in sorted(largest[:most]))
    members = {topic: rows for topic, rows in rows_of if len(rows)}
    hovers = None if hide_hover else _hovers(shown, drawn)
    figure = theme.figure()

    def add(rows: Int1d, name: str, color: dict[str, Any], legend: bool = True) -> None:
        figure.add_trace(_trace(placed, hovers, rows, name, color, legend))

    size = 4 if topics.n_docs > 20_000 else 6
    canvas.dress(figure)
    add(drawn[~np.isin(group, largest)], "other", {"size": size, "color": theme.GRAY}, legend=False)
    for topic, rows in members.items():
        add(rows, theme.short(named[topic]), {"size": size, "color": theme.color(topic)})
    rest = drawn[np.isin(group, largest[most:])]
    if len(rest):
        add(
            rest,
            f"{len(largest[most:])} smaller topics",
            {"size": size, **theme.colored(topics.assignment[rest])},
        )
    legend = max((n_columns(trace.name) for trace in figure.data), default=0)
    per_pixel = name_places.framed(figure, placed[drawn], right=60 + round(6.2 * min(legend, 40)))
    tags = [] if hide_annotations else name_places.tags(placed, members, named, per_pixel)
    return figure.update_layout(annotations=tags, legend={"itemsizing": "constant", "font": {"size": 11}})


def _placed(docs: Documents, coords: Float2d | None) -> Float2d:
    placed = docs.coords if coords is None else np.asarray(coords)
    if placed is None:
        raise InputError("no coordinates: give coords=, or lay the documents out first")
    return placed


def _colored(topics: Topics, only: Sequence[int] | None) -> list[int]:
    """The topics drawn in color, the largest first."""
    colored = (set(range(topics.n_topics)) if only is None else set(only)) - {-1}
    topics.check(*colored)
    return sorted(colored, key=lambda topic: (-topics.sizes[topic], topic))


def _hovers(titles: Sequence[str], rows: Int1d) -> np.ndarray[Any, Any]:
    """(n_docs,) what hovering shows of the documents drawn."""
    hovers = np.empty(len(titles), dtype=object)
    hovers[rows] = theme.hover([titles[row] for row in rows.tolist()], len(rows))
    return hovers


def _drawn(topics: Topics, sample: float | None) -> Int1d:
    """Rows to draw: all, or the given share of each topic's, evenly spread."""
    if sample is None or sample >= 1:
        return np.arange(topics.n_docs)
    kept = []
    for topic in range(-1, topics.n_topics):
        rows = np.flatnonzero(topics.assignment == topic)
        kept.append(
            rows[np.linspace(0, len(rows) - 1, max(1, round(sample * len(rows)))).astype(int)]
            if len(rows)
            else rows
        )
    return np.sort(np.concatenate(kept))


def _trace(placed: Float2d, hovers: Any, rows: Int1d, name: str, marker: dict[str, Any], legend: bool) -> Any:
    import plotly.graph_objects as go

    points = np.round(np.asarray(placed[rows], dtype=np.float32), 3)
    return go.Scattergl(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers",
        name=name,
        showlegend=legend,
        marker={"opacity": 0.55, **marker},
        hovertext=None if hovers is None else hovers[rows].tolist(),
        hoverinfo="skip" if hovers is None else "text",
    )
