"""The rows of a run's input beside what was found of each: documents.parquet, and what `themata export --to` writes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.cli.console import say
from themata.core.documents import Documents
from themata.core.passages import DOCUMENT, document_sizes, whole_rows
from themata.core.text_layout import several
from themata.fitted.result_table import SET_ASIDE, Written, beside, n_set_aside, topic_table
from themata.model import TopicModel
from themata.read.source_table import one_kind
from themata.store import result_files

if TYPE_CHECKING:
    import pandas as pd

TABLE, PLAIN_TABLE = "documents.parquet", "documents.csv"  # the latter where pyarrow is not installed
_FIRST = ("topic", "topic_name", "strength")  # of the columns that follow those of the input


def run_table(model: TopicModel, rows: pd.DataFrame, set_aside: Sequence[str | None]) -> pd.DataFrame:
    """The table of a run: what its model says of the rows of its input, and where they lie on the map."""
    results = model.results()
    docs = model.documents_
    if docs.coords is not None and DOCUMENT not in docs.columns:
        results[["x", "y"]] = np.round(np.asarray(docs.coords, dtype=np.float64), 4)
    return beside(rows, set_aside, results)


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
        texts = ["".join(parts) for parts in pieces]
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
    notes = result_files.write(path, table, topic_table(model.result_, model.documents_))
    say_written(path, Written(len(table), n_set_aside(table), notes))


def say_written(path: Path, written: Written) -> None:
    """Say what a file of results holds."""
    without = f", {written.n_set_aside:,} of them set aside" if written.n_set_aside else ""
    say(f"wrote {path}: {several(written.n_rows, 'row')}{without}")
    for sentence in written.notes:
        say(f"  {sentence}")
