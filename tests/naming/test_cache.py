"""Answers on disk: nothing is paid for twice, whatever happens."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chat_server import Reply, serving
from prompting import limited
from themata.chat.openai_server import OpenAIChat
from themata.core.errors import Unreachable
from themata.core.protocols import Answer, Chat, OnAnswer, Outcome, Prompt
from themata.naming.llm.answer_cache import Cache, Cached, key_of


class Counting:
    """A chat that answers in capitals and counts what it is asked; "bad" gives an error."""

    def __init__(self, name: str = "counting", temperature: float = 0.0) -> None:
        self.name = name
        self.temperature = temperature
        self.asked: list[str] = []

    def complete(self, prompts: Sequence[Prompt], on_answer: OnAnswer | None = None) -> list[Outcome]:
        texts = [prompt.messages[-1][1] for prompt in prompts]
        self.asked += texts
        return [Unreachable("no") if text == "bad" else Answer(text.upper(), 1, 2) for text in texts]


def ask(*texts: str) -> list[Prompt]:
    return [Prompt.of(text) for text in texts]


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    chat = Counting()
    assert isinstance(Cached(chat), Chat)
    first = Cached(chat, tmp_path / "a.sqlite").complete(ask("a", "b"))
    again = Cached(chat, tmp_path / "a.sqlite")
    assert again.complete(ask("b", "a", "c")) == [first[1], first[0], Answer("C", 1, 2)]
    assert chat.asked == ["a", "b", "c"]
    assert (again.n_sent, again.n_kept) == (1, 2)


def test_one_prompt_twice_in_a_batch_is_sent_once() -> None:
    chat = Counting()
    arrived: list[int] = []
    found = Cached(chat).complete(ask("a", "b", "a"), on_answer=lambda place, _: arrived.append(place))
    assert [one.text for one in found if isinstance(one, Answer)] == ["A", "B", "A"]
    assert chat.asked == ["a", "b"] and sorted(arrived) == [0, 1, 2]


def test_an_error_is_not_kept(tmp_path: Path) -> None:
    chat = Counting()
    for _ in range(2):
        found = Cached(chat, tmp_path / "a.sqlite").complete(ask("bad", "good"))
        assert isinstance(found[0], Unreachable)
    assert chat.asked == ["bad", "good", "bad"]


def test_another_model_parameter_or_question_is_another_answer() -> None:
    (prompt,) = ask("a")
    keys = {
        key_of(Counting(), *limited([prompt], max_tokens=10)),
        key_of(Counting("other"), *limited([prompt], max_tokens=10)),
        key_of(Counting(temperature=1.0), *limited([prompt], max_tokens=10)),
        key_of(Counting(), *limited([prompt], max_tokens=11)),
        key_of(Counting(), *limited([prompt], max_tokens=10, schema={"type": "object"})),
        key_of(Counting(), *limited([Prompt.of("a", system="b")], max_tokens=10)),
        key_of(OpenAIChat("counting"), *limited([prompt], max_tokens=10)),
    }
    assert len(keys) == 7
    fast = OpenAIChat("m", concurrency=1, timeout=5)
    assert key_of(fast, *limited([prompt], max_tokens=10)) == key_of(
        OpenAIChat("m"), *limited([prompt], max_tokens=10)
    )


def test_threads_share_a_cache(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "a.sqlite")

    def work(n: int) -> int:
        for i in range(20):
            cache.put(f"{n}-{i}", "m", Answer(str(i)))
        return len(cache.get([f"{n}-{i}" for i in range(20)]))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [20] * 8
    assert len(cache) == 160


WRITER = """
import sys

from themata.naming.llm.answer_cache import Cache
from themata.core.protocols import Answer
cache = Cache(sys.argv[1])
for i in range(200):
    cache.put(f"{sys.argv[2]}-{i}", "m", Answer(str(i)))
"""


def test_two_processes_share_a_cache(tmp_path: Path) -> None:
    path = str(tmp_path / "a.sqlite")
    both = [subprocess.Popen([sys.executable, "-c", WRITER, path, name]) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(Cache(path)) == 400


def test_a_file_that_another_is_opening_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    other = sqlite3.connect(path, check_same_thread=False)
    other.execute(
        "BEGIN IMMEDIATE"
    )  # for which SQLite has a process that begins to write ahead not wait at all
    leaves = threading.Timer(0.3, other.rollback)
    leaves.start()
    cache = Cache(path)
    cache.put("key", "m", Answer("text"))
    leaves.join()
    assert cache.get(["key"]) == {"key": Answer("text")}


@pytest.mark.parametrize("damage", ["text", "header", "middle"])
def test_a_damaged_file_is_set_aside_and_the_work_goes_on(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "a.sqlite"
    Cached(Counting(), path).complete(ask(*map(str, range(300))))
    Cache(path)._do(lambda db: db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    content = bytearray(path.read_bytes())
    if damage == "text":
        content = bytearray(b"this is no database" * 100)
    elif damage == "header":
        content[:200] = b"x" * 200
    else:
        content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)
    chat = Counting()
    found = Cached(chat, path).complete(ask("a", "b"))
    assert [one.text for one in found if isinstance(one, Answer)] == ["A", "B"]
    assert "set aside as" in caplog.text and len(list(tmp_path.glob("*.damaged"))) == 1
    assert Cached(chat, path).complete(ask("a", "b")) == found
    assert chat.asked == ["a", "b"]


def test_a_place_that_cannot_be_written_costs_the_cache_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "folder").mkdir()
    found = Cached(Counting(), tmp_path / "folder").complete(ask("a"))
    assert found == [Answer("A", 1, 2)]
    assert "not kept" in caplog.text


KILLED = """
import sys

from themata.chat.openai_server import OpenAIChat
from themata.naming.llm.answer_cache import Cached
from themata.core.protocols import Prompt
chat = OpenAIChat("m", base_url=sys.argv[1], concurrency=2)
Cached(chat, sys.argv[2]).complete([Prompt.of(f"question {i}") for i in range(30)])
"""


def test_killed_midway_it_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with serving(lambda number, body: Reply(body["messages"][-1]["content"], silent=0.05)) as server:
        process = subprocess.Popen([sys.executable, "-c", KILLED, server.url, str(path)])
        while len(server.asked) < 10:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        time.sleep(0.2)
        n_before = len(server.asked)
        chat = Cached(OpenAIChat("m", base_url=server.url), path)
        found = chat.complete(ask(*(f"question {i}" for i in range(30))))
    assert [one.text for one in found if isinstance(one, Answer)] == [f"question {i}" for i in range(30)]
    assert chat.n_kept >= 6  # all but what was under way when it died
    assert len(server.asked) == n_before + chat.n_sent
