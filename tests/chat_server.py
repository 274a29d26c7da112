"""An OpenAI-compatible server for tests, which misbehaves on cue."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What the server does with one request.

    text : of the message, None for the raw body
    thoughts : of the message, in a field of their own
    cut : close the connection in the middle of the body
    silent : seconds before anything is sent
    hangs_up : close the connection after the body, without having said so
    """

    text: str | None = None
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    thoughts: str | None = None
    finish: str = "stop"
    cut: bool = False
    silent: float = 0.0
    hangs_up: bool = False

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(
            completion(self.text, self.finish, self.thoughts) if self.body is None else self.body
        ).encode()


def completion(text: str | None, finish: str = "stop", thoughts: str | None = None) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    if thoughts is not None:
        message["reasoning_content"] = thoughts
    return {
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13},
    }


def refusal(status: int, message: str, **fields: Any) -> Reply:
    headers = fields.pop("headers", {})
    return Reply(status=status, body={"error": {"message": message, **fields}}, headers=headers)


Behave = Callable[[int, dict[str, Any]], Reply]  # number of the request, its body


class ChatServer:
    """The server's address and what was asked of it.

    asked : bodies of the requests, in the order they came
    most : requests that were under way together, at most
    """

    def __init__(self, behave: Behave) -> None:
        self.behave = behave
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.times: list[float] = []
        self.active = self.most = 0
        self.lock = threading.Lock()
        self.url = ""

    def last(self, number: int = -1) -> str:
        """What the user said last in a request."""
        return str(self.asked[number]["messages"][-1]["content"])


@contextmanager
def serving(
    behave: Behave, *, lists: Reply | None = None, props: Reply | None = None
) -> Iterator[ChatServer]:
    """lists, props : what it says when asked for its models and properties; None: that it knows of no such question"""
    server = ChatServer(behave)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # as servers do, or each answer is 40 ms late

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with server.lock:
                number = len(server.asked)
                server.asked.append(body)
                server.headers.append(dict(self.headers))
                server.paths.append(self.path)
                server.times.append(time.monotonic())
                server.active += 1
                server.most = max(server.most, server.active)
            try:
                self.answer(server.behave(number, body))
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client did not wait for us
            finally:
                with server.lock:
                    server.active -= 1

        def do_GET(self) -> None:
            known = props if self.path == "/props" else lists
            self.answer(known or Reply(status=404, body={"error": "not found"}))

        def answer(self, reply: Reply) -> None:
            time.sleep(reply.silent)
            self.send_response(reply.status)
            told = {"Content-Type": "application/json", **reply.headers}
            for name, value in {**told, "Content-Length": str(len(reply.data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.data[: len(reply.data) // 2] if reply.cut else reply.data)
            self.close_connection = self.close_connection or reply.cut or reply.hangs_up

        def log_message(self, *_: object) -> None:
            """Tests read no access log."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    httpd = Quiet(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{httpd.server_port}/v1"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
