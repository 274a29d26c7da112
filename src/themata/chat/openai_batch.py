"""OpenAI's batch interface: prompts handed in as one job, answered within a day at half the price."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from themata.core.errors import BadAnswer, ChatError, Unreachable
from themata.http.client import Server
from themata.http.rate_limit import Pace
from themata.http.retries import Send, ask_all

log = logging.getLogger(__name__)

POLL = 30.0  # seconds between two looks at whether a job has ended
ENDED = ("completed", "failed", "expired", "cancelled")
UNSURE = "?"
MOST = 50_000  # requests in one job
MARK = "themata"  # of a job's metadata: the name that it was given before it was submitted


class JobFailed(ChatError):
    """A job was refused as a whole: nothing of it is answered or paid for."""


@dataclass(frozen=True)
class BatchJobs:
    """The jobs of one account.

    retries : of questions about a job; handing one in is never repeated blindly
    """

    server: Server
    model: str
    retries: int = 6

    def run(
        self,
        bodies: Mapping[str, Mapping[str, Any]],
        jobs: MutableMapping[str, str],
        on_result: Callable[[str, tuple[int, str] | ChatError], None],
    ) -> None:
        """Hand in what no job has, wait for all jobs, and forget each when it has ended.

        jobs : key of a request -> id of its job, or "?NAME" while nobody knows whether NAME was submitted
        on_result : called once for each request with its status and body, or with why there is none
        """
        for name in {job for key in bodies if (job := jobs.get(key, "")).startswith(UNSURE)}:
            keys = [key for key in bodies if jobs.get(key) == name]
            job_id = self.find(name.removeprefix(UNSURE))
            for key in keys:
                if job_id is None:
                    del jobs[key]
                else:
                    jobs[key] = job_id
        new = [key for key in bodies if key not in jobs]
        for start in range(0, len(new), MOST):
            keys = new[start : start + MOST]
            name = uuid.uuid4().hex
            jobs.update(dict.fromkeys(keys, UNSURE + name))
            job_id = self.submit(name, {key: bodies[key] for key in keys})
            jobs.update(dict.fromkeys(keys, job_id))
            log.warning(
                "%d prompts are handed in as job %s: the same command asks for it again", len(keys), job_id
            )
        for job_id in dict.fromkeys(jobs[key] for key in bodies):
            self._collect(job_id, [key for key in bodies if jobs[key] == job_id], jobs, on_result)

    def _collect(
        self,
        job_id: str,
        keys: Sequence[str],
        jobs: MutableMapping[str, str],
        on_result: Callable[[str, tuple[int, str] | ChatError], None],
    ) -> None:
        lacking = dict.fromkeys(keys)
        why = ChatError(
            f"the job {job_id} ended before this was answered: the same command hands it in again"
        )
        try:
            for key, status, text in self.results(job_id):
                if key in lacking:
                    del lacking[key]
                    on_result(key, (status, text))
                    del jobs[key]
        except JobFailed as error:
            why = error
        for key in lacking:
            on_result(key, why)
            del jobs[key]

    def submit(self, name: str, bodies: Mapping[str, Mapping[str, Any]]) -> str:
        """Hand in requests by their keys, and return the job's id.

        name : under which the job is found where the answer to its submission was lost
        """
        lines = [
            json.dumps({"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": body})
            for key, body in bodies.items()
        ]
        files = {"file": (f"{name}.jsonl", "\n".join(lines).encode(), "application/jsonl")}
        uploaded = self._json("POST", "/files", data={"purpose": "batch"}, files=files)
        job = {
            "input_file_id": uploaded["id"],
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "metadata": {MARK: name},
        }
        try:
            return str(self._json("POST", "/batches", retries=0, json=job)["id"])
        except Unreachable:
            job_id = self.find(name)
            if job_id is None:
                raise
            return job_id

    def find(self, name: str) -> str | None:
        """The id of the job that was submitted under a name."""
        after = ""
        while True:
            page = self._json("GET", f"/batches?limit=100{after}")
            jobs = page.get("data") or []
            for job in jobs:
                if (job.get("metadata") or {}).get(MARK) == name:
                    return str(job["id"])
            if not page.get("has_more") or not jobs:
                return None
            after = f"&after={jobs[-1]['id']}"

    def results(self, job_id: str) -> Iterator[tuple[str, int, str]]:
        """Wait until a job has ended; then the key, status and body of each request that was answered or refused.

        Raises JobFailed where the job failed as a whole. What a job that expired did not come to is not among them.
        """
        while (job := self._json("GET", f"/batches/{job_id}"))["status"] not in ENDED:
            counts = job.get("request_counts") or {}
            log.info("job %s is %s: %s", job_id, job["status"], counts)
            time.sleep(POLL)
        if job["status"] == "failed":
            errors = (job.get("errors") or {}).get("data") or [{}]
            raise JobFailed(f"the job {job_id} failed: {errors[0].get('message') or 'no reason is given'}")
        for name in ("output_file_id", "error_file_id"):
            if job.get(name):
                for line in self._text("GET", f"/files/{job[name]}/content").splitlines():
                    yield self._result(line)

    def _result(self, line: str) -> tuple[str, int, str]:
        row = json.loads(line)
        response = row.get("response") or {"status_code": 400, "body": {"error": row.get("error")}}
        return str(row["custom_id"]), int(response["status_code"]), json.dumps(response["body"])

    def _json(self, method: str, path: str, *, retries: int | None = None, **content: Any) -> Any:
        text = self._text(method, path, retries=retries, **content)
        try:
            return json.loads(text)
        except ValueError as error:
            raise BadAnswer(f"{self.server.name}{path} gave no JSON but {text[:80]!r}") from error

    def _text(self, method: str, path: str, *, retries: int | None = None, **content: Any) -> str:
        async def send(path: str) -> str:
            ask: Callable[..., Any] = self.server.request
            status, headers, text = await asyncio.to_thread(ask, method, path, **content)
            if not 200 <= status < 300:
                raise self.server.error(status, headers, text, self.model)
            return str(text)

        @asynccontextmanager
        async def session() -> AsyncIterator[Send[str, str]]:
            yield send

        tries = self.retries if retries is None else retries
        (answer,) = ask_all([path], session, Pace(1), size=len, retries=tries)
        if isinstance(answer, ChatError):
            raise answer
        return answer
