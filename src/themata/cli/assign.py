"""`themata assign`: new documents to the topics of a run."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from themata.cli.console import err, print_json
from themata.cli.main import app
from themata.cli.work import note_rejected, open_run
from themata.parts.embed.precomputed import load_embeddings
from themata.read import read


@app.command("assign")
def assign_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")],
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="New documents, in any form that fit reads.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="CSV to write; standard output without it.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of the texts.")] = None,
    title: Annotated[str | None, typer.Option(help="Column of the titles.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Column of the ids.")] = None,
    embeddings: Annotated[
        Path | None, typer.Option(help="Their embeddings: a .npy with a row per input row.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A bad row is an error.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Give each new document the topic of its neighbors."""
    model = open_run(run)
    corpus = read(source, text=text, title=title, id=id, strict=strict)
    note_rejected(corpus, None)
    points = None if embeddings is None else load_embeddings(embeddings, corpus.n_rows)[corpus.rows]
    topics, strength = model.transform(corpus.documents.texts, points)
    names = model.result_.names
    ids = corpus.documents.columns.get("id", corpus.rows)
    records: list[dict[str, Any]] = [
        {
            "id": ids[i],
            "topic": topic,
            "name": names[topic] if topic >= 0 else "",
            "strength": round(float(strength[i]), 4),
        }
        for i, topic in enumerate(topics)
    ]
    if json:
        print_json({"documents": records})
    elif out is None:
        _write(records, sys.stdout)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            _write(records, file)
        err.print(f"{len(records):,} documents assigned: {out}")


def _write(records: list[dict[str, Any]], file: Any) -> None:
    writer = csv.DictWriter(file, ["id", "topic", "name", "strength"])
    writer.writeheader()
    writer.writerows(records)
