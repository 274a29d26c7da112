"""`themata report`: the report of a run written anew, with other columns of its input."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from themata.cli.app import app
from themata.cli.console import AsJson, Quiet, RunArgument, print_json, say
from themata.cli.options import with_options
from themata.cli.report_columns import ReportOptions, report_columns, tell_report
from themata.cli.result_rows import kept_input
from themata.cli.run_model import open_run
from themata.cli.run_results import ReportPlan, run_facts, write_facts
from themata.core.errors import InputError
from themata.store.hub import PREFIX


@app.command("report")
@with_options
def report_command(
    run: RunArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="HTML to write; RUN/report.html without it.")
    ] = None,
    options: ReportOptions = ReportOptions(),
    title: Annotated[
        str | None, typer.Option(help="What heads the page; the file's name without it.")
    ] = None,
    quiet: Quiet = False,
    json: AsJson = False,
) -> None:
    """Write report.html anew: with other columns of the input, colors, marks, or another title.

    What is asked is kept for the reports that label and update write.
    """
    if out is None and str(run).startswith(PREFIX):
        raise InputError(f"name a file for the report with --out: {run} is on the hub")
    model = open_run(run)
    plan = ReportPlan.of(run)
    plan = replace(plan, title=title or plan.title, options=options.over(plan.options.kept()))
    rows, set_aside = kept_input(run, model)
    path = out or run / "report.html"
    plan.write(model, path, rows, set_aside)
    if out is None and (run / "run.json").exists():
        asked = {**plan.options.kept(), **({} if title is None else {"title": title})}
        facts = run_facts(run)
        write_facts(run, {**facts, "report": {**facts.get("report", {}), **asked}})
    shown = report_columns(rows, set_aside, plan.roles, plan.options)
    if json:
        print_json({"report": str(path), "columns": list(shown)})
        return
    tell_report(shown, [str(name) for name in rows.columns if name not in plan.roles.values()])
    say(f"the report: {path}")
