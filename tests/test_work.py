"""How much work a fit does, counted rather than timed: passes over the texts, rows of embeddings made, bytes allocated."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import themata.core.documents
import themata.core.graph
import themata.core.membership
import themata.core.text_column
import themata.group.settle
import themata.pipeline.arguments
import themata.read.corpus
import themata.read.parquet_rows
import themata.read.source_table
import themata.relate.neighbors
import themata.words.counting
from corpora import sample
from themata import QuantizedEmbeddings, TopicModel
from themata.core.graph import UnitRows
from themata.core.text_column import TextColumn
from themata.group.leiden import Leiden
from themata.naming.phrases.sentences import Reader

N_DOCS = 1_500


class CountedTexts(TextColumn):
    """Texts that know how many of them were made strings."""

    n_made = 0

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        self.n_made += 1 if isinstance(found, str) else len(found)
        return found

    def take(self, rows: Sequence[int]) -> list[str]:
        self.n_made += len(rows)
        return super().take(rows)


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand documents are many."""
    for module in (
        themata.core.graph, themata.core.documents, themata.pipeline.arguments, themata.relate.neighbors,
    ):  # fmt: skip
        monkeypatch.setattr(module, "MANY", 1_000)
    for module in (themata.core.graph, themata.core.membership, themata.pipeline.arguments):
        monkeypatch.setattr(module, "BLOCK_MADE", 128)
    monkeypatch.setattr(themata.relate.neighbors, "EXACT_UP_TO", 100)


def corpus(dim: int = 24) -> tuple[list[str], np.ndarray]:
    made = sample(N_DOCS, dim=dim)
    rng = np.random.default_rng(1)
    return made.texts, made.embeddings + 0.02 * rng.standard_normal(made.embeddings.shape)


@pytest.mark.usefixtures("many")
def test_a_fit_reads_its_texts_a_few_times_and_never_holds_them() -> None:
    texts, points = corpus()
    column = CountedTexts(pa.chunked_array([pa.array(texts, pa.large_string())]))
    model = TopicModel(embedder=None).fit(column, points.astype(np.float16))
    assert model.documents_.texts is column
    # Counting, empty ones, and the samples for language and names, which are large in so small a corpus
    assert column.n_made <= 5 * N_DOCS


