"""What commands are told about the documents they read, and what they tell of what they took for what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from themata.cli.console import say, warn
from themata.core.arrays import MANY
from themata.core.text_layout import cut, several
from themata.read import Corpus
from themata.read.corpus import NO_ANSWER

_option = partial(typer.Option, rich_help_panel="Columns, found by themselves when obvious")
SHOWN = 8  # columns that are named
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", help="Of a text file, such as cp1252; detected where it is no UTF-8."),
]


@dataclass(frozen=True)
class ColumnOptions:
    """Which column holds what."""

    text: Annotated[str | None, _option("--text", help="Column of the texts.")] = None
    title: Annotated[str | None, _option("--title", help="Column of the titles.")] = None
    id: Annotated[str | None, _option("--id", help="Column of the ids.")] = None
    date: Annotated[str | None, _option("--date", help="Column of the dates.")] = None
    class_: Annotated[str | None, _option("--class", help="Column of a known class.")] = None
    link: Annotated[str | None, _option("--link", help="Column of web addresses, for the report.")] = None


@dataclass(frozen=True)
class FileOptions:
    """How a file is read."""

    strict: Annotated[bool, typer.Option("--strict", help="A bad row is an error.")] = False
    encoding: Encoding = None
    markup: Annotated[
        str | None,
        typer.Option(
            "--markup",
            help="What texts are written in: html, markdown or email are read as people see them; none; auto, the default, finds out for each.",
        ),
    ] = None
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Of a workbook; the first that holds something without it.")
    ] = None

    def given(self) -> dict[str, Any]:
        """As `read` takes them; what was not asked is left to it."""
        return {name: value for name, value in vars(self).items() if value is not None}


def tell_input(corpus: Corpus, rejected: Path | None = None) -> None:
    """What was taken for what, in which encoding, and how many rows were set aside. rejected : file to write them to"""
    _tell_columns(corpus)
    _tell_encoding(corpus)
    _tell_markup(corpus)
    if corpus.n_cut:
        say(f"passages that were left out at the fit are left out of {several(corpus.n_cut, 'document')}")
    tell_rejected(corpus, rejected)


def _tell_columns(corpus: Corpus) -> None:
    """What was taken for what, and what is left; a source that names no columns of its own has a text and nothing else."""
    columns, names = corpus.columns, list(corpus.table.columns)
    if names == ["text"]:
        return
    columns_listed = ", ".join(f"{role} {name!r}" for role, name in columns.items())
    options = ", ".join(f"--{role}" for role in ("text", "title", "id", "date", "class", "link"))
    say(f"columns: {columns_listed} ({options} name others)")
    rest = [name for name in names if name not in columns.values()]
    if corpus.n_rows > MANY:
        say(f"the texts of more than {MANY:,} rows are not repeated in the results")
    if rest:
        more = f" and {len(rest) - SHOWN:,} more" if len(rest) > SHOWN else ""
        say(f"kept beside the results: {', '.join(map(repr, rest[:SHOWN]))}{more}")


def _tell_encoding(corpus: Corpus) -> None:
    detected = corpus.decoding.detected
    if not detected:
        return
    if corpus.decoding.unit == "file" and [*detected.values()] == [1]:
        sentence = f"{corpus.source} is no UTF-8 and is read as {next(iter(detected))}"
    else:
        counts = ", ".join(f"{count:,} as {name}" for name, count in detected.items())
        sentence = f"{corpus.source}: not all {corpus.decoding.unit}s are UTF-8: read {counts}"
    say(f"{sentence} (--encoding names another)")


def _tell_markup(corpus: Corpus) -> None:
    if corpus.markup:
        kinds = ", ".join(f"{n:,} {_WRITTEN[kind]}" for kind, n in corpus.markup.items())
        say(f"read as people see them: {kinds} (--markup none leaves texts as they are)")


_WRITTEN = {"html": "in HTML", "markdown": "in Markdown", "email": "as e-mails"}


def tell_boilerplate(corpus: Corpus, dropped: bool) -> None:
    """What documents share word for word, and what becomes of it."""
    boilerplate = corpus.boilerplate
    if not boilerplate.passages:
        return
    said = f"{cut(boilerplate.passages[0], 90)!r} in {boilerplate.counts[0]:,} of them"
    consequence = "left out" if dropped else "--drop-boilerplate leaves such passages out"
    say(
        f"{several(boilerplate.n_docs, 'document')} of {len(boilerplate.spans):,} share passages word for word, such as {said}: {consequence}"
    )


def tell_rejected(corpus: Corpus, path: Path | None) -> None:
    """How many rows were set aside, and where they are."""
    if not corpus.rejected:
        if path is not None:
            path.unlink(missing_ok=True)
        return
    reasons = Counter(row.reason for row in corpus.rejected)
    reasons_listed = ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())
    where = f", the first in line {corpus.rejected[0].line}"
    if path is not None:
        corpus.write_rejected(path)
        where += f"; all of them are in {path}"
    warn(f"{len(corpus.rejected):,} rows set aside ({reasons_listed}){where}")


def n_non_answers(corpus: Corpus) -> int:
    """How many rows hold an answer that is none."""
    return sum(row.reason == NO_ANSWER for row in corpus.rejected)
