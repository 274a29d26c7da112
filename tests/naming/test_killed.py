"""A process that is killed while a model names topics, answers questions about them or names their layers: the next goes on."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from themed_corpus import Corpus

from chat_server import Reply, serving
from themata.chat.openai_server import OpenAIChat
from themata.core.documents import Documents
from themata.core.topics import Topics
from themata.naming.llm.answer_cache import Cache
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.questions import Ask
from themata.naming.llm.usage import LabelReport
from themata.pipeline.describe import Description, describe, label

KILLED = """
import pickle, sys
from test_killed import named
named(*pickle.load(open(sys.argv[1], "rb")), *sys.argv[2:])
"""


def named(topics: Topics, docs: Documents, url: str, cache: str) -> tuple[Topics, LabelReport]:
    """Six names and six summaries as one batch, then the names of three chapters, then that of all; one at a time."""
    chat = OpenAIChat("m", base_url=url, concurrency=1)
    how = Description(aspects={"Summary": Ask(chat, "summary", cache=cache)})
    labeler = LLM(chat, cache=cache, fallback=None)
    return label(describe(topics, docs, how), docs, labeler, how), labeler.report_


class Holding:
    """Gives each request a name, or a summary, of its own; holds back those that a process is to be killed over."""

    def __init__(self) -> None:
        self.held = threading.Event()
        self.killed = threading.Event()
        self.at = 0

    def __call__(self, number: int, body: dict[str, Any]) -> Reply:
        if number + 1 == self.at:
            self.held.set()
            self.killed.wait(30)
        return Reply(f"Label: Name {number}")

    def kill(self, at: int, n_kept: int, *told: str) -> None:
        """A process that is killed while this request is under way, the first ever being 1, and so many answers are kept."""
        self.at = at
        self.held.clear()
        self.killed.clear()
        where = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen([sys.executable, "-c", KILLED, *told], env=where)
        assert self.held.wait(60)
        while len(Cache(told[-1])) < n_kept:  # what arrived last may not have been written yet
            time.sleep(0.01)
        process.kill()
        process.wait(30)
        self.killed.set()


def test_what_was_answered_before_a_kill_is_never_asked_again(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "topics").write_bytes(pickle.dumps((corpus.topics, corpus.docs)))
    cache, behave = str(tmp_path / "a.sqlite"), Holding()
    with serving(behave) as server:
        told = str(tmp_path / "topics"), server.url, cache
        behave.kill(8, 7, *told)  # six names and a summary are kept
        behave.kill(8 + 5 + 2, 13, *told)  # the other summaries, and one chapter
        topics, report = named(corpus.topics, corpus.docs, server.url, cache)
        assert len(server.asked) == 8 + 7 + 3
    assert (report.kept, report.asked) == (13, 3)
    assert len({one.name for one in topics.labels if one}) == 6 and all(topics.aspects["Summary"])
    assert [len(labels) for labels in topics.layer_labels] == [0, 3, 1] and not report.failed
    often = Counter(str(body["messages"]) for body in server.asked)
    assert sorted(often.values()) == [1] * 14 + [2] * 2, "only what was under way is asked twice"
