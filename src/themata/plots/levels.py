"""The documents on a plane at several levels of the tree of topics, with a slider from fine to coarse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.errors import AlignmentError, InputError
from themata.graph import Float1d, Float2d, Int1d
from themata.plots import theme
from themata.topics import Topics

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMES = 40  # shown on the map at once


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
    title: str = "<b>Hierarchical Documents and Topics</b>",
    width: int = 1200,
    height: int = 750,
) -> Any:
    """One trace per level, all of them over the same points.

    joins : Parent_ID, Parent_Name, Topics, Distance, as Hierarchy.to_frame gives them
    coords : (n_docs, 2)
    titles : (n_docs,) what hovering shows; None shows nothing
    nr_levels : steps of the slider
    level_scale : "linear" or "log" steps through the joins
    """
    import plotly.graph_objects as go

    if level_scale not in ("linear", "log"):
        raise InputError(f"level_scale must be 'linear' or 'log', got {level_scale!r}")
    for what, n in (
        ("coordinates", len(coords)),
        ("titles", topics.n_docs if titles is None else len(titles)),
    ):
        if n != topics.n_docs:
            raise AlignmentError(f"one row per document is needed: {topics.n_docs} documents, {n} {what}")
    if not topics.n_docs or not topics.n_topics:
        return theme.empty("no topics", title=title, width=width, height=height)
    rows = _drawn(topics, only, sample)
    points = np.round(np.asarray(coords)[rows], 3).astype(np.float32)
    ordered = joins.sort_values("Distance", kind="stable").reset_index(drop=True)
    figure = go.Figure()
    steps: list[dict[str, Any]] = []
    for place, n_joins in enumerate(_steps(len(ordered), nr_levels, level_scale)):
        group, shown = _level(topics.n_topics, ordered, names, n_joins)
        found = np.append(group, -1)[topics.assignment[rows]]
        figure.add_trace(_trace(points, found, shown, titles, rows, place == 0))
        told = [] if hide_annotations else _annotations(points, found, shown)
        visible = [i == place for i in range(nr_levels + 1)]
        level = {"label": f"{len(set(group.tolist()))} topics", "method": "update"}
        steps.append({**level, "args": [{"visible": visible}, {"annotations": told}]})
    for step in steps:
        step["args"][0]["visible"] = step["args"][0]["visible"][: len(figure.data)]
    theme.dressed(figure, title=title, width=width, height=height)
    figure.update_layout(
        annotations=steps[0]["args"][1]["annotations"],
        showlegend=False,
        sliders=[{"active": 0, "pad": {"t": 20}, "currentvalue": {"prefix": ""}, "steps": steps}],
    )
    return figure.update_xaxes(visible=False).update_yaxes(visible=False)


def _drawn(topics: Topics, only: Sequence[int] | None, sample: float | None) -> Int1d:
    kept = np.ones(topics.n_docs, dtype=bool) if only is None else np.isin(topics.assignment, list(only))
    rows = np.flatnonzero(kept)
    if sample is None or sample >= 1 or not len(rows):
        return rows
    return rows[np.unique(np.linspace(0, len(rows) - 1, max(1, round(sample * len(rows)))).astype(int))]


def _steps(n_joins: int, nr_levels: int, scale: str) -> list[int]:
    """Joins made at each level, from none to all but one."""
    most = max(0, n_joins - 1)
    if scale == "linear" or most < 2:
        found = np.linspace(0, most, nr_levels)
    else:
        found = np.append(0, np.geomspace(1, most, max(1, nr_levels - 1)))
    return sorted({round(step) for step in found.tolist()})


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


def _trace(
    points: Float2d,
    found: Int1d,
    shown: dict[int, str],
    titles: Sequence[str] | None,
    rows: Int1d,
    visible: bool,
) -> Any:
    import plotly.graph_objects as go

    different = sorted(set(found.tolist()))
    code = np.searchsorted(different, found).astype(np.int16)
    colors = [theme.color(group) for group in different]
    n = max(1, len(colors))
    scale = [[edge, color] for i, color in enumerate(colors) for edge in (i / n, (i + 1) / n)]
    hover = None
    if titles is not None:
        hover = [
            f"<b>{theme.short(shown.get(int(group), 'outlier'))}</b><br>{theme.plain(titles[row], 160)}"
            for row, group in zip(rows.tolist(), found.tolist(), strict=True)
        ]
    return go.Scattergl(
        x=points[:, 0],
        y=points[:, 1],
        mode="markers",
        visible=visible,
        hovertext=hover,
        hoverinfo="skip" if hover is None else "text",
        marker={
            "size": 4 if len(points) > 20_000 else 6,
            "opacity": 0.55,
            "color": code,
            "colorscale": scale,
            "cmin": -0.5,
            "cmax": n - 0.5,
            "showscale": False,
        },
    )


def _annotations(points: Float2d, found: Int1d, shown: dict[int, str]) -> list[dict[str, Any]]:
    sizes = np.bincount(found[found >= 0], minlength=1)
    largest = [int(group) for group in np.argsort(-sizes, kind="stable")[:MOST_NAMES] if sizes[group]]
    return [_annotation(np.median(points[found == group], axis=0), shown[group]) for group in largest]


def _annotation(at: Float1d, name: str) -> dict[str, Any]:
    return {
        "x": float(at[0]),
        "y": float(at[1]),
        "text": f"<b>{theme.short(name, 30)}</b>",
        "showarrow": False,
        "font": {"size": 11},
        "bgcolor": "rgba(255,255,255,0.7)",
    }
