"""A saved model: a folder of safetensors, Parquet and JSON. Nothing in it is ever executed.

model.json         format, version, parameters, and the size and checksum of every other file
arrays.safetensors every array and sparse matrix, by "owner.name"
documents.parquet  texts and columns, a row per document
topics.json        labels, aspects, exemplars, origin
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from themata._version import __version__
from themata.documents import Documents
from themata.errors import StoreError
from themata.graph import NeighbourGraph
from themata.store import columns
from themata.topics import Label, Topics

FORMAT = 1
MANIFEST = "model.json"
_GRAPH = ("weights", "neighbors", "similarities", "origin")


@dataclass(frozen=True)
class Saved:
    """What a folder holds.

    parameters : JSON-able facts about the model and its parts
    states : {part: arrays it needs}
    """

    documents: Documents
    topics: Topics
    graph: NeighbourGraph | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, np.ndarray[Any, Any]]] = field(default_factory=dict)


def save(folder: str | Path, saved: Saved, *, overwrite: bool = False) -> None:
    """Write to a temporary folder beside it and move that into place: a crash leaves the old model or the new one.

    overwrite : take the place of a model that is there; anything else that is there stays, and is an error
    """
    folder = Path(folder)
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        if not (folder / MANIFEST).exists():
            raise StoreError(f"{folder} is there and is no saved model: choose another folder")
        if not overwrite:
            raise StoreError(f"{folder} holds a model: save with overwrite=True to replace it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _write(unfinished, saved)
        _move(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def load(folder: str | Path) -> Saved:
    """Read a folder, after checking every file in it against its checksum."""
    folder = Path(folder)
    manifest = _manifest(folder)
    for name, facts in manifest["files"].items():
        path = folder / name
        if not path.exists():
            raise StoreError(f"{folder} is damaged: {name} is missing; save the model again")
        if path.stat().st_size != facts["size"] or _checksum(path) != facts["blake2b"]:
            raise StoreError(f"{folder} is damaged: {name} is not what was saved; save the model again")
    try:
        return _read(folder, manifest)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise StoreError(f"{folder} cannot be read as a saved model: {error}") from error


def _write(folder: Path, saved: Saved) -> None:
    from safetensors.numpy import save_file

    docs, topics = saved.documents, saved.topics
    arrays: dict[str, Any] = {
        "documents.embeddings": docs.embeddings,
        "documents.terms": docs.terms,
        "documents.coords": docs.coords,
        "topics.assignment": topics.assignment,
        "topics.strength": topics.strength,
        "topics.term_counts": topics.term_counts,
        "topics.background": topics.background,
        "topics.centroids": topics.centroids,
        **{f"topics.layers.{i}": layer for i, layer in enumerate(topics.layers)},
        **{f"graph.{name}": getattr(saved.graph, name) for name in _GRAPH if saved.graph is not None},
        **{
            f"states.{part}.{name}": value
            for part, state in saved.states.items()
            for name, value in state.items()
        },
    }
    save_file(_plain_arrays(arrays), folder / "arrays.safetensors")
    columns.write(folder / "documents.parquet", docs)
    vocabulary = [str(term) for term in topics.vocabulary]
    told = {
        "labels": [None if label is None else vars(label) for label in topics.labels],
        "aspects": dict(topics.aspects),
        "exemplars": [rows.tolist() for rows in topics.exemplars],
        "origin": list(topics.origin.items()),
        "vocabulary": vocabulary,
        "documents_vocabulary": docs.vocabulary is not None,
    }
    _dump(folder / "topics.json", told)
    files = {path.name: _facts(path) for path in sorted(folder.iterdir())}
    facts = {"format": FORMAT, "themata": __version__, "parameters": dict(saved.parameters), "files": files}
    _dump(folder / MANIFEST, facts)


def _read(folder: Path, manifest: Mapping[str, Any]) -> Saved:
    from safetensors.numpy import load_file

    arrays = _arrays(load_file(folder / "arrays.safetensors"))
    told = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
    vocabulary = np.array(told["vocabulary"], dtype=object)
    docs = columns.read(folder / "documents.parquet").having(
        embeddings=arrays.get("documents.embeddings"),
        terms=arrays.get("documents.terms"),
        vocabulary=vocabulary if told["documents_vocabulary"] else None,
        coords=arrays.get("documents.coords"),
    )
    n_layers = sum(name.startswith("topics.layers.") for name in arrays)
    topics = Topics(
        assignment=arrays["topics.assignment"],
        strength=arrays["topics.strength"],
        term_counts=arrays["topics.term_counts"],
        background=arrays["topics.background"],
        vocabulary=vocabulary,
        centroids=arrays.get("topics.centroids"),
        aspects={name: _aspect(aspect) for name, aspect in told["aspects"].items()},
        labels=tuple(None if label is None else Label(**label) for label in told["labels"]),
        exemplars=tuple(np.array(rows, dtype=np.int64) for rows in told["exemplars"]),
        layers=tuple(arrays[f"topics.layers.{i}"] for i in range(n_layers)),
        origin={int(theirs): int(row) for theirs, row in told["origin"]},
    )
    graph = (
        NeighbourGraph(**{name: arrays[f"graph.{name}"] for name in _GRAPH})
        if "graph.origin" in arrays
        else None
    )
    states: dict[str, dict[str, Any]] = {}
    for name, value in arrays.items():
        if name.startswith("states."):
            _, part, attribute = name.split(".", 2)
            states.setdefault(part, {})[attribute] = value
    return Saved(docs, topics, graph, manifest["parameters"], states)


def _plain_arrays(arrays: Mapping[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Sparse matrices as their three arrays and a shape; what is absent is left out."""
    plain = {}
    for name, value in arrays.items():
        if sparse.issparse(value):
            rows = sparse.csr_matrix(value)
            for piece in ("data", "indices", "indptr"):
                plain[f"{name}#{piece}"] = np.ascontiguousarray(getattr(rows, piece))
            plain[f"{name}#shape"] = np.array(rows.shape, dtype=np.int64)
        elif value is not None:
            plain[name] = np.ascontiguousarray(value)
    return plain


