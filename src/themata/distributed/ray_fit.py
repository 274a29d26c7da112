"""Ray: documents embedded in parallel actors, topics found on a sample, all others assigned in parallel, counts summed exactly.

Parquet in, Parquet out, on a local disk or at any address that fsspec knows.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Int1d
from themata.core.errors import InputError, MissingExtraError
from themata.core.membership import summed
from themata.core.registry import make
from themata.core.weighting import top_terms
from themata.fitted.fitted_model import place_texts, topic_weights
from themata.fitted.streaming import rejected
from themata.model import TopicModel
from themata.pipeline.lazy_embedder import embedder_of

log = logging.getLogger(__name__)

BATCH = 2_048  # documents that an actor is handed at once
PER_SLICE = 50_000  # documents, about, that are done again when a worker dies


@dataclass(frozen=True)
class Columns:
    """Which column of the Parquet files holds what.

    embedding : lists of numbers, where documents are embedded already
    """

    text: str = "text"
    id: str | None = None
    embedding: str | None = None

    @property
    def read(self) -> list[str]:
        return [name for name in (self.text, self.id, self.embedding) if name is not None]


@dataclass(frozen=True)
class Distributed:
    """A corpus whose topics were found on a sample.

    model : fitted on the sample
    rows : (n_sample,) its rows among all, rising
    sizes : (n_topics + 1,) documents of each topic among all, and last of none
    term_counts : (n_topics + 1, n_terms) how often the documents of each topic, and last of none, use each term
    """

    model: TopicModel
    rows: Int1d
    sizes: Int1d
    term_counts: Csr

    def keywords(self) -> list[list[str]]:
        """Of each topic, by the counts of all documents."""
        topics = self.model.result_.having(
            term_counts=sparse.csr_matrix(self.term_counts[:-1]),
            background=np.asarray(self.term_counts.sum(axis=0)).ravel(),
        )
        weights = topic_weights(self.model._fitted.having(topics=topics))
        return [
            [word for word, _ in row] for row in top_terms(weights, topics.vocabulary, self.model.top_n_words)
        ]


def fit(
    source: str,
    out: str | Path,
    *,
    model: TopicModel | None = None,
    columns: Columns = Columns(),
    sample: int = 100_000,
    workers: int = 2,
    gpus_per_worker: float = 0,
    min_strength: float = 0.0,
) -> Distributed:
    """Find the topics of a sample, and give every document of Parquet files one of them.

    source : a Parquet file, or a folder of them; an address such as s3://bucket/folder is fsspec's
    out : a folder for `model`, `documents/*.parquet` (id, topic, name, strength), `topics.parquet` and `term_counts.npz`
    model : parameters of the topics; its embedder is made anew in every actor, from its name or from a copy of it
    sample : documents that the topics are found on, drawn by the model's random_state; all where there are no more
    workers : actors that embed and assign
    gpus_per_worker : of graphics cards, for an embedder that runs on one

    The topics are those of the model when it is fitted to the same sample without Ray. A slice of documents whose
    worker dies is done again by another.
    """
    ray = _ray()
    model = TopicModel() if model is None else model
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    files, filesystem = _found(source)
    table, rows, n = _drawn(files, filesystem, columns, sample, model.random_state)
    pool = _pool(ray, workers, gpus_per_worker)
    maker = None if columns.embedding is not None else _maker(model)
    points = _embeddings(table, columns) if maker is None else _embedded(ray, table, maker, columns, pool)
    model.fit(table.column(columns.text).to_pylist(), points)
    model.save(out / "model", overwrite=True)
    shutil.rmtree(out / "documents", ignore_errors=True)  # an earlier run's
    (out / "documents").mkdir()
    slices = _slices(files, filesystem, min(PER_SLICE, n // (4 * workers) + 1))
    assigned = ray.data.from_items(slices, override_num_blocks=len(slices)).map_batches(
        Assign,
        fn_constructor_args=(str(out.resolve()), filesystem, maker, columns, min_strength),
        **pool | {"batch_size": 1},
    )
    counts, sizes = _summed(assigned, model.result_.n_topics + 1, model.result_.n_terms)
    found = Distributed(model, rows, sizes, counts)
    _write(found, out)
    return found


def _pool(ray: Any, workers: int, gpus_per_worker: float) -> dict[str, Any]:
    """The actors that Ray hands batches of documents to."""
    pool: dict[str, Any] = {
        "compute": ray.data.ActorPoolStrategy(size=workers),
        "batch_size": BATCH,
        "batch_format": "pyarrow",
        "num_cpus": _share(ray.cluster_resources().get("CPU", 1.0), workers),
    }
    return {**pool, "num_gpus": gpus_per_worker} if gpus_per_worker else pool


def _embedded(ray: Any, table: Any, maker: Any, columns: Columns, pool: Mapping[str, Any]) -> Any:
    """(n_rows, dim) embeddings of a table's texts, in their order."""
    blocks = [table.slice(start, BATCH) for start in range(0, len(table), BATCH)]
    embedded = ray.data.from_arrow(blocks).map_batches(Embed, fn_constructor_args=(maker, columns), **pool)
    return _embeddings(_in_order(embedded), Columns(columns.text, embedding=_POINTS))


