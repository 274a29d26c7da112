"""New documents by the million: read, embedded, assigned and written in batches, so that memory does not grow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import MANY, Csr, Float1d, Int1d
from themata.core.errors import InputError, MissingExtraError
from themata.evaluate.rejection import Rejection
from themata.fitted.fitted_model import FittedModel, place_points, place_texts
from themata.pipeline.assignment import assign, shares
from themata.read.corpus import Corpus

BATCH = 4_096  # documents; an embedder sorts so many by length
HELD_OUT = 2_000  # fitted documents that are assigned as if they were new


@dataclass(frozen=True)
class Assigned:
    """One batch of documents with their topics.

    corpus : what was read of the source
    topics : (n_docs,) rows, -1 for none
    strength : (n_docs,) in 0..1
    shares : (n_docs, n_topics) share of each topic in the votes of each document's neighbors, if it was asked for
    """

    corpus: Corpus
    topics: Int1d
    strength: Float1d
    shares: Csr | None = None

    @property
    def ids(self) -> list[Any]:
        """The documents' own, else their rows in the source, from 0."""
        return list(self.corpus.documents.columns.get("id", self.corpus.rows.tolist()))


def rejected(topics: Int1d, strength: Float1d, min_strength: float) -> tuple[Int1d, Float1d]:
    """The assignments that are strong enough, -1 and 0 in place of others."""
    weak = strength < min_strength
    return np.where(weak, -1, topics), np.where(weak, 0, strength).astype(np.float32)


def assigned(
    model: FittedModel,
    batches: Iterable[Corpus],
    embeddings: Any = None,
    *,
    min_similarity: float = 0.0,
    min_strength: float = 0.0,
    mixed: bool = False,
) -> Iterator[Assigned]:
    """Assign documents batch after batch.

    mixed : find the shares of other topics, too; not among so many fitted documents that the search takes long
    embeddings : a row per row of the source, memory-mapped as `load_embeddings` has it; None: the model's embedder
    """
    for corpus in batches:
        points = None if embeddings is None else embeddings[corpus.rows]
        texts = corpus.documents.texts
        if not texts or not mixed or model.documents.is_bare or model.documents.n_docs >= MANY:
            topics, strength = place_texts(model, texts, points, None, min_similarity, streamed=True)
            yield Assigned(corpus, *rejected(topics, strength, min_strength))
            continue
        places = model.space.place(texts, points)
        topics, strength = place_points(model, texts, places, None, min_similarity, streamed=True)
        others = shares(places, model.space.known, model.topics.assignment, model.topics.n_topics)
        yield Assigned(corpus, *rejected(topics, strength, min_strength), sparse.csr_matrix(others))


def write_parquet(
    batches: Iterable[Assigned],
    path: Path,
    names: Sequence[str],
    told: Callable[[int], None] = lambda n: None,
) -> Int1d:
    """Write id, topic, name and strength of each document; a row group per batch, nothing under the name until all are there.

    told : called with the number of documents written
    returns : (n_topics + 1,) documents of each topic, and last those of none
    """
    if find_spec("pyarrow") is None:
        raise MissingExtraError(f"the Parquet file {path}", extra="parquet")
    import pyarrow as pa
    import pyarrow.parquet as pq

    sizes = np.zeros(len(names) + 1, dtype=np.int64)
    known = pa.array([*names, None], pa.string())
    unfinished = path.with_name(f".{path.name}.part")
    writer = None
    try:
        for batch in batches:
            sizes += np.bincount(np.where(batch.topics < 0, len(names), batch.topics), minlength=len(sizes))
            columns = {
                "id": _ids(batch.ids, None if writer is None else writer.schema.field("id").type, path),
                "topic": pa.array(batch.topics, pa.int32()),
                "name": known.take(pa.array(np.where(batch.topics < 0, len(names), batch.topics))),
                "strength": pa.array(batch.strength, pa.float32()),
            }
            table = pa.table(columns)
            writer = writer or pq.ParquetWriter(unfinished, table.schema, compression="zstd")
            writer.write_table(table)
            told(int(sizes.sum()))
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise InputError("there are no documents to assign")
    unfinished.replace(path)
    return sizes


def _ids(ids: list[Any], kind: Any, path: Path) -> Any:
    """A column of ids: whole numbers if all are, and else strings."""
    import pyarrow as pa

    numbers = all(isinstance(one, int) and not isinstance(one, bool) for one in ids)
    if kind is None:
        kind = pa.int64() if numbers else pa.string()
    if kind == pa.int64() and not numbers:
        other = next(one for one in ids if not isinstance(one, int))
        raise InputError(
            f"{path}: ids were whole numbers, and now comes {other!r:.40}: make all of them strings"
        )
    return pa.array(ids if kind == pa.int64() else [None if one is None else str(one) for one in ids], kind)


def rejection(model: FittedModel, random_state: int = 42) -> Rejection:
    """How often documents are given their topic again when they are held out, by the strength they are given it with.

    A tenth of the documents, HELD_OUT at most, have no vote. What they are given is held against the topics of the fit.
    """
    known, topics = model.space.known, model.topics.assignment
    n = len(topics)
    rows = np.random.default_rng(random_state).permutation(n)[: max(1, min(HELD_OUT, n // 10))]
    others = np.setdiff1d(np.arange(n), rows)
    if n > 20 * HELD_OUT:  # so many are enough to vote
        others = np.sort(np.random.default_rng(random_state).choice(others, 20 * HELD_OUT, replace=False))
    found, strength = assign(known[rows], known[others], topics[others])
    return Rejection.of(strength, found, topics[rows])
