"""The rows of a run's input beside what was found of each: documents.parquet, and what `themata export --to` writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.cli.console import say
from themata.core.documents import Documents
from themata.core.passages import DOCUMENT, document_sizes, whole_rows
from themata.core.text_layout import several
from themata.fitted.results import N_EXAMPLES, topic_results
from themata.model import TopicModel
from themata.read.source_table import as_text, one_kind
from themata.store import result_files

if TYPE_CHECKING:
    import pandas as pd

SET_ASIDE = "set_aside"
TABLE, PLAIN_TABLE = "documents.parquet", "documents.csv"  # the latter where pyarrow is not installed
_FIRST = ("topic", "topic_name", "strength")  # of the columns that follow those of the input


def beside(rows: pd.DataFrame, set_aside: Sequence[str | None], found: pd.DataFrame) -> pd.DataFrame:
    """Every row of an input with all its columns, and what was found of those that became documents.

    rows : of the input, as they came
    set_aside : why a row is no document, None for documents
    found : a row per document. Where the input has a column of such a name already, all of these are called themata_...
    """
    import pandas as pd

    good = np.array([reason is None for reason in set_aside], dtype=bool)
    place = np.where(good, np.cumsum(good) - 1, -1)
    results = found.reset_index(drop=True).reindex(place).reset_index(drop=True)
    results[SET_ASIDE] = [reason or "" for reason in set_aside]
    last = [name for name in ("x", "y") if name in results]
    results = results[[name for name in results if name not in last] + last]
    while {*rows.columns} & {*results.columns}:
        results.columns = [f"themata_{name}" for name in results.columns]
    return pd.concat([rows.reset_index(drop=True), results], axis=1)


def run_table(model: TopicModel, rows: pd.DataFrame, set_aside: Sequence[str | None]) -> pd.DataFrame:
    """The table of a run: what its model says of the rows of its input, and where they lie on the map."""
    found = model.results()
    docs = model.documents_
    if docs.coords is not None and DOCUMENT not in docs.columns:
        found[["x", "y"]] = np.round(np.asarray(docs.coords, dtype=np.float64), 4)
    return beside(rows, set_aside, found)


def write_run_table(table: pd.DataFrame, run: Path) -> None:
    """Write the table of a run into its folder."""
    if find_spec("pyarrow") is None:
        with result_files.in_place(run / PLAIN_TABLE) as path:
            table.to_csv(path, index=False)
    else:
        with result_files.in_place(run / TABLE) as path:
            table.to_parquet(path, index=False)


def kept_table(run: Path) -> pd.DataFrame | None:
    """The table of a run as it lies in its folder, None where there is none."""
    import pandas as pd

    if (run / TABLE).exists():
        return pd.read_parquet(run / TABLE)
    path = run / PLAIN_TABLE
    return pd.read_csv(path, dtype=str, keep_default_na=False) if path.exists() else None


def kept_input(run: Path, model: TopicModel) -> tuple[pd.DataFrame, list[str | None]]:
    """The rows of the input of a run, and why each was set aside.

    Of a saved model, and of a run that kept no input, they are its documents.
    """
    table = kept_table(run)
    if table is not None:
        names = [str(name) for name in table.columns]
        first = [
            place
            for place in range(len(names) - 2)
            if names[place].removesuffix("topic") + _FIRST[1] == names[place + 1]
            and names[place + 2].endswith(_FIRST[2])
        ]
        reasons = [name for name in names if name.endswith(SET_ASIDE)]
        if first and reasons:
            set_aside = [reason or None for reason in table[reasons[-1]].tolist()]
            if set_aside.count(None) == document_sizes(model.result_, model.documents_).sum():
                return table.iloc[:, : first[-1]], set_aside
    return input_of(model.documents_)


def input_of(docs: Documents) -> tuple[pd.DataFrame, list[str | None]]:
    """Rows as if documents were the input: their columns and texts, passages put together."""
    import pandas as pd

    first, texts = range(docs.n_docs), list(docs.texts)
    if DOCUMENT in docs.columns:
        whole = whole_rows(docs)
        first = np.unique(whole, return_index=True)[1].tolist()
        pieces: list[list[str]] = [[] for _ in first]
        for row, text in zip(whole.tolist(), docs.texts, strict=True):
            pieces[row].append(text)
        texts = ["".join(own) for own in pieces]
    columns: dict[str, Any] = {
        name: one_kind([list(values)[row] for row in first])
        for name, values in docs.columns.items()
        if name != DOCUMENT
    }
    if docs.times is not None:
        columns["date"] = np.asarray(docs.times)[list(first)].astype("datetime64[us]")
    return pd.DataFrame({**columns, "text": one_kind(texts)}), [None] * len(texts)


def write_file(path: Path, table: pd.DataFrame, model: TopicModel) -> None:
    """Write the table and that of the topics as the ending of the name asks, and say what a reader must know."""
    told = result_files.write(path, table, _topics(model))
    aside = [name for name in table.columns if str(name).endswith(SET_ASIDE)][-1]
    _say_written(path, len(table), int((table[aside] != "").sum()), told)


def write_stream(path: Path, tables: Iterable[pd.DataFrame], model: TopicModel) -> None:
    """`write_file` of tables that come one after the other; only a workbook has all of them in memory."""
    import pandas as pd

    kind = result_files.kind_of(path)
    if kind == ".xlsx":
        write_file(path, pd.concat(list(tables), ignore_index=True), model)
        return
    n_aside = 0

    def counted() -> Iterator[pd.DataFrame]:
        nonlocal n_aside
        for table in tables:
            n_aside += int((table[[name for name in table if str(name).endswith(SET_ASIDE)][-1]] != "").sum())
            yield table

    if kind == ".parquet":
        n_rows, made_safe = result_files.stream_parquet(counted(), path), 0
    else:
        with result_files.csv_file(path) as out:
            n_rows, made_safe = result_files.stream_csv(counted(), out)
    _say_written(path, n_rows, n_aside, result_files.write_topics(path, _topics(model), made_safe))


def _topics(model: TopicModel) -> pd.DataFrame:
    docs, topics = model.documents_, model.result_
    wanted = {int(row) for rows in topics.exemplars for row in rows[:N_EXAMPLES]}
    shown = {row: "" if docs.is_bare else one_line(docs.shown(row)) for row in wanted}
    return topic_results(topics, document_sizes(topics, docs).tolist(), shown)


def _say_written(path: Path, n_rows: int, n_aside: int, told: Sequence[str]) -> None:
    without = f", {n_aside:,} of them set aside" if n_aside else ""
    say(f"wrote {path}: {several(n_rows, 'row')}{without}")
    for sentence in told:
        say(f"  {sentence}")


def one_line(text: str) -> str:
    """The beginning of a text on one line, of characters that a table can hold."""
    return str(as_text(" ".join(text.split())[:300]))
