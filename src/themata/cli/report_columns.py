"""Which columns of a run's input its report shows, searches, colors its map by and marks its points by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from themata.cli.console import say
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.read.columns import column_called
from themata.report.document_columns import columns_of, first_choice
from themata.store.result_files import numbers_of

if TYPE_CHECKING:
    import pandas as pd

MOST = 12  # columns that are shown unless others are named
SHORT = 100  # characters that their values have in the mean at most,
ALTOGETHER = 20_000_000  # and all values of all of them: some 8 MB of a page of very many documents
ELSEWHERE = ("text", "title", "date", "link")  # roles that have places of their own in the report
_option = partial(typer.Option, rich_help_panel="The report")


@dataclass(frozen=True)
class ReportOptions:
    """What the report shows beside titles, texts, dates and links, and what its map begins with."""

    shown: Annotated[
        str | None,
        _option(
            "--columns",
            metavar="NAMES",
            help="Columns of the input in hover, panel and search, with commas between them; all; none; up to 12 short ones without it.",
        ),
    ] = None
    color: Annotated[
        str | None,
        _option("--color", metavar="COLUMN", help="Column that the map is colored by at first, or date."),
    ] = None
    marks: Annotated[
        str | None,
        _option(
            "--marks", metavar="COLUMN", help="Column whose values, six at most, have marks of their own."
        ),
    ] = None
    picture: Annotated[
        str | None,
        _option("--picture", metavar="COLUMN", help="Column of image files, looked for beside the input."),
    ] = None

    def kept(self) -> dict[str, str]:
        """What was asked, for run.json."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def over(self, before: Mapping[str, str]) -> ReportOptions:
        """What was asked now, and else what was asked before."""
        known = {name: before[name] for name in vars(self) if name in before}
        return ReportOptions(**{**known, **self.kept()})


def report_columns(
    rows: pd.DataFrame, set_aside: Sequence[str | None], roles: Mapping[str, str], options: ReportOptions
) -> dict[str, list[Any]]:
    """The columns of an input that its report shows, with a value for each of its documents.

    rows, set_aside : as result_table.beside takes them
    roles : the column of each role
    raises : InputError for columns that it does not have
    """
    good = [reason is None for reason in set_aside]
    taken = [roles[role] for role in ELSEWHERE if role in roles]
    free = {str(name): place for place, name in enumerate(rows.columns) if str(name) not in taken}
    names = list(free) if options.shown in (None, "all") else _named(options.shown or "", free)
    columns = {name: _values(rows.iloc[:, free[name]][good]) for name in names}
    if options.shown is None:
        columns = _short(columns)
    for name in (options.color, options.marks):
        if name is not None and name != "date" and name not in columns:
            name = _nearest(name, free)
            columns[name] = _values(rows.iloc[:, free[name]][good])
    return columns


def report_pictures(
    rows: pd.DataFrame, set_aside: Sequence[str | None], options: ReportOptions, source: str
) -> list[str | None] | None:
    """The image file of each document, None where it has none; None where nothing asks for them.

    raises : InputError where none of the files is there
    """
    if options.picture is None:
        return None
    free = {str(name): place for place, name in enumerate(rows.columns)}
    named = _nearest(options.picture, free)
    values = _values(rows.iloc[:, free[named]][[reason is None for reason in set_aside]])
    beside = Path(source).parent
    paths = [
        next((str(path) for path in (beside / str(value), Path(str(value))) if path.is_file()), None)
        if value
        else None
        for value in values
    ]
    if not any(paths):
        example = next((value for value in values if value), "nothing")
        raise InputError(f"no file of column {named!r} is there, such as {example!r}, in {beside.resolve()}")
    return paths


def check_report(docs: Documents, columns: Mapping[str, Sequence[Any]], options: ReportOptions) -> None:
    """Raise InputError for a color or marks that the report cannot have, before anything long is done."""
    if options.color is None and options.marks is None:
        return
    shown = columns_of(Documents([""] * len(next(iter(columns.values()), ()))), columns)
    first_choice(shown, "color", options.color, [] if docs.times is None else ["date"])
    first_choice(shown, "marks", options.marks)


def tell_report(columns: Collection[str], rest: Sequence[str]) -> None:
    """Which columns the report shows. rest : those of the input that it might"""
    if columns:
        left = [name for name in rest if name not in columns]
        without = (
            f", without {', '.join(map(repr, left[:4]))}{' and more' if len(left) > 4 else ''}"
            if left
            else ""
        )
        say(f"in the report: {', '.join(map(repr, columns))}{without} (--columns names others)")


def _named(said: str, free: Mapping[str, int]) -> list[str]:
    """The columns of a list with commas; a name may hold commas itself."""
    if said == "none":
        return []
    if said in free:
        return [said]
    return list(dict.fromkeys(_nearest(name.strip(), free) for name in said.split(",") if name.strip()))


def _nearest(name: str, free: Mapping[str, int]) -> str:
    return column_called(name, list(free), f"the input has no further column {name!r}", none="no others")


def _short(columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    """The first of the columns whose values are short and together not too many."""
    kept: dict[str, list[Any]] = {}
    n_all = 0
    for name, values in columns.items():
        lengths = [len(str(value)) for value in values if value is not None]
        if not lengths or sum(lengths) > SHORT * len(lengths) or n_all + sum(lengths) > ALTOGETHER:
            continue
        kept[name] = values
        n_all += sum(lengths)
        if len(kept) == MOST:
            break
    return kept


def _values(column: pd.Series) -> list[Any]:
    """Python's own values, None for what is missing; numbers where a column of texts holds nothing else."""
    there = column.notna().tolist()
    values = [value if known else None for value, known in zip(column.tolist(), there, strict=True)]
    return numbers_of(values) or values
