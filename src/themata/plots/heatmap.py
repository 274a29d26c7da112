"""How alike every two topics are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.core.arrays import Float2d, Int1d
from themata.core.errors import InputError
from themata.plots import theme


def heatmap(
    cosines: Float2d,
    names: Sequence[str],
    rows: Sequence[int],
    *,
    n_clusters: int | None = None,
    canvas: theme.Canvas,
) -> Any:
    """A cell for every two topics.

    cosines : (n_topics, n_topics)
    rows : the topics to draw, in that order
    n_clusters : put topics that are alike side by side, in so many groups
    """
    import plotly.graph_objects as go

    if not len(rows):
        return canvas.empty("no topics")
    order = np.array(rows, dtype=np.int64)
    if n_clusters is not None:
        if not 1 <= n_clusters < len(order):
            raise InputError(
                f"n_clusters must be from 1 to {len(order) - 1}, fewer than the topics, got {n_clusters}"
            )
        order = order[_side_by_side(cosines[np.ix_(order, order)], n_clusters)]
    shown = theme.distinguishable([theme.short(names[row], 28) for row in order])
    cells = np.round(cosines[np.ix_(order, order)], 3).astype(np.float32)
    cosines_between = cells[~np.eye(len(order), dtype=bool)]
    figure = theme.figure(
        go.Heatmap(
            z=cells,
            # A topic is like itself: a scale up to 1 would leave one shade to all others
            zmin=float(cosines_between.min()) if len(cosines_between) else 0.0,
            zmax=float(cosines_between.max()) if len(cosines_between) else 1.0,
            x=shown,
            y=shown,
            colorscale="GnBu",
            colorbar={"title": "cosine", "thickness": 14},
            hovertemplate="%{x}<br>%{y}<br>cosine %{z:.2f}<extra></extra>",
        )
    )
    canvas.dress(figure)
    # Axes of names thin themselves out where they would lie over one another; hovering tells them all
    ticks: dict[str, Any] = {"type": "category", "tickfont": {"size": 9 if len(order) > 30 else 11}}
    if len(order) <= 80:
        ticks["dtick"] = 1
    figure.update_xaxes(**ticks, tickangle=-60, automargin=True)
    figure.update_yaxes(**ticks, autorange="reversed", automargin=True)
    return figure


def _side_by_side(cosines: Float2d, n_clusters: int) -> Int1d:
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
    from scipy.spatial.distance import squareform

    apart = np.clip(1 - (cosines + cosines.T) / 2, 0, None)
    np.fill_diagonal(apart, 0)
    links = linkage(squareform(apart, checks=False), "ward")
    group = fcluster(links, n_clusters, criterion="maxclust")
    rank = np.empty(len(cosines), dtype=np.int64)
    rank[leaves_list(links)] = np.arange(len(cosines))
    return np.lexsort((rank, group))
