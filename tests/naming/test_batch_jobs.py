"""Answers tomorrow: jobs of a provider's batch interface, and what becomes of them when somebody is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from batch_server import BatchServer, serving_batches
from themata import Answer, ChatError, ClientChat, InputError, OpenAIChat, Prompt
from themata.naming.llm.answer_cache import Cache, Cached, Jobs

ASKED = [Prompt.of(f"question {i}") for i in range(5)]
SAME_COMMAND = """
import sys
from themata import OpenAIChat, Prompt
from themata.naming.llm.answer_cache import Cached
chat = OpenAIChat("m", base_url=sys.argv[1], batch=True)
print(Cached(chat, sys.argv[2]).complete([Prompt.of(f"question {i}") for i in range(5)]))
"""


def capital(body: dict[str, Any]) -> str | None:
    return str(body["messages"][-1]["content"]).upper()


def texts(answers: list[Any]) -> list[str]:
    return [answer.text if isinstance(answer, Answer) else repr(answer) for answer in answers]


def asked_of(server: BatchServer, path: Path) -> list[Any]:
    return Cached(OpenAIChat("m", base_url=server.url, batch=True, retries=0), path).complete(ASKED)


EXPECTED = [f"QUESTION {i}" for i in range(5)]


def test_a_job_whose_waiter_was_killed_is_asked_for_again_and_nothing_is_paid_twice(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with serving_batches(BatchServer(capital, "in_progress")) as server:
        where = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen([sys.executable, "-c", SAME_COMMAND, server.url, str(path)], env=where)
        assert server.looked.wait(60)
        process.kill()
        process.wait(30)
        assert len(server.paid) == 5 and len(Cache(path)) == 0 and len(Jobs(Cache(path))) == 5
        server.status = "completed"
        assert texts(asked_of(server, path)) == EXPECTED
        assert texts(asked_of(server, path)) == EXPECTED
    assert len(server.jobs) == 1 and len(server.paid) == 5
    assert len(Jobs(Cache(path))) == 0


def test_a_job_that_was_taken_without_a_word_is_found_again(tmp_path: Path) -> None:
    with serving_batches(BatchServer(capital, loses=1)) as server:
        assert texts(asked_of(server, tmp_path / "a.sqlite")) == EXPECTED
    assert len(server.jobs) == 1


def test_a_job_that_was_being_handed_in_at_a_kill_is_looked_for_first(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with serving_batches(BatchServer(capital)) as server:
        asked_of(server, path)
        (job,) = server.jobs.values()
        cache = Cache(path)
        cache._do(lambda db: db.execute("DELETE FROM answers_1") and db.commit())
        Jobs(cache).update({row["custom_id"]: f"?{job.metadata['themata']}" for row in job.requests})
        assert texts(asked_of(server, path)) == EXPECTED
        assert len(server.jobs) == 1
        cache._do(lambda db: db.execute("DELETE FROM answers_1") and db.commit())
        Jobs(cache).update({row["custom_id"]: "?never-arrived" for row in job.requests})
        assert texts(asked_of(server, path)) == EXPECTED
    assert len(server.jobs) == 2


def test_what_an_expired_job_did_not_come_to_is_handed_in_again_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"

    def half(body: dict[str, Any]) -> str | None:
        said = capital(body) or ""
        return said if int(said[-1]) % 2 == 0 else None

    with serving_batches(BatchServer(half, "expired")) as server:
        first = asked_of(server, path)
        assert [isinstance(answer, Answer) for answer in first] == [True, False, True, False, True]
        assert "ended before this was answered" in str(first[1])
        server.answer, server.status = capital, "completed"
        assert texts(asked_of(server, path)) == EXPECTED
    assert [len(job.requests) for job in server.jobs.values()] == [5, 2]


def test_a_failed_job_says_why_and_is_handed_in_again(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with serving_batches(BatchServer(capital, "failed")) as server:
        answers = asked_of(server, path)
        assert all(isinstance(answer, ChatError) for answer in answers)
        assert "failed: the file has a wrong line" in str(answers[0])
        server.status = "completed"
        assert texts(asked_of(server, path)) == EXPECTED


def test_a_job_can_be_waited_for_without_a_cache() -> None:
    heard: dict[int, Any] = {}
    with serving_batches(BatchServer(capital)) as server:
        answers = OpenAIChat("m", base_url=server.url, batch=True).complete(ASKED, heard.__setitem__)
    assert texts(answers) == EXPECTED and [heard[place] for place in range(5)] == answers
    (job,) = server.jobs.values()
    assert {row["body"]["max_completion_tokens"] for row in job.requests} == {256}


def test_a_client_of_anothers_hands_in_no_jobs() -> None:
    with pytest.raises(InputError, match="batch=True"):
        ClientChat(object(), "m", batch=True)
