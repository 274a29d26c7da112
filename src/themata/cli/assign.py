"""`themata assign`: new documents to the topics of a run, however many."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from themata.cli.app import app
from themata.cli.column_options import ColumnOptions, FileOptions, tell_input
from themata.cli.console import Quiet, console_listener, print_json, say
from themata.cli.options import Without, with_options
from themata.cli.run_model import batches_like, open_run
from themata.core.errors import AlignmentError, InputError
from themata.core.text_layout import several
from themata.embed.precomputed import load_embeddings
from themata.fitted.streaming import BATCH, Assigned, write_parquet
from themata.model import TopicModel
from themata.pipeline.step_cache import Steps
from themata.read import Corpus


@app.command("assign")
@with_options
def assign_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")],
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="New documents, in any form that fit reads.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="CSV or .parquet to write; CSV on standard output without it."),
    ] = None,
    columns: Annotated[ColumnOptions, Without("date", "class_", "link")] = ColumnOptions(),
    embeddings: Annotated[
        Path | None, typer.Option(help="Their embeddings: a .npy with a row per input row.")
    ] = None,
    min_similarity: Annotated[
        float,
        typer.Option(
            min=-1,
            max=1,
            help="Cosine to the nearest document that has a topic, from which a document may get one.",
        ),
    ] = 0.0,
    min_strength: Annotated[
        float, typer.Option(min=0, max=1, help="Strength below which a document gets no topic.")
    ] = 0.0,
    precision: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share of assignments that must be right, from which --min-strength is found on documents held out.",
        ),
    ] = None,
    file: FileOptions = FileOptions(),
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Give each new document the topic of its neighbors.

    Documents are read, embedded, assigned and written a few thousand at a time, so that any number of them fit.
    """
    model = open_run(run)
    points = None if embeddings is None else load_embeddings(embeddings)
    names = model.result_.names
    if precision is not None:
        min_strength = _calibrated(model, precision, min_strength)
    with console_listener() as listener, Steps(listener=listener).timed("assign"):
        found = model.assigned(
            _told(batches_like(run, source, columns, file, BATCH), points),
            points,
            min_similarity,
            min_strength,
        )
        if json:
            print_json({"documents": [record for batch in found for record in _records(batch, names)]})
        elif out is None:
            _write(found, names, sys.stdout)
        elif out.suffix == ".parquet":
            sizes = write_parquet(found, out, names)
            say(f"{several(int(sizes.sum()), 'document')} assigned, {sizes[-1]:,} of them to none: {out}")
        else:
            with out.open("w", encoding="utf-8", newline="") as table:
                n = _write(found, names, table)
            say(f"{several(n, 'document')} assigned: {out}")


def _calibrated(model: TopicModel, precision: float, min_strength: float) -> float:
    """The strength from which so many assignments are right."""
    if min_strength:
        raise InputError("--precision finds what --min-strength gives: choose one")
    rejection = model.rejection()
    least = rejection.min_strength(precision)
    if least > 1:
        raise InputError(
            f"no assignments are right to {precision:.0%}: of the {len(rejection.right):,} held out "
            f"{rejection.right.mean():.0%} are, and the surest are wrong too"
        )
    kept = (rejection.strength >= least).mean()
    say(
        f"min_strength {least:.3f}: {kept:.0%} of {len(rejection.right):,} held-out documents keep their topic"
    )
    return least


def _told(corpora: Iterable[Corpus], points: Any) -> Iterator[Corpus]:
    """The batches; what was read is told when all are, as one corpus that holds no texts."""
    rejected: list[Any] = []
    last: Corpus | None = None
    for corpus in corpora:
        if points is not None and corpus.n_rows > len(points):
            raise AlignmentError(
                f"one embedding per row is needed: the embeddings have {len(points):,}, and there are more rows"
            )
        yield corpus
        rejected += corpus.rejected
        last = corpus
    if last is None:
        return
    if points is not None and last.n_rows != len(points):
        raise AlignmentError(
            f"one embedding per row is needed: {len(points):,} embeddings came with {last.n_rows:,} rows"
        )
    tell_input(replace(last, rejected=tuple(rejected)))


def _records(batch: Assigned, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    known = np.array([*names, ""], dtype=object)
    for id, topic, strength in zip(batch.ids, batch.topics.tolist(), batch.strength.tolist(), strict=True):
        yield {"id": id, "topic": topic, "name": known[topic], "strength": round(strength, 4)}


def _write(batches: Iterable[Assigned], names: Iterable[str], file: Any) -> int:
    """Write CSV; returns the number of documents."""
    writer = csv.DictWriter(file, ["id", "topic", "name", "strength"])
    writer.writeheader()
    n = 0
    for batch in batches:
        writer.writerows(_records(batch, names))
        n += len(batch.topics)
    return n
