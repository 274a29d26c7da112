"""The run folder: every step's product kept, and reused when its inputs are unchanged."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy import sparse

from themata.errors import StoreError

log = logging.getLogger(__name__)


class RunFolder:
    """Where one run keeps its work: `steps/` the products, `work/` what is unfinished.

    path : made if it is not there. A folder with other things in it is refused

    Use it with `with`: two processes never write one run folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __enter__(self) -> Self:
        if self.path.exists() and not self.path.is_dir():
            raise StoreError(f"{self.path} is a file: choose a folder for the run")
        (self.path / "steps").mkdir(parents=True, exist_ok=True)
        self._lock()
        return self

    def __exit__(self, *error: object) -> None:
        self._lock_path.unlink(missing_ok=True)

    def kept(self, name: str, key: str) -> dict[str, Any] | None:
        """The product of a step whose inputs had this key; None when there is none, or it is damaged."""
        folder = self.path / "steps" / name
        try:
            facts = json.loads((folder / "step.json").read_text(encoding="utf-8"))
            if facts["key"] != key:
                return None
            return {value["name"]: _read(folder, value) for value in facts["values"]}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
            log.warning("the kept step %s is damaged and is made again: %s", name, error)
            return None

    def keep(self, name: str, key: str, product: Mapping[str, Any]) -> None:
        """Keep a step's arrays, sparse matrices and plain values, all of them or none."""
        folder = self.path / "steps" / name
        unfinished = self.path / "steps" / f".{name}.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        values = [_write(unfinished, label, value) for label, value in product.items()]
        _synced(unfinished / "step.json", json.dumps({"key": key, "values": values}).encode())
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)

    def work(self, name: str) -> Path:
        """A folder for the unfinished work of a long step."""
        folder = self.path / "work" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def fingerprint(self, *things: Any) -> str:
        """Equal for equal inputs: texts, arrays, sparse matrices and plain values."""
        return fingerprint(*things)

    @property
    def _lock_path(self) -> Path:
        return self.path / ".lock"

    def _lock(self) -> None:
        try:
            with self._lock_path.open("x", encoding="utf-8") as file:
                file.write(str(os.getpid()))
        except FileExistsError:
            owner = self._lock_path.read_text(encoding="utf-8").strip()
            if owner.isdigit() and int(owner) != os.getpid() and _alive(int(owner)):
                raise StoreError(
                    f"process {owner} is at work in {self.path}: wait for it, or choose another folder"
                ) from None
            self._lock_path.write_text(str(os.getpid()), encoding="utf-8")  # its owner was killed


def fingerprint(*things: Any) -> str:
    """A hash that is equal for equal inputs.

    >>> fingerprint(["a"], 1) == fingerprint(["a"], 1) != fingerprint(["a"], 2)
    True
    """
    told = blake2b(digest_size=16)
    for thing in things:
        _tell(told, thing)
    return told.hexdigest()


def _tell(told: Any, thing: Any) -> None:
    if isinstance(thing, np.ndarray) and thing.dtype != object:
        told.update(f"array {thing.dtype} {thing.shape}".encode())
        told.update(np.ascontiguousarray(thing).view(np.uint8).reshape(-1).data)
    elif sparse.issparse(thing):
        for piece in (thing.data, thing.indices, thing.indptr):
            _tell(told, piece)
    elif isinstance(thing, list | tuple | np.ndarray):
        told.update(f"list {len(thing)}".encode())
        for one in thing:
            _tell(told, one)
    elif isinstance(thing, str):
        told.update(f"text {len(thing)} ".encode() + thing.encode("utf-8", "surrogatepass"))
    else:
        told.update(json.dumps(thing, sort_keys=True, default=repr).encode())


def _write(folder: Path, name: str, value: Any) -> dict[str, Any]:
    if sparse.issparse(value):
        rows = sparse.csr_matrix(value)
        for piece in ("data", "indices", "indptr"):
            _save(folder / f"{name}.{piece}.npy", getattr(rows, piece))
        return {"name": name, "kind": "csr", "shape": list(rows.shape)}
    if isinstance(value, np.ndarray) and value.dtype != object:
        _save(folder / f"{name}.npy", value)
        return {"name": name, "kind": "array"}
    strings = isinstance(value, np.ndarray)
    _synced(folder / f"{name}.json", json.dumps(value.tolist() if strings else value).encode())
    return {"name": name, "kind": "strings" if strings else "json"}


def _read(folder: Path, value: Mapping[str, Any]) -> Any:
    name, kind = value["name"], value["kind"]
    if kind == "csr":
        pieces = tuple(np.load(folder / f"{name}.{piece}.npy") for piece in ("data", "indices", "indptr"))
        return sparse.csr_matrix(pieces, shape=tuple(value["shape"]))
    if kind == "array":
        return np.load(folder / f"{name}.npy")
    found = json.loads((folder / f"{name}.json").read_bytes())
    return np.array(found, dtype=object) if kind == "strings" else found


def _save(path: Path, array: np.ndarray[Any, Any]) -> None:
    with path.open("wb") as file:
        np.save(file, array)
        file.flush()
        os.fsync(file.fileno())


def _synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's process is alive
        return True
    return True
