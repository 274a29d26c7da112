"""`themata fit`: from a file of documents to a run folder with topics, tables and a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from themata.cli.app import app
from themata.cli.console import AsJson, Quiet, console_listener, out, print_json, say
from themata.cli.fit_options import FitOptions
from themata.cli.llm_options import quiet_failure_log, tell_naming
from themata.cli.options import with_options
from themata.cli.run_model import fit_run, fit_with_ray, is_address
from themata.cli.run_results import run_facts, whole_document_sizes
from themata.core.errors import InputError
from themata.core.parameter_checks import one_of
from themata.core.text_layout import several
from themata.embed.student import Fidelity

if TYPE_CHECKING:
    from themata.distributed.ray_fit import Distributed


@app.command("fit")
@with_options
def fit_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="CSV, TSV, JSON, JSONL, Parquet (.gz, .zst), .xlsx, .ods, .mbox, a chat, a folder of texts, e-mails, pages or PDFs, - or hf:NAME.",
        ),
    ],
    run: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help="The run folder to write, or to go on with; with --engine ray also an address, such as s3://bucket/run.",
        ),
    ],
    options: FitOptions = FitOptions(),
    quiet: Quiet = False,
    json: AsJson = False,
) -> None:
    """Find the topics of documents; write tables, a model and report.html.

    A language model that fails costs names and never the fit: topics keep their phrases, and the same command asks again.
    """
    one_of("--engine", options.engine, ("local", "ray"))
    if options.engine == "ray":
        _tell_distributed(fit_with_ray(source, run, options), run, json)
        return
    if is_address(run):
        raise InputError(
            f"--out {run} is an address: a run folder is on this machine, and --engine ray alone writes elsewhere"
        )
    folder = Path(run)
    with console_listener() as listener, quiet_failure_log():
        model = fit_run(source, folder, options, listener)
    topics = model.result_
    tell_naming(model.labeler, model.aspects or {})
    if json:
        print_json({"run": str(folder), **run_facts(folder)})
        return
    sizes = whole_document_sizes(model)
    n_docs, n_without = sizes.sum(), sizes[-1]
    out.print(
        f"{several(topics.n_topics, 'topic')} in {several(int(n_docs), 'document')}, {n_without:,} without a topic "
        f"({n_without / n_docs:.1%})"
    )
    if (fidelity := run_facts(folder).get("fidelity")) is not None:
        say(f"embeddings: {Fidelity(**fidelity)}")
    say(f"read them:  themata show {folder}\nopen them:  {folder / 'report.html'}")


def _tell_distributed(distributed: Distributed, run: str, json: bool) -> None:
    n_docs, n_topics = int(distributed.sizes.sum()), len(distributed.sizes) - 1
    if json:
        print_json({"run": run, "n_docs": n_docs, "topics": n_topics})
        return
    out.print(
        f"{several(n_topics, 'topic')} found on {len(distributed.rows):,} of {n_docs:,} documents, "
        f"{distributed.sizes[-1]:,} without a topic: {run}/topics.parquet, {run}/documents"
    )
