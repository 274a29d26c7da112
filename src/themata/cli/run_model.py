"""A fit into a run folder, and a run folder opened again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themata.cli.column_options import ColumnOptions, FileOptions, tell_boilerplate, tell_input
from themata.cli.fit_options import FitOptions
from themata.cli.llm_options import asks_of, labeler_of_options
from themata.cli.reading import Reading
from themata.cli.report_columns import (
    ReportOptions,
    check_report,
    report_columns,
    report_pictures,
    tell_report,
)
from themata.cli.run_results import model_folder, write_results
from themata.cli.seed_options import known_classes, seeder_of
from themata.cli.word_options import ignored_kinds, listed_words
from themata.core.errors import InputError, StoreError
from themata.core.plain_text import kinds
from themata.core.registry import make
from themata.embed.precomputed import load_embeddings
from themata.languages.codes import code_of
from themata.model import TopicModel
from themata.pipeline.run_folder import RunFolder
from themata.pipeline.step_cache import Steps
from themata.read import Corpus, read
from themata.read.corpus import batches
from themata.read.passages import split
from themata.store.hub import PREFIX

if TYPE_CHECKING:
    from themata.distributed.ray_fit import Distributed

ASPECTS = {"KeyBERT": "keybert", "MMR": "mmr"}


def fit_run(
    source: str, folder: Path, options: FitOptions, listener: Any, *, embedder: Any = None
) -> TopicModel:
    """Read, fit, and write the run folder: model, report.html, topics.csv, documents.parquet, rejected.jsonl.

    embedder : in place of the one that the options name
    """
    # What is wrong in options, columns and files is said before the folder is made, and leaves nothing behind
    code_of(options.language)
    kinds(ignored_kinds(options.ignore))
    listed_words(options.stop_words)
    embedder = embedder or _embedder(options)
    with Steps(listener=listener).timed("read"):
        corpus = read(source, limit=options.limit, **vars(options.columns), **options.file.given())
        points = _embeddings(corpus, options)
    shown = _shown(corpus, options.report, source)
    with RunFolder(folder) as run:
        tell_input(corpus, folder / "rejected.jsonl")
        tell_report(shown, [name for name in corpus.table.columns if name not in corpus.columns.values()])
        tell_boilerplate(corpus, options.drop_boilerplate)
        if options.drop_boilerplate:
            corpus = corpus.without_boilerplate()
        docs = corpus.documents
        if options.passages is not None:
            docs = split(docs, n_words=options.passages)
        model = _model(options, run, embedder, listener)
        steps = Steps(run, listener)
        classes = known_classes(docs, options)
        model.fit_documents(docs, steps, embeddings=points, y=classes, lay_out=True)
        with steps.timed("report"):
            Reading.of(corpus, options.file.markup).write(folder)
            write_results(model, folder, source, corpus, options.given(), steps.facts, options.report)
    return model


def _shown(corpus: Corpus, options: ReportOptions, source: str) -> list[str]:
    """The columns that the report of a fit will show; raises InputError for those it cannot, before anything long is done."""
    rows, set_aside = corpus.table.to_frame(), corpus.table.set_aside
    columns = report_columns(rows, set_aside, corpus.columns, options)
    check_report(corpus.documents, columns, options)
    report_pictures(rows, set_aside, options, source)
    return list(columns)


def fit_with_ray(source: str, out: str, options: FitOptions) -> Distributed:
    """Topics of a sample of Parquet files for all of their documents, written into a folder, or to an address."""
    from themata.distributed.ray_fit import Columns, fit

    local = {name: getattr(options, name) for name in _LOCAL_ONLY}
    asked = [name for name, value in local.items() if value != getattr(FitOptions(), name)]
    if options.report != ReportOptions():
        raise InputError(
            "--engine ray writes no report: leave --columns, --color and --marks out, or fit here"
        )
    if asked:
        raise InputError(f"--engine ray knows no --{asked[0].replace('_', '-')}: leave it out, or fit here")
    folder = None if is_address(out) else Path(out)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    labeler = (
        "phrases"
        if options.naming.llm is None
        else labeler_of_options(options.naming.llm, folder, options.naming)
    )
    model = TopicModel(
        embedder=_embedder(options),
        labeler=labeler,
        n_topics=options.n_topics,
        min_topic_size=options.min_topic_size,
        max_outliers=options.max_outliers,
        language=options.language,
        random_state=options.seed,
    )
    columns = Columns(options.columns.text or "text", options.columns.id, options.embedding_column)
    return fit(source, out, model=model, columns=columns, sample=options.sample, workers=options.workers)


def is_address(out: str) -> bool:
    """Whether a place is one of fsspec's, and no path."""
    return "://" in out


