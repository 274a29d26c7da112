"""`themata fit`: from a file of documents to a run folder with topics, tables and a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli.console import err, listening, out, print_json
from themata.cli.llm import Aspects, BaseUrl, OwnPrompt, Quantize, tell_report, told_here
from themata.cli.main import app
from themata.cli.work import FitOptions, fit_run, run_facts


@app.command("fit")
def fit_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT", help="CSV, TSV, JSON, JSONL, Parquet (.gz, .zst), a folder, - or hf:NAME."
        ),
    ],
    run: Annotated[Path, typer.Option("--out", "-o", help="The run folder to write, or to go on with.")],
    text: Annotated[str | None, typer.Option(help="Column of the texts.")] = None,
    title: Annotated[str | None, typer.Option(help="Column of the titles.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Column of the ids.")] = None,
    date: Annotated[str | None, typer.Option(help="Column of the dates.")] = None,
    class_: Annotated[str | None, typer.Option("--class", help="Column of a known class.")] = None,
    embeddings: Annotated[
        Path | None, typer.Option(help="Embeddings already made: a .npy with a row per input row.")
    ] = None,
    embedder: Annotated[
        str,
        typer.Option(
            help="auto, minilm, a model's name or folder, static:MODEL, openai:MODEL, lexical, none."
        ),
    ] = "auto",
    n_topics: Annotated[
        int | None, typer.Option(min=1, help="Exact number of topics; found without it.")
    ] = None,
    min_topic_size: Annotated[int | None, typer.Option(min=1, help="No topic has fewer documents.")] = None,
    max_outliers: Annotated[float, typer.Option(min=0, max=1, help="Largest share without a topic.")] = 0.05,
    zero_shot: Annotated[
        Path | None, typer.Option(help="File of topic names, one a line: documents near one are its.")
    ] = None,
    min_similarity: Annotated[
        float, typer.Option(min=-1, max=1, help="Cosine to a name from which a document is its.")
    ] = 0.7,
    seed_topics: Annotated[
        Path | None, typer.Option(help="File of seed words, a topic a line: documents are drawn to them.")
    ] = None,
    supervised: Annotated[
        bool, typer.Option("--supervised", help="Keep the classes of --class together; empty is unknown.")
    ] = False,
    classic: Annotated[
        bool, typer.Option("--classic", help="The tutorial's road: UMAP, then HDBSCAN.")
    ] = False,
    language: Annotated[
        str | None, typer.Option(help="Language of the documents; detected without it.")
    ] = None,
    passages: Annotated[
        int | None, typer.Option(min=20, help="Split documents longer than this many words.")
    ] = None,
    llm: Annotated[
        str | None,
        typer.Option(help="Model that names the topics: a name or folder, openai:MODEL, litellm:MODEL."),
    ] = None,
    quantize: Quantize = None,
    base_url: BaseUrl = None,
    prompt: OwnPrompt = None,
    aspect: Aspects = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read only so many rows.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A bad row is an error.")] = False,
    seed: Annotated[int, typer.Option(help="The same seed, the same topics.")] = 42,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Find the topics of documents; write tables, a model and report.html.

    A language model that fails costs names and never the fit: topics keep their phrases, and the same command asks again.
    """
    options = FitOptions(
        roles={"text": text, "title": title, "id": id, "date": date, "class_": class_},
        embeddings=embeddings,
        embedder=None if embedder == "none" else embedder,
        n_topics=n_topics,
        min_topic_size=min_topic_size,
        max_outliers=max_outliers,
        zero_shot=zero_shot,
        min_similarity=min_similarity,
        seed_topics=seed_topics,
        supervised=supervised,
        classic=classic,
        language=language,
        passages=passages,
        llm=llm,
        quantize=quantize,
        base_url=base_url,
        prompt=prompt,
        asks=tuple(aspect or ()),
        limit=limit,
        strict=strict,
        seed=seed,
    )
    with listening() as listener, told_here():
        model = fit_run(source, run, options, listener)
    topics = model.result_
    tell_report(model.labeler, model.aspects or {})
    if json:
        print_json({"run": str(run), **run_facts(run)})
        return
    out.print(
        f"{topics.n_topics} topics in {topics.n_docs:,} documents, {topics.n_outliers:,} without a topic "
        f"({topics.n_outliers / topics.n_docs:.1%})"
    )
    err.print(f"read them:  themata show {run}\nopen them:  {run / 'report.html'}")
