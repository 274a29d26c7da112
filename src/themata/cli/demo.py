"""`themata demo`: topics of a corpus that every machine has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.column_options import ColumnOptions
from themata.cli.console import AsJson, Quiet, console_listener, out, print_json, say
from themata.cli.docstrings import docstrings
from themata.cli.fit_options import FitOptions
from themata.cli.run_model import fit_run
from themata.cli.run_results import run_facts
from themata.cli.show import shown_topics
from themata.embed.sentence_transformer import has_minilm
from themata.embed.student import Student
from themata.pipeline.step_cache import Steps

# Docstrings that the model reads: all 8,000 are few for "fast", which would read them in 120 s of one processor
READ = 3_000


@app.command("demo")
def demo_command(
    run: Annotated[Path, typer.Option("--out", "-o", help="The run folder to write.")] = Path("demo"),
    n_docs: Annotated[int, typer.Option("--n-docs", "-n", min=1, help="So many docstrings.")] = 8000,
    embedder: Annotated[str, typer.Option(help="As of themata fit.")] = "fast",
    seed: Annotated[int, typer.Option(help="The same seed, the same documents and topics.")] = 42,
    quiet: Quiet = False,
    json_: AsJson = False,
) -> None:
    """Model the docstrings of the installed Python packages."""
    run.mkdir(parents=True, exist_ok=True)
    source = run / "docstrings.jsonl"
    columns = ColumnOptions(text="text", id="id", class_="label")
    estimated = embedder == "fast" and has_minilm()
    # Where no model can be estimated, documents are placed by their words
    options = FitOptions(
        columns=columns, embedder=embedder if estimated or embedder != "fast" else "auto", seed=seed
    )
    with console_listener() as listener:
        with Steps(listener=listener).timed("collect"):
            records = docstrings(n_docs, seed=seed, progress=listener.progress("collect"))
            source.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        model = fit_run(
            str(source), run, options, listener, embedder=Student(n_sample=READ) if estimated else None
        )
    if json_:
        print_json({"run": str(run), **run_facts(run)})
        return
    out.print(shown_topics(model, 1000))
    if model.fidelity_ is not None:
        say(f"embeddings: {model.fidelity_}")
    say(f"open them:  {run / 'report.html'}")
