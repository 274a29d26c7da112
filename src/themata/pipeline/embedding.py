"""Embed documents: each text once, sorted by length, in chunks that survive a kill."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from themata.core import powers
from themata.core.arrays import Float2d
from themata.core.documents import Documents
from themata.core.errors import PartError
from themata.core.plain_text import plain
from themata.core.protocols import (
    EstimatingEmbedder,
    Learner,
    PreloadingEmbedder,
    Progress,
    TokenLimitedEmbedder,
    TruncatingEmbedder,
)
from themata.embed.readable_texts import encodable, n_longer
from themata.pipeline import arguments

CHUNK = 2048


def readable(docs: Documents, ignore: Sequence[str]) -> Documents:
    """The documents with what is language of their texts; a text in which nothing is stays as it is.

    ignore : kinds of what is no language
    """
    if not ignore:
        return docs
    texts = [plain(text, ignore) for text in docs.texts]
    return docs.having(
        texts=[kept if kept.strip() else text for kept, text in zip(texts, docs.texts, strict=True)]
    )


def embed(
    texts: Sequence[str],
    embedder: Any,
    *,
    keep: Path | None = None,
    chunk: int | None = None,
    progress: Progress | None = None,
    loading: Callable[[], AbstractContextManager[None]] | None = None,
) -> Float2d:
    """The embeddings of texts.

    embedder : an Embedder, as the registry makes it of whatever embeds texts
    keep : a folder for finished chunks: the same call goes on from the last one after a kill, and gives the same array
    chunk : texts between two savings; None leaves it to the embedder's own `chunk`, where it has one
    loading : entered while an embedder that has `preload` does so, at the first text that is not kept
    returns : (n, dim) float32
    """
    chunk = chunk or powers.chunk(embedder) or CHUNK
    first: dict[str, int] = {}
    rows = np.array([first.setdefault(text, len(first)) for text in texts], dtype=np.int64)
    unique = list(first)
    # Like lengths together, so that padding is little; chunks in no order, so that those done tell how long the rest takes
    order = sorted(range(len(unique)), key=lambda row: (-len(unique[row]), unique[row]))
    folder = None if keep is None else _folder(keep, unique, embedder, chunk)
    embeddings: Float2d | None = None
    done = 0
    not_loaded = [loading] if loading is not None and isinstance(embedder, PreloadingEmbedder) else []
    for start in _shuffled(range(0, len(order), chunk)):
        here = order[start : start + chunk]
        points = _chunk([unique[row] for row in here], embedder, folder, start, not_loaded)
        if embeddings is None:
            embeddings = np.empty((len(unique), points.shape[1]), dtype=np.float32)
        if points.shape[1] != embeddings.shape[1]:
            raise PartError(
                embedder, "encode", f"{points.shape[1]} dimensions", f"{embeddings.shape[1]} as before"
            )
        embeddings[here] = points
        done += len(here)
        if progress is not None:
            progress(done, len(order))
    assert embeddings is not None, "there is at least one text"
    return embeddings[rows] if len(unique) < len(texts) else embeddings


@dataclass(frozen=True)
class Work:
    """Where a long work is kept and whom it tells how far it is; each as `embed` takes it."""

    keep: Path | None = None
    progress: Progress | None = None
    loading: Callable[[], AbstractContextManager[None]] | None = None


def learn(texts: Sequence[str], embedder: Learner, work: Work = Work()) -> None:
    """Let an embedder learn from the texts it is to embed; what it asks another about is kept as by `embed`."""
    if not isinstance(embedder, EstimatingEmbedder):
        embedder.learn(texts)
        return
    n_asked = [0]  # texts of each time that the other was asked

    def progress(done: int, total: int) -> None:
        if work.progress is not None:
            work.progress(sum(n_asked[:-1]) + done, sum(n_asked[:-1]) + total)

    def ask(some: Sequence[str]) -> Float2d:
        place = None if work.keep is None else work.keep / str(len(n_asked) - 1)
        loading = work.loading if len(n_asked) == 1 else None
        n_asked.append(len(set(some)))
        return embed(some, embedder.teacher, keep=place, progress=progress, loading=loading)

    embedder.learn(texts, embed=ask)


def _shuffled(starts: Sequence[int]) -> list[int]:
    """The same order every time."""
    order: list[int] = np.random.default_rng(0).permutation(starts).tolist()
    return order


def n_cut(texts: Sequence[str], embedder: Any, keep: Path | None = None) -> tuple[int, str]:
    """How many texts are longer than an embedder reads, 0 where it does not tell, and what it reads.

    keep : as of `embed`, where the answer is kept, too, so that no model is loaded for it again
    """
    unique = list(dict.fromkeys(texts))
    chunk = powers.chunk(embedder) or CHUNK
    path = None if keep is None else _folder(keep, unique, embedder, chunk) / "cut.json"
    if path is not None and path.exists():
        n, reads = json.loads(path.read_text(encoding="utf-8"))
        return int(n), str(reads)
    if isinstance(embedder, TruncatingEmbedder):
        n, reads = embedder.n_cut(texts)
    elif isinstance(embedder, TokenLimitedEmbedder) and callable(embedder.tokenizer):
        n, reads = n_longer(embedder, encodable(texts))
    else:
        return 0, ""
    if path is not None:
        path.write_text(json.dumps([n, reads]), encoding="utf-8")
    return n, reads


def _chunk(
    texts: list[str],
    embedder: Any,
    folder: Path | None,
    start: int,
    not_loaded: list[Callable[[], AbstractContextManager[None]]],
) -> Float2d:
    path = None if folder is None else folder / f"{start:09d}.npy"
    if path is not None and path.exists():
        kept = _intact(path, len(texts))
        if kept is not None:
            return kept
    while not_loaded:
        with not_loaded.pop()():
            embedder.preload()
    array = arguments.as_array(embedder.encode(encodable(texts)))
    if array.dtype.kind not in "fiub":
        raise PartError(
            embedder, "encode", f"an array of {array.dtype}", f"numbers, a row per text ({len(texts)})"
        )
    points = np.asarray(array, dtype=np.float32)
    if points.ndim != 2 or len(points) != len(texts):
        raise PartError(embedder, "encode", f"shape {points.shape}", f"one row per text ({len(texts)})")
    if not np.isfinite(points).all():
        raise PartError(embedder, "encode", "NaN or infinity", "finite numbers")
    if path is not None:
        _write(path, points)
    return points


def _intact(path: Path, n: int) -> Float2d | None:
    """A kept chunk, or None when it was damaged."""
    try:
        points = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return points if points.ndim == 2 and len(points) == n else None


def _write(path: Path, points: Float2d) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.save(file, points)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _folder(keep: Path, texts: Sequence[str], embedder: Any, chunk: int) -> Path:
    """Where the chunks of these texts and this embedder lie; those of others are removed."""
    digest = blake2b(digest_size=16)
    kind = type(embedder)
    digest.update(f"{kind.__module__}.{kind.__qualname__} {powers.name(embedder)} {chunk}".encode())
    for text in texts:
        digest.update(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest())
    folder = keep / digest.hexdigest()
    if keep.is_dir():
        for other in keep.iterdir():
            if other.name != folder.name and other.is_dir():
                shutil.rmtree(other)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
