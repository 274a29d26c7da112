"""Names by language models from the command line: a small real server, and a small real Llama."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from corpora import SUBJECTS, sample
from llama import build


def themata(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "themata", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


class Server(BaseHTTPRequestHandler):
    """Names a topic after the subject whose words its prompt holds."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body["messages"][-1]["content"].split("Groups close")[0]
        best = max(SUBJECTS, key=lambda name: sum(text.count(word) for word in SUBJECTS[name].split()))
        words = SUBJECTS[best].split()
        said = f'Sure! Here is the label:\nLabel: "{words[0].capitalize()} and {words[1]}"\nSummary: Reports on {best}.'
        told = {
            "choices": [{"message": {"role": "assistant", "content": said}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 9},
        }
        data = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Tests read no access log."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}/v1"
    httpd.shutdown()


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("llm")
    corpus = sample(120)
    (folder / "docs.txt").write_text("\n".join(corpus.texts))
    np.save(folder / "points.npy", corpus.embeddings)
    return folder


def names(run: Path) -> list[str]:
    return [topic["name"] for topic in json.loads(themata("show", run, "--json").stdout)["topics"]]


def test_a_run_is_named_by_a_server_and_nothing_is_asked_twice(given: Path, server: str) -> None:
    run = given / "run"
    fit = ["fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run]
    assert themata(*fit).returncode == 0
    label = ["label", run, "--llm", "openai:tiny", "--base-url", server]
    dry = themata(*label, "--dry-run")
    assert "4 prompts to send" in dry.stdout
    assert Server.asked == 0
    done = themata(*label)
    assert done.returncode == 0, done.stderr
    assert set(names(run)) == {"Rocket and orbit", "Recipe and oven", "Goal and striker", "Bank and loan"}
    told = json.loads(themata("show", run, "--json").stdout)["topics"][0]
    assert told["source"] == "tiny"
    assert told["summary"].startswith("Reports on ")
    first = Server.asked
    assert themata(*label).returncode == 0
    assert Server.asked == first
    again = themata(*fit, "--llm", "openai:tiny", "--base-url", server)
    assert "4 answered from the cache" in again.stderr
    assert Server.asked == first


def test_a_server_that_is_gone_never_costs_the_fit(given: Path) -> None:
    run = given / "gone"
    done = themata(
        "fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run,
        "--llm", "openai:tiny", "--base-url", "http://127.0.0.1:9/v1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(set(names(run))) == 4
    assert "phrases" in done.stderr


def test_the_exact_prompt_is_shown_before_anything_is_asked(given: Path, server: str) -> None:
    run = given / "prompted"
    themata("fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run)
    before = Server.asked
    told = json.loads(themata("prompts", run, 1, "--json").stdout)
    assert told["messages"][0]["role"] == "system"
    assert "were discussed in report" in told["messages"][-1]["content"]
    assert Server.asked == before


def test_a_model_is_tried_by_hand(server: str) -> None:
    assert "Label" in themata("ask", "rocket orbit?", "--llm", "openai:tiny", "--base-url", server).stdout
    refused = themata("ask", "hello", "--llm", "nowhere/at-all-model-folder")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    wrong = themata("ask", "hello", "--llm", "echo", "--quantize", "nf4")
    assert "--quantize goes with a local model" in wrong.stderr


def test_a_local_llama_in_four_bits_names_the_topics(given: Path, tmp_path: Path) -> None:
    pytest.importorskip("bitsandbytes")
    model = build(tmp_path / "tiny-llama", sample(40).texts, context=4096)
    run = tmp_path / "run"
    done = themata(
        "fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run,
        "--llm", model, "--quantize", "nf4",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "4 topics:" in done.stderr
    told = json.loads(themata("show", run, "--json").stdout)["topics"]
    assert len({topic["name"] for topic in told}) == 4
    assert all(
        "tiny-llama" in topic["source"] for topic in told
    )  # random weights talk nonsense, which is said
