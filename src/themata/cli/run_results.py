"""What a run folder holds for people: the report, tables of topics and documents, and the facts of the run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from themata.cli.column_options import n_non_answers
from themata.core import passages
from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.model import TopicModel
from themata.read import Corpus


def heading(source: str) -> str:
    """What stands above the report of a source: the name of its file as a person would say it.

    >>> heading("data/customer_survey-2024.csv.gz"), heading("-")
    ('Topics in customer survey 2024', 'Topics')
    """
    words = Path(source).name.split(".")[0].replace("_", " ").replace("-", " ").split()
    return " ".join(["Topics in", *words]) if words else "Topics"


def whole_document_sizes(model: TopicModel) -> Int1d:
    """(n_topics + 1,) documents of each topic, and last of none; passages of a document count once."""
    return passages.document_sizes(model.result_, model.documents_)


def topics_csv(model: TopicModel) -> Any:
    """What topics.csv holds: `get_topic_info`, with documents counted as documents where they were split."""
    info = model.get_topic_info()
    if "document" in model.documents_.columns:
        info["Count"] = whole_document_sizes(model)[info["Topic"].to_numpy()]  # -1 is the last
    return info


def model_folder(folder: Path) -> Path:
    """Where the model of a run folder is; a saved model's folder is its own."""
    return folder / "model" if (folder / "model").exists() or (folder / "steps").exists() else folder


def write_results(
    model: TopicModel,
    folder: Path,
    source: str,
    corpus: Corpus,
    options: Mapping[str, str],
    step_facts: Mapping[str, Any],
) -> None:
    """All that a fit leaves in its run folder beside what was set aside.

    options : that were given
    step_facts : what the steps have found out, such as n_cut
    """
    write_tables(model, folder, heading(source), corpus.documents)
    facts = {
        "source": source,
        "n_rows": corpus.n_rows,
        "n_rejected": len(corpus.rejected),
        "n_non_answers": n_non_answers(corpus),
        "n_docs": corpus.documents.n_docs,
        "columns": dict(corpus.columns),
        "encoding": str(corpus.decoding),
        "seconds": {name: round(seconds, 2) for name, seconds in model.seconds_.items()},
        "n_topics": model.result_.n_topics,
        "n_outliers": int(whole_document_sizes(model)[-1]),
        **({} if "document" not in model.documents_.columns else {"n_passages": model.documents_.n_docs}),
        "common_terms": list(model.result_.common),
        **step_facts,
        "options": options,
    }
    with _in_place(folder / "run.json") as path:
        path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def run_facts(folder: Path) -> dict[str, Any]:
    """What a finished run tells of itself: source, columns, counts of rows, topics and outliers, seconds, options."""
    facts: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return facts


def write_tables(model: TopicModel, folder: Path, title: str, whole: Documents) -> None:
    """The model, its report and its tables into a run folder. whole : the documents as they were read"""
    model.lay_out()
    model.save(folder / "model", overwrite=True)
    model.report(folder / "report.html", title=title)
    with _in_place(folder / "topics.csv") as path:
        topics_csv(model).to_csv(path, index=False)
    _write_documents(document_table(model, whole), folder)


def keep_names(model: TopicModel, run: Path) -> None:
    """Write the names of a model wherever its run folder tells them."""
    folder = model_folder(run)
    model.save(folder, overwrite=True)
    if folder == run:
        return
    facts = run / "run.json"
    source = str(run_facts(run)["source"]) if facts.exists() else run.resolve().name
    model.report(run / "report.html", title=heading(source))
    with _in_place(run / "topics.csv") as path:
        topics_csv(model).to_csv(path, index=False)
    table = _read_documents(run)
    if table is not None:
        names = np.array([*model.result_.names, ""], dtype=object)
        table["name"] = names[table["topic"].to_numpy()]
        _write_documents(table, run)


def _write_documents(table: Any, run: Path) -> None:
    """As documents.parquet, or as documents.csv where pyarrow is not installed."""
    if find_spec("pyarrow") is None:
        with _in_place(run / "documents.csv") as path:
            table.to_csv(path, index=False)
    else:
        with _in_place(run / "documents.parquet") as path:
            table.to_parquet(path, index=False)


def _read_documents(run: Path) -> Any:
    import pandas as pd

    if (run / "documents.csv").exists():
        return pd.read_csv(run / "documents.csv", dtype={"id": str, "title": str}, keep_default_na=False)
    return pd.read_parquet(run / "documents.parquet") if (run / "documents.parquet").exists() else None


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
    assignment, strength = passages.by_document(topics, docs)
    frame: dict[str, Sequence[Any]] = {
        name: whole.columns[name] for name in ("id", "title") if name in whole.columns
    }
    names = np.array([*topics.names, ""], dtype=object)
    table = pd.DataFrame({**frame, "topic": assignment, "name": names[assignment], "strength": strength})
    if model.documents_.coords is not None and docs.n_docs == whole.n_docs:
        table[["x", "y"]] = model.documents_.coords
    return table
