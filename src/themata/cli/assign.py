"""`themata assign`: new documents to the topics of a run."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from themata.cli.app import app
from themata.cli.column_options import ColumnOptions, FileOptions
from themata.cli.console import Quiet, listening, print_json, say
from themata.cli.options import Without, with_options
from themata.cli.run_model import open_run, read_like
from themata.core.text_layout import several
from themata.embed.precomputed import load_embeddings
from themata.pipeline.step_cache import Steps


@app.command("assign")
@with_options
def assign_command(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, or a saved model.")],
    source: Annotated[
        str, typer.Argument(metavar="INPUT", help="New documents, in any form that fit reads.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="CSV to write; standard output without it.")
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
    file: FileOptions = FileOptions(),
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Give each new document the topic of its neighbors."""
    model = open_run(run)
    corpus = read_like(run, source, columns, file)
    points = None if embeddings is None else load_embeddings(embeddings, corpus.n_rows)[corpus.rows]
    with listening() as listener, Steps(listener=listener).timed("assign"):
        topics, strength = model.transform(corpus.documents.texts, points, min_similarity=min_similarity)
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
        with out.open("w", encoding="utf-8", newline="") as table:
            _write(records, table)
        say(f"{several(len(records), 'document')} assigned: {out}")


def _write(records: list[dict[str, Any]], file: Any) -> None:
    writer = csv.DictWriter(file, ["id", "topic", "name", "strength"])
    writer.writeheader()
    writer.writerows(records)
