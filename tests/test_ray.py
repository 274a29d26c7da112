"""Topics by Ray, of two workers on this machine: those of the sample, and nothing lost when one dies."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import hashed_words
from chat_server import Reply, serving
from command_line import themata
from corpora import sample
from hashed_words import HashedWords
from needing import Late
from themata import InputError, TopicModel

ray = Late("ray")

from themata.distributed import ray_fit  # noqa: E402
from themata.distributed.folders import Folder  # noqa: E402
from themata.distributed.ray_fit import Columns, fit  # noqa: E402

pytestmark = pytest.mark.slow
N_DOCS, N_SAMPLE = 1_200, 400


@pytest.fixture(scope="module", autouse=True)
def s3() -> Iterator[bool]:
    """Whether a server that speaks S3 is there; who computes finds it in the environment, Ray's workers too."""
    if find_spec("moto") is None or find_spec("s3fs") is None:
        yield False
        return
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.get_host_and_port()[1]}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield True
    server.stop()


@pytest.fixture(scope="module", autouse=True)
def cluster(s3: bool) -> Iterator[None]:
    ray.cloudpickle.register_pickle_by_value(hashed_words)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100 << 20)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three files of documents about four subjects."""
    folder = tmp_path_factory.mktemp("source")
    made = sample(N_DOCS)
    for part, rows in enumerate(np.array_split(np.arange(N_DOCS), 3)):
        texts = [made.texts[row] for row in rows]
        pq.write_table(pa.table({"key": rows, "text": texts}), folder / f"{part}.parquet", row_group_size=100)
    return folder


def model(**embedder: Any) -> TopicModel:
    return TopicModel(embedder=HashedWords(**embedder), random_state=3)


def documents(out: Path) -> Any:
    return pq.read_table(out / "documents").to_pandas()


@pytest.fixture(scope="module")
def found(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """What came of a fit that one worker was killed in midway, and the folder of it."""
    out, dies = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("dies") / "killed"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ray_fit, "PER_SLICE", 50)
        result = fit(str(source), out, model=model(dies=dies), columns=Columns(id="key"), sample=N_SAMPLE)
    assert dies.exists(), "a worker was killed"
    return result, out


def test_topics_are_those_of_the_same_sample_without_ray_and_a_killed_worker_loses_nothing(
    found: tuple[Any, Path],
) -> None:
    result, out = found
    texts = sample(N_DOCS).texts
    rows = np.sort(np.random.default_rng(3).choice(N_DOCS, N_SAMPLE, replace=False))
    alone = model().fit([texts[row] for row in rows])
    assert result.rows.tolist() == rows.tolist()
    assert result.model.topics_ == alone.topics_ and result.model.result_.names == alone.result_.names
    table = documents(out)
    assert table["key" if "key" in table else "id"].tolist() == list(range(N_DOCS)), "in the order they came"
    assert table["topic"].tolist() == alone.transform(texts)[0]


def test_counts_of_blocks_add_up_to_those_of_all_documents(found: tuple[Any, Path]) -> None:
    result, out = found
    texts, topics = sample(N_DOCS).texts, documents(out)["topic"].to_numpy()
    counts = result.model.vectorizer_.transform(texts).toarray()
    for row in range(result.model.result_.n_topics):
        assert (result.term_counts[row].toarray().ravel() == counts[topics == row].sum(axis=0)).all()
    assert result.term_counts.sum() == counts.sum() and result.sizes.sum() == N_DOCS
    table = pq.read_table(out / "topics.parquet").to_pandas()
    assert table["count"].tolist() == result.sizes[:-1].tolist() and all(map(len, table["keywords"]))
    assert TopicModel.load(out / "model").result_.n_topics == len(table)


@contextmanager
def serving_files(server: Any) -> Iterator[int]:
    """In a thread; its port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.1}, daemon=True)
    thread.start()
    try:
        yield server.address[1]
    finally:
        server.close_all()
        thread.join(5)


@pytest.fixture(scope="module", params=["ftp", "s3"])
def address(
    request: pytest.FixtureRequest, s3: bool, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Of an empty folder of a server."""
    if request.param == "s3":
        if not s3:
            pytest.skip("moto and s3fs are not installed")
        yield f"s3://themata-{os.getpid()}"
        return
    servers = pytest.importorskip("pyftpdlib.servers", reason="pyftpdlib is not installed")
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler

    users = DummyAuthorizer()
    users.add_user("reader", "secret", str(tmp_path_factory.mktemp("served")), perm="elradfmwMT")
    handler = type("Handler", (FTPHandler,), {"authorizer": users})
    with serving_files(servers.ThreadedFTPServer(("127.0.0.1", 0), handler)) as port:
        yield f"ftp://reader:secret@127.0.0.1:{port}"


def test_an_address_is_read_and_written_like_a_folder_and_a_killed_worker_loses_nothing_there(
    source: Path, found: tuple[Any, Path], address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ray_fit, "PER_SLICE", 50)
    with Folder.at(f"{address}/in").made_here("2026") as place:  # files may lie in folders of the folder
        shutil.copytree(source, place)
    dies = tmp_path / "killed"
    result = fit(
        f"{address}/in",
        f"{address}/made/out",
        model=model(dies=dies),
        columns=Columns(id="key"),
        sample=N_SAMPLE,
    )
    assert dies.exists(), "a worker was killed"
    out = Folder.at(f"{address}/made").fetched("out", tmp_path)
    assert documents(out).equals(documents(found[1]))
    assert (result.term_counts != found[0].term_counts).nnz == 0
    assert pq.read_table(out / "topics.parquet").equals(pq.read_table(found[1] / "topics.parquet"))
    assert TopicModel.load(out / "model", embedder=HashedWords()).topics_ == result.model.topics_


def test_a_server_names_the_topics_of_a_fit_by_ray(source: Path, tmp_path: Path) -> None:
    """As vLLM serves a model: `vllm serve MODEL` answers as OpenAI does."""
    pytest.importorskip("httpx")
    points = tmp_path / "points"
    points.mkdir()
    for file in source.glob("*.parquet"):
        table = pq.read_table(file)
        made = HashedWords().encode(table["text"].to_pylist())
        pq.write_table(table.append_column("points", pa.array(made.tolist())), points / file.name)
    with serving(lambda number, body: Reply(f'{{"name": "Name {number}"}}')) as named:
        asked = ("--llm", "openai:tiny", "--base-url", named.url, "--embedding-column", "points")
        themata("fit", points, "--engine", "ray", *asked, "--sample", N_SAMPLE, "-o", tmp_path / "out")
    names = pq.read_table(tmp_path / "out" / "topics.parquet")["name"].to_pylist()
    assert 2 <= len(names) <= len(named.asked) and all(name.startswith("Name ") for name in names)
    assert {*documents(tmp_path / "out")["name"].dropna()} <= {*names}


def test_what_is_not_there_is_said_before_ray_begins(source: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'body'"):
        fit(str(source), tmp_path / "out", model=model(), columns=Columns(text="body"))
    with pytest.raises(InputError, match="no Parquet files"):
        fit(str(tmp_path / "nothing"), tmp_path / "out", model=model())
    with pytest.raises(InputError, match="no Parquet files"):
        fit(f"file://{tmp_path}/nothing", tmp_path / "out", model=model())
    with pytest.raises(InputError, match="nosuch://"):
        fit("nosuch://folder", tmp_path / "out", model=model())
