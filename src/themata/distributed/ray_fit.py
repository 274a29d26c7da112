"""Ray: documents embedded in parallel actors, topics found on a sample, all others assigned in parallel, counts summed exactly.

Parquet in, Parquet out, on a local disk or at any address that fsspec knows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Int1d
from themata.core.errors import InputError, MissingExtraError
from themata.core.membership import summed
from themata.core.registry import make
from themata.core.weighting import top_terms
from themata.distributed.folders import Folder, file_system
from themata.fitted.fitted_model import place_texts, topic_weights
from themata.fitted.streaming import rejected
from themata.model import TopicModel
from themata.pipeline.lazy_embedder import embedder_of

log = logging.getLogger(__name__)

BATCH = 2_048  # documents that an actor is handed at once
FILES_AT_ONCE = 16
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
    out : a folder, or an address of fsspec's, for `model`, `documents/*.parquet` (id, topic, name, strength),
        `topics.parquet` and `term_counts.npz`
    model : parameters of the topics; its embedder is made anew in every actor, from its name or from a copy of it
    sample : documents that the topics are found on, drawn by the model's random_state; all where there are no more
    workers : actors that embed and assign
    gpus_per_worker : of graphics cards, for an embedder that runs on one

    The topics are those of the model when it is fitted to the same sample without Ray. A slice of documents whose
    worker dies is done again by another.
    """
    ray = _ray()
    model = TopicModel() if model is None else model
    folder = Folder.at(out)
    files, filesystem = _parquet_files(source)
    known = _metadata(files, filesystem)
    n = sum(metadata.num_rows for metadata in known)
    table, rows = _drawn(files, filesystem, known, columns, sample, model.random_state)
    pool = _pool(ray, workers, gpus_per_worker)
    maker = None if columns.embedding is not None else _maker(model)
    points = _embeddings(table, columns) if maker is None else _embedded(ray, table, maker, columns, pool)
    model.fit(table.column(columns.text).to_pylist(), points)
    folder.clear("documents")  # an earlier run's
    with folder.made_here("model") as place:
        model.save(place, overwrite=True)
    slices = _slices(files, known, min(PER_SLICE, n // (4 * workers) + 1))
    assigned = ray.data.from_items(slices, override_num_blocks=len(slices)).map_batches(
        Assign,
        fn_constructor_args=(folder, filesystem, maker, columns, min_strength),
        **pool | {"batch_size": 1},
    )
    counts, sizes = _summed(assigned, model.result_.n_topics + 1, model.result_.n_terms)
    result = Distributed(model, rows, sizes, counts)
    _write(result, folder)
    return result


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

    def __init__(
        self, folder: Folder, filesystem: Any, maker: Any, columns: Columns, min_strength: float
    ) -> None:
        self.folder, self.filesystem = folder, filesystem
        self._fetched = TemporaryDirectory()  # as long as the actor: arrays of the model are mapped from it
        self.model = TopicModel.load(folder.fetched("model", Path(self._fetched.name)))
        self.embedder = None if maker is None else maker()
        self.columns, self.min_strength = columns, min_strength

    def __call__(self, batch: Any) -> Any:
        """batch : one slice; returns what its documents come to"""
        import pyarrow as pa
        import pyarrow.parquet as pq

        (piece,) = batch.to_pylist()
        file = _opened(piece["file"], self.filesystem)
        table = file.read_row_groups(piece["row_groups"], columns=self.columns.read)
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
        with self.folder.writing(f"documents/{piece['number']:06}.parquet") as file:
            pq.write_table(pa.concat_tables(parts), file)
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


@dataclass(eq=False, repr=False)
class _Named:
    """Makes an embedder of its name, where it is needed."""

    name: str

    def __call__(self) -> Any:
        return embedder_of(self.name)


@dataclass(eq=False, repr=False)
class _Copied:
    """The embedder itself, which travels to the actors."""

    embedder: Any

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


def _parquet_files(source: str) -> tuple[list[str], Any]:
    """The Parquet files of a source, in order, and the file system they are on; None: the local one."""
    if "://" not in source:
        path = Path(source).resolve()
        files = sorted(map(str, path.rglob("*.parquet"))) if path.is_dir() else [str(path)]
        if not files or not Path(files[0]).exists():
            raise InputError(f"no Parquet files at {source}: Ray reads a file, or a folder of them")
        return files, None
    import pyarrow.fs

    system, path_there = file_system(source)
    files = sorted(system.glob(f"{path_there.rstrip('/')}/**/*.parquet")) or [path_there]
    if not system.isfile(files[0]):
        raise InputError(f"no Parquet files at {source}: Ray reads a file, or a folder of them")
    return files, pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(system))


def _metadata(files: list[str], filesystem: Any) -> list[Any]:
    """What Parquet tells of each file at its end."""
    import pyarrow.parquet as pq

    with ThreadPoolExecutor(_n_at_once(filesystem)) as pool:
        return list(pool.map(lambda file: pq.read_metadata(file, filesystem=filesystem), files))


def _n_at_once(filesystem: Any) -> int:
    """Files that may be read at once: one where all share a connection, as those of FTP do."""
    return FILES_AT_ONCE if filesystem is None or filesystem.handler.fs.async_impl else 1


def _drawn(
    files: list[str], filesystem: Any, known: list[Any], columns: Columns, sample: int, random_state: int
) -> tuple[Any, Int1d]:
    """Some rows of all files as a table, and their numbers, rising.

    known : metadata of the files
    """
    import pyarrow as pa

    names = known[0].schema.to_arrow_schema().names
    missing = [name for name in columns.read if name not in names]
    if missing:
        raise InputError(f"no column {missing[0]!r}: the files have {', '.join(names)}")
    ends = np.cumsum([0, *(metadata.num_rows for metadata in known)])
    n = int(ends[-1])
    rng = np.random.default_rng(random_state)
    rows = np.arange(n) if n <= sample else np.sort(rng.choice(n, sample, replace=False))

    def taken(place: int) -> Any:
        first, last = np.searchsorted(rows, ends[place : place + 2])
        here = rows[first:last] - ends[place]
        return _taken(files[place], filesystem, known[place], here, columns) if len(here) else None

    with ThreadPoolExecutor(_n_at_once(filesystem)) as pool:
        tables = [table for table in pool.map(taken, range(len(files))) if table is not None]
    return pa.concat_tables(tables), rows


def _taken(file: str, filesystem: Any, known: Any, rows: Int1d, columns: Columns) -> Any:
    """Some rows of a file, of which only the row groups that they lie in are read."""
    sizes = np.array([known.row_group(group).num_rows for group in range(known.num_row_groups)])
    starts = np.cumsum(sizes) - sizes
    group = np.searchsorted(starts, rows, side="right") - 1
    read = np.unique(group)
    table = _opened(file, filesystem).read_row_groups(read.tolist(), columns=columns.read)
    before = np.cumsum(sizes[read]) - sizes[read]
    return table.take(before[np.searchsorted(read, group)] + rows - starts[group])


def _opened(file: str, filesystem: Any) -> Any:
    import pyarrow.parquet as pq

    return pq.ParquetFile(file if filesystem is None else filesystem.open_input_file(file))


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


def _slices(files: list[str], known: list[Any], n_docs: int) -> list[dict[str, Any]]:
    """Whole row groups of about n_docs documents each, in the order they lie in; known : metadata of the files"""
    slices: list[dict[str, Any]] = []
    for file, metadata in zip(files, known, strict=True):
        groups: list[int] = []
        size = 0
        for group in range(metadata.num_row_groups):
            groups.append(group)
            size += metadata.row_group(group).num_rows
            if size >= n_docs or group == metadata.num_row_groups - 1:
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


def _write(result: Distributed, folder: Folder) -> None:
    """What is known of the topics; the table of them last, so that it is there only where all else is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    topics = result.model.result_
    table: Mapping[str, Any] = {
        "topic": list(range(topics.n_topics)),
        "name": list(topics.names),
        "count": result.sizes[:-1],
        "keywords": result.keywords(),
    }
    with folder.writing("term_counts.npz") as file:
        sparse.save_npz(file, result.term_counts)
    with folder.writing("topics.parquet") as file:
        pq.write_table(pa.table(table), file)
