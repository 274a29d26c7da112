"""`themata label`: names, and whatever else is asked, by a language model for the topics of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from themata.cli.app import app
from themata.cli.console import Quiet, RunArgument, console_listener, out, print_json, say
from themata.cli.llm_options import (
    LLMOptions,
    asks_of,
    labeler_of_options,
    quiet_failure_log,
    tell_naming,
    why_nothing_came,
)
from themata.cli.options import with_options
from themata.cli.run_model import open_run
from themata.cli.run_results import keep_names
from themata.cli.show import shown_topics
from themata.core.errors import ChatError, InputError
from themata.evaluate.labels import LabelScores
from themata.model import TopicModel
from themata.naming.llm.brief import Brief
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.questions import Ask, ask_cost
from themata.naming.llm.usage import LabelReport
from themata.pipeline.step_cache import Steps
from themata.store.hub import PREFIX


@app.command("label")
@with_options
def label_command(
    run: RunArgument,
    names: Annotated[
        bool, typer.Option("--names/--no-names", help="Name topics and layers, or ask for aspects alone.")
    ] = True,
    options: LLMOptions = LLMOptions(),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count prompts, tokens and cost; ask nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Say how well names fit and which deserve a second look.")
    ] = False,
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="With --check: one JSON document.")] = False,
) -> None:
    """Name topics and layers; names given by hand stay, and answers given before are not paid for again."""
    llm = options.llm
    if llm is None and (not check or options.aspect or dry_run):
        raise InputError("give --llm MODEL to name the topics, or --check to look at the names they have")
    if llm is not None and not dry_run and str(run).startswith(PREFIX):
        raise InputError(
            f"names cannot be written to {run}: TopicModel.load({str(run)!r}).save(FOLDER) first"
        )
    model = open_run(run)
    if llm is not None:
        with console_listener() as listener:
            labeler = labeler_of_options(llm, run, options, listener)
        asks = asks_of(labeler, options)
        if dry_run:
            named = model.label_cost(labeler) if names else LabelReport(0, dry=True)
            more = ask_cost(asks, model.result_, model.documents_, price=labeler.price)
            out.print(str(named + more))
            return
        _ask(model, labeler if names else None, asks)
        keep_names(model, run)
        tell_naming(labeler if names else None, asks)
    if check:
        _tell_check(model.label_scores(), json)
    elif not json:
        out.print(shown_topics(model, 1000))


def _ask(model: TopicModel, labeler: LLM | None, asks: Mapping[str, Ask]) -> None:
    """Ask; where no answer at all comes, that is an error, and the run stays as it is."""
    with console_listener() as listener, Steps(listener=listener).timed("label"), quiet_failure_log():
        if labeler is not None:
            labeler.progress = listener.progress("label")
            labeler.on_name = _tell_name
            model.label(labeler, aspects=asks)
        elif asks:
            model.redescribe(aspects=asks)
        why = why_nothing_came(labeler, asks, [model.result_.aspects[name] for name in asks])
        if why:
            end = "" if why.endswith(("?", "!")) else "."
            raise ChatError(
                f"no answer came: {why.rstrip('.')}{end} The run is as it was; the same command asks again"
            )


def _tell_name(brief: Brief, name: str) -> None:
    """A name as the model has just written it; what becomes of it the table shows."""
    say(f"  {'group' if brief.children else 'topic'} {brief.topic}: {name}")


def _tell_check(scores: LabelScores, json: bool) -> None:
    frame = scores.to_frame()
    if json:
        print_json({**scores.summary, "labels": frame.to_dict("records")})
        return
    summary = scores.summary
    out.print(
        f"{summary['hits_at_1']:.0%} of the names find their own topic first (mean reciprocal rank {summary['mrr']:.2f}); "
        f"likeness to it {summary['own']:.2f}, distinctness {summary['distinct']:.2f}, {summary['n_words']:.1f} words"
    )
    doubted = frame[frame["Doubts"] != ""]
    if not len(doubted):
        out.print("no name needs a second look")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("topic", justify="right")
    for column in ("name", "look again, since"):
        table.add_column(column)
    for row in doubted.itertuples():
        table.add_row(str(row.Topic), escape(str(row.Name)), escape(str(row.Doubts)))
    out.print(table)
