"""`themata fit`: from a file of documents to a run folder with topics, tables and a report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from themata.cli import column_options
from themata.cli.console import Quiet, listening, out, print_json, say
from themata.cli.llm_options import (
    Asking,
    Aspects,
    BaseUrl,
    Diversity,
    DocLength,
    Examples,
    Model,
    NrDocs,
    OwnPrompt,
    ParentPrompt,
    Price,
    Quantize,
    System,
    tell_report,
    told_here,
)
from themata.cli.main import app
from themata.cli.run_model import FitOptions, fit_run
from themata.cli.run_results import document_sizes, run_facts
from themata.core.text_layout import several

_TOPICS = "The topics"


@app.command("fit")
def fit_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="CSV, TSV, JSON, JSONL, Parquet (.gz, .zst), .xlsx, .ods, a folder, - or hf:NAME.",
        ),
    ],
    run: Annotated[Path, typer.Option("--out", "-o", help="The run folder to write, or to go on with.")],
    text: column_options.Text = None,
    title: column_options.Title = None,
    id: column_options.Id = None,
    date: column_options.Date = None,
    class_: column_options.Class = None,
    link: column_options.Link = None,
    embeddings: Annotated[
        Path | None, typer.Option(help="Embeddings already made: a .npy with a row per input row.")
    ] = None,
    embedder: Annotated[
        str,
        typer.Option(
            help="auto, minilm, a model's name or folder, static:MODEL, openai:MODEL, lexical, none."
        ),
    ] = "auto",
    embedder_url: Annotated[
        str | None, typer.Option(help="Address of the server of --embedder openai:MODEL.")
    ] = None,
    n_topics: Annotated[
        int | None,
        typer.Option(min=1, help="Exact number of topics; found without it.", rich_help_panel=_TOPICS),
    ] = None,
    min_topic_size: Annotated[
        int | None, typer.Option(min=1, help="No topic has fewer documents.", rich_help_panel=_TOPICS)
    ] = None,
    max_outliers: Annotated[
        float, typer.Option(min=0, max=1, help="Largest share without a topic.", rich_help_panel=_TOPICS)
    ] = 0.05,
    zero_shot: Annotated[
        Path | None,
        typer.Option(
            help="File of topic names, one a line: documents near one are its.", rich_help_panel=_TOPICS
        ),
    ] = None,
    min_similarity: Annotated[
        float,
        typer.Option(
            min=-1, max=1, help="Cosine to a name from which a document is its.", rich_help_panel=_TOPICS
        ),
    ] = 0.7,
    seed_topics: Annotated[
        Path | None,
        typer.Option(
            help="File of seed words, a topic a line: documents are drawn to them.", rich_help_panel=_TOPICS
        ),
    ] = None,
    supervised: Annotated[
        bool,
        typer.Option(
            "--supervised",
            help="Keep the classes of --class together; empty is unknown.",
            rich_help_panel=_TOPICS,
        ),
    ] = False,
    classic: Annotated[
        bool,
        typer.Option("--classic", help="The tutorial's road: UMAP, then HDBSCAN.", rich_help_panel=_TOPICS),
    ] = False,
    language: Annotated[
        str | None, typer.Option(help="Language of the documents, such as de or German; detected without it.")
    ] = None,
    passages: Annotated[
        int | None, typer.Option(min=20, help="Split documents longer than this many words.")
    ] = None,
    llm: Model = None,
    quantize: Quantize = None,
    base_url: BaseUrl = None,
    prompt: OwnPrompt = None,
    parent_prompt: ParentPrompt = None,
    system: System = None,
    examples: Examples = None,
    nr_docs: NrDocs = 4,
    doc_length: DocLength = 200,
    diversity: Diversity = None,
    price: Price = None,
    aspect: Aspects = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read only so many rows.")] = None,
    strict: column_options.Strict = False,
    encoding: column_options.Encoding = None,
    sheet: column_options.Sheet = None,
    seed: Annotated[int, typer.Option(help="The same seed, the same topics.")] = 42,
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Find the topics of documents; write tables, a model and report.html.

    A language model that fails costs names and never the fit: topics keep their phrases, and the same command asks again.
    """
    options = FitOptions(
        roles={"text": text, "title": title, "id": id, "date": date, "class_": class_, "link": link},
        embeddings=embeddings,
        embedder=None if embedder == "none" else embedder,
        embedder_url=embedder_url,
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
        asking=Asking(
            quantize=quantize,
            base_url=base_url,
            prompt=prompt,
            parent_prompt=parent_prompt,
            system=system,
            examples=examples,
            language=language,
            nr_docs=nr_docs,
            doc_length=doc_length,
            diversity=diversity,
            price=price,
        ),
        asks=tuple(aspect or ()),
        limit=limit,
        strict=strict,
        encoding=encoding,
        sheet=sheet,
        seed=seed,
    )
    with listening() as listener, told_here():
        model = fit_run(source, run, options, listener)
    topics = model.result_
    tell_report(model.labeler, model.aspects or {})
    if json:
        print_json({"run": str(run), **run_facts(run)})
        return
    sizes = document_sizes(model)
    n_docs, n_without = sizes.sum(), sizes[-1]
    out.print(
        f"{several(topics.n_topics, 'topic')} in {several(int(n_docs), 'document')}, {n_without:,} without a topic "
        f"({n_without / n_docs:.1%})"
    )
    say(f"read them:  themata show {run}\nopen them:  {run / 'report.html'}")
