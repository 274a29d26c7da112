"""`themata update`: add documents to the topics of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from themata.cli import given
from themata.cli.console import Quiet, listening, out, say
from themata.cli.main import app
from themata.cli.results import model_folder, write_tables
from themata.cli.work import open_run, read_like
from themata.parts.embed.precomputed import load_embeddings
from themata.pipeline.steps import Steps
from themata.writing import several


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
    text: given.Text = None,
    title: given.Title = None,
    id: given.Id = None,
    date: given.Date = None,
    link: given.Link = None,
    embeddings: Annotated[
        Path | None, typer.Option(help="Their embeddings: a .npy with a row per input row.")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="Keep the latest so many documents, forget the others.")
    ] = None,
    encoding: given.Encoding = None,
    sheet: given.Sheet = None,
    strict: given.Strict = False,
    quiet: Quiet = False,
) -> None:
    """Give new documents the topics there are, or new ones, and save the model."""
    model = open_run(run)
    before = model.result_.n_topics
    columns = {"text": text, "title": title, "id": id, "date": date, "link": link}
    corpus = read_like(run, source, **columns, strict=strict, encoding=encoding, sheet=sheet)
    docs = corpus.documents
    points = None if embeddings is None else load_embeddings(embeddings, corpus.n_rows)[corpus.rows]
    with listening() as listener, Steps(listener=listener).timed("update"):
        model.partial_fit(docs.texts, points, times=docs.times, columns=docs.columns, keep=keep)
    if to is None and model_folder(run) != run:
        write_tables(model, run, _title(run), model.documents_)
    else:
        model.save(to or run, overwrite=True)
    topics = model.result_
    out.print(
        f"{several(docs.n_docs, 'document')} added to {several(topics.n_topics, 'topic')}, {max(0, topics.n_topics - before)} of them "
        f"new; {several(topics.n_docs, 'document')} in all"
    )
    say(f"read them:  themata show {to or run}")


def _title(run: Path) -> str:
    """The report's title, as the fit gave it."""
    facts = run / "run.json"
    source = json.loads(facts.read_text(encoding="utf-8")).get("source", "") if facts.exists() else ""
    return Path(source).name.split(".")[0] or "Topics"
