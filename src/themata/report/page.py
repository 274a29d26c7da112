"""report.html: the map, the table of topics and a search in one file that needs no network."""

from __future__ import annotations

import base64
import gzip
import html
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.colors import color
from themata.core.documents import Documents
from themata.core.errors import AlignmentError
from themata.core.passages import document_sizes
from themata.core.table_of_contents import contents
from themata.core.topics import MAIN, Topics
from themata.report.document_texts import texts_for_page
from themata.report.exemplar_images import pictures

SCRIPTS = ("data.js", "search.js", "map.js", "panel.js")
N_PERIODS = 40


def report(
    docs: Documents,
    topics: Topics,
    *,
    title: str = "Topics",
    facts: Mapping[str, str] | None = None,
    language: str | None = None,
) -> str:
    """The report as HTML: the same input gives the same text.

    facts : what to tell about the run
    language : code of the language of the documents, where they have one

    Nothing that comes from documents is ever markup: it travels as JSON and is written as text; and a policy in the
    page forbids every script and address but its own.
    """
    if topics.n_docs != docs.n_docs:
        raise AlignmentError(
            f"one row per document is needed: {docs.n_docs} documents, {topics.n_docs} assignments"
        )
    style, script = _asset("report.css"), "".join(_asset(name) for name in SCRIPTS)
    framed = None if docs.coords is None else _framed(docs.coords)
    shown, index = texts_for_page(docs)
    filled = {
        "TITLE": html.escape(title),
        "STYLE_HASH": _hash(style),
        "SCRIPT_HASH": _hash(script),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": _json({**_told(docs, topics, framed, facts or {}), "language": language}),
        "POINTS": _packed(_points(topics, framed)),
        "TEXTS": _packed(json.dumps(shown, ensure_ascii=True).encode()),
        "INDEX": _packed(index),
    }
    pieces = _asset("report.html").split("%")
    return "".join(filled.get(piece, piece) for piece in pieces)


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
        return f'<iframe srcdoc="{inside}" sandbox="allow-scripts allow-popups" width="100%" height="{self.height}"></iframe>'


def _told(docs: Documents, topics: Topics, framed: Any, facts: Mapping[str, str]) -> dict[str, Any]:
    counts, periods = _timelines(docs, topics)
    sizes = document_sizes(topics, docs).tolist()
    return {
        "n_docs": sum(sizes),
        "n_points": docs.n_docs,  # more than documents where these were split into passages
        "n_outliers": sizes[-1],
        "has_map": framed is not None,
        "periods": periods,
        "facts": {str(name): str(value) for name, value in facts.items()},
        "contents": [entry.to_dict() for entry in contents(topics, sizes[:-1]).entries]
        if topics.levels
        else [],
        "topics": [
            {**_topic(topics, row, name, framed, counts), "size": sizes[row], "images": images}
            for row, (name, images) in enumerate(zip(topics.names, pictures(docs, topics), strict=True))
        ],
    }


def _topic(topics: Topics, row: int, name: str, framed: Any, counts: Any) -> dict[str, Any]:
    label = topics.labels[row]
    rows = np.flatnonzero(topics.assignment == row)
    middle = [None, None] if framed is None or not len(rows) else np.median(framed[rows], axis=0).tolist()
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
        "x": middle[0],
        "y": middle[1],
    }


def _timelines(docs: Documents, topics: Topics) -> tuple[Any, list[str]]:
    """Share of each topic in the documents of equal periods; None without dates."""
    if docs.times is None:
        return None, []
    times = np.asarray(docs.times).astype("datetime64[s]")
    known = ~np.isnat(times)
    if known.sum() < 2 or times[known].min() == times[known].max():
        return None, []
    seconds = times.astype("int64")
    first, last = np.quantile(
        seconds[known], [0.001, 1.0]
    )  # a stray early date would leave all bars at the right
    known &= seconds >= first
    bins = np.clip(((seconds - first) / max(last - first, 1) * N_PERIODS).astype(int), 0, N_PERIODS - 1)
    totals = np.bincount(bins[known], minlength=N_PERIODS)
    inside = known & (topics.assignment >= 0)
    counts = np.zeros((topics.n_topics, N_PERIODS))
    np.add.at(counts, (topics.assignment[inside], bins[inside]), 1)
    shares = np.round(counts / np.maximum(totals, 1), 5)
    return shares, [str(np.datetime64(int(edge), "s"))[:10] for edge in (first, last)]


def _points(topics: Topics, framed: Any) -> bytes:
    pieces = [] if framed is None else [framed[:, 0].astype("<u2"), framed[:, 1].astype("<u2")]
    pieces.append(topics.assignment.astype("<i2"))
    pieces.append(np.round(255 * np.clip(topics.strength, 0, 1)).astype("u1"))
    return b"".join(piece.tobytes() for piece in pieces)


def _framed(coords: Float2d) -> Any:
    """Coordinates as whole numbers from 0 to 65535, one scale for both axes; the few far ones are moved to the edge."""
    placed = np.nan_to_num(np.asarray(coords, dtype=np.float64))
    if not len(placed):
        return np.zeros((0, 2))
    low, high = np.quantile(placed, [0.001, 0.999], axis=0)
    middle, reach = (low + high) / 2, max(float((high - low).max()), 1e-9) * 0.53
    return np.round(np.clip((placed - middle) / reach / 2 + 0.5, 0, 1) * 65535)


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
