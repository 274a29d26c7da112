"""What a run folder holds for people: the report, tables of topics and documents, and the facts of the run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themata.cli.column_options import n_non_answers
from themata.cli.report_columns import ELSEWHERE, ReportOptions, report_columns, report_pictures
from themata.cli.result_rows import kept_input, kept_table, run_table, write_run_table
from themata.core import passages
from themata.core.arrays import Int1d
from themata.core.progress_reports import share
from themata.model import TopicModel
from themata.read import Corpus
from themata.store.result_files import in_place

if TYPE_CHECKING:
    import pandas as pd


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
    in_report: ReportOptions,
) -> None:
    """All that a fit leaves in its run folder beside what was set aside.

    options : that were given
    step_facts : what the steps have found out, such as n_cut
    in_report : what the report shows
    """
    rows, set_aside = corpus.table.to_frame(), corpus.table.set_aside
    write_run_tables(
        model, folder, rows, set_aside, ReportPlan(heading(source), corpus.columns, source, in_report)
    )
    facts = {
        "source": source,
        "n_rows": corpus.n_rows,
        "n_rejected": len(corpus.rejected),
        "n_non_answers": n_non_answers(corpus),
        "n_docs": corpus.documents.n_docs,
        "columns": dict(corpus.columns),
        "encoding": str(corpus.decoding),
        "markup": dict(corpus.markup),
        "boilerplate": dict(zip(corpus.boilerplate.passages, corpus.boilerplate.counts, strict=True)),
        "seconds": {name: round(seconds, 2) for name, seconds in model.seconds_.items()},
        "n_topics": model.result_.n_topics,
        "n_outliers": int(whole_document_sizes(model)[-1]),
        **({} if "document" not in model.documents_.columns else {"n_passages": model.documents_.n_docs}),
        "common_terms": list(model.result_.common),
        **step_facts,
        "options": options,
        "report": in_report.kept(),
    }
    write_facts(folder, facts)


def write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write run.json."""
    with in_place(folder / "run.json") as path:
        path.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def run_facts(folder: Path) -> dict[str, Any]:
    """What a finished run tells of itself: source, columns, counts of rows, topics and outliers, seconds, options."""
    facts: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return facts


@dataclass(frozen=True)
class ReportPlan:
    """What a run's report is made by.

    title : heads it
    roles : the column of the input that each role was taken from
    source : the input
    """

    title: str
    roles: Mapping[str, str]
    source: str = ""
    options: ReportOptions = field(default_factory=ReportOptions)

    @classmethod
    def of(cls, run: Path) -> ReportPlan:
        """As the run was asked for it; of a folder that tells nothing, whose columns are called by their roles."""
        if not (run / "run.json").exists():
            return cls(heading(run.resolve().name), {role: role for role in ELSEWHERE})
        facts = run_facts(run)
        asked = facts.get("report", {})
        source = str(facts.get("source", run.resolve().name))
        title = asked.get("title") or heading(source)
        return cls(title, facts.get("columns", {}), source, ReportOptions().over(asked))

    def write(
        self, model: TopicModel, path: Path, rows: pd.DataFrame, set_aside: Sequence[str | None]
    ) -> None:
        """Write the report. rows, set_aside : as result_table.beside takes them"""
        columns = report_columns(rows, set_aside, self.roles, self.options)
        title, asked = self.title, self.options
        pictures = report_pictures(rows, set_aside, asked, self.source)
        model.report(
            path, title=title, columns=columns, color=asked.color, marks=asked.marks, pictures=pictures
        )


def write_run_tables(
    model: TopicModel, folder: Path, rows: pd.DataFrame, set_aside: Sequence[str | None], plan: ReportPlan
) -> None:
    """The model, its report and its tables into a run folder. rows, set_aside : as result_table.beside takes them"""
    model.lay_out()
    with share(0.0, 0.2):
        model.save(folder / "model", overwrite=True)
    with share(0.2, 0.8):
        plan.write(model, folder / "report.html", rows, set_aside)
    with share(0.8, 0.85), in_place(folder / "topics.csv") as path:
        topics_csv(model).to_csv(path, index=False)
    with share(0.85, 1.0):
        write_run_table(run_table(model, rows, set_aside), folder)


def keep_names(model: TopicModel, run: Path) -> None:
    """Write the names of a model wherever its run folder tells them."""
    folder = model_folder(run)
    model.save(folder, overwrite=True)
    if folder == run:
        return
    rows, set_aside = kept_input(run, model)
    ReportPlan.of(run).write(model, run / "report.html", rows, set_aside)
    with in_place(run / "topics.csv") as path:
        topics_csv(model).to_csv(path, index=False)
    if kept_table(run) is not None:
        write_run_table(run_table(model, rows, set_aside), run)
