"""Folders that BERTopic wrote with serialization="safetensors": topics without their documents.

topics.json                     topic of each document, keywords, labels, aspects
config.json                     parameters
topic_embeddings.safetensors    a row per topic, the outliers' first where there are any
ctfidf.safetensors, ctfidf_config.json   with save_ctfidf=True: c-TF-IDF of all terms, and how they were counted
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from themata.core.arrays import Csr, Float1d, Int1d
from themata.core.documents import Documents
from themata.core.errors import StoreError
from themata.core.topics import MAIN, Aspect, Label, Namer, Origin, Topics
from themata.core.weighting import Weighting

log = logging.getLogger(__name__)

TOPICS, CONFIG = "topics.json", "config.json"
POINTS, WEIGHTS, COUNTING = "topic_embeddings.safetensors", "ctfidf.safetensors", "ctfidf_config.json"
FILES = (TOPICS, CONFIG, POINTS, WEIGHTS, COUNTING)


@dataclass(frozen=True)
class Foreign:
    """What such a folder holds.

    documents : as many as there were, with nothing known of them
    outliers : (dim,) where the outliers lie; None without any
    config : BERTopic's own parameters, "embedding_model" among them where its name was saved
    counting : parameters of scikit-learn's CountVectorizer, None where terms were not saved
    """

    documents: Documents
    topics: Topics
    outliers: Float1d | None
    config: Mapping[str, Any] = field(default_factory=dict)
    weighting: Weighting = field(default_factory=Weighting)
    counting: Mapping[str, Any] | None = None


def is_theirs(folder: Path) -> bool:
    """Whether a folder looks like one of BERTopic's."""
    return (folder / TOPICS).exists() and (folder / CONFIG).exists() and not (folder / "model.json").exists()


def read(folder: Path) -> Foreign:
    """Read such a folder; counts are made again from the weights, where these were saved."""
    if not (folder / POINTS).exists():
        raise StoreError(
            f"{folder} has no {POINTS}: PyTorch's and pickled files can run code and are not read; save it again "
            'with model.save(folder, serialization="safetensors", save_ctfidf=True)'
        )
    from safetensors import SafetensorError

    try:
        return _read(folder)
    except StoreError:
        raise
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SafetensorError) as error:
        raise StoreError(
            f"{folder} cannot be read as a model of BERTopic's ({type(error).__name__}: {error}); save it again"
        ) from error


def _read(folder: Path) -> Foreign:
    from safetensors.numpy import load_file

    facts, config = _json(folder / TOPICS), _json(folder / CONFIG)
    words = {int(topic): rows for topic, rows in facts["topic_representations"].items()}
    ids = sorted(words)
    points = np.asarray(load_file(folder / POINTS)["topic_embeddings"], dtype=np.float32)
    if points.ndim != 2 or len(points) != len(ids):
        raise StoreError(f"{folder}: {len(ids)} topics came with embeddings of shape {points.shape}")
    first = int(ids[:1] == [-1])
    shown = np.array(ids[first:], dtype=np.int64)
    counts, vocabulary, weighting, counting = _counted(folder, len(ids))
    assignment = _rows(np.asarray(facts["topics"], dtype=np.int64), shown, folder)
    aspects = {MAIN: _aspect(words, shown)}
    for name, rows in (facts.get("topic_aspects") or {}).items():
        if isinstance(rows, dict):
            aspects[name] = _aspect({int(topic): said for topic, said in rows.items()}, shown)
        else:
            log.warning("the pictures of %s's topics (%s) are not read", folder, name)
    topics = Topics(
        assignment=assignment,
        strength=(assignment >= 0).astype(np.float32),
        term_counts=sparse.csr_matrix(counts[first:]),
        background=np.asarray(counts.sum(axis=0)).ravel(),
        vocabulary=vocabulary,
        centroids=points[first:],
        aspects=aspects,
        labels=_labels(facts, ids, first),
        origin={int(topic): row for row, topic in enumerate(shown)},
    )
    docs = Documents([""] * len(assignment))
    return Foreign(docs, topics, points[0] if first else None, config, weighting, counting)