def _arrays(plain: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, Any]:
    arrays: dict[str, Any] = {name: value for name, value in plain.items() if "#" not in name}
    for name in {name.partition("#")[0] for name in plain if "#" in name}:
        pieces = [plain[f"{name}#{piece}"] for piece in ("data", "indices", "indptr")]
        arrays[name] = sparse.csr_matrix(tuple(pieces), shape=tuple(plain[f"{name}#shape"]))
    return arrays


def _aspect(rows: Any) -> tuple[tuple[tuple[str, float], ...], ...]:
    return tuple(tuple((word, weight) for word, weight in words) for words in rows)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not folder.is_dir():
        raise StoreError(f"no saved model at {folder}")
    if not path.exists():
        raise StoreError(f"{folder} is no saved model: it has no {MANIFEST}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        found = manifest["format"]
        if found > FORMAT:
            raise StoreError(
                f"{folder} has format {found}, made by themata {manifest.get('themata')}; this is themata "
                f"{__version__}, which reads up to format {FORMAT}: pip install --upgrade themata"
            )
        manifest["files"], manifest["parameters"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{folder} is damaged: {MANIFEST} cannot be read ({error}); save the model again"
        ) from error
    return dict(manifest)


def _facts(path: Path) -> dict[str, Any]:
    return {"size": path.stat().st_size, "blake2b": _checksum(path)}


def _checksum(path: Path) -> str:
    told = blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            told.update(block)
    return told.hexdigest()


def _dump(path: Path, value: Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file)  # ASCII escapes carry lone surrogates safely
        file.flush()
        os.fsync(file.fileno())


def _move(unfinished: Path, folder: Path) -> None:
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
        folder.rename(old / "model")
        unfinished.rename(folder)
        shutil.rmtree(old)
    else:
        unfinished.rename(folder)
