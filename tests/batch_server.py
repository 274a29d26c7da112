"""A server with OpenAI's batch interface, for tests: files, jobs, and what becomes of them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chat_server import completion

FILE = re.compile(rb'name="file".*?\r\n\r\n(.*?)\r\n--', re.DOTALL)


@dataclass
class Job:
    id: str
    metadata: dict[str, str]
    requests: list[dict[str, Any]]


@dataclass
class BatchServer:
    """answer : of one request, its text, or None for none
    status : of all jobs, such as "in_progress"
    looked : set when a job is asked for
    loses : close the connection instead of saying that a job was taken, so many times
    """

    answer: Callable[[dict[str, Any]], str | None]
    status: str = "completed"
    loses: int = 0
    jobs: dict[str, Job] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    looked: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @property
    def paid(self) -> list[str]:
        """The messages of every request that was handed in."""
        return [str(row["body"]["messages"]) for job in self.jobs.values() for row in job.requests]

    def keep(self, content: bytes) -> str:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        return name

    def state(self, job: Job) -> dict[str, Any]:
        told = {"id": job.id, "status": self.status, "metadata": job.metadata}
        if self.status == "failed":
            return {**told, "errors": {"data": [{"message": "the file has a wrong line"}]}}
        if self.status == "in_progress":
            return told
        lines = []
        for row in job.requests:
            text = self.answer(row["body"])
            if text is not None:
                response = {"status_code": 200, "body": completion(text)}
                lines.append(json.dumps({"custom_id": row["custom_id"], "response": response}))
        return {**told, "output_file_id": self.keep("\n".join(lines).encode())}


@contextmanager
def serving_batches(server: BatchServer) -> Iterator[BatchServer]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/files":
                found = FILE.search(content)
                assert found is not None and b"batch" in content
                self.say({"id": server.keep(found[1])})
                return
            asked = json.loads(content)
            assert asked["completion_window"] == "24h" and asked["endpoint"] == "/v1/chat/completions"
            rows = [json.loads(line) for line in server.files[asked["input_file_id"]].splitlines()]
            job = Job(f"batch-{len(server.jobs)}", asked["metadata"], rows)
            server.jobs[job.id] = job
            if server.loses:
                server.loses -= 1
                self.close_connection = True
                return
            self.say({"id": job.id, "status": "validating"})

        def do_GET(self) -> None:
            path = self.path.removeprefix("/v1").partition("?")[0]
            if path == "/batches":
                self.say({"data": [server.state(job) for job in server.jobs.values()], "has_more": False})
            elif path.startswith("/batches/"):
                self.say(server.state(server.jobs[path.removeprefix("/batches/")]))
                server.looked.set()
            elif path.startswith("/files/"):
                self.say(server.files[path.split("/")[2]])
            else:
                self.say({"error": "not found"}, 404)

        def say(self, body: Any, status: int = 200) -> None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Tests read no access log."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server.url = f"http://127.0.0.1:{httpd.server_port}/v1"
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
