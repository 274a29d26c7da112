"""A saved model: a folder of safetensors, Parquet and JSON. Nothing in it is ever executed.

model.json         format, version, parameters, and the size and checksum of every other file
arrays.safetensors every array and sparse matrix, by "owner.name"
documents.parquet  texts and columns, a row per document; documents.jsonl where pyarrow is not installed
topics.json        labels, aspects, origin, vocabulary

A crash while a folder is replaced leaves the old model or the new one: between two renames the old one lies beside it
under a hidden name, where `load` and the next `save` find it.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b, file_digest
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from themata._version import __version__
from themata.core.documents import Documents
from themata.core.errors import StoreError
from themata.core.graph import NeighborGraph
from themata.core.topics import Label, Topics
from themata.store import atomic, document_table
from themata.store.migrations import FORMAT, label_of_4, upgraded

MANIFEST = "model.json"
_HELD = ("arrays.safetensors", "topics.json")
FILES = (MANIFEST, *_HELD, document_table.PARQUET, document_table.LINES)
_GRAPH = ("weights", "neighbors", "similarities", "origin")


@dataclass(frozen=True)
class Saved:
    """What a folder holds.

    parameters : JSON-able facts about the model and its parts
    states : {part: arrays it needs}
    """

    documents: Documents
    topics: Topics
    graph: NeighborGraph | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, Mapping[str, np.ndarray[Any, Any]]] = field(default_factory=dict)


def save(folder: str | Path, saved: Saved, *, overwrite: bool = False, texts: bool = True) -> None:
    """Write to a temporary folder beside it and move that into place: a crash leaves the old model or the new one.

    overwrite : take the place of a model that is there; anything else that is there stays, and is an error
    texts : False leaves texts and titles out, for a model of what others must not read: after loading every text is
        empty. Keywords, names and other columns stay
    """
    folder = Path(folder).resolve()
    atomic.put_back(folder, MANIFEST)
    _check_free(folder, overwrite)
    unfinished = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.part"
    try:
        atomic.sweep(folder)
        unfinished.mkdir(parents=True)
        _write(unfinished, saved, texts=texts)
        atomic.move(unfinished, folder)
    except StoreError:
        raise
    except OSError as error:
        raise StoreError(f"the model cannot be saved to {folder}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def load(folder: str | Path) -> Saved:
    """Read a folder, after checking every file in it against its checksum."""
    folder = atomic.current(Path(folder), MANIFEST)
    manifest = _manifest(folder)
    try:
        for name in (*_HELD, _table(manifest)):  # and no other, whatever the manifest lists
            facts, path = manifest["files"][name], folder / name
            if not path.exists():
                raise StoreError(f"{folder} is damaged: {name} is missing; save the model again")
            if path.stat().st_size != facts["size"] or _checksum(path) != facts["blake2b"]:
                raise StoreError(f"{folder} is damaged: {name} is not what was saved; save the model again")
        return _read(folder, manifest)
    except StoreError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError, OSError) as error:
        raise StoreError(
            f"{folder} cannot be read as a saved model ({type(error).__name__}: {error}); save the model again"
        ) from error


def _table(manifest: Mapping[str, Any]) -> str:
    """The file of the table of documents, by what was saved."""
    return document_table.LINES if document_table.LINES in manifest["files"] else document_table.PARQUET


def _write(folder: Path, saved: Saved, *, texts: bool) -> None:
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
        "topics.exemplars": np.concatenate([np.empty(0, np.int64), *topics.exemplars]).astype(np.int64),
        "topics.exemplars_each": np.array([len(rows) for rows in topics.exemplars], dtype=np.int64),
        **{
            f"states.{i}.{j}": value
            for i, state in enumerate(saved.states.values())
            for j, value in enumerate(state.values())
        },
    }
    save_file(_plain_arrays(arrays), folder / "arrays.safetensors")
    table = document_table.write(folder, docs, texts=texts)
    # safetensors lets only the owner read; a model is as open as the user's other files
    (folder / "arrays.safetensors").chmod(table.stat().st_mode)
    topic_facts = {
        "labels": [None if label is None else label.to_dict() for label in topics.labels],
        "layer_labels": [
            [[int(group), label.to_dict()] for group, label in labels.items()]
            for labels in topics.layer_labels
        ],
        "aspects": {
            name: [[(word, float(weight)) for word, weight in words] for words in aspect]
            for name, aspect in topics.aspects.items()
        },
        "origin": [(int(theirs), int(row)) for theirs, row in topics.origin.items()],
        "common": list(topics.common),
        "vocabulary": _strings(topics.vocabulary),
        "documents_vocabulary": "the same" if _is_same(docs, topics) else _strings(docs.vocabulary),
        "states": {part: list(state) for part, state in saved.states.items()},
    }
    _dump(folder / "topics.json", topic_facts)
    files = {path.name: _facts(path) for path in sorted(folder.iterdir())}
    for name in files:
        atomic.sync(folder / name)
    facts = {
        "format": FORMAT,
        "themata": __version__,
        "parameters": dict(saved.parameters),
        "texts": texts,
        "files": files,
    }
    _dump(folder / MANIFEST, facts)


def _read(folder: Path, manifest: Mapping[str, Any]) -> Saved:
    from safetensors.numpy import load_file

    arrays = _arrays(load_file(folder / "arrays.safetensors"))
    facts = json.loads((folder / "topics.json").read_text(encoding="utf-8"))
    vocabulary = _terms(facts["vocabulary"])
    of_documents = facts["documents_vocabulary"]
    docs = document_table.read(folder / _table(manifest)).having(
        embeddings=arrays.get("documents.embeddings"),
        terms=arrays.get("documents.terms"),
        vocabulary=vocabulary if of_documents == "the same" else _terms(of_documents),
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
        aspects={name: _aspect(aspect) for name, aspect in facts["aspects"].items()},
        labels=tuple(None if label is None else _label(label) for label in facts["labels"]),
        exemplars=tuple(
            np.split(arrays["topics.exemplars"], np.cumsum(arrays["topics.exemplars_each"])[:-1])
            if len(arrays["topics.exemplars_each"])
            else ()
        ),
        layers=tuple(arrays[f"topics.layers.{i}"] for i in range(n_layers)),
        layer_labels=tuple(
            {group: _label(label) for group, label in labels} for labels in facts.get("layer_labels", ())
        ),
        origin={int(theirs): int(row) for theirs, row in facts["origin"]},
        common=tuple(facts.get("common", ())),
    )
    graph = (
        NeighborGraph(**{name: arrays[f"graph.{name}"] for name in _GRAPH})
        if "graph.origin" in arrays
        else None
    )
    states = {
        part: {name: arrays[f"states.{i}.{j}"] for j, name in enumerate(names)}
        for i, (part, names) in enumerate(facts["states"].items())
    }
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
            plain[name] = np.asarray(value, order="C")
            if plain[name].dtype.kind not in "biuf":
                raise StoreError(f"{name} holds {plain[name].dtype}, expected numbers")
    return plain


def _arrays(plain: Mapping[str, np.ndarray[Any, Any]]) -> dict[str, Any]:
    arrays: dict[str, Any] = {name: value for name, value in plain.items() if "#" not in name}
    for name in {name.partition("#")[0] for name in plain if "#" in name}:
        pieces = [plain[f"{name}#{piece}"] for piece in ("data", "indices", "indptr")]
        arrays[name] = sparse.csr_matrix(tuple(pieces), shape=tuple(plain[f"{name}#shape"]))
    return arrays


def _aspect(rows: Any) -> tuple[tuple[tuple[str, float], ...], ...]:
    return tuple(tuple((word, weight) for word, weight in words) for words in rows)


def _strings(vocabulary: Any) -> list[str] | None:
    return None if vocabulary is None else [str(term) for term in vocabulary]


def _terms(strings: list[str] | None) -> Any:
    return None if strings is None else np.array(strings, dtype=object)


def _is_same(docs: Documents, topics: Topics) -> bool:
    return docs.vocabulary is not None and np.array_equal(docs.vocabulary, topics.vocabulary)


def _label(values: Mapping[str, Any]) -> Label:
    return Label.from_dict(values if "author" in values else label_of_4(values))


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if folder.is_file():
        raise StoreError(
            f"{folder} is a file, expected a folder: a pickle, BERTopic's default, runs code when it is opened and is not "
            'read; there, save it with model.save(folder, serialization="safetensors", save_ctfidf=True)'
        )
    if not folder.is_dir():
        raise StoreError(f"no saved model at {folder}; one on the Hugging Face hub is hf:owner/name")
    if not path.exists():
        raise StoreError(f"{folder} is no saved model: it has no {MANIFEST}")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        manifest = upgraded(manifest, str(folder))
        manifest["files"], manifest["parameters"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{folder} is damaged: {MANIFEST} cannot be read ({error}); save the model again"
        ) from error
    return manifest


def _facts(path: Path) -> dict[str, Any]:
    return {"size": path.stat().st_size, "blake2b": _checksum(path)}


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, partial(blake2b, digest_size=16)).hexdigest()


def _dump(path: Path, value: Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file)  # ASCII escapes carry lone surrogates safely
    atomic.sync(path)


def _check_free(folder: Path, overwrite: bool) -> None:
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MANIFEST).exists():
        raise StoreError(f"{folder} is there and is no saved model: choose another folder")
    if not overwrite:
        raise StoreError(f"{folder} holds a model: save with overwrite=True to replace it")
