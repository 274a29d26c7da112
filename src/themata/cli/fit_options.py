"""The options of `themata fit`, as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from themata.cli.column_options import ColumnOptions, FileOptions
from themata.cli.llm_options import LLMOptions
from themata.cli.options import Without, given_options
from themata.cli.report_columns import ReportOptions

_topics = partial(typer.Option, rich_help_panel="The topics")


@dataclass(frozen=True)
class FitOptions:
    """What `themata fit` was asked."""

    columns: ColumnOptions = field(default_factory=ColumnOptions)
    embeddings: Annotated[
        Path | None, typer.Option(help="Embeddings already made: a .npy with a row per input row.")
    ] = None
    embedder: Annotated[
        str,
        typer.Option(
            help="auto, minilm, a model's name or folder, fast, fast:MODEL, static:MODEL, openai:MODEL, lexical, none."
        ),
    ] = "auto"
    embedder_url: Annotated[
        str | None, typer.Option(help="Address of the server of --embedder openai:MODEL.")
    ] = None
    n_topics: Annotated[
        int | None,
        _topics(min=1, help="Exact number of topics; found without it."),
    ] = None
    min_topic_size: Annotated[int | None, _topics(min=1, help="No topic has fewer documents.")] = None
    max_outliers: Annotated[float, _topics(min=0, max=1, help="Largest share without a topic.")] = 0.05
    zero_shot: Annotated[
        Path | None,
        _topics(help="File of topic names, one a line: documents near one are its."),
    ] = None
    min_similarity: Annotated[
        float,
        _topics(min=-1, max=1, help="Cosine to a name from which a document is its."),
    ] = 0.7
    seed_topics: Annotated[
        Path | None,
        _topics(help="File of seed words, a topic a line: documents are drawn to them."),
    ] = None
    supervised: Annotated[
        bool,
        _topics(
            "--supervised",
            help="Keep the classes of --class together; empty is unknown.",
        ),
    ] = False
    classic: Annotated[
        bool,
        _topics("--classic", help="The tutorial's pipeline: UMAP, then HDBSCAN."),
    ] = False
    language: Annotated[
        str | None, typer.Option(help="Language of the documents, such as de or German; detected without it.")
    ] = None
    drop_boilerplate: Annotated[
        bool,
        typer.Option(
            "--drop-boilerplate", help="Leave out passages that many documents share, such as disclaimers."
        ),
    ] = False
    ignore: Annotated[
        str,
        typer.Option(
            help="What is no word: all, none, or some of mail,markup,handles,addresses,codes.",
        ),
    ] = "all"
    stop_words: Annotated[
        str | None,
        typer.Option(
            help="Words that name no topic, with commas between them, or a file with one a line; the language's own are known.",
        ),
    ] = None
    passages: Annotated[
        int | None, typer.Option(min=20, help="Split documents longer than this many words.")
    ] = None
    naming: Annotated[LLMOptions, Without("language")] = field(default_factory=LLMOptions)
    limit: Annotated[int | None, typer.Option(min=1, help="Read only so many rows.")] = None
    file: FileOptions = field(default_factory=FileOptions)
    report: ReportOptions = field(default_factory=ReportOptions)
    engine: Annotated[
        str,
        typer.Option(
            help="local, or ray: Parquet files that outgrow this machine, topics found on a sample of them."
        ),
    ] = "local"
    sample: Annotated[int, typer.Option(min=100, help="Documents that --engine ray finds the topics on.")] = (
        100_000
    )
    embedding_column: Annotated[
        str | None, typer.Option(help="Column of the Parquet files of --engine ray that holds embeddings.")
    ] = None
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that --engine ray embeds and assigns in.")
    ] = 2
    seed: Annotated[int, typer.Option(help="The same seed, the same topics.")] = 42

    def given(self) -> dict[str, str]:
        """Each option that has a value, as text."""
        return {name: str(value) for name, value in given_options(self)}
