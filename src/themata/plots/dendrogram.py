"""The tree of topics, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.text_layout import several
from themata.plots import theme

if TYPE_CHECKING:
    import pandas as pd

ROW = 22  # pixels of each leaf: names are 15 high


def dendrogram(
    linkage: Float2d,
    names: Sequence[str],
    *,
    rows: Sequence[int] | None = None,
    orientation: str = "left",
    canvas: theme.Canvas,
    joins: pd.DataFrame | None = None,
    color_threshold: float = 1.0,
    sizes: Sequence[int] | None = None,
) -> Any:
    """Branches that are joined below the threshold have one color; hovering over a dot says what a branch holds.

    linkage : (n - 1, 4), scipy's, over the topics drawn
    names : (n,) of the leaves
    rows : (n,) topics of the leaves, for their colors; 0, 1, ... by default
    orientation : "left" (names at the left) or "bottom"
    joins : Topics and Parent_Name of the branches, as Hierarchy.to_frame gives them, shown on hovering
    sizes : (n,) documents of the leaves, shown on hovering
    """
    from scipy.cluster.hierarchy import dendrogram as scipys

    if len(names) < 2:
        reason = "one topic has no tree" if len(names) else "no topics"
        return canvas.empty(reason)
    topics = list(range(len(names)) if rows is None else rows)
    drawn = scipys(linkage, no_plot=True, color_threshold=color_threshold, get_leaves=True)
    figure = theme.figure()
    _add_branches(figure, drawn, orientation)
    tree = _Tree(linkage, drawn["leaves"], names, topics, sizes)
    names_of_branches = _names_of_branches(joins)
    dots = [
        (tree.place[node], tree.height[node], tree.hover(node, names_of_branches)) for node in tree.joined
    ]
    _add_dots(figure, dots, orientation, {"size": 8, "color": theme.INK})
    ends = [(tree.place[leaf], 0.0, tree.hover(leaf, {})) for leaf in drawn["leaves"]]
    _add_dots(
        figure,
        ends,
        orientation,
        {"size": 6, "color": [theme.color(topics[leaf]) for leaf in drawn["leaves"]]},
    )
    long = ROW * len(names) + 140  # what the names take along the axis that has them
    tall = max(canvas.height or 0, long) if orientation == "left" else canvas.height
    wide = canvas.width if orientation == "left" else max(canvas.width or 0, long)
    replace(canvas, width=wide, height=tall).dress(figure)
    _label_axes(figure, [names[leaf] for leaf in drawn["leaves"]], float(linkage[:, 2].max()), orientation)
    figure.layout.meta = {"topics": [topics[leaf] for leaf in drawn["leaves"]]}
    return figure.update_layout(showlegend=False, hovermode="closest")


def _add_branches(figure: Any, drawn: Mapping[str, Any], orientation: str) -> None:
    """The branches as scipy lays them out, one trace for all of a color."""
    colors = {"C0": theme.GRAY}
    lines: dict[str, tuple[list[float], list[float]]] = {}
    for along, up, key in zip(drawn["icoord"], drawn["dcoord"], drawn["color_list"], strict=True):
        color = colors.setdefault(key, theme.color(len(colors) - 1))
        across, depth = lines.setdefault(color, ([], []))
        across += [*along, np.nan]  # a gap between branches
        depth += [*up, np.nan]
    for color, (across, depth) in lines.items():
        x, y = np.array((depth, across) if orientation == "left" else (across, depth), dtype=np.float32)
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": color, "width": 2}, hoverinfo="skip")


def _label_axes(figure: Any, names: Sequence[str], highest: float, orientation: str) -> None:
    """The names of the leaves, in their order, along one axis, and distances along the other."""
    leaves = {
        "tickvals": [10 * i + 5 for i in range(len(names))],
        "ticktext": [theme.short(name, 44) for name in names],
        "ticks": "",
        "showline": False,
        "automargin": True,
    }
    highest = max(highest, 1e-9)
    heights = {"title": "Distance", "range": [-0.01 * highest, 1.03 * highest], "zeroline": False}
    figure.update_yaxes(**(leaves if orientation == "left" else heights))
    figure.update_xaxes(**(heights if orientation == "left" else {**leaves, "tickangle": -60}))


def _names_of_branches(joins: pd.DataFrame | None) -> dict[frozenset[int], str]:
    """What the joins say of the branch over the very same topics, whatever its height."""
    if joins is None or not len(joins):
        return {}
    return {
        frozenset(int(topic) for topic in below): str(name).replace("_", ", ")
        for below, name in zip(joins.Topics, joins.Parent_Name, strict=True)
    }


def _add_dots(
    figure: Any, dots: Sequence[tuple[float, float, str]], orientation: str, marker: dict[str, Any]
) -> None:
    across, depth, hover = (list(values) for values in zip(*dots, strict=True))
    x, y = (depth, across) if orientation == "left" else (across, depth)
    figure.add_scatter(
        x=x, y=y, mode="markers", hovertext=hover, hoverinfo="text", marker=marker, cliponaxis=False
    )


class _Tree:
    """Where each node of a tree is drawn, and what there is to say of it; nodes are scipy's.

    joined : the nodes above the leaves
    place, height : of each node, in scipy's units
    """

    def __init__(
        self,
        linkage: Float2d,
        leaves: Sequence[int],
        names: Sequence[str],
        topics: Sequence[int],
        sizes: Sequence[int] | None,
    ) -> None:
        n = len(leaves)
        self.joined = range(n, n + len(linkage))
        self.place = {leaf: 10.0 * i + 5 for i, leaf in enumerate(leaves)}
        self.height = dict.fromkeys(range(n), 0.0)
        self._members = {leaf: frozenset([topics[leaf]]) for leaf in range(n)}
        self._sizes = None if sizes is None else dict(enumerate(sizes))
        self._children: dict[int, tuple[int, int]] = {}
        self._names = [theme.short(name, 60) for name in names]
        for node, (left, right, height) in zip(self.joined, linkage[:, :3].tolist(), strict=True):
            first, other = self._children[node] = int(left), int(right)
            self.place[node] = (self.place[first] + self.place[other]) / 2
            self.height[node] = height
            self._members[node] = self._members[first] | self._members[other]
            if self._sizes is not None:
                self._sizes[node] = self._sizes[first] + self._sizes[other]

    def hover(self, node: int, names: dict[frozenset[int], str]) -> str:
        """Keywords where they are known, topics, documents, the distance of the join, and what it joins."""
        keywords = names.get(self._members[node])
        if node not in self._children:
            return "<br>".join([f"<b>{self._names[node]}</b>", *self._size(node)])
        lines = [f"<b>{theme.hover_text(keywords, 160)}</b>"] if keywords else []
        counts = [several(len(self._members[node]), "topic"), *self._size(node)]
        children = [f"– {self._child(child)}" for child in self._children[node]]
        return "<br>".join(
            [*lines, ", ".join(counts), f"joined at distance {self.height[node]:.2f}:", *children]
        )

    def _child(self, node: int) -> str:
        if node not in self._children:
            return self._names[node]
        return f"{several(len(self._members[node]), 'topic')}, joined at {self.height[node]:.2f}"

    def _size(self, node: int) -> list[str]:
        return [] if self._sizes is None else [several(int(self._sizes[node]), "document")]