class Embed:
    """An actor that embeds batches of texts."""

    def __init__(self, maker: Any, columns: Columns) -> None:
        self.embedder, self.columns = maker(), columns

    def __call__(self, batch: Any) -> Any:
        points = _encoded(self.embedder, batch.column(self.columns.text).to_pylist())
        return batch.append_column(_POINTS, _lists(points))


class Assign:
    """An actor that gives slices of documents their topics, writes each slice's file, and counts their terms under each topic."""

    def __init__(self, out: str, filesystem: Any, maker: Any, columns: Columns, min_strength: float) -> None:
        self.out, self.filesystem = Path(out), filesystem
        self.model = TopicModel.load(self.out / "model")
        self.embedder = None if maker is None else maker()
        self.columns, self.min_strength = columns, min_strength

    def __call__(self, batch: Any) -> Any:
        """batch : one slice; returns what its documents come to"""
        import pyarrow as pa
        import pyarrow.parquet as pq

        (piece,) = batch.to_pylist()
        source = piece["file"] if self.filesystem is None else self.filesystem.open_input_file(piece["file"])
        table = pq.ParquetFile(source).read_row_groups(piece["row_groups"], columns=self.columns.read)
        n_rows = self.model.result_.n_topics + 1
        counts = sparse.csr_matrix((n_rows, self.model.result_.n_terms), dtype=np.int64)
        sizes = np.zeros(n_rows, dtype=np.int64)
        parts = []
        for start in range(0, len(table), BATCH):
            part, of_part, rows = self._assigned(table.slice(start, BATCH))
            parts.append(part)
            counts = counts + of_part
            sizes += np.bincount(rows, minlength=n_rows)
        # Under the slice's number, so that documents lie in the order they came whichever was done first, and done again
        written = self.out / "documents" / f"{piece['number']:06}.parquet"
        unfinished = self.out / f".unfinished-{piece['number']:06}.parquet"
        pq.write_table(pa.concat_tables(parts), unfinished)
        unfinished.replace(written)
        packed = BytesIO()
        sparse.save_npz(packed, sparse.csr_matrix(counts), compressed=True)
        return pa.table(
            {
                "counts": pa.array([packed.getvalue()], pa.large_binary()),
                "sizes": pa.array([sizes.tolist()], pa.list_(pa.int64())),
            }
        )

    def _assigned(self, batch: Any) -> tuple[Any, Csr, Int1d]:
        """A table of documents with their topics, term counts of each topic and last of none, and each document's row of these."""
        import pyarrow as pa

        texts = batch.column(self.columns.text).to_pylist()
        points = _embeddings(batch, self.columns)
        if self.embedder is not None:
            points = _encoded(self.embedder, texts)
        places = place_texts(self.model._fitted, texts, points, streamed=True)
        topics, strength = rejected(*places, self.min_strength)
        n_topics = self.model.result_.n_topics
        rows = np.where(topics < 0, n_topics, topics)
        names = [*self.model.result_.names, None]
        kept = {} if self.columns.id is None else {"id": batch.column(self.columns.id)}
        table = pa.table(
            {
                **kept,
                "topic": pa.array(topics, pa.int32()),
                "name": pa.array([names[row] for row in topics], pa.string()),
                "strength": pa.array(strength, pa.float32()),
            }
        )
        return table, summed(self.model.vectorizer_.transform(texts), rows, n_topics + 1), rows


_POINTS = "themata_embedding"


