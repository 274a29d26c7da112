"""`themata assign`: new documents to the topics of a run, however many."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from themata.cli.app import app
from themata.cli.column_options import ColumnOptions, FileOptions, tell_input
from themata.cli.console import AsJson, Quiet, RunArgument, console_listener, print_json, say
from themata.cli.options import Without, with_options
from themata.cli.result_rows import say_written
from themata.cli.run_model import batches_like, open_run
from themata.core.errors import AlignmentError, InputError
from themata.embed.precomputed import load_embeddings
from themata.fitted.result_table import batch_tables, topic_table, write_tables
from themata.fitted.streaming import BATCH, Assigned
from themata.model import TopicModel
from themata.pipeline.step_cache import Steps
from themata.read import Corpus
from themata.store.result_files import formula_notes, stream_csv, table_kind


@dataclass(frozen=True)
class Limits:
    """How near and how sure an assignment must be."""

    min_similarity: Annotated[
        float,
        typer.Option(
            min=-1,
            max=1,
            help="Cosine to the nearest document that has a topic, from which a document may get one.",
        ),
    ] = 0.0
    min_strength: Annotated[
        float, typer.Option(min=0, max=1, help="Strength below which a document gets no topic.")
    ] = 0.0
    precision: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            help="Share of assignments that must be right, from which --min-strength is found on documents held out.",
        ),
    ] = None

    def least_strength(self, model: TopicModel) -> float:
        """The strength below which a document gets no topic: as given, or as the precision asked for needs it."""
        if self.precision is None:
            return self.min_strength
        if self.min_strength:
            raise InputError("--precision finds what --min-strength gives: choose one")
        rejection = model.rejection()
        least = rejection.min_strength(self.precision)
        if least > 1:
            raise InputError(
                f"no assignments are right to {self.precision:.0%}: of the {len(rejection.right):,} held out "
                f"{rejection.right.mean():.0%} are, and the surest are wrong too"
            )
        kept = (rejection.strength >= least).mean()
        say(
            f"min_strength {least:.3f}: {kept:.0%} of {len(rejection.right):,} held-out documents keep their topic"
        )
        return least


@app.command("assign")
@with_options
def assign_command(
    run: RunArgument,
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="New documents, in any form that fit reads.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Results to write: .xlsx, .csv or .parquet; CSV on standard output without it.",
        ),
    ] = None,
    columns: Annotated[ColumnOptions, Without("date", "class_", "link")] = ColumnOptions(),
    embeddings: Annotated[
        Path | None, typer.Option(help="Their embeddings: a .npy with a row per input row.")
    ] = None,
    limits: Limits = Limits(),
    file: FileOptions = FileOptions(),
    quiet: Quiet = False,
    json: AsJson = False,
) -> None:
    """Give each new document the topic of its neighbors: every row of the input, with its topics beside it.

    Documents are read, embedded, assigned and written a few thousand at a time, so that any number of them fit; a workbook
    is written when all are there.
    """
    if out is not None:
        table_kind(out)
        if out.exists() and Path(source).exists() and out.samefile(source):
            raise InputError(f"{out} is the input itself: name another file for the results")
    model = open_run(run)
    points = None if embeddings is None else load_embeddings(embeddings)
    min_strength = limits.least_strength(model)
    with console_listener() as listener, Steps(listener=listener).timed("assign"):
        corpora = _with_summary(batches_like(run, source, columns, file, BATCH), points)
        batches = model.assigned(corpora, points, limits.min_similarity, min_strength)
        if json:
            names = model.result_.names
            print_json({"documents": [record for batch in batches for record in _records(batch, names)]})
            return
        tables = batch_tables(model.result_, batches)
        if out is None:
            for sentence in formula_notes(stream_csv(tables, sys.stdout)[1]):
                say(sentence)
        else:
            topics = topic_table(model.result_, model.documents_)
            say_written(out, write_tables(out, tables, topics))


def _with_summary(corpora: Iterable[Corpus], points: Any) -> Iterator[Corpus]:
    """The batches; what was read is said when all are, as one corpus that holds no texts."""
    rejected: list[Any] = []
    markup: Counter[str] = Counter()
    n_cut = 0
    last: Corpus | None = None
    for corpus in corpora:
        if points is not None and corpus.n_rows > len(points):
            raise AlignmentError(
                f"one embedding per row is needed: the embeddings have {len(points):,}, and there are more rows"
            )
        yield corpus
        rejected += corpus.rejected
        markup.update(corpus.markup)
        n_cut += corpus.n_cut
        last = corpus
    if last is None:
        return
    if points is not None and last.n_rows != len(points):
        raise AlignmentError(
            f"one embedding per row is needed: {len(points):,} embeddings came with {last.n_rows:,} rows"
        )
    tell_input(replace(last, rejected=tuple(rejected), markup=dict(markup.most_common()), n_cut=n_cut))


def _records(batch: Assigned, names: Iterable[str]) -> Iterator[dict[str, Any]]:
    known = np.array([*names, ""], dtype=object)
    for id, topic, strength in zip(batch.ids, batch.topics.tolist(), batch.strength.tolist(), strict=True):
        yield {"id": id, "topic": topic, "name": known[topic], "strength": round(strength, 4)}
