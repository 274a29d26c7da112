"""Colors, fonts and hover text of every figure."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from typing import Any

from themata.colors import GRAY, color

__all__ = ["GRAY", "INK", "chosen", "color", "dressed", "empty", "plain", "short"]

INK = "#1f2933"
FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"


def plain(text: str, n_characters: int = 240, width: int = 60) -> str:
    """A document as hover text: cut, wrapped, and escaped, so that markup in it stays text.

    >>> plain("<b>bold</b>")
    '&lt;b&gt;bold&lt;/b&gt;'
    """
    flat = " ".join(text[: 4 * n_characters].split())
    cut = flat if len(flat) <= n_characters else flat[: n_characters - 1].rstrip() + "…"
    return "<br>".join(html.escape(line) for line in textwrap.wrap(cut, width))


def short(name: str, n_characters: int = 40) -> str:
    """A topic's name for axes, legends and titles: cut and escaped."""
    flat = " ".join(name.split())
    return html.escape(flat if len(flat) <= n_characters else flat[: n_characters - 1].rstrip() + "…")


def chosen(sizes: Any, topics: Sequence[int] | None, top_n: int | None) -> list[int]:
    """The topics to draw: those asked for, in that order, or the largest; outliers never.

    sizes : (n_topics,) documents
    """
    if topics is not None:
        return [int(topic) for topic in topics if 0 <= int(topic) < len(sizes)]
    largest = sorted(range(len(sizes)), key=lambda topic: (-sizes[topic], topic))
    return sorted(largest[:top_n]) if top_n is not None else list(range(len(sizes)))


def dressed(figure: Any, *, title: str, width: int, height: int) -> Any:
    """A figure in the style of the house."""
    return figure.update_layout(
        template="simple_white",
        title={"text": title, "x": 0.5, "xanchor": "center", "font": {"size": 22, "color": INK}},
        font={"family": FONT, "size": 12, "color": INK},
        width=width,
        height=height,
        hoverlabel={"bgcolor": "white", "font": {"family": FONT, "size": 13}, "align": "left"},
    )


def empty(message: str, *, title: str, width: int, height: int) -> Any:
    """A figure that says why there is nothing to see."""
    from plotly.graph_objects import Figure

    figure = dressed(Figure(), title=title, width=width, height=height)
    figure.add_annotation(
        text=html.escape(message),
        showarrow=False,
        font={"size": 16},
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
    )
    return figure.update_xaxes(visible=False).update_yaxes(visible=False)
