"""The tree of topics, drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.arrays import Float2d
from themata.plots import theme

if TYPE_CHECKING:
    import pandas as pd


def dendrogram(
    linkage: Float2d,
    names: Sequence[str],
    *,
    rows: Sequence[int] | None = None,
    orientation: str = "left",
    title: str = "<b>Hierarchical Clustering</b>",
    width: int = 1000,
    height: int = 600,
    joins: pd.DataFrame | None = None,
    color_threshold: float = 1.0,
) -> Any:
    """Branches that are joined below the threshold have one color; dots say what a branch is about.

    linkage : (n - 1, 4), scipy's, over the topics drawn
    names : (n,) of the leaves
    rows : (n,) topics of the leaves, for their colors; 0, 1, ... by default
    orientation : "left" (names at the left) or "bottom"
    joins : Parent_Name and Distance of the branches, as Hierarchy.to_frame gives them, shown on hovering
    """
    import plotly.graph_objects as go
    from scipy.cluster.hierarchy import dendrogram as scipys

    if len(names) < 2:
        reason = "one topic has no tree" if len(names) else "no topics"
        return theme.empty(reason, title=title, width=width, height=height)
    topics = list(range(len(names)) if rows is None else rows)
    drawn = scipys(linkage, no_plot=True, color_threshold=color_threshold, get_leaves=True)
    colors = {"C0": theme.GRAY}
    lines: dict[str, tuple[list[float], list[float]]] = {}
    for along, up, key in zip(drawn["icoord"], drawn["dcoord"], drawn["color_list"], strict=True):
        color = colors.setdefault(key, theme.color(len(colors) - 1))
        across, depth = lines.setdefault(color, ([], []))
        across += [*along, np.nan]  # a gap: the branches of a color are one trace
        depth += [*up, np.nan]
    figure = go.Figure()
    for color, (across, depth) in lines.items():
        x, y = np.array((depth, across) if orientation == "left" else (across, depth), dtype=np.float32)
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": color, "width": 2}, hoverinfo="skip")
    _name_branches(figure, linkage, drawn["leaves"], topics, joins, orientation)
    places = [10 * i + 5 for i in range(len(names))]
    shown = [theme.short(names[leaf], 44) for leaf in drawn["leaves"]]
    tall = max(height or 0, 15 * len(names) + 120) if orientation == "left" else height
    wide = width if orientation == "left" else max(width, 15 * len(names) + 120)
    theme.dressed(figure, title=title, width=wide, height=tall)
    leaves = {"tickvals": places, "ticktext": shown, "ticks": "", "showline": False, "automargin": True}
    heights = {"title": "Distance", "rangemode": "tozero"}
    figure.update_yaxes(**(leaves if orientation == "left" else heights))
    figure.update_xaxes(**(heights if orientation == "left" else {**leaves, "tickangle": -60}))
    figure.layout.meta = {"topics": [topics[leaf] for leaf in drawn["leaves"]]}
    return figure.update_layout(showlegend=False, hovermode="closest")


def _name_branches(
    figure: Any,
    linkage: Float2d,
    leaves: Sequence[int],
    topics: Sequence[int],
    joins: pd.DataFrame | None,
    orientation: str,
) -> None:
    """A dot on each branch that the joins name: the one over the very same topics, whatever its height."""
    if joins is None or not len(joins):
        return
    names_of_nodes = {
        frozenset(int(topic) for topic in below): str(name)
        for below, name in zip(joins.Topics, joins.Parent_Name, strict=True)
    }
    place = {leaf: 10.0 * i + 5 for i, leaf in enumerate(leaves)}
    members = {leaf: frozenset([topics[leaf]]) for leaf in leaves}
    across, depth, hover = [], [], []
    for node, (left, right, height) in enumerate(linkage[:, :3].tolist(), start=len(leaves)):
        first, other = int(left), int(right)
        place[node] = (place[first] + place[other]) / 2
        members[node] = members[first] | members[other]
        if members[node] in names_of_nodes:
            across.append(place[node])
            depth.append(height)
            hover.append(theme.hover_text(names_of_nodes[members[node]].replace("_", ", "), 160))
    x, y = (depth, across) if orientation == "left" else (across, depth)
    figure.add_scatter(
        x=x, y=y, mode="markers", hovertext=hover, hoverinfo="text", marker={"size": 7, "color": theme.INK}
    )