@pytest.mark.usefixtures("many")
def test_a_file_of_many_documents_is_read_once_and_fitted_without_holding_its_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (themata.read.corpus, themata.read.source_table):
        monkeypatch.setattr(module, "MANY", 100)
    for module, name in (
        (themata.read.parquet_rows, "ROWS_AT_ONCE"), (themata.core.text_column, "BATCH"), (themata.words.counting, "BLOCK"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, 64)
    passes: list[Any] = []
    rows_of = pq.ParquetFile.iter_batches
    monkeypatch.setattr(
        pq.ParquetFile, "iter_batches", lambda *a, **known: passes.append(known) or rows_of(*a, **known)
    )
    texts, points = corpus()
    long = [f"{text} {'This is said in all of them. ' * 500}" for text in texts]
    pq.write_table(pa.table({"text": long}), tmp_path / "docs.parquet", row_group_size=64)
    n_bytes = sum(map(len, long))
    del long
    tracemalloc.start()
    try:
        read = themata.read.corpus.read(tmp_path / "docs.parquet", text="text", markup="none")
        of_reading = tracemalloc.get_traced_memory()[1]
        column = CountedTexts(read.documents.texts.column)
        tracemalloc.reset_peak()
        model = TopicModel(embedder=None, labeler=None).fit(column, points.astype(np.float16))
        of_fitting = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(passes) == 1 and model.result_.n_topics > 1
    assert of_reading < n_bytes / 4, "a hundred documents and a batch are strings at once, of 1,500"
    assert of_fitting < 0.7 * n_bytes
    assert column.n_made <= 5 * N_DOCS


@pytest.mark.usefixtures("many")
def test_half_precision_in_a_file_gives_the_topics_of_single_precision_in_memory(tmp_path: Any) -> None:
    texts, points = corpus()
    np.save(tmp_path / "points.npy", points.astype(np.float16))
    mapped = np.load(tmp_path / "points.npy", mmap_mode="r")
    model = TopicModel(embedder=None).fit(texts, mapped)
    assert model.documents_.embeddings is not None and model.documents_.embeddings.dtype == np.float16
    other = TopicModel(embedder=None).fit(texts, np.asarray(mapped, dtype=np.float32))
    assert (model.result_.assignment == other.result_.assignment).all()
    assert [label and label.name for label in model.result_.labels] == [
        label and label.name for label in other.result_.labels
    ]


@pytest.mark.usefixtures("many")
def test_bytes_in_a_file_stay_there_and_give_the_topics_of_the_numbers_they_stand_for(tmp_path: Any) -> None:
    texts, points = corpus()
    np.save(tmp_path / "points.npy", np.rint(points * (127 / np.abs(points).max())).astype(np.int8))
    mapped = np.load(tmp_path / "points.npy", mmap_mode="r")
    model = TopicModel(embedder=None).fit(texts, mapped)
    assert model.documents_.embeddings is not None and np.shares_memory(model.documents_.embeddings, mapped)
    other = TopicModel(embedder=None).fit(texts, np.asarray(mapped, dtype=np.float32))
    assert (model.result_.assignment == other.result_.assignment).all()
    # Kept, opened and asked: what is not float32 is not taken for it anywhere
    model.save(tmp_path / "model")
    loaded = TopicModel.load(tmp_path / "model")
    assert loaded.documents_.embeddings is not None and loaded.documents_.embeddings.dtype == np.int8
    assert loaded.transform(texts[:50], points[:50])[0] == other.transform(texts[:50], points[:50])[0]
    assert loaded.lay_out().shape == (N_DOCS, 2) and loaded.evaluate()["diversity"] > 0


@pytest.mark.usefixtures("many")
def test_bytes_with_ranges_become_half_precision() -> None:
    texts, points = corpus()
    ranges = np.stack([points.min(axis=0), points.max(axis=0)])
    values = np.floor((points - ranges[0]) / (ranges[1] - ranges[0]) * 255).clip(0, 255).astype(np.uint8)
    model = TopicModel(embedder=None, labeler=None).fit(texts, QuantizedEmbeddings(values, ranges))
    assert model.documents_.embeddings is not None and model.documents_.embeddings.dtype == np.float16
    assert (np.abs(model.documents_.embeddings - points) <= 0.51 * (ranges[1] - ranges[0]) / 255 + 0.01).all()


@pytest.mark.usefixtures("many")
def test_no_second_array_of_the_embeddings_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class CountedRows(UnitRows):
        def __getitem__(self, place: Any) -> Any:
            found = super().__getitem__(place)
            made.append(found.size // found.shape[-1])
            return found

        def centered(self) -> Any:
            rows = super().centered()
            rows.__class__ = CountedRows
            return rows

    for module in (themata.core.graph, themata.group.settle):
        monkeypatch.setattr(module, "UnitRows", CountedRows)
    monkeypatch.setattr("themata.group.granularity.SAMPLE", 300)
    texts, points = corpus()
    given = points.astype(np.float16)
    model = TopicModel(embedder=None, labeler=None).fit(texts, given)
    assert np.shares_memory(model.documents_.embeddings, given)
    # Directions, cells, 40 candidates of each document, many of them of its neighbors too, pairs of the lexical view, rounds
    assert 5 * N_DOCS < sum(made) <= 100 * N_DOCS


@pytest.mark.usefixtures("many")
def test_names_of_topics_and_layers_read_each_document_once_and_the_embeddings_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    centers: list[int] = []
    reads, middle = Reader._read, themata.core.documents.middle
    monkeypatch.setattr(Reader, "_read", lambda reader, text: read.append(text) or reads(reader, text))
    monkeypatch.setattr(
        themata.core.documents, "middle", lambda points: centers.append(len(points)) or middle(points)
    )
    texts, points = corpus()
    model = TopicModel(embedder=None, n_topics=12).fit(texts, points.astype(np.float16))
    assert len(model.result_.levels) > 1 and all(model.result_.level_names[-1])
    assert len(read) == len(set(read)) and centers == [N_DOCS]


def test_few_documents_are_searched_for_their_fineness_no_oftener_than_pays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    searches: list[float] = []
    search = Leiden.groups

    def counted(leiden: Leiden, resolution: float, **options: Any) -> Any:
        searches.append(len(leiden.network.mass))
        return search(leiden, resolution, **options)

    monkeypatch.setattr(Leiden, "groups", counted)
    made = sample(1_000)
    model = TopicModel(embedder=None, labeler=None).fit(made.texts, made.embeddings)
    assert model.result_.n_topics == 4
    # 11 networks at 15 resolutions would be 165, before the topics themselves, finer ones and coarser ones
    assert sum(n > 900 for n in searches) <= 15 + 10 * 10 + 1


def test_rows_made_when_asked_for_are_those_of_the_whole_array() -> None:
    points = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32)
    rows = np.arange(5, 40)
    lazy, whole = UnitRows(points, rows), themata.core.graph.unit_rows(points, rows)
    before = points.copy()
    assert np.array_equal(lazy[3:9], whole[3:9]) and np.array_equal(
        lazy[np.array([[1, 2], [3, 3]])], whole[[[1, 2], [3, 3]]]
    )
    middle = whole - whole.mean(axis=0)
    assert np.allclose(lazy.centered()[:], middle / np.linalg.norm(middle, axis=1, keepdims=True), atol=1e-6)
    assert (points == before).all()


def test_a_first_fit_loads_no_library_that_it_does_not_need() -> None:
    code = """
import sys
import numpy as np
from themata import TopicModel
rng = np.random.default_rng(0)
TopicModel().fit([f"the cats and the dogs of house number {i} sleep on the roof of the barn with all of their friends" for i in range(300)], rng.standard_normal((300, 16)))
print(sorted({"pandas", "pyarrow", "sklearn", "scipy.stats", "torch", "numba", "umap", "py3langid"} & set(sys.modules)))
"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_help_is_shown_without_numbers_or_tables() -> None:
    code = """
import sys
from themata.cli.main import main
sys.argv = ["themata", "--help"]
try:
    main()
except SystemExit:
    pass
print(sorted({"numpy", "scipy", "pandas", "pyarrow", "sklearn"} & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Find the topics of documents" in done.stdout and done.stderr.strip() == "[]"


@pytest.mark.slow
def test_a_run_of_many_documents_is_made_kept_assigned_and_opened(tmp_path: Any) -> None:
    texts, points = corpus()
    pq.write_table(pa.table({"id": range(N_DOCS), "text": texts}), tmp_path / "docs.parquet")
    np.save(tmp_path / "points.npy", points.astype(np.float16))
    code = """
import sys
import themata.core.arrays
themata.core.arrays.MANY = 1_000  # before anybody has taken it over
import themata.layout.multilevel
themata.layout.multilevel.TOGETHER_FROM = 1_000
from themata.cli.main import main

given = ["docs.parquet", "--embeddings", "points.npy", "--text", "text", "-o"]
for command in (["fit", *given, "run"], ["fit", *given, "run"], ["assign", "run", *given, "new.parquet"]):
    sys.argv = ["themata", *command]
    try:
        main()
    except SystemExit as end:
        assert not end.code, command
from themata import TopicModel

model = TopicModel.load("run/model")
print(type(model.documents_.texts).__name__, model.documents_.embeddings.dtype)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split()[-2:] == ["TextColumn", "float16"], done.stderr
    assert done.stderr.count("kept from the last run") >= 5
    fitted = pq.read_table(tmp_path / "run" / "documents.parquet").column("topic")
    assert pq.read_table(tmp_path / "new.parquet").column("topic").to_pylist() == fitted.to_pylist()