# Options that need all documents in one place
_LOCAL_ONLY = ("embeddings", "zero_shot", "seed_topics", "supervised", "classic", "passages", "limit")


def open_run(folder: Path) -> TopicModel:
    """The model of a run folder, of a saved model, or of "hf:owner/name" on the hub."""
    if str(folder).startswith(PREFIX):
        return TopicModel.load(str(folder))
    inner = model_folder(folder)
    if not folder.exists():
        raise InputError(f"no run folder at {folder}: themata fit INPUT --out {folder} makes one")
    if not (inner / "model.json").exists() and (folder / "steps").exists():
        raise StoreError(
            f"the run in {folder} is not finished: the themata fit command that began it goes on"
        )
    return TopicModel.load(inner)


def read_like(run: Path, source: str, columns: ColumnOptions, file: FileOptions) -> Corpus:
    """New documents for a run, from the columns that its own came from, and what was found told."""
    corpus = read(source, **vars(columns), **_as_then(run, file))
    tell_input(corpus)
    return corpus


def batches_like(
    run: Path, source: str, columns: ColumnOptions, file: FileOptions, size: int
) -> Iterator[Corpus]:
    """What `read_like` reads, so many rows at a time; nothing is told."""
    return batches(source, size=size, **vars(columns), **_as_then(run, file))


def _as_then(run: Path, file: FileOptions) -> dict[str, Any]:
    """How the documents of a run were read, unless it is asked otherwise."""
    return {**Reading.in_folder(run).as_options(), **file.given()}


def _embeddings(corpus: Corpus, options: FitOptions) -> Any:
    if options.embeddings is None:
        return None
    if options.passages is not None:
        raise InputError("--embeddings has a row per document and --passages makes more of them: choose one")
    points = load_embeddings(options.embeddings, None if options.limit else corpus.n_rows)
    # A file that has no row too many is left where it is, in its own precision
    return points if len(points) == len(corpus.rows) else points[corpus.rows]


def _model(options: FitOptions, run: RunFolder, embedder: Any, listener: Any) -> TopicModel:
    labeler, asks = _labeler(options, run, listener)
    return TopicModel(
        embedder=embedder,
        grouper=_classic(options) if options.classic else None,
        seeder=seeder_of(options),
        aspects={**ASPECTS, **asks},
        labeler=labeler,
        n_topics=options.n_topics,
        min_topic_size=options.min_topic_size,
        max_outliers=options.max_outliers,
        language=options.language,
        ignore=ignored_kinds(options.ignore),
        more_stop_words=listed_words(options.stop_words),
        random_state=options.seed,
    )


def _embedder(options: FitOptions) -> Any:
    name = None if options.embedder == "none" else options.embedder
    if options.embedder_url is None:
        return name
    if name is None or not name.startswith("openai:"):
        raise InputError(f"--embedder-url goes with --embedder openai:MODEL, not with {name or 'none'}")
    return make("embedder", name, base_url=options.embedder_url)


def _classic(options: FitOptions) -> Any:
    from themata.cluster.hdbscan import HDBSCAN
    from themata.group.reduce_then_cluster import ReduceThenCluster
    from themata.reduce.umap import UMAP

    return ReduceThenCluster(
        UMAP(random_state=options.seed), HDBSCAN(min_cluster_size=options.min_topic_size or 10)
    )


def _labeler(options: FitOptions, run: RunFolder, listener: Any) -> tuple[Any, Mapping[str, Any]]:
    """What names the topics, and what else is asked about them."""
    naming = options.naming
    if naming.llm is None:
        if naming.aspect:
            raise InputError("--aspect asks a language model: give --llm MODEL")
        return "phrases", {}
    labeler = labeler_of_options(naming.llm, run.path, naming, listener)
    return labeler, asks_of(labeler, naming)
