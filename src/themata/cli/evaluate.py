"""`themata evaluate`: how good the topics of a run are, in numbers that say what they mean."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.markup import escape
from rich.table import Table

from themata.cli.app import app
from themata.cli.column_options import Encoding
from themata.cli.console import AsJson, Quiet, RunArgument, console_listener, err, out, print_json, say
from themata.cli.run_model import open_run
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.passages import DOCUMENT, whole_rows
from themata.evaluate.scores import MEASURES, Scores
from themata.model import TopicModel
from themata.pipeline.step_cache import Steps
from themata.read.classes import read_classes

N_WEAKEST = 5


@app.command("evaluate")
def evaluate_command(
    run: RunArgument,
    class_: Annotated[
        str | None,
        typer.Option("--class", help="Column of classes: of the run, or of the file of --against."),
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="File with the documents' classes, matched by id or by order.")
    ] = None,
    encoding: Encoding = None,
    seeds: Annotated[
        int,
        typer.Option(
            min=0, help="Fits made again to see what is found again; each takes as long as the first."
        ),
    ] = 0,
    outliers: Annotated[
        str, typer.Option(help="Against classes, outliers are one group, drop, or single groups.")
    ] = "group",
    top: Annotated[int, typer.Option(min=2, help="Keywords of each topic that are looked at.")] = 10,
    sizes: Annotated[
        bool, typer.Option("--sizes", help="How many topics there could be, and how well they hold, instead.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Measure coherence and diversity of keywords, agreement with classes, and stability."""
    model = open_run(run)
    if sizes:
        _tell_sizes(model, as_json)
        return
    classes = _classes(model.documents_, class_, against, run, encoding)
    if classes is not None and not as_json:
        distinct = len({value for value in classes if value is not None})
        say(f"compared with {distinct:,} classes", "dim")
    with console_listener() as listener, Steps(listener=listener).timed("again") if seeds else nullcontext():
        scores = model.evaluate(classes, outliers=outliers, top_n=top, seeds=seeds)
    if as_json:
        print_json(_payload(scores))
        return
    out.print(_table(scores))
    for table in _weakest(scores):
        out.print()
        out.print(table)
    for hint in _hints(scores, run):
        say(hint, "dim")


def _classes(
    docs: Documents, column: str | None, against: Path | None, run: Path, encoding: str | None
) -> Sequence[Any] | None:
    if against is not None:
        whole = whole_rows(docs) if DOCUMENT in docs.columns else None
        ids = docs.columns.get("id")
        n_docs = docs.n_docs if whole is None or ids is not None else int(whole.max(initial=-1)) + 1
        classes = read_classes(str(against), column=column, ids=ids, n_docs=n_docs, encoding=encoding)
        return classes if len(classes) == docs.n_docs or whole is None else [classes[row] for row in whole]
    if column is None:
        return docs.columns.get("class")
    column = _role(run, column) if column not in docs.columns else column
    if column not in docs.columns:
        has = ", ".join(map(repr, docs.columns)) or "none"
        raise InputError(
            f"the run has no column {column!r}, it has {has}: themata fit --class {column} keeps one, and "
            f"--against FILE --class {column} reads it from a file"
        )
    return docs.columns[column]


def _role(run: Path, column: str) -> str:
    """The role that `themata fit` gave to a column of its input, under which the run keeps it."""
    if not (run / "run.json").exists():
        return column
    columns = json.loads((run / "run.json").read_text(encoding="utf-8")).get("columns", {})
    return next((role for role, name in columns.items() if name == column), column)


def _tell_sizes(model: TopicModel, as_json: bool) -> None:
    granularity = model.granularity()
    frame = granularity.to_frame()
    if as_json:
        print_json(
            {"n_docs": granularity.n_docs, "sizes": frame.rename(columns=str.lower).to_dict("records")}
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("topics", "agreement", "modularity", "score"):
        table.add_column(name, justify="right")
    table.add_column("")
    for row in frame.itertuples():
        values = [f"{value:.3f}" for value in (row.Agreement, row.Modularity, row.Score)]
        style = "bold cyan" if row.Chosen else None
        table.add_row(
            f"{row.Topics:,}", *values, "found without being told" if row.Chosen else "", style=style
        )
    out.print(table)
    looked = (
        ""
        if granularity.n_docs >= model.documents_.n_docs
        else f", in a sample of {granularity.n_docs:,} documents"
    )
    err.print(
        f"[dim]agreement: two looks at half of what is known find the same topics (1), or do not (0){looked}[/]\n"
        "[dim]topics: groups large enough to be one; far down, most are too small[/]\n"
        "[dim]modularity: more links inside topics than by chance; score: what the number is chosen by[/]\n"
        "[dim]themata fit ... --n-topics N gives another number[/]"
    )


def _payload(scores: Scores) -> dict[str, Any]:
    topics = [
        {"id": row, "name": name, **{key: _number(values[row]) for key, values in scores.per_topic.items()}}
        for row, name in enumerate(scores.names)
    ]
    return {"scores": {name: _number(value) for name, value in scores.values.items()}, "topics": topics}


def _table(scores: Scores) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("measure", style="bold cyan", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("range", style="dim", no_wrap=True)
    table.add_column("better", style="dim", no_wrap=True)
    table.add_column("what it tells")
    for name, value in scores.values.items():
        measure = MEASURES[name]
        table.add_row(measure.title, _shown(value), measure.span, measure.better, measure.meaning)
    return table


def _weakest(scores: Scores) -> list[Table]:
    """The topics to look at first: those whose keywords hang together least, and those least found again."""
    tables = []
    for key, title in (("npmi", "keywords hang together least"), ("stability", "least found again")):
        values = scores.per_topic.get(key)
        if values is None or len(values) <= N_WEAKEST:
            continue
        table = Table(
            title=f"[bold]{title}[/]", title_justify="left", box=None, pad_edge=False, show_header=False
        )
        for row in np.argsort(values, kind="stable")[:N_WEAKEST].tolist():
            table.add_row(str(row), _shown(values[row]), escape(scores.names[row]))
        tables.append(table)
    return tables


def _hints(scores: Scores, run: Path) -> list[str]:
    hints = []
    if "ami" not in scores.values:
        hints.append(
            f"themata evaluate {run} --against FILE --class COLUMN compares with classes people gave"
        )
    if "stability_ami" not in scores.values:
        hints.append(f"themata evaluate {run} --seeds 3 finds the topics again and tells which ones hold")
    return hints


def _shown(value: float) -> str:
    if value != value:
        return "-"
    return f"{value:,.0f}" if isinstance(value, int) else f"{value:.3f}"


def _number(value: Any) -> float | None:
    """NaN has no place in JSON."""
    return None if value != value else round(float(value), 6)
