"""A Hugging Face hub for tests: a real HTTP server that keeps repositories in memory and speaks as much of the hub's
API as huggingface_hub needs to make a repository, put files in it (large ones by LFS, as there), and get them out."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

WRITER, READER = "hf_writer_0123456789", "hf_reader_0123456789"
BY_LFS = (".safetensors", ".parquet", ".bin")


@dataclass
class Repository:
    """branches : {name: commit} · commits : {commit: {path: content}}"""

    private: bool
    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)

    def commit(self, branch: str, files: dict[str, bytes], message: str) -> str:
        told = hashlib.sha1(json.dumps([branch, message, len(self.commits)]).encode())
        for path, content in files.items():
            told.update(path.encode() + content)
        self.commits[told.hexdigest()] = files
        self.branches[branch] = told.hexdigest()
        return told.hexdigest()

    def at(self, revision: str) -> str | None:
        name = unquote(revision)
        return self.branches.get(name, name if name in self.commits else None)


class Hub:
    """The server's address, what it keeps, and every line and header it was sent."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.objects: dict[str, bytes] = {}
        self.log: list[tuple[str, str, dict[str, str]]] = []
        self.address = ""

    def put(self, name: str, files: dict[str, bytes], *, private: bool = False) -> Repository:
        """A repository that somebody else filled."""
        self.repositories[name] = Repository(private)
        self.repositories[name].commit("main", files, "by hand")
        return self.repositories[name]