class _Named:
    """Makes an embedder of its name, where it is needed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self) -> Any:
        return embedder_of(self.name)


class _Copied:
    """The embedder itself, which travels to the actors."""

    def __init__(self, embedder: Any) -> None:
        self.embedder = embedder

    def __call__(self) -> Any:
        return make("embedder", self.embedder)


def _maker(model: TopicModel) -> Any:
    if model.embedder is None:
        raise InputError("documents need an embedder, or a column of embeddings: name one of them")
    return _Named(model.embedder) if isinstance(model.embedder, str) else _Copied(model.embedder)


def _share(processors: float, workers: int) -> float:
    """Of a processor for each actor: one is left for what reads, without which the actors wait forever.

    >>> _share(64, 60), _share(2, 2), _share(1, 2)
    (1.0, 0.5, 0.0)
    """
    return min(1.0, max(0.0, (processors - 1) / workers))


def _ray() -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise MissingExtraError("Ray", extra="ray") from error
    if not ray.is_initialized():
        ray.init(log_to_driver=False, include_dashboard=False, logging_level=logging.ERROR)
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.execution_options.preserve_order = True  # so that documents lie in the order they came
    return ray


def _found(source: str) -> tuple[list[str], Any]:
    """The Parquet files of a source, in order, and the file system they are on; None: the local one."""
    if "://" not in source:
        path = Path(source).resolve()
        files = sorted(map(str, path.rglob("*.parquet"))) if path.is_dir() else [str(path)]
        if not files or not Path(files[0]).exists():
            raise InputError(f"no Parquet files at {source}: Ray reads a file, or a folder of them")
        return files, None
    import fsspec
    import pyarrow.fs

    system, path_there = fsspec.core.url_to_fs(source)
    files = sorted(system.glob(f"{path_there.rstrip('/')}/**/*.parquet")) or [path_there]
    return files, pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(system))


def _drawn(
    files: list[str], filesystem: Any, columns: Columns, sample: int, random_state: int
) -> tuple[Any, Int1d, int]:
    """Some rows of all files as a table, their numbers, rising, and how many rows there are."""
    import pyarrow.dataset

    documents = pyarrow.dataset.dataset(files, format="parquet", filesystem=filesystem)
    missing = [name for name in columns.read if name not in documents.schema.names]
    if missing:
        raise InputError(f"no column {missing[0]!r}: the files have {', '.join(documents.schema.names)}")
    n = documents.count_rows()
    rng = np.random.default_rng(random_state)
    rows = np.arange(n) if n <= sample else np.sort(rng.choice(n, sample, replace=False))
    return documents.take(rows, columns=columns.read), rows, n


def _embeddings(table: Any, columns: Columns) -> Any:
    if columns.embedding is None:
        return None
    column = table.column(columns.embedding).combine_chunks()
    return np.asarray(column.flatten(), dtype=np.float32).reshape(len(table), -1)


def _encoded(embedder: Any, texts: list[str]) -> Any:
    return np.asarray(embedder.encode(texts), dtype=np.float32)


def _lists(points: Any) -> Any:
    import pyarrow as pa

    return pa.FixedSizeListArray.from_arrays(pa.array(points.ravel(), pa.float32()), points.shape[1])


def _in_order(dataset: Any) -> Any:
    import pyarrow as pa

    return pa.concat_tables(dataset.iter_batches(batch_size=None, batch_format="pyarrow"))


def _slices(files: list[str], filesystem: Any, n_docs: int) -> list[dict[str, Any]]:
    """Whole row groups of about n_docs documents each, in the order they lie in."""
    import pyarrow.parquet as pq

    slices: list[dict[str, Any]] = []
    for file in files:
        known = pq.read_metadata(file, filesystem=filesystem)
        groups: list[int] = []
        size = 0
        for group in range(known.num_row_groups):
            groups.append(group)
            size += known.row_group(group).num_rows
            if size >= n_docs or group == known.num_row_groups - 1:
                slices.append({"number": len(slices), "file": file, "row_groups": groups})
                groups, size = [], 0
    return slices


def _summed(assigned: Any, n_rows: int, n_terms: int) -> tuple[Csr, Int1d]:
    """What the actors counted of their slices: term counts and documents of each topic, and last of none."""
    total = sparse.csr_matrix((n_rows, n_terms), dtype=np.int64)
    sizes = np.zeros(n_rows, dtype=np.int64)
    for row in assigned.iter_rows():
        total = total + sparse.load_npz(BytesIO(row["counts"]))
        sizes += np.asarray(row["sizes"])
    return sparse.csr_matrix(total), sizes


def _write(found: Distributed, out: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    topics = found.model.result_
    table: Mapping[str, Any] = {
        "topic": list(range(topics.n_topics)),
        "name": list(topics.names),
        "count": found.sizes[:-1],
        "keywords": found.keywords(),
    }
    pq.write_table(pa.table(table), out / "topics.parquet")
    sparse.save_npz(out / "term_counts.npz", found.term_counts)
