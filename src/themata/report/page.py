"""report.html: the map, the table of topics and a search in one file that needs no network."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import Float2d, Int1d
from themata.core.colors import color
from themata.core.dense_places import densest_place, reach
from themata.core.documents import Documents
from themata.core.errors import AlignmentError
from themata.core.passages import document_sizes
from themata.core.table_of_contents import Entry, contents
from themata.core.topics import MAIN, Topics
from themata.report import document_texts
from themata.report.document_columns import Column, Wanted, columns_of, first_choice, texts_by_name
from themata.report.document_texts import texts_for_page
from themata.report.exemplar_images import pictures

SCRIPTS = ("data.js", "search.js", "points.js", "names.js", "map.js", "image.js", "panel.js")
N_PERIODS = 40
UNIT = 65535  # of coordinates
CELL = UNIT / 64  # of the grid in which dense places are looked for
NO_DAY = -(2**31)
MOST_IN_2_BYTES = 2**15 - 1  # topics; as in data.js


def report(
    docs: Documents,
    topics: Topics,
    *,
    title: str = "Topics",
    facts: Mapping[str, str] | None = None,
    language: str | None = None,
    columns: Wanted = None,
    color: str | None = None,
    marks: str | None = None,
) -> str:
    """The report as HTML: the same input gives the same text.

    facts : what to tell about the run
    language : code of the language of the documents, where they have one
    columns : of the documents, to be shown, searched and made colors of, in that order; or others by name, as a mapping
        or a frame with a value per document; None: all of the documents' own
    color, marks : the column that the map is colored by, or "date", and the one whose values have marks of their own,
        when the page opens; None: topics are the colors, and there are no marks

    Nothing that comes from documents is ever markup: it travels as JSON and is written as text; and a policy in the
    page forbids every script and address but its own. Texts are in pieces that the page unpacks when they are wanted:
    of a million documents the title, or the first words, are held, 80 characters each.
    """
    if topics.n_docs != docs.n_docs:
        raise AlignmentError(
            f"one row per document is needed: {docs.n_docs} documents, {topics.n_docs} assignments"
        )
    style, script = _asset("report.css"), "".join(_asset(name) for name in SCRIPTS)
    scaled = None if docs.coords is None else _scaled(docs.coords)
    shown_columns = columns_of(docs, columns)
    texts = texts_for_page(docs, texts_by_name(shown_columns))
    # The documents of a topic lie side by side, as they are read together; the page finds the same order by itself
    size, blocks = texts.blocks(np.argsort(topics.assignment, kind="stable"))
    colored = [column for column in shown_columns if column.codes is not None]
    about = {
        **_facts_for_page(docs, topics, scaled, facts or {}),
        "language": language,
        "has_dates": docs.times is not None,
        "color": first_choice(shown_columns, "color", color, ["date"] if _has_days(docs) else []),
        "marked": first_choice(shown_columns, "marks", marks),
        "columns": [column.for_page() for column in shown_columns],
        "block": size,
        "eager": docs.n_docs <= document_texts.EAGER,
        "n_words": len(texts.words),
    }
    filled = {
        "TITLE": html.escape(title),
        "STYLE_HASH": _hash(style),
        "SCRIPT_HASH": _hash(script),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": _json(about),
        "POINTS": _packed(_points(docs, topics, scaled, colored)),
        "TEXTS": "\n".join(map(_text_block, blocks)),
        "WORDS": _packed(json.dumps(texts.words, ensure_ascii=True).encode()),
        "INDEX": _packed(texts.documents),
    }
    pieces = _asset("report.html").split("%")
    return "".join(filled.get(piece, piece) for piece in pieces)


def _text_block(block: Any) -> str:
    """Texts of some documents, which the page unpacks when they are wanted."""
    packed = _packed(json.dumps(block, ensure_ascii=True).encode())
    return f'<script type="text/plain" class="texts">{packed}</script>'


@dataclass(frozen=True)
class Page:
    """A report as an object, for notebooks: it shows itself, and can be saved."""

    text: str
    height: int = 750

    def save(self, path: str | Path) -> Path:
        """Write it to a temporary name and move it into place; returns the path."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.part")
        unfinished.write_text(self.text, encoding="utf-8", errors="replace")
        os.replace(unfinished, path)
        return path

    def _repr_html_(self) -> str:
        # A frame of its own, so that the page and the notebook cannot reach into one another
        inside = html.escape(self.text, quote=True)
        return f'<iframe srcdoc="{inside}" sandbox="allow-scripts allow-popups allow-downloads allow-modals" width="100%" height="{self.height}"></iframe>'


def _facts_for_page(docs: Documents, topics: Topics, scaled: Any, facts: Mapping[str, str]) -> dict[str, Any]:
    counts, periods = _timelines(docs, topics)
    members = _members(topics)
    sizes = document_sizes(topics, docs).tolist()
    entries = contents(topics, sizes[:-1]).entries if topics.levels else ()
    return {
        "n_docs": sum(sizes),
        "n_points": docs.n_docs,  # more than documents where these were split into passages
        "n_outliers": sizes[-1],
        "has_map": scaled is not None,
        "periods": periods,
        "facts": {str(name): str(value) for name, value in facts.items()},
        "contents": [_heading(entry, members, scaled)[0] for entry in entries],
        "topics": [
            {
                **_topic_facts(topics, row, name, counts),
                **_label_place(members[row], scaled),
                "size": sizes[row],
                "images": images,
            }
            for row, (name, images) in enumerate(zip(topics.names, pictures(docs, topics), strict=True))
        ],
    }


