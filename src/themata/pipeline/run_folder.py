"""The run folder: every step's product kept, and reused when its inputs are unchanged."""

from __future__ import annotations

import json
import logging
import os
import shutil
import zlib
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
from scipy import sparse

from themata.core.errors import StoreError
from themata.core.text_column import TextColumn

log = logging.getLogger(__name__)


# What a run writes besides its steps: found where no run has been, it is somebody's own
_RESULTS = (
    "model",
    "report.html",
    "topics.csv",
    "documents.parquet",
    "documents.csv",
    "rejected.jsonl",
    "run.json",
    "work",
)


class RunFolder:
    """Where one run keeps its work: `steps/` the products, `work/` what is unfinished.

    path : made if it is not there. A folder where something that a run would write over is already there, and is not
        a run's, is refused

    Use it with `with`: two processes never write one run folder.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def __enter__(self) -> Self:
        self._check_ours()
        try:
            (self.path / "steps").mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.path / ".lock")
        except StoreError:
            raise
        except OSError as error:
            raise StoreError(f"{self.path} cannot be a run folder: {error.strerror or error}") from error
        return self

    def __exit__(self, *error: object) -> None:
        self._lock.close()

    def kept(self, name: str, key: str) -> dict[str, Any] | None:
        """The product of a step whose inputs had this key; None when there is none, or it is damaged."""
        folder = self.path / "steps" / name
        if not (folder / "step.json").exists():
            return None
        try:
            facts = json.loads((folder / "step.json").read_text(encoding="utf-8"))
            if facts["key"] != key:
                return None
            for file, checksum in facts["files"].items():
                if _checksum(folder / file) != checksum:
                    raise ValueError(f"{file} is not what was kept")
            return {value["name"]: _read(folder, value) for value in facts["values"]}
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
        files = {path.name: _checksum(path) for path in sorted(unfinished.iterdir())}
        facts = {"key": key, "values": values, "files": files}
        _synced(unfinished / "step.json", json.dumps(facts).encode())
        # A kill between the two leaves no product: the step is done again
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

    def _check_ours(self) -> None:
        if self.path.exists() and not self.path.is_dir():
            raise StoreError(f"{self.path} is a file: choose a folder for the run")
        theirs = [name for name in _RESULTS if (self.path / name).exists()]
        if theirs and not (self.path / "steps").is_dir():
            raise StoreError(
                f"{self.path} is no run folder and holds {theirs[0]}, which a run would write over: choose another"
            )


def fingerprint(*things: Any) -> str:
    """A hash that is equal for equal inputs.

    >>> fingerprint(["a"], 1) == fingerprint(["a"], 1) != fingerprint(["a"], 2)
    True
    """
    digest = blake2b(digest_size=16)
    for thing in things:
        _tell(digest, thing)
    return digest.hexdigest()


def _tell(digest: Any, thing: Any) -> None:
    """Each thing with its kind and length before it, so that no two inputs run into the same bytes."""
    if isinstance(thing, str):
        digest.update(f"text {len(thing)} ".encode() + thing.encode("utf-8", "surrogatepass"))
    elif isinstance(thing, np.ndarray) and thing.dtype != object:
        digest.update(f"array {thing.dtype.str} {thing.shape} ".encode())
        digest.update(thing.tobytes() if not thing.flags.c_contiguous or not thing.size else _bytes(thing))
    elif sparse.issparse(thing):
        rows = sparse.csr_matrix(thing)
        digest.update(f"links {rows.shape} ".encode())
        for piece in (rows.data, rows.indices, rows.indptr):
            _tell(digest, piece)
    elif isinstance(thing, list | tuple | np.ndarray | TextColumn):
        digest.update(f"list {len(thing)} ".encode())
        for entry in thing:
            _tell(digest, entry)
    elif isinstance(thing, Mapping):
        digest.update(f"mapping {len(thing)} ".encode())
        for name in sorted(thing, key=str):
            _tell(digest, name)
            _tell(digest, thing[name])
    elif isinstance(thing, set | frozenset):
        _tell(digest, sorted(thing, key=repr))
    else:
        digest.update(f"{type(thing).__name__} {thing!r} ".encode("utf-8", "surrogatepass"))


def _bytes(array: np.ndarray[Any, Any]) -> Any:
    return np.ravel(array).view(np.uint8).data


def _write(folder: Path, name: str, value: Any) -> dict[str, Any]:
    if sparse.issparse(value):
        rows = sparse.csr_matrix(value)
        for piece, array in (("data", rows.data), ("indices", rows.indices), ("indptr", rows.indptr)):
            _save(folder / f"{name}.{piece}.npy", array)
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
    entries = json.loads((folder / f"{name}.json").read_bytes())
    return np.array(entries, dtype=object) if kind == "strings" else entries


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


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum


def _locked(path: Path) -> IO[str]:
    """The lock file, held until it is closed. The system lets go of it when its owner dies, however it dies."""
    file = path.open("a+", encoding="utf-8")
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip() or "another"
        file.close()
        raise StoreError(
            f"process {owner} is at work in {path.parent}: wait for it, or choose another folder"
        ) from None
    except (ImportError, OSError) as error:  # Windows, and some network drives, have no such locks
        log.warning("%s cannot be locked (%s): see to it that one process at a time works there", path, error)
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
