"""Which column holds the text, the title, the id, the date, the class."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from themata.core.dates import times_of
from themata.core.errors import InputError, did_you_mean
from themata.core.server_addresses import is_link
from themata.read.column_names import role_of
from themata.read.row import Row, no_documents

# Names that exports and data sets give such columns, the surest first; what people call them is in languages/
ROLES: dict[str, tuple[str, ...]] = {
    "text": (
        "text", "abstract", "document", "documents", "body", "content", "contents", "message", "review", "description",
        "comment", "comments", "answer", "response", "feedback", "ticket", "post", "tweet", "article", "sentence",
        "utterance", "query", "question", "summary", "docstring", "texts", "doc", "docs",
    ),
    "title": ("title", "titles", "headline", "subject", "heading"),
    "id": ("id", "_id", "doc_id", "document_id", "uuid", "identifier", "key"),
    "date": ("date", "timestamp", "time", "datetime", "created", "created_at", "published", "year", "update_date"),
    "class": ("class", "label", "category", "labels", "target", "intent", "group"),
    "link": ("link", "links", "url", "uri", "href", "permalink", "web_url", "source_url", "address", "source"),
}  # fmt: skip


def find_columns(
    head: Sequence[Row],
    asked: Mapping[str, str | None],
    source: str,
    like: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The column of each role: the one asked for, else the one with a telling name, else, for the text, by content.

    head : the first rows
    like : columns of an earlier source, taken again where this one has them
    returns : {role: column}; "text" is always among them
    """
    good = [row.values for row in head if row.fault is None]
    names = list(dict.fromkeys(name for values in good for name in values))
    if not good:
        faults = [(row.line, row.fault) for row in head if row.fault is not None]
        raise no_documents(source, len(head), faults[0] if faults else None)
    columns = {}
    for role, name in asked.items():
        if name is not None:
            columns[role] = column_called(name, names, f"{source} has no column {name!r} for --{role}")
    for role, name in (like or {}).items():
        if role in asked and role not in columns and name in names and name not in columns.values():
            columns[role] = name
    for role, known in ROLES.items():
        if role not in columns:
            free = [name for name in names if name not in columns.values()]
            match = _named(free, known, good, must_be_text=role in ("text", "title"))
            match = match or _by_name(free, role, good)
            if match is not None:
                columns[role] = match
    if "date" not in columns:
        dated = [name for name in names if name not in columns.values() and _holds_dates(good, name)]
        if len(dated) == 1:
            columns["date"] = dated[0]
    if "id" in columns and asked["id"] is None and not _tells_apart(good, columns["id"]):
        del columns["id"]
    if "link" in columns and asked.get("link") is None and not _leads_somewhere(good, columns["link"]):
        del columns["link"]
    if "text" not in columns:
        weak = [columns.get(role) for role in ("title", "class") if asked[role] is None]
        free = [name for name in names if name not in columns.values() or name in weak]
        columns["text"] = _longest(good, free, names, source)
        for role in ("title", "class"):
            if columns.get(role) == columns["text"] and asked[role] is None:
                del columns[role]
    return columns


def _by_name(free: Sequence[str], role: str, rows: Sequence[Mapping[str, Any]]) -> str | None:
    """The column whose name says its role in another language, or in several words: "Kommentar", "Q1 comment"."""

    def fits(name: str) -> bool:
        if role in ("text", "title"):
            return _mean_length(rows, name) > 0
        if role == "date":
            return not np.isnat(times_of([row.get(name) for row in rows])).all()
        return role != "class" or _comes_again(rows, name)

    said = {name: role_of(str(name)) for name in free}
    named = [
        name
        for name, role_and_rank in said.items()
        if role_and_rank is not None and role_and_rank[0] == role and fits(name)
    ]
    alone = [name for name in named if said[name] == (role, True)]
    if role != "text":
        return next(iter(alone or named), None)
    return max(alone or named, key=lambda name: _mean_length(rows, name) * _variety(rows, name), default=None)


def _holds_dates(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether a column holds dates and nothing else: such as workbooks have, or texts that can be nothing else."""
    values = [row[name] for row in rows if row.get(name) not in (None, "")]
    if not values or not all(
        isinstance(value, date) or (isinstance(value, str) and _DATE.fullmatch(value.strip()))
        for value in values
    ):
        return False
    return not np.isnat(times_of(values)).any()


_DATE = re.compile(r"(\d{4}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{4})([T ,]+\d\d?:\d\d.*)?")


def _comes_again(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether a column looks like a class: few short values, again and again."""
    values = [str(row[name]) for row in rows if row.get(name) is not None]
    n_words = sum(len(value.split()) for value in values) / max(1, len(values))
    return bool(values) and len(set(values)) <= max(2, len(values) / 2) and n_words <= 4


def _tells_apart(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether a column looks like an id: most of its values are there once. A few repeated ones are faults."""
    values = [str(row[name]) for row in rows if row.get(name) is not None]
    return len(values) < 20 or len(set(values)) > len(values) / 2


def _leads_somewhere(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether a column holds addresses of the web: "source" may as well be a newspaper's name."""
    values = [str(row[name]) for row in rows if row.get(name)]
    return bool(values) and sum(is_link(value) for value in values) > len(values) / 2


def column_called(name: str, names: Sequence[str], missing: str, none: str = "none") -> str:
    """The column of this name, in capitals or not; raises InputError that begins with `missing`, or says `none` of no columns."""
    if name in names:
        return name
    same = [other for other in names if other.lower() == name.lower()]
    if same:
        return same[0]
    hint = did_you_mean(name, names, f"it has {', '.join(map(repr, names)) or none}")
    raise InputError(f"{missing}: {hint}")


def _named(
    names: Sequence[str], known: Sequence[str], rows: Sequence[Mapping[str, Any]], *, must_be_text: bool
) -> str | None:
    folded = {str(name).strip().lower(): name for name in reversed(names)}
    for name in known:
        if name in folded and (not must_be_text or _mean_length(rows, folded[name]) > 0):
            return folded[name]
    return None


def _longest(
    rows: Sequence[Mapping[str, Any]], free: Sequence[str], names: Sequence[str], source: str
) -> str:
    lengths = {name: _mean_length(rows, name) * _variety(rows, name) for name in free}
    best = max(lengths, key=lambda name: lengths[name], default=None)
    if best is None or lengths[best] == 0:
        best = _named(names, ROLES["text"], rows, must_be_text=False)  # there, and empty so far
        if best is not None:
            return best
    if best is None:
        raise InputError(
            f"no column of {source} holds text: it has {', '.join(map(repr, names))}; name one with --text"
        )
    return best


def _variety(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    """From 0 to 1: a class, whose few values come again and again, is less of a text than short answers are."""
    values = [row.get(name) for row in rows if isinstance(row.get(name), str)]
    return float((len(set(values)) / max(1, len(values))) ** 0.5)


# Numbers, dates, addresses and paths are strings, but no texts
_NO_TEXT = re.compile(r"[\W\d_]*|\w+://\S*|\S+@\S+|\d[\d\-/.:TZ+ ]*")


def _mean_length(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    values = [row.get(name) for row in rows]
    texts = [value for value in values if isinstance(value, str) and not _NO_TEXT.fullmatch(value.strip())]
    return sum(map(len, texts)) / max(1, len(values))
