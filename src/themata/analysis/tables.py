"""The two tables as data frames, under the column names that users of BERTopic know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from themata.core.arrays import Bool1d, Float1d, Int1d
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError
from themata.core.topics import MAIN, Keywords, Topics

if TYPE_CHECKING:
    import pandas as pd

N_REPRESENTATIVE = 3


def topic_info(topics: Topics, docs: Documents) -> pd.DataFrame:
    """One row per topic, the outliers (-1) first when there are any.

    returns : Topic, Count, Name ("3_word_word_word_word"), CustomName (the labels, when there are any),
        Representation (list of keywords), a column per further aspect, Representative_Docs
    """
    import pandas as pd

    rows = shown_rows(topics)
    columns: dict[str, list[Any]] = {
        "Topic": rows,
        "Count": _counts(topics, rows),
        "Name": [plain_name(topics, row) for row in rows],
    }
    if any(topics.labels):
        columns["CustomName"] = custom_names(topics, rows)
    columns["Representation"] = [keyword_words(topics.keywords, row) for row in rows]
    for name, aspect in topics.aspects.items():
        if name != MAIN:
            columns[name] = [keyword_words(aspect, row) for row in rows]
    columns["Representative_Docs"] = [representative_docs(topics, docs, row) for row in rows]
    return pd.DataFrame(columns)


def topic_freq(topics: Topics) -> pd.DataFrame:
    """Topic and Count, most documents first."""
    import pandas as pd

    rows = shown_rows(topics)
    frame = pd.DataFrame({"Topic": rows, "Count": _counts(topics, rows)})
    return frame.sort_values("Count", ascending=False, kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class Placed:
    """Documents and the topics they are in.

    texts : (n_docs,)
    assignment : (n_docs,) -1 for none
    strength : (n_docs,)
    representative : (n_docs,) whether each is one of those shown for its topic
    """

    texts: Sequence[str]
    assignment: Int1d
    strength: Float1d
    representative: Bool1d


def placed(topics: Topics, docs: Documents) -> Placed:
    """The documents of the model."""
    return Placed(docs.texts, topics.assignment, topics.strength, _representative(topics))


def document_info(
    docs: Placed,
    info: pd.DataFrame,
    *,
    df: pd.DataFrame | None = None,
    metadata: Mapping[str, Sequence[Any]] | None = None,
) -> pd.DataFrame:
    """One row per document.

    info : the table of topics
    df : the user's own frame, whose columns come first
    metadata : further columns, which come last
    returns : Document, Topic, Name, [CustomName], Representation, aspects, Representative_Docs, Top_n_words,
        Probability (the document's strength in its topic), Representative_document
    """
    import pandas as pd

    if df is not None and not isinstance(df, pd.DataFrame):
        raise InputError(
            f"df must be a pandas DataFrame, got {type(df).__name__}: metadata={{name: list}} takes columns"
        )
    if metadata is not None and not hasattr(metadata, "keys"):
        raise InputError(
            f"metadata must be columns by name, as in {{'year': years}}, got {type(metadata).__name__}"
        )
    given = {**({} if df is None else {name: df[name] for name in df.columns}), **(metadata or {})}
    for name, values in given.items():
        if len(values) != len(docs.texts):
            raise AlignmentError(
                f"one row per document is needed: {len(docs.texts)} documents, {len(values)} of {name}"
            )
    info = info.drop(columns="Count").set_index("Topic")
    frame = pd.DataFrame({"Document": text_column(docs.texts), "Topic": docs.assignment})
    shown = info.reindex(docs.assignment) if len(info) else info
    for name in info.columns:
        frame[name] = shown[name].to_numpy()
    frame["Top_n_words"] = [" - ".join(words) for words in frame["Representation"]]
    frame["Probability"] = docs.strength
    frame["Representative_document"] = docs.representative
    if df is not None:
        first = df.reset_index(drop=True)
        columns = list(first.columns)
        frame = pd.concat([first[[c for c in columns if c not in frame.columns]], frame], axis=1)
        frame = frame[[*columns, *(c for c in frame.columns if c not in columns)]]
    for name, values in (metadata or {}).items():
        frame[name] = list(values)
    return frame


def text_column(texts: Sequence[str]) -> Any:
    """A column of texts as they are: those of pandas hold no half characters, which broken files have."""
    import pandas as pd

    return pd.Series(list(texts), dtype=object)


def shown_rows(topics: Topics) -> list[int]:
    """Topic numbers as tables list them: -1 first when there are outliers."""
    return ([-1] if topics.n_outliers else []) + list(range(topics.n_topics))


def plain_name(topics: Topics, row: int, n_words: int = 4) -> str:
    """A topic's number and first keywords, joined by underscores, as BERTopic names topics.

    Outliers, which are no topic and have no keywords, are "-1_outliers".
    """
    if row < 0:
        return "-1_outliers"
    return "_".join([str(row), *(word for word, _ in topics.keywords[row][:n_words])])


def custom_names(topics: Topics, rows: Sequence[int]) -> list[str]:
    """The label of each of these topics; "Outliers" for -1."""
    names = topics.names
    return ["Outliers" if row < 0 else names[row] for row in rows]


def keyword_words(aspect: Sequence[Keywords], row: int) -> list[str]:
    """The keywords of a topic without their weights; none for -1."""
    return [] if row < 0 else [word for word, _ in aspect[row]]


def representative_docs(topics: Topics, docs: Documents, row: int) -> list[str]:
    """The texts of a topic's best exemplars; of the first outliers for -1."""
    if row < 0:
        if docs.is_bare:
            return []
        return [docs.texts[i] for i in np.flatnonzero(topics.assignment < 0)[:N_REPRESENTATIVE]]
    return [docs.texts[i] for i in topics.exemplars[row][:N_REPRESENTATIVE]]


def _counts(topics: Topics, rows: Sequence[int]) -> list[int]:
    sizes = topics.sizes
    return [topics.n_outliers if row < 0 else int(sizes[row]) for row in rows]


def _representative(topics: Topics) -> Any:
    """Whether each document is among those shown for its topic: by row, since two documents may have one text."""
    shown = np.zeros(topics.n_docs, dtype=bool)
    for rows in topics.exemplars:
        shown[rows[:N_REPRESENTATIVE]] = True
    return shown