@contextmanager
def serving() -> Iterator[Hub]:
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def in_place_of_the_hub(folder: Path) -> Iterator[Hub]:
    """A hub of our own for huggingface_hub in this process, with nobody logged in, and a fresh cache in a folder."""
    import huggingface_hub.constants as constants

    with serving() as hub, pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "ENDPOINT", hub.address)
        template = hub.address + "/{repo_id}/resolve/{revision}/{filename}"
        patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        patch.setattr(constants, "HF_HUB_CACHE", str(folder / "cache"))
        patch.setattr(constants, "HF_TOKEN_PATH", str(folder / "no token"))
        patch.setattr(constants, "HF_HUB_OFFLINE", False)
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # a protocol of its own, for which LFS stands in
        patch.delenv("HF_TOKEN", raising=False)
        yield hub


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._route("GET")

    def do_HEAD(self) -> None:
        self._route("GET")

    def do_POST(self) -> None:
        self._route("POST")

    def do_PUT(self) -> None:
        self._route("PUT")

    def _route(self, method: str) -> None:
        self.hub.log.append((self.command, self.path, dict(self.headers)))
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            self.body = self._chunks()
        path = urlsplit(self.path).path
        for verb, pattern, answer in _ROUTES:
            found = re.fullmatch(pattern, path)
            if verb == method and found:
                getattr(self, answer)(*found.groups())
                return
        self._error(404, "NotFound", f"the fake hub does not know {method} {path}")

    def _chunks(self) -> bytes:
        data = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return data

    # What may be asked

    def create(self) -> None:
        asked = json.loads(self.body)
        owner = asked.get("organization") or "me"
        name = f"{owner}/{asked['name']}"
        if not self._may("write"):
            return
        if name in self.hub.repositories:
            self._json({"url": f"{self.hub.address}/{name}", "error": "You already created this repo"}, 409)
            return
        self.hub.put(
            name,
            {".gitattributes": b"*.safetensors filter=lfs\n"},
            private=bool(asked.get("private")) or asked.get("visibility") == "private",
        )
        self._json({"url": f"{self.hub.address}/{name}", "name": name})

    def branch(self, name: str, branch: str) -> None:
        repository = self._repository(name, "write")
        if repository is None:
            return
        if unquote(branch) in repository.branches:
            self._error(409, "Conflict", "Reference already exists")
            return
        repository.branches[unquote(branch)] = repository.branches["main"]
        self._json({})

    def yaml(self) -> None:
        assert json.loads(self.body)["content"].startswith("---\n")
        self._json({"errors": [], "warnings": []})

    def preupload(self, name: str, revision: str) -> None:
        if self._repository(name, "read") is None:
            return
        files = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if file["path"].endswith(BY_LFS) else "regular",
                "shouldIgnore": False,
            }
            for file in json.loads(self.body)["files"]
        ]
        self._json({"files": files})

    def lfs_batch(self, name: str) -> None:
        objects = json.loads(self.body)["objects"]
        upload = [
            {**one, "actions": {"upload": {"href": f"{self.hub.address}/lfs/{one['oid']}"}}}
            for one in objects
        ]
        self._json({"transfer": "basic", "objects": upload})

    def lfs_put(self, oid: str) -> None:
        assert hashlib.sha256(self.body).hexdigest() == oid
        self.hub.objects[oid] = self.body
        self._json({})

    def commit(self, name: str, revision: str) -> None:
        wants_pr = "create_pr" in parse_qs(urlsplit(self.path).query)
        repository = self._repository(name, "read" if wants_pr else "write")
        if repository is None:
            return
        base = repository.at(revision)
        if base is None:
            self._error(404, "RevisionNotFound", "Invalid rev id")
            return
        lines = [json.loads(line) for line in self.body.splitlines() if line]
        files = dict(repository.commits[base])
        for line in lines[1:]:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.objects[value["oid"]]
        branch = "refs/pr/1" if wants_pr else unquote(revision)
        oid = repository.commit(branch, files, lines[0]["value"]["summary"])
        url = f"{self.hub.address}/{name}"
        told = {"commitUrl": f"{url}/commit/{oid}", "commitOid": oid}
        self._json({**told, "pullRequestUrl": f"{url}/discussions/1"} if wants_pr else told)

    def info(self, name: str, revision: str) -> None:
        repository = self._repository(name, "read")
        if repository is None:
            return
        oid = repository.at(revision or "main")
        if oid is None:
            self._error(404, "RevisionNotFound", "Invalid rev id")
            return
        siblings = [{"rfilename": path} for path in repository.commits[oid]]
        self._json(
            {
                "_id": "1",
                "id": name,
                "modelId": name,
                "sha": oid,
                "private": repository.private,
                "siblings": siblings,
            }
        )

    def tree(self, name: str, revision: str) -> None:
        repository = self._repository(name, "read")
        oid = None if repository is None else repository.at(revision)
        if repository is not None and oid is not None:
            files = repository.commits[oid].items()
            told = [
                {"type": "file", "path": p, "size": len(c), "oid": hashlib.sha1(c).hexdigest()}
                for p, c in files
            ]
            self._json(told)

    def resolve(self, name: str, revision: str, path: str) -> None:
        repository = self._repository(name, "read")
        if repository is None:
            return
        oid = repository.at(revision)
        content = None if oid is None else repository.commits[oid].get(unquote(path))
        if content is None:
            code = "RevisionNotFound" if oid is None else "EntryNotFound"
            self._error(404, code, "Entry not found")
            return
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        self._send(
            content,
            200,
            {"ETag": etag, "X-Repo-Commit": str(oid), "Content-Type": "application/octet-stream"},
        )

    # Helpers

    def _repository(self, name: str, what: str) -> Repository | None:
        found = self.hub.repositories.get(name)
        if found is None or (found.private and self._token() not in (WRITER, READER)):
            # the hub does not tell a stranger which of the two it is
            self._error(
                401 if self._token() not in (WRITER, READER) else 404, "RepoNotFound", "Repository not found"
            )
            return None
        return found if what == "read" or self._may("write") else None

    def _may(self, what: str) -> bool:
        if self._token() == WRITER:
            return True
        if self._token() == READER:
            self._error(403, "", "You don't have the rights to do this")
        else:
            self._error(401, "", "Invalid credentials")
        return False

    def _token(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _error(self, status: int, code: str, message: str) -> None:
        self._send(
            json.dumps({"error": message}).encode(),
            status,
            {"X-Error-Code": code, "X-Error-Message": message},
        )

    def _json(self, value: Any, status: int = 200) -> None:
        self._send(json.dumps(value).encode(), status, {"Content-Type": "application/json"})

    def _send(self, data: bytes, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


_NAME = r"([^/]+/[^/]+)"
_ROUTES = [
    ("POST", r"/api/repos/create", "create"),
    ("POST", rf"/api/models/{_NAME}/branch/(.+)", "branch"),
    ("POST", r"/api/validate-yaml", "yaml"),
    ("POST", rf"/api/models/{_NAME}/preupload/(.+)", "preupload"),
    ("POST", rf"/{_NAME}\.git/info/lfs/objects/batch", "lfs_batch"),
    ("PUT", r"/lfs/(\w+)", "lfs_put"),
    ("POST", rf"/api/models/{_NAME}/commit/(.+)", "commit"),
    ("GET", rf"/api/models/{_NAME}()", "info"),
    ("GET", rf"/api/models/{_NAME}/revision/(.+)", "info"),
    ("GET", rf"/api/models/{_NAME}/tree/(.+)", "tree"),
    ("GET", rf"/{_NAME}/resolve/([^/]+)/(.+)", "resolve"),
]
