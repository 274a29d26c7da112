"""The documents on a plane at several levels of the tree of topics, with a slider from fine to coarse."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.arrays import Float2d, Int1d
from themata.core.errors import InputError
from themata.core.text_layout import several
from themata.core.topics import Topics
from themata.plots import name_places, theme

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMES = 40  # shown on the map at once
SLIDER = 110  # pixels that it takes below the map


def levels(
    topics: Topics,
    joins: pd.DataFrame,
    coords: Float2d,
    names: Sequence[str],
    *,
    titles: Sequence[str] | None = None,
    only: Sequence[int] | None = None,
    sample: float | None = None,
    hide_annotations: bool = False,
    nr_levels: int = 10,
    level_scale: str = "linear",
    canvas: theme.Canvas = theme.Canvas("<b>Hierarchical Documents and Topics</b>", 1200, 750),
) -> Any:
    """One trace of points whose colors and names the slider exchanges.

    joins : Parent_ID, Parent_Name, Topics, Distance, as Hierarchy.to_frame gives them
    coords : (n_docs, 2)
    titles : (n_docs,) what hovering shows; None shows nothing
    nr_levels : steps of the slider
    level_scale : "linear" or "log" steps through the joins
    """
    if level_scale not in ("linear", "log"):
        raise InputError(f"level_scale must be 'linear' or 'log', got {level_scale!r}")
    n_titles = len(coords) if titles is None else len(titles)
    theme.check_rows(topics.n_docs, coordinates=len(coords), titles=n_titles)
    if not topics.n_docs or not topics.n_topics:
        return canvas.empty("no topics")
    rows = _drawn(topics, only, sample)
    if not len(rows):
        return canvas.empty("no documents")
    points = np.round(np.asarray(coords)[rows], 3).astype(np.float32)
    # Topics that share no word are all equally far from one another: the smaller join comes first
    sized = joins.assign(n_topics=joins.Topics.map(len))
    ordered = sized.sort_values(["Distance", "n_topics"], kind="stable").reset_index(drop=True)
    hovers = None if titles is None else theme.hover([titles[row] for row in rows.tolist()], len(rows))
    figure = _points(points, hovers)
    canvas.dress(figure)
    per_pixel = name_places.framed(figure, points, below=SLIDER)
    steps = []
    for n_joins in _steps(len(ordered), nr_levels, level_scale):
        group, shown = _level(topics.n_topics, ordered, names, n_joins)
        group_of_document = np.append(group, -1)[topics.assignment[rows]]
        tags = [] if hide_annotations else _tags(points, group_of_document, shown, per_pixel)
        steps.append((len(set(group.tolist())), theme.colored(group_of_document), tags))
    figure.update_traces(marker=steps[0][1])
    slider = {"active": 0, "pad": {"t": 20}, "currentvalue": {"prefix": ""}}
    return figure.update_layout(
        annotations=steps[0][2],
        showlegend=False,
        sliders=[{**slider, "steps": [_step(n, marker, tags) for n, marker, tags in steps]}],
    )


def _points(points: Float2d, hovers: Any) -> Any:
    """A figure of one trace. hovers : None shows nothing"""
    import plotly.graph_objects as go

    return theme.figure(
        go.Scattergl(
            x=points[:, 0],
            y=points[:, 1],
            mode="markers",
            hovertext=hovers,
            hoverinfo="skip" if hovers is None else "text",
            marker={"size": 4 if len(points) > 20_000 else 6, "opacity": 0.55},
        )
    )


def _step(n_groups: int, marker: dict[str, Any], tags: list[dict[str, Any]]) -> dict[str, Any]:
    """A step of the slider: other colors for the points, and other names."""
    # Plotly encodes the arrays of traces, and those of a slider only when they are encoded already
    code = {"dtype": "i2", "bdata": b64encode(marker["color"].tobytes()).decode()}
    other = {
        "marker.color": [code],
        "marker.colorscale": [marker["colorscale"]],
        "marker.cmax": [marker["cmax"]],
    }
    return {"label": several(n_groups, "topic"), "method": "update", "args": [other, {"annotations": tags}]}


def _drawn(topics: Topics, only: Sequence[int] | None, sample: float | None) -> Int1d:
    kept = np.ones(topics.n_docs, dtype=bool) if only is None else np.isin(topics.assignment, list(only))
    rows = np.flatnonzero(kept)
    if sample is None or sample >= 1 or not len(rows):
        return rows
    return np.asarray(
        rows[np.unique(np.linspace(0, len(rows) - 1, max(1, round(sample * len(rows)))).astype(int))]
    )


def _steps(n_joins: int, nr_levels: int, scale: str) -> list[int]:
    """Joins made at each level, from none to all but one."""
    most = max(0, n_joins - 1)
    if scale == "linear" or most < 2:
        steps = np.linspace(0, most, nr_levels)
    else:
        steps = np.append(0, np.geomspace(1, most, max(1, nr_levels - 1)))
    return sorted({round(step) for step in steps.tolist()})


def _level(
    n_topics: int, joins: pd.DataFrame, names: Sequence[str], n_joins: int
) -> tuple[Int1d, dict[int, str]]:
    """Group of each topic after the first joins, named by its lowest topic, and the groups' names."""
    group, shown = np.arange(n_topics), dict(enumerate(names))
    first = joins.head(n_joins)
    for below, name in zip(first.Topics.tolist(), first.Parent_Name.tolist(), strict=True):
        members = [int(topic) for topic in below if 0 <= int(topic) < n_topics]
        group[members] = min(members)
        shown[min(members)] = str(name).replace("_", ", ")
    return group, shown


def _tags(points: Float2d, groups: Int1d, shown: dict[int, str], per_pixel: Float2d) -> list[dict[str, Any]]:
    sizes = np.bincount(groups[groups >= 0], minlength=1)
    largest = [int(group) for group in np.argsort(-sizes, kind="stable")[:MOST_NAMES] if sizes[group]]
    members = {group: np.flatnonzero(groups == group) for group in largest}
    return name_places.tags(points, members, shown, per_pixel)
