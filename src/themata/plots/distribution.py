"""The topics of one document, and what its words stand for."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

import numpy as np

from themata.core.arrays import Float1d, Float2d
from themata.core.errors import InputError
from themata.plots import theme


def distribution(
    shares: Float1d,
    names: Sequence[str],
    *,
    min_probability: float = 0.015,
    canvas: theme.Canvas,
) -> Any:
    """A bar per topic of one document.

    shares : (n_topics,)
    min_probability : shares below are left out
    """
    import plotly.graph_objects as go

    shares = np.asarray(shares, dtype=np.float64)
    if sum(side > 1 for side in shares.shape) > 1:
        raise InputError(
            f"shares of one document are needed, got shape {shares.shape}: give probabilities[0]"
        )
    shares = shares.ravel()
    rows = [row for row in np.flatnonzero(shares >= min_probability).tolist() if row < len(names)]
    if not rows:
        reason = f"no topic has a share of {min_probability} or more"
        return canvas.empty(reason)
    shown = sorted(rows, key=lambda row: shares[row])
    figure = theme.figure(
        go.Bar(
            x=shares[shown],
            y=theme.distinguishable([theme.short(names[row]) for row in shown]),
            orientation="h",
            marker_color=[theme.color(row) for row in shown],
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    canvas.dress(figure)
    return figure.update_xaxes(title="Probability", rangemode="tozero").update_yaxes(automargin=True)


def shaded_words(
    said: Sequence[str], tokens: Float2d, names: Sequence[str], *, normalize: bool = False, most: float = 0.0
) -> Any:
    """A table of one document, a column per word and a row per topic that any of them stands for, as a pandas Styler.

    said : (n_words,)
    tokens : (n_words, n_topics)
    normalize : let each word's topics sum to 1
    """
    import pandas as pd

    table = np.asarray(tokens, dtype=np.float64).T
    if normalize:
        totals = table.sum(axis=0, keepdims=True)
        table = table / np.where(totals > 0, totals, 1)
    rows = np.flatnonzero(table.sum(axis=1) > most).tolist()
    # A Styler needs columns that differ
    columns = theme.distinguishable([html.escape(word) for word in said])
    frame = pd.DataFrame(
        np.round(table[rows], 3),
        index=theme.distinguishable([theme.short(names[row]) for row in rows]),
        columns=columns,
    )
    styled = frame.style.format(precision=3)
    return styled if frame.empty else styled.map(_shade)


def _shade(value: Any) -> str:
    return (
        "color: #c9ccd1"
        if value <= 0
        else f"background-color: rgba(66, 105, 208, {min(0.85, 0.1 + value):.2f})"
    )
