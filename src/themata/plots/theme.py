"""Colors, fonts and hover text of every figure."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from themata.core.arrays import Int1d
from themata.core.colors import GRAY, color
from themata.core.errors import AlignmentError, InputError
from themata.core.text_layout import cut, isolated, runs_leftward, wrapped

__all__ = [
    "GRAY",
    "INK",
    "Canvas",
    "check_rows",
    "chosen_topics",
    "color",
    "colored",
    "distinguishable",
    "figure",
    "hover",
    "hover_text",
    "name_tag",
    "short",
]

INK = "#1f2933"
HOVER_CHARACTERS = 16_000_000  # of all hover texts of a figure together: a browser opens more, but slowly
FONT = "Inter, 'Helvetica Neue', Arial, sans-serif"


def check_rows(n_docs: int, **lengths: int) -> None:
    """Raise AlignmentError for what has not a row per document. lengths : rows by what they are rows of"""
    for what, n_rows in lengths.items():
        if n_rows != n_docs:
            raise AlignmentError(f"one row per document is needed: {n_docs} documents, {n_rows} {what}")


def hover_text(text: str, n_characters: int = 240) -> str:
    """A document as hover text: cut, wrapped, and escaped, so that markup in it stays text.

    >>> hover_text("<b>bold</b>")
    '&lt;b&gt;bold&lt;/b&gt;'
    """
    flat = cut(" ".join(text[: 4 * n_characters].split()), n_characters)
    leftward = runs_leftward(flat)
    return "<br>".join(isolated(html.escape(line), leftward) for line in wrapped(flat))


def hover(texts: Sequence[str], n_drawn: int) -> list[str]:
    """Hover text of documents, cut shorter where `n_drawn` of them are in one figure.

    >>> hover(["a cat & a dog"], 1)
    ['a cat &amp; a dog']
    """
    n_characters = max(60, min(240, HOVER_CHARACTERS // max(1, n_drawn)))
    return [hover_text(text, n_characters) for text in texts]


def short(name: str, n_characters: int = 40) -> str:
    """A topic's name for axes, legends and titles: cut and escaped."""
    return isolated(html.escape(cut(" ".join(name.split()), n_characters)))


def distinguishable(names: Sequence[str]) -> list[str]:
    """Names that differ, by marks nobody sees: what takes them for categories keeps two of one name apart."""
    times: dict[str, int] = {}
    marked = []
    for name in names:
        marked.append(name + "\u200b" * times.get(name, 0))
        times[name] = times.get(name, 0) + 1
    return marked


def chosen_topics(sizes: Any, topics: Sequence[int] | None, top_n: int | None) -> list[int]:
    """The topics to draw: those asked for, in that order, or the largest; outliers never.

    sizes : (n_topics,) documents
    """
    if topics is not None:
        return [int(topic) for topic in topics if 0 <= int(topic) < len(sizes)]
    largest = sorted(range(len(sizes)), key=lambda topic: (-sizes[topic], topic))
    return sorted(largest[:top_n]) if top_n is not None else list(range(len(sizes)))


def colored(groups: Int1d) -> dict[str, Any]:
    """A marker's colors, the topic's own for each point: small numbers into a scale, not a string for each.

    groups : (n,) topics, -1 for none
    """
    different, code = np.unique(groups, return_inverse=True)
    n = max(1, len(different))
    edges = [((place + side) / n, color(int(row))) for place, row in enumerate(different) for side in (0, 1)]
    return {
        "color": code.astype(np.int16),
        "colorscale": edges or [(0, GRAY), (1, GRAY)],
        "cmin": -0.5,
        "cmax": n - 0.5,
        "showscale": False,
    }


def name_tag(at: Any, name: str, n_characters: int = 40) -> dict[str, Any]:
    """An annotation that names a topic at its place on a map."""
    return {
        "x": float(at[0]),
        "y": float(at[1]),
        "text": f"<b>{short(name, n_characters)}</b>",
        "showarrow": False,
        "font": {"size": 11, "color": INK},
        "bgcolor": "rgba(255,255,255,0.7)",
        "borderpad": 1,
    }


def figure(*traces: Any) -> Any:
    """A figure of Plotly in the middle of its page."""
    from themata.plots.figure import Figure

    return Figure(list(traces))


@dataclass(frozen=True)
class Canvas:
    """What a figure is drawn on. width, height : pixels"""

    title: str
    width: int
    height: int

    def __post_init__(self) -> None:
        if not isinstance(self.title, str):
            raise InputError(
                f"title must be a string, got {self.title!r:.40}: give width= and height= by name"
            )

    def dress(self, figure: Any) -> Any:
        """A figure in the style of the house."""
        return figure.update_layout(
            template="simple_white",
            title={"text": self.title, "x": 0.5, "xanchor": "center", "font": {"size": 22, "color": INK}},
            font={"family": FONT, "size": 12, "color": INK},
            width=self.width,
            height=self.height,
            hoverlabel={"bgcolor": "white", "font": {"family": FONT, "size": 13}, "align": "left"},
        )

    def empty(self, message: str) -> Any:
        """A figure that says why there is nothing to see."""
        drawn = self.dress(figure())
        font, middle = {"size": 16}, {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
        drawn.add_annotation(text=html.escape(message), showarrow=False, font=font, **middle)
        return drawn.update_xaxes(visible=False).update_yaxes(visible=False)
