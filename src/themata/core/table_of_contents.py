"""The topics under the headings of their layers: a table of contents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from themata.core import html_views
from themata.core.topics import Label, Topics

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Entry:
    """A topic, or a heading over topics and other headings.

    size : documents
    source : who named it; empty where nobody did
    topic : its number; None for a heading
    layer, group : place of a heading's layer in Topics.layers and the layer's own number of its group; None for a topic
    children : what stands under a heading, the largest first
    """

    name: str
    summary: str
    source: str
    size: int
    topic: int | None = None
    layer: int | None = None
    group: int | None = None
    children: tuple[Entry, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, children in children."""
        values = {
            name: value for name, value in vars(self).items() if value is not None and name != "children"
        }
        return (
            {**values, "children": [child.to_dict() for child in self.children]} if self.children else values
        )


@dataclass(frozen=True)
class Contents:
    """A table of contents; its text is a tree, a line per heading and topic.

    entries : the headings of the coarsest layer, or the topics where there is no layer, the largest first
    """

    entries: tuple[Entry, ...]

    def __str__(self) -> str:
        return "\n".join([".", *_lines(self.entries, "")]) + "\n"

    def _repr_html_(self) -> str:
        return html_views.tree(
            (number.count("."), f"{number} {entry.name}", entry.size, bool(entry.children))
            for number, entry in self.walk()
        )

    def walk(self) -> Iterator[tuple[str, Entry]]:
        """Every entry with its number, "2.1.3", from the first to the last."""
        return _walk(self.entries, "")

    def to_frame(self) -> pd.DataFrame:
        """A row per heading and topic in reading order: Number, Depth, Name, Count, Topic, Layer, Group, Summary, Source."""
        import pandas as pd

        rows = [
            {
                "Number": number,
                "Depth": number.count("."),
                "Name": entry.name,
                "Count": entry.size,
                "Topic": entry.topic,
                "Layer": entry.layer,
                "Group": entry.group,
                "Summary": entry.summary,
                "Source": entry.source,
            }
            for number, entry in self.walk()
        ]
        names = ["Number", "Depth", "Name", "Count", "Topic", "Layer", "Group", "Summary", "Source"]
        numbers = dict.fromkeys(("Topic", "Layer", "Group"), "Int64")
        return pd.DataFrame(rows, columns=names).astype(numbers)


def contents(topics: Topics, sizes: Sequence[int] | None = None) -> Contents:
    """Topics under the groups of their layers; a group of one child alone is not told twice.

    sizes : (n_topics,) documents of each, where the rows of `topics` are passages of documents
    """
    sizes, names = topics.sizes.tolist() if sizes is None else sizes, topics.names
    below: list[Entry | None] = [
        Entry(name, *_name_and_summary(label), int(size), topic=row)
        for row, (name, label, size) in enumerate(zip(names, topics.labels, sizes, strict=True))
    ]
    left: list[Entry] = []  # of no group
    for level, called in zip(topics.levels, topics.level_names, strict=True):
        labels = topics.layer_labels[level.layer]
        above: list[Entry | None] = []
        left += [
            child_entry
            for child_entry, into in zip(below, level.into.tolist(), strict=True)
            if child_entry and into < 0
        ]
        for row, group in enumerate(level.ids.tolist()):
            label = labels.get(group)
            under = _largest_first(
                [
                    child_entry
                    for child_entry in (below[child] for child in level.children(row))
                    if child_entry
                ]
            )
            if len(under) == 1 and not (label and label.by_person):
                above.append(under[0])
                continue
            size = sum(child_entry.size for child_entry in under)
            entry = Entry(
                called[row],
                *_name_and_summary(label),
                size,
                layer=level.layer,
                group=int(group),
                children=under,
            )
            above.append(entry)
        below = above
    return Contents(_largest_first([*(child_entry for child_entry in below if child_entry), *left]))


def _name_and_summary(label: Label | None) -> tuple[str, str]:
    return (label.summary, label.source) if label else ("", "")


def _largest_first(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: -entry.size))


def _walk(entries: Sequence[Entry], before: str) -> Iterator[tuple[str, Entry]]:
    for place, entry in enumerate(entries, start=1):
        number = f"{before}{place}"
        yield number, entry
        yield from _walk(entry.children, f"{number}.")


def _lines(entries: Sequence[Entry], before: str) -> Iterator[str]:
    for place, entry in enumerate(entries):
        last = place == len(entries) - 1
        mark = f"■──{entry.name} ── Topic: {entry.topic}" if entry.topic is not None else entry.name
        yield f"{before}{'└─' if last else '├─'}{mark} ({entry.size:,})"
        yield from _lines(entry.children, before + ("     " if last else "│    "))
