"""What the commands share: a fit into a run folder, and a run folder opened again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from themata.cli.console import Listener, err
from themata.cli.known import known_classes, seeder_of
from themata.cli.llm import Asking, asks_of, labeler_of
from themata.documents import Documents
from themata.errors import InputError, StoreError
from themata.graph import Float2d
from themata.languages import code_of
from themata.model import TopicModel
from themata.parts.embed.precomputed import load_embeddings
from themata.pipeline.run import RunFolder
from themata.pipeline.steps import Steps
from themata.read import Corpus, read
from themata.read.passages import join, split
from themata.store.hub import PREFIX

ASPECTS = {"KeyBERT": "keybert", "MMR": "mmr"}


@dataclass(frozen=True)
class FitOptions:
    """What `themata fit` was asked; roles name the columns."""

    roles: Mapping[str, str | None] = field(default_factory=dict)
    embeddings: Path | None = None
    embedder: str | None = "auto"
    n_topics: int | None = None
    min_topic_size: int | None = None
    max_outliers: float = 0.05
    zero_shot: Path | None = None
    min_similarity: float = 0.7
    seed_topics: Path | None = None
    supervised: bool = False
    classic: bool = False
    language: str | None = None
    passages: int | None = None
    llm: str | None = None
    asking: Asking = field(default_factory=Asking)
    asks: Sequence[str] = ()
    limit: int | None = None
    strict: bool = False
    seed: int = 42

    def given(self) -> dict[str, str]:
        """Each option that has a value, as text."""
        flat = {**vars(self), **vars(self.asking)}
        return {name: str(value) for name, value in flat.items() if value is not None and name != "asking"}


def fit_run(source: str, folder: Path, options: FitOptions, listener: Listener) -> TopicModel:
    """Read, fit, and write the run folder: model, report.html, topics.csv, documents.parquet, rejected.jsonl."""
    code_of(options.language)  # which says what is no language
    with Steps(listener=listener).timed(
        "read"
    ):  # before the folder is made: a wrong column or file leaves nothing behind
        corpus = read(source, **options.roles, limit=options.limit, strict=options.strict)
        points = _embeddings(corpus, options)
    with RunFolder(folder) as run:
        note_rejected(corpus, folder / "rejected.jsonl")
        docs = corpus.documents
        if options.passages is not None:
            docs = split(docs, n_words=options.passages)
        model = _model(options, run)
        steps = Steps(run, listener)
        model.fit(
            docs.texts,
            points,
            y=known_classes(docs, options),
            times=docs.times,
            columns=docs.columns,
            steps=steps,
            lay_out=True,
        )
        with steps.timed("report"):
            _write_results(model, run, source, corpus, options)
    return model


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


def model_folder(folder: Path) -> Path:
    """Where the model of a run folder is; a saved model's folder is its own."""
    return folder / "model" if (folder / "model").exists() or (folder / "steps").exists() else folder


def note_rejected(corpus: Corpus, path: Path | None) -> None:
    """Say how many rows were set aside, and where they are."""
    if not corpus.rejected:
        if path is not None:
            path.unlink(missing_ok=True)
        return
    reasons: dict[str, int] = {}
    for row in corpus.rejected:
        reasons[row.reason] = reasons.get(row.reason, 0) + 1
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items(), key=lambda x: -x[1]))
    where = f", the first in line {corpus.rejected[0].line}"
    if path is not None:
        corpus.write_rejected(path)
        where += f"; all of them are in {path}"
    err.print(f"[yellow]{len(corpus.rejected):,} rows set aside[/] ({told}){where}")


def _embeddings(corpus: Corpus, options: FitOptions) -> Float2d | None:
    if options.embeddings is None:
        return None
    if options.passages is not None:
        raise InputError("--embeddings has a row per document and --passages makes more of them: choose one")
    points = load_embeddings(options.embeddings, None if options.limit else corpus.n_rows)
    return np.asarray(points[corpus.rows], dtype=np.float32)


def _model(options: FitOptions, run: RunFolder) -> TopicModel:
    labeler, asks = _labeler(options, run)
    return TopicModel(
        embedder=options.embedder,
        grouper=_classic(options) if options.classic else None,
        seeder=seeder_of(options),
        aspects={**ASPECTS, **asks},
        labeler=labeler,
        n_topics=options.n_topics,
        min_topic_size=options.min_topic_size,
        max_outliers=options.max_outliers,
        language=options.language,
        random_state=options.seed,
    )


