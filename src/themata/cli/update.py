"""`themata update`: add documents to the topics of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from themata.cli.console import err, out
from themata.cli.main import app
from themata.cli.results import model_folder, write_tables
from themata.cli.work import note_rejected, open_run
from themata.parts.embed.precomputed import load_embeddings
from themata.read import read


@app.command("update")
def update_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")],
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="New documents, in any form that fit reads.")
    ],
    to: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Where to save the model; the run is rewritten without it."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the texts.")] = None,
    title: Annotated[str | None, typer.Option(help="Column of the titles.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Column of the ids.")] = None,
    date: Annotated[str | None, typer.Option(help="Column of the dates.")] = None,
    embeddings: Annotated[
        Path | None, typer.Option(help="Their embeddings: a .npy with a row per input row.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Keep the latest so many documents, forget the others.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A bad row is an error.")] = False,
) -> None:
    """Give new documents the topics there are, or new ones, and save the model."""
    model = open_run(run)
    before = model.result_.n_topics
    corpus = read(source, text=text, title=title, id=id, date=date, strict=strict)
    note_rejected(corpus, None)
    docs = corpus.documents
    points = None if embeddings is None else load_embeddings(embeddings, corpus.n_rows)[corpus.rows]
    model.partial_fit(docs.texts, points, times=docs.times, columns=docs.columns, keep=keep)
    if to is None and model_folder(run) != run:
        write_tables(model, run, _title(run), model.documents_)
    else:
        model.save(to or run, overwrite=True)
    topics = model.result_
    out.print(
        f"{docs.n_docs:,} documents added to {topics.n_topics} topics, {max(0, topics.n_topics - before)} of them "
        f"new; {topics.n_docs:,} documents in all"
    )
    err.print(f"read them:  themata show {to or run}")


def _title(run: Path) -> str:
    """The report's title, as the fit gave it."""
    facts = run / "run.json"
    source = json.loads(facts.read_text(encoding="utf-8")).get("source", "") if facts.exists() else ""
    return Path(source).name.split(".")[0] or "Topics"