def _members(topics: Topics) -> list[Int1d]:
    """(n_topics,) rows of the documents of each topic."""
    order = np.argsort(topics.assignment, kind="stable")
    ends = np.searchsorted(topics.assignment[order], np.arange(topics.n_topics + 1))
    return [order[start:end] for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def _topic_facts(topics: Topics, row: int, name: str, counts: Float2d | None) -> dict[str, Any]:
    label = topics.labels[row]
    return {
        "id": row,
        "name": name,
        "summary": label.summary if label else "",
        "color": color(row),
        "keywords": [word for word, _ in topics.keywords[row]],
        "aspects": {
            way: [word for word, _ in aspect[row]]
            for way, aspect in topics.aspects.items()
            if way != MAIN and aspect[row]
        },
        "exemplars": topics.exemplars[row].tolist(),
        "timeline": None if counts is None else counts[row].tolist(),
    }


def _heading(entry: Entry, members: Sequence[Int1d], scaled: Any) -> tuple[dict[str, Any], Int1d]:
    """A heading with its place on the map, which is where its documents are dense, and those documents."""
    if entry.topic is not None:
        return {"topic": entry.topic, "name": entry.name, "size": entry.size}, members[entry.topic]
    below = [_heading(child, members, scaled) for child in entry.children]
    rows = np.concatenate([rows for _, rows in below]) if below else np.zeros(0, dtype=np.int64)
    children = [child for child, _ in below]
    heading = {"name": entry.name, "summary": entry.summary, "size": entry.size, "children": children}
    return {**heading, **_label_place(rows, scaled)}, rows


def _label_place(rows: Int1d, scaled: Any) -> dict[str, Any]:
    """Where the name of some documents belongs, and how far they reach to both sides, above and below."""
    if scaled is None or not len(rows):
        return {"x": None, "y": None, "reach": [0, 0]}
    place = densest_place(scaled[rows], np.array([CELL, CELL]))
    x, y = place.round().tolist()
    return {"x": x, "y": y, "reach": reach(scaled[rows], place).round().tolist()}


def _timelines(docs: Documents, topics: Topics) -> tuple[Any, list[str]]:
    """Share of each topic in the documents of equal periods; None without dates."""
    if docs.times is None:
        return None, []
    times = np.asarray(docs.times).astype("datetime64[s]")
    known = ~np.isnat(times)
    if known.sum() < 2 or times[known].min() == times[known].max():
        return None, []
    seconds = times.astype("int64")
    # From the 0.001 quantile on: a stray early date would leave all bars at the right
    first, last = np.quantile(seconds[known], [0.001, 1.0])
    known &= seconds >= first
    bins = np.clip(((seconds - first) / max(last - first, 1) * N_PERIODS).astype(int), 0, N_PERIODS - 1)
    totals = np.bincount(bins[known], minlength=N_PERIODS)
    inside = known & (topics.assignment >= 0)
    counts = np.zeros((topics.n_topics, N_PERIODS))
    np.add.at(counts, (topics.assignment[inside], bins[inside]), 1)
    shares = np.round(counts / np.maximum(totals, 1), 5)
    return shares, [str(np.datetime64(int(edge), "s"))[:10] for edge in (first, last)]


def _points(docs: Documents, topics: Topics, scaled: Any, colored: Sequence[Column]) -> bytes:
    """Of each document its place, topic and strength, its day, and its place in each column that colors the map."""
    pieces = [] if docs.times is None else [_days(docs.times).astype("<i4")]
    pieces += [] if scaled is None else [scaled[:, 0].astype("<u2"), scaled[:, 1].astype("<u2")]
    pieces.append(topics.assignment.astype("<i4" if topics.n_topics > MOST_IN_2_BYTES else "<i2"))
    pieces += [column.codes.astype("<u2") for column in colored if column.codes is not None]
    pieces.append(np.round(255 * np.clip(topics.strength, 0, 1)).astype("u1"))
    return b"".join(piece.tobytes() for piece in pieces)


def _has_days(docs: Documents) -> bool:
    """Whether documents are of different days, as colors need it."""
    if docs.times is None:
        return False
    days = _days(docs.times)
    return len(np.unique(days[days != NO_DAY])) > 1


def _days(times: Any) -> Any:
    """(n_docs,) days since 1970, NO_DAY for none."""
    days = np.asarray(times).astype("datetime64[D]")
    return np.where(np.isnat(days), NO_DAY, days.astype(np.int64))


def _scaled(coords: Float2d) -> Any:
    """Coordinates as whole numbers from 0 to 65535, one scale for both axes; the few far ones are moved to the edge."""
    placed = np.nan_to_num(np.asarray(coords, dtype=np.float64))
    if not len(placed):
        return np.zeros((0, 2))
    low, high = np.quantile(placed, [0.001, 0.999], axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()), 1e-9) * 0.53
    return np.round(np.clip((placed - middle) / half / 2 + 0.5, 0, 1) * UNIT)


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()


def _json(value: Any) -> str:
    """JSON that no parser of HTML can leave: no <, >, & in it."""
    text = json.dumps(value, ensure_ascii=True)
    return (
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026").replace("%", "\\u0025")
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return (files("themata.report") / "assets" / name).read_text(encoding="utf-8")
