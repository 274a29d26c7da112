"""How values show themselves in Jupyter and marimo: plain HTML that keeps the notebook's own fonts and colors.

No script, no address, and whatever comes from documents is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

from themata.core.text_layout import several

MOST_ROWS = 20
_BAR = 'style="display:inline-block;height:.6em;background:currentColor;opacity:.35;width:{}px"'
_WIDEST = 120  # pixels
# Notebooks reset what a browser does by itself
_CELL = 'style="text-align:left;padding:.15em .7em"'
_LIST = 'style="list-style:none;padding-left:1.4em"'


class ToFrame(Protocol):
    def to_frame(self) -> object: ...


class ShownAsTable:
    """A value with `to_frame`, which shows that table in notebooks."""

    def _repr_html_(self: ToFrame) -> str:
        return frame(self.to_frame())


def frame(table: object) -> str:
    """A data frame as it shows itself, the middle of a long one left out."""
    shown: str = getattr(table, "_repr_html_")()  # noqa: B009
    return shown


def topics_table(
    names: Sequence[str],
    sizes: Sequence[int],
    keywords: Sequence[Iterable[str]],
    *,
    n_docs: int,
    n_outliers: int,
    heading: str = "",
) -> str:
    """The largest topics as a table: number, name, documents and keywords.

    names, sizes, keywords : (n_topics,)
    heading : what stands before it, such as the model's parameters
    """
    largest = max(sizes, default=0)
    rows = [
        _row(
            [
                str(row),
                f"<b>{escape(names[row])}</b>",
                f"{sizes[row]:,}",
                f"<span {_BAR.format(round(_WIDEST * sizes[row] / max(1, largest)))}></span>",
                escape(", ".join(keywords[row])),
            ]
        )
        for row in range(min(len(names), MOST_ROWS))
    ]
    left = len(names) - len(rows)
    more = f"<p>and {left:,} more: get_topic_info() has them all</p>" if left else ""
    without = f", {n_outliers:,} documents without a topic" if n_outliers else ""
    head = "".join(f"<th {_CELL}>{name}</th>" for name in ("", "Topic", "Documents", "", "Keywords"))
    return (
        f"{f'<p><code>{escape(heading)}</code></p>' if heading else ''}"
        f"<p>{several(n_docs, 'document')}, {several(len(names), 'topic')}{without}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}"
    )


def tree(entries: Iterable[tuple[int, str, int, bool]]) -> str:
    """A tree as nested lists, whose branches open and close.

    entries : depth, name, documents and whether something is below, in reading order
    """
    pieces, depth = [f"<ul {_LIST}>"], 0
    for level, name, size, is_branch in entries:
        pieces += ["</ul></details></li>"] * (depth - level)
        depth = level
        shown = f"{escape(name)} <small>({size:,})</small>"
        if is_branch:
            pieces.append(f"<li><details open><summary><b>{shown}</b></summary><ul {_LIST}>")
            depth += 1
        else:
            pieces.append(f"<li>{shown}</li>")
    return "".join([*pieces, *["</ul></details></li>"] * depth, "</ul>"])


def text(lines: str) -> str:
    """Text whose blanks count, such as a tree of branches and leaves."""
    return f'<pre style="font-family:monospace;line-height:1.3">{escape(lines)}</pre>'


def _row(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td {_CELL}>{cell}</td>" for cell in cells) + "</tr>"
