"""Results beside the rows of an input: every row in its order with all its columns, and what was found of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from themata.core.documents import Documents
from themata.core.passages import document_sizes
from themata.core.topics import Topics
from themata.fitted.results import N_EXAMPLES, batch_results, topic_results
from themata.fitted.streaming import Assigned
from themata.store import result_files

if TYPE_CHECKING:
    import pandas as pd

SET_ASIDE = "set_aside"


@dataclass(frozen=True)
class Written:
    """What a file of results holds.

    notes : what a reader must know of it, in sentences
    """

    n_rows: int
    n_set_aside: int
    notes: Sequence[str]


def beside(rows: pd.DataFrame, set_aside: Sequence[str | None], results: pd.DataFrame) -> pd.DataFrame:
    """Every row of an input with all its columns, and what was found of those that became documents.

    rows : of the input, as they came
    set_aside : why a row is no document, None for documents
    results : a row per document. Where the input has a column of such a name already, all of these are called themata_...
    """
    import pandas as pd

    good = np.array([reason is None for reason in set_aside], dtype=bool)
    place = np.where(good, np.cumsum(good) - 1, -1)
    results = results.reset_index(drop=True).reindex(place).reset_index(drop=True)
    results[SET_ASIDE] = [reason or "" for reason in set_aside]
    last = [name for name in ("x", "y") if name in results]
    results = results[[name for name in results if name not in last] + last]
    while {*rows.columns} & {*results.columns}:
        results.columns = [f"themata_{name}" for name in results.columns]
    return pd.concat([rows.reset_index(drop=True), results], axis=1)


def batch_tables(topics: Topics, batches: Iterable[Assigned]) -> Iterator[pd.DataFrame]:
    """The rows of each batch with their topics."""
    for batch in batches:
        rows = batch.corpus.table
        yield beside(rows.to_frame(), rows.set_aside, batch_results(topics, batch))


def write_tables(path: Path, tables: Iterable[pd.DataFrame], topics: pd.DataFrame) -> Written:
    """Write tables that come one after the other as one, and that of the topics, as the ending of the name asks.

    Only a workbook has all of them in memory.
    """
    import pandas as pd

    kind = result_files.table_kind(path)
    n_aside = 0

    def counted() -> Iterator[pd.DataFrame]:
        nonlocal n_aside
        for table in tables:
            n_aside += n_set_aside(table)
            yield table

    if kind == ".xlsx":
        whole = pd.concat(list(counted()), ignore_index=True)
        return Written(len(whole), n_aside, result_files.write(path, whole, topics))
    if kind == ".parquet":
        n_rows, made_safe = result_files.stream_parquet(counted(), path), 0
    else:
        with result_files.csv_file(path) as out:
            n_rows, made_safe = result_files.stream_csv(counted(), out)
    return Written(n_rows, n_aside, result_files.write_topics(path, topics, made_safe))


def n_set_aside(table: pd.DataFrame) -> int:
    """How many rows of a table are no documents."""
    name = [name for name in table.columns if str(name).endswith(SET_ASIDE)][-1]
    return int((table[name] != "").sum())


def topic_table(topics: Topics, docs: Documents) -> pd.DataFrame:
    """A row per topic, as it is written beside a file of documents."""
    wanted = {int(row) for rows in topics.exemplars for row in rows[:N_EXAMPLES]}
    shown = {row: "" if docs.is_bare else one_line(docs.shown(row)) for row in wanted}
    return topic_results(topics, document_sizes(topics, docs).tolist(), shown)


def one_line(text: str) -> str:
    """The beginning of a text on one line, of characters that a table can hold."""
    from themata.read.source_table import as_text

    return str(as_text(" ".join(text.split())[:300]))
