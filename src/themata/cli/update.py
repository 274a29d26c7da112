"""`themata update`: add documents to the topics of a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from themata.cli.app import app
from themata.cli.column_options import ColumnOptions, FileOptions
from themata.cli.console import Quiet, RunArgument, console_listener, out, say
from themata.cli.options import Without, with_options
from themata.cli.reading import Reading
from themata.cli.result_rows import kept_input
from themata.cli.run_model import open_run, read_like
from themata.cli.run_results import ReportPlan, model_folder, whole_document_sizes, write_run_tables
from themata.core.text_layout import several
from themata.embed.precomputed import load_embeddings
from themata.pipeline.step_cache import Steps
from themata.read import Corpus

if TYPE_CHECKING:
    import pandas as pd


@app.command("update")
@with_options
def update_command(
    run: RunArgument,
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="New documents, in any form that fit reads.")
    ],
    to: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to save the model; the run is rewritten without it."),
    ] = None,
    columns: Annotated[ColumnOptions, Without("class_")] = ColumnOptions(),
    embeddings: Annotated[
        Path | None, typer.Option(help="Their embeddings: a .npy with a row per input row.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Keep the latest so many documents, forget the others.")
    ] = None,
    file: FileOptions = FileOptions(),
    quiet: Quiet = False,
) -> None:
    """Give new documents the topics there are, or new ones, and save the model."""
    model = open_run(run)
    rows, set_aside = kept_input(run, model)
    before = model.result_.n_topics
    corpus = read_like(run, source, columns, file)
    docs = corpus.documents
    points = None if embeddings is None else load_embeddings(embeddings, corpus.n_rows)[corpus.rows]
    with console_listener() as listener, Steps(listener=listener).timed("update"):
        model.partial_fit(docs.texts, points, times=docs.times, columns=docs.columns, keep=keep)
    if to is None and model_folder(run) != run:
        rows, set_aside = _longer(rows, set_aside, corpus, int(whole_document_sizes(model).sum()))
        write_run_tables(model, run, rows, set_aside, ReportPlan.of(run))
    else:
        model.save(to or run, overwrite=True)
        if to is not None:
            Reading.in_folder(run).write(to)
    topics = model.result_
    out.print(
        f"{several(docs.n_docs, 'document')} added to {several(topics.n_topics, 'topic')}, {max(0, topics.n_topics - before)} of them "
        f"new; {several(topics.n_docs, 'document')} in all"
    )
    say(f"read them:  themata show {to or run}")


def _longer(
    rows: pd.DataFrame, set_aside: list[str | None], corpus: Corpus, n_docs: int
) -> tuple[pd.DataFrame, list[str | None]]:
    """The rows of a run and then those that came, without those of documents that were forgotten."""
    import pandas as pd

    whole = pd.concat([rows, corpus.table.to_frame()], ignore_index=True)
    reasons = [*set_aside, *corpus.table.set_aside]
    places = [place for place, reason in enumerate(reasons) if reason is None]
    first = places[len(places) - n_docs] if n_docs < len(places) else 0
    return whole.iloc[first:].reset_index(drop=True), reasons[first:]