def _classic(options: FitOptions) -> Any:
    from themata.parts.cluster.hdbscan import HDBSCAN
    from themata.parts.group.reduce_then_cluster import ReduceThenCluster
    from themata.parts.reduce.umap import UMAP

    return ReduceThenCluster(
        UMAP(random_state=options.seed), HDBSCAN(min_cluster_size=options.min_topic_size or 10)
    )


def _labeler(options: FitOptions, run: RunFolder) -> tuple[Any, Mapping[str, Any]]:
    """What names the topics, and what else is asked about them."""
    if options.llm is None:
        if options.asks:
            raise InputError("--aspect asks a language model: give --llm MODEL")
        return "phrases", {}
    labeler = labeler_of(options.llm, run.path, options.asking)
    return labeler, asks_of(options.asks, labeler, options.asking)


def keep_names(model: TopicModel, run: Path) -> None:
    """Write the names of a model wherever its run folder tells them."""
    folder = model_folder(run)
    model.save(folder, overwrite=True)
    if folder == run:
        return
    model.report(run / "report.html", title=run.resolve().name)
    with _in_place(run / "topics.csv") as path:
        model.get_topic_info().to_csv(path, index=False)
    if (run / "documents.parquet").exists():
        import pandas as pd

        table = pd.read_parquet(run / "documents.parquet")
        names = np.array([*model.result_.names, ""], dtype=object)
        table["name"] = names[table["topic"].to_numpy()]
        with _in_place(run / "documents.parquet") as path:
            table.to_parquet(path, index=False)


def _write_results(
    model: TopicModel, run: RunFolder, source: str, corpus: Corpus, options: FitOptions
) -> None:
    write_tables(model, run.path, Path(source).name.split(".")[0] or "Topics", corpus.documents)
    facts = {
        "source": source,
        "n_rows": corpus.n_rows,
        "n_rejected": len(corpus.rejected),
        "n_docs": corpus.documents.n_docs,
        "columns": dict(corpus.columns),
        "seconds": {name: round(seconds, 2) for name, seconds in model.seconds_.items()},
        "n_topics": model.result_.n_topics,
        "n_outliers": model.result_.n_outliers,
        "options": options.given(),
    }
    with _in_place(run.path / "run.json") as path:
        path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def run_facts(folder: Path) -> dict[str, Any]:
    """What a finished run tells of itself: source, columns, counts of rows, topics and outliers, seconds, options."""
    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return found


def write_tables(model: TopicModel, folder: Path, title: str, whole: Documents) -> None:
    """The model, its report and its tables into a run folder. whole : the documents as they were read"""
    model.lay_out()
    model.save(folder / "model", overwrite=True)
    model.report(folder / "report.html", title=title)
    with _in_place(folder / "topics.csv") as path:
        model.get_topic_info().to_csv(path, index=False)
    with _in_place(folder / "documents.parquet") as path:
        document_table(model, whole).to_parquet(path, index=False)


@contextmanager
def _in_place(path: Path) -> Iterator[Path]:
    """A name to write to, moved into place when it is whole: a kill never leaves half a file."""
    unfinished = path.with_name(f".{path.name}.part")
    yield unfinished
    os.replace(unfinished, path)


def document_table(model: TopicModel, whole: Documents) -> Any:
    """A row per document of the input: id, title, topic, its name and the strength, passages put together."""
    import pandas as pd

    topics, docs = model.result_, model.documents_
    assignment, strength = topics.assignment, topics.strength
    if "document" in docs.columns and docs.n_docs != whole.n_docs:
        assignment, strength, _ = join(
            assignment, strength, np.asarray(docs.columns["document"]), n_topics=topics.n_topics
        )
    frame: dict[str, Sequence[Any]] = {
        name: whole.columns[name] for name in ("id", "title") if name in whole.columns
    }
    names = np.array([*topics.names, ""], dtype=object)
    table = pd.DataFrame({**frame, "topic": assignment, "name": names[assignment], "strength": strength})
    if model.documents_.coords is not None and docs.n_docs == whole.n_docs:
        table[["x", "y"]] = model.documents_.coords
    return table
