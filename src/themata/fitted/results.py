"""A row of results per document: its topic, what else it is about, and the groups of coarser layers it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from themata.core import passages
from themata.core.arrays import Csr, Float1d, Int1d
from themata.core.membership import membership
from themata.core.topics import MAIN, Topics
from themata.fitted.fitted_model import FittedModel, with_graph
from themata.fitted.streaming import Assigned, place_with_shares

if TYPE_CHECKING:
    import pandas as pd

LEAST = 0.01  # share from which a topic is worth naming
N_EXAMPLES = 3


def document_results(model: FittedModel) -> pd.DataFrame:
    """A row per fitted document; passages of a document are put together.

    returns : topic, topic_name, strength; topic_2, topic_2_name, topic_2_weight and the same of topic_3, the share of
        the links to its neighbors (or of its passages) that lead to documents of these; layer_1, layer_1_name and so
        on, the groups of coarser layers
    """
    topics, docs = model.topics, model.documents
    assignment, strength = passages.by_document(topics, docs)
    if passages.DOCUMENT in docs.columns:
        whole = passages.whole_rows(docs)
        others = passages.join(topics.assignment, topics.strength, whole, n_topics=topics.n_topics)[2]
    else:
        others = _linked(model)
    return _frame(topics, assignment, strength, others)


def new_results(
    model: FittedModel, texts: Sequence[str], embeddings: Any = None, min_similarity: float = 0.0
) -> pd.DataFrame:
    """A row per new document, with the columns of `document_results`; the shares are of its neighbors' votes."""
    points = model.space.place(texts, embeddings)
    return _frame(model.topics, *place_with_shares(model, texts, points, min_similarity))


def batch_results(topics: Topics, batch: Assigned) -> pd.DataFrame:
    """A row per document of a batch, with the columns of `document_results`."""
    return _frame(topics, batch.topics, batch.strength, batch.shares)


def topic_results(topics: Topics, sizes: Sequence[int], shown: Mapping[int, str]) -> pd.DataFrame:
    """A row per topic: what a reader wants beside the results of documents.

    sizes : (n_topics + 1,) documents of each, and last of none
    shown : what is shown of each example, by its row
    """
    import pandas as pd

    n_docs = max(1, sum(sizes))
    labels = [*topics.labels]
    table: dict[str, Any] = {
        "topic": list(range(topics.n_topics)),
        "topic_name": list(topics.names),
        "documents": list(sizes[:-1]),
        "share": [round(size / n_docs, 4) for size in sizes[:-1]],
        "summary": [label.summary if label else "" for label in labels],
        "keywords": [", ".join(word for word, _ in words) for words in topics.keywords],
        **{
            name: [", ".join(word for word, _ in words) for words in aspect]
            for name, aspect in topics.aspects.items()
            if name != MAIN
        },
        **_layers(topics, np.arange(topics.n_topics)),
        "named_by": [label.source if label else "keywords" for label in labels],
    }
    for place in range(N_EXAMPLES):
        table[f"example_{place + 1}"] = [
            shown[int(rows[place])] if place < len(rows) else "" for rows in topics.exemplars
        ]
    return pd.DataFrame(table)


def _linked(model: FittedModel) -> Csr:
    """(n_docs, n_topics) share of the links of each document that lead to documents of each topic."""
    topics = model.topics
    if model.documents.is_bare:
        return sparse.csr_matrix((topics.n_docs, topics.n_topics))
    graph = with_graph(model).graph
    assert graph is not None
    votes = graph.weights @ membership(topics.assignment, topics.n_topics).T.astype(np.float32)
    votes = sparse.csr_matrix(votes)[graph.origin]  # a copy's only link leads to its origin
    totals = np.asarray(votes.sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags(1 / np.where(totals > 0, totals, 1)) @ votes)


def _frame(topics: Topics, assignment: Int1d, strength: Float1d, others: Csr) -> pd.DataFrame:
    import pandas as pd

    names = np.array([*topics.names, ""], dtype=object)
    table: dict[str, Any] = {
        "topic": pd.array(assignment, dtype="Int64"),
        "topic_name": names[assignment],
        "strength": np.round(np.asarray(strength, dtype=np.float64), 4),
    }
    for place, (topic, weight) in enumerate(_next(others, assignment), start=2):
        table[f"topic_{place}"] = pd.array(
            [None if number < 0 else number for number in topic.tolist()], dtype="Int64"
        )
        table[f"topic_{place}_name"] = names[topic]
        table[f"topic_{place}_weight"] = np.where(topic >= 0, np.round(weight, 4), np.nan)
    return pd.DataFrame({**table, **_layers(topics, assignment)})


def _layers(topics: Topics, assignment: Int1d) -> Mapping[str, Any]:
    import pandas as pd

    columns: dict[str, Any] = {}
    for level, called in zip(topics.levels, topics.level_names, strict=True):
        ids = level.of_documents(assignment).tolist()
        rows = np.append(level.groups, -1)[assignment]
        columns[f"layer_{level.layer}"] = pd.array([None if id < 0 else id for id in ids], dtype="Int64")
        columns[f"layer_{level.layer}_name"] = np.array([*called, ""], dtype=object)[rows]
    return columns


def _next(shares: Csr, assignment: Int1d, n: int = 2) -> list[tuple[Int1d, Float1d]]:
    """The n topics with most of each document besides its own: (n_docs,) topics, -1 for none, and (n_docs,) shares."""
    entries = sparse.coo_matrix(shares)
    kept = (entries.data >= LEAST) & (entries.col != assignment[entries.row])
    rows, topics, weights = entries.row[kept], entries.col[kept], entries.data[kept]
    order = np.lexsort((topics, -weights, rows))
    rows, topics, weights = rows[order], topics[order], weights[order]
    starts = np.searchsorted(rows, np.arange(len(assignment)))
    rank = np.arange(len(rows)) - starts[rows]
    chosen: list[tuple[Int1d, Float1d]] = []
    for place in range(n):
        topic, share = np.full(len(assignment), -1, dtype=np.int64), np.zeros(len(assignment))
        here = rank == place
        topic[rows[here]], share[rows[here]] = topics[here], weights[here]
        chosen.append((topic, share))
    return chosen
