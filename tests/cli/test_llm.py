"""Names by language models from the command line: a small real server, and a small real Llama."""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from typer.testing import CliRunner

from command_line import themata
from corpora import SUBJECTS, sample
from fake_hub import in_place_of_the_hub
from llama import build
from themata import InputError, TopicModel, UnknownTopicError
from themata.cli.app import app


def in_process(*arguments: object) -> str:
    """What a command prints; its errors are raised."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def of_its_own(text: str) -> str:
    """What a prompt tells of its own topic, and not of its neighbors."""
    kept = [line for line in text.split("\n") if " close to this one" not in line]
    return "\n".join(kept)


class Server(BaseHTTPRequestHandler):
    """Names a topic after the subject whose words its prompt holds."""

    asked = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = of_its_own(body["messages"][-1]["content"])
        best = max(SUBJECTS, key=lambda name: sum(text.count(word) for word in SUBJECTS[name].split()))
        words = SUBJECTS[best].split()
        if "Groups in the chapter" in text:
            words = ["chapter", best]
        if "plain sentences" in text:
            words = ["summary", best]
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
    return sample(120).write(tmp_path_factory.mktemp("llm"))


def names(run: Path) -> list[str]:
    return [topic["name"] for topic in json.loads(themata("show", run, "--json").stdout)["topics"]]


def test_a_run_is_named_by_a_server_and_nothing_is_asked_twice(given: Path, server: str) -> None:
    run = given / "run"
    fit = ["fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run]
    assert themata(*fit).returncode == 0
    label = ["label", run, "--llm", "openai:tiny", "--base-url", server]
    dry = themata(*label, "--dry-run")
    assert "4 topics and 2 groups of topics: 6 prompts to send" in dry.stdout
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
    table = pd.read_csv(run / "topics.csv")
    assert (
        set(table["CustomName"])
        == set(names(run))
        == set(pd.read_parquet(run / "documents.parquet")["topic_name"])
    )
    tree = in_process("show", run, "--tree")
    assert tree.count("Chapter and ") == 2 and tree.count("■──") == 4
    layer = json.loads(in_process("show", run, "--json"))["contents"][0]["layer"]
    listed = json.loads(in_process("show", run, "--layer", layer, "--json"))["groups"]
    assert sorted(topic["id"] for group in listed for topic in group["topics"]) == [0, 1, 2, 3]
    shown = in_process("prompts", run, listed[0]["id"], "--layer", layer)
    assert f"Groups in the chapter, the largest first: {listed[0]['topics'][0]['name']}" in shown
    with pytest.raises(UnknownTopicError, match="no layer 99 above the topics"):
        in_process("prompts", run, 0, "--layer", 99)
    again = themata(*fit, "--llm", "openai:tiny", "--base-url", server)
    assert "6 answered from the cache" in again.stderr
    assert Server.asked == first


def test_a_saved_run_is_asked_more_and_its_names_are_checked(given: Path, server: str) -> None:
    run, question = given / "more", given / "tone.md"
    question.write_text("[KEYWORDS]\n[DOCUMENTS]\nAngry or calm?")
    assert (
        themata("fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run).returncode == 0
    )
    by_phrases, before = names(run), Server.asked
    label = ["label", run, "--llm", "openai:tiny", "--base-url", server, "--no-names"]
    label += ["--aspect", "Summary=summary", "--aspect", f"Tone={question}"]
    dry = in_process(*label, "--dry-run", "--price", "1,2")
    assert "8 prompts to send" in dry and "cost 0.00" in dry
    for _ in range(2):
        in_process(*label)
        assert Server.asked == before + 8
    told = json.loads(themata("show", run, "--json").stdout)["topics"]
    assert all(
        "Summary and " in topic["aspects"]["Summary"][0] and topic["aspects"]["Tone"] for topic in told
    )
    assert names(run) == by_phrases
    wrong = themata(*label, "--aspect", "Tone")
    assert wrong.returncode == 1 and "--aspect is NAME=PROMPT" in wrong.stderr
    checked = json.loads(themata("label", run, "--check", "--json").stdout)
    assert checked["hits_at_1"] == 1.0 and len(checked["labels"]) == 4
    assert "100% of the names find their own topic first" in themata("label", run, "--check").stdout
    assert "give --llm MODEL" in themata("label", run).stderr


def test_a_server_that_is_gone_never_costs_the_fit(given: Path) -> None:
    run = given / "gone"
    done = themata(
        "fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run,
        "--llm", "openai:tiny", "--base-url", "http://127.0.0.1:9/v1",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(set(names(run))) == 4
    assert "phrases" in done.stderr


def test_the_exact_prompt_is_shown_before_anything_is_asked_and_without_a_key(
    given: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = given / "prompted"
    themata("fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run)
    before = Server.asked
    told = json.loads(themata("prompts", run, 1, "--json").stdout)
    assert told["messages"][0]["role"] == "system"
    assert "were discussed in report" in told["messages"][-1]["content"]
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    assert "6 prompts to send" in in_process("label", run, "--llm", "openai:tiny", "--dry-run")
    assert "Keywords of the group" in in_process("prompts", run, 1, "--llm", "openai:tiny")
    assert Server.asked == before


def test_a_fit_asks_as_label_does(given: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shots, system = tmp_path / "shots.json", tmp_path / "system.md"
    shots.write_text(json.dumps([["Keywords: oven", "Baking"]]))
    system.write_text("Be brief.")
    how = ["--llm", "echo", "--examples", shots, "--system", system, "--nr-docs", 2, "--doc-length", 7]
    run = tmp_path / "run"
    fit = ["fit", given / "docs.txt", "--embeddings", given / "points.npy", "--out", run]
    in_process(*fit, *how, "--diversity", 0.5, "--price", "1,2")
    words_of_all = "nearly every document"  # which this corpus has, and which is told
    others = [message for message in caplog.messages if words_of_all not in message]
    assert not others, "what files say is saved, and not where they are"
    system.unlink()
    assert TopicModel.load(run / "model").labeler.system == "Be brief."
    system.write_text("Be brief.")
    told = json.loads((run / "run.json").read_text())["options"]
    assert told["nr_docs"] == "2" and told["examples"] == str(shots)
    told = json.loads(in_process("prompts", run, 1, *how, "--json"))["messages"]
    assert told[0] == {"role": "system", "content": "Be brief."}
    assert told[1]["content"] == "Keywords: oven" and json.loads(told[2]["content"])["label"] == "Baking"
    assert told[3]["content"].count("\n<doc>") == 2
    with pytest.raises(InputError, match=r"examples .* cannot be read"):
        in_process("prompts", run, 1, "--examples", tmp_path / "none.json")


def test_a_model_is_tried_by_hand(server: str, tmp_path: Path) -> None:
    assert "Label" in themata("ask", "rocket orbit?", "--llm", "openai:tiny", "--base-url", server).stdout
    with in_place_of_the_hub(tmp_path):
        refused = themata("ask", "hello", "--llm", "nowhere/at-all-model-folder")
    assert refused.returncode == 1 and "nowhere/at-all-model-folder" in refused.stderr
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
    assert "4 topics and 2 groups of topics:" in done.stderr
    told = json.loads(themata("show", run, "--json").stdout)["topics"]
    assert len({topic["name"] for topic in told}) == 4
    assert all(
        "tiny-llama" in topic["source"] for topic in told
    )  # random weights talk nonsense, which is said


FRAMES = 18  # of ours from the command to the socket, both threads together


def test_the_way_from_the_command_to_the_socket_is_short(
    given: Path, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = sample(120)
    TopicModel(embedder="lexical", labeler=None).fit(corpus.texts, corpus.embeddings).save(tmp_path / "model")
    stacks: list[list[str]] = []
    sent = httpx.AsyncClient.send

    async def send(self: httpx.AsyncClient, *request: Any, **options: Any) -> httpx.Response:
        if not stacks:
            asking = sys._current_frames()[threading.main_thread().ident or 0]
            stacks.append(
                [frame.name for frame in traceback.extract_stack(asking) if "/src/themata/" in frame.filename]
            )
            stacks.append(
                [frame.name for frame in traceback.extract_stack() if "/src/themata/" in frame.filename]
            )
        return await sent(self, *request, **options)

    monkeypatch.setattr(httpx.AsyncClient, "send", send)
    done = themata("label", tmp_path / "model", "--llm", "openai:frames", "--base-url", server)
    assert done.returncode == 0, done.stderr
    asking, sending = stacks
    way = [*asking[asking.index("label_command") :], *sending]
    assert way[0] == "label_command" and way[-1] == "_sent"
    assert len(way) <= FRAMES, way