def _counted(folder: Path, n_rows: int) -> tuple[Csr, np.ndarray[Any, Any], Weighting, dict[str, Any] | None]:
    """Counts of terms per topic, outliers first where there are any, the terms, and how both were made."""
    from safetensors.numpy import load_file

    if not (folder / WEIGHTS).exists() or not (folder / COUNTING).exists():
        log.warning(
            "%s was saved without save_ctfidf=True: of its words only the keywords are known, so topics "
            "cannot be merged, split or compared by their words",
            folder,
        )
        return sparse.csr_matrix((n_rows, 0), dtype=np.int64), np.empty(0, dtype=object), Weighting(), None
    arrays, facts = load_file(folder / WEIGHTS), _json(folder / COUNTING)
    shape = tuple(int(size) for size in arrays["shape"])
    weights = sparse.csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape=shape)
    index = facts["vectorizer_model"]["vocab"]
    if shape != (n_rows, len(index)) or len(arrays["diag"]) != len(index):
        raise StoreError(
            f"{folder}: {n_rows} topics and {len(index)} terms came with weights of shape {shape}"
        )
    vocabulary = np.empty(len(index), dtype=object)
    for term, column in index.items():
        vocabulary[int(column)] = term
    how = facts["ctfidf_model"]
    weighting = Weighting(
        bm25=bool(how["bm25_weighting"]), reduce_frequent=bool(how["reduce_frequent_words"])
    )
    counts = counts_behind(weights, arrays["diag"], reduced=weighting.reduce_frequent)
    return counts, vocabulary, weighting, dict(facts["vectorizer_model"]["params"])


def counts_behind(weights: Csr, idf: Float1d, *, reduced: bool = False) -> Csr:
    """The counts that c-TF-IDF was made of: a weight is the term's share of its topic, times its idf.

    reduced : the square root of the share was taken
    returns : whole counts where all shares of a topic are multiples of one number, as they are unless a vectorizer
        let old counts decay; else the shares, the least of them as 1

    >>> counts_behind(sparse.csr_matrix([[0.25 * 2, 0.75 * 3]]), np.array([2.0, 3.0])).toarray().tolist()
    [[1, 3]]
    """
    share = sparse.csr_matrix(weights, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share.data = np.nan_to_num(share.data / np.asarray(idf, dtype=np.float64)[share.indices])
    if reduced:
        share.data = share.data**2
    share.eliminate_zeros()
    share.sort_indices()
    counts = [_whole(share.data[a:b]) for a, b in zip(share.indptr[:-1], share.indptr[1:], strict=True)]
    data = np.concatenate([np.empty(0), *counts])
    whole = np.abs(data - np.round(data)).max(initial=0) < 1e-3
    share.data = np.round(data).astype(np.int64) if whole else data
    return share


def _whole(share: Float1d) -> Float1d:
    """Shares times the least number that makes all of them whole; the least common count is seldom above 1."""
    if not len(share):
        return share
    for least in range(1, 9):
        counts = share * (least / share.min())
        if np.abs(counts - np.round(counts)).max() < 1e-3:
            return np.asarray(np.round(counts))
    return np.asarray(share / share.min())


def _rows(topics: Int1d, shown: Int1d, folder: Path) -> Int1d:
    """Rows of topics that may have been numbered with gaps."""
    rows = np.searchsorted(shown, topics)
    known = (rows < len(shown)) & (topics == np.append(shown, -2)[rows])
    if not (known | (topics == -1)).all():
        odd = topics[~known & (topics != -1)][0]
        raise StoreError(f"{folder}: a document has topic {odd}, of which nothing is told")
    return np.where(topics == -1, -1, rows)


def _aspect(rows: Mapping[int, Any], shown: Int1d) -> Aspect:
    """Keywords of each topic without the empty ones that they are filled up with."""
    aspect = []
    for topic in shown.tolist():
        pairs = ((str(word), float(weight)) for word, weight in rows.get(topic, ()))
        aspect.append(tuple((word, weight) for word, weight in pairs if word.strip()))
    return tuple(aspect)


def _labels(facts: Mapping[str, Any], ids: list[int], first: int) -> tuple[Label | None, ...]:
    """Names that people gave, or that were looked for; those made of number and keywords are no names."""
    made = facts.get("topic_labels") or {}
    given = facts.get("custom_labels") or ()
    given = given if len(given) == len(ids) else [None] * len(ids)
    labels: list[Label | None] = []
    for topic, custom in list(zip(ids, given, strict=True))[first:]:
        plain = str(made.get(str(topic)) or "")
        if custom and str(custom) != plain:
            labels.append(Label(str(custom)))
        else:
            labels.append(
                Label(plain, origin=Origin(Namer.ZERO_SHOT))
                if plain and not plain.startswith(f"{topic}_")
                else None
            )
    return tuple(labels)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
