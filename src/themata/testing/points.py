"""Checks of parts that make, relate, group and place points."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.core.graph import NeighborGraph, unit_rows
from themata.core.protocols import Clusters, Learner
from themata.core.topics import Topics
from themata.group.checked_clusters import clusters_of
from themata.pipeline import validation
from themata.testing.sample_corpus import ODD, promise, promised, sample, sample_graph, untouched

SAME = 0.99  # cosine: other batches, and bfloat16, change less


def check_embedder(part: Any) -> None:
    """An embedder: a finite row per text, the same for the same text whatever stands beside it."""
    holds = promised(part, "encode")
    texts = list(sample(30).documents.texts)
    if isinstance(part, Learner):
        part.learn(texts)
    given = list(texts)
    points = _encoded(part, texts)
    holds(texts == given, "another list back", "the caller's list left alone")
    alone = _encoded(part, texts[:1])
    holds(_cosine(points[0], alone[0]) > SAME, "another point alone", "the same in any batch")
    turned = _encoded(part, texts[::-1])[::-1]
    holds(
        min(_cosine(a, b) for a, b in zip(points, turned, strict=True)) > SAME,
        "other points in another order",
        "row i for text i",
    )
    odd = _encoded(part, ODD)
    holds(odd.shape[1] == points.shape[1], f"{odd.shape[1]} columns", f"{points.shape[1]}")


def check_learner(part: Any) -> None:
    """An embedder that learns from the corpus: from the latest one alone, and without writing to it."""
    holds = promised(part, "learn")
    texts, others = list(sample(30).documents.texts), [f"another word {i}" for i in range(30)]
    part.learn(texts)
    first = _encoded(part, texts)
    part.learn(others)
    given = list(texts)
    part.learn(texts)
    holds(texts == given, "another list back", "the caller's list left alone")
    again = _encoded(part, texts)
    same = first.shape == again.shape and min(_cosine(a, b) for a, b in zip(first, again, strict=True)) > SAME
    holds(same, "other points after another corpus between", "what was learned before forgotten")


def check_word_embedder(part: Any) -> None:
    """An embedder of words: a finite row per word, of as many columns as the documents'."""
    holds = promised(part, "encode_words")
    texts = list(sample(30).documents.texts)
    if isinstance(part, Learner):
        part.learn(texts)
    words = texts[0].split()
    points = np.asarray(part.encode_words(words))
    expected = (len(words), _encoded(part, texts).shape[1])
    holds(points.shape == expected, f"shape {points.shape}", f"{expected}")
    holds(bool(np.isfinite(points).all()), "NaN or infinity", "finite numbers")


def check_reducer(part: Any) -> None:
    """A reducer: a finite row per point, as many columns for new points."""
    fit_transform_holds = promised(part, "fit_transform")
    points = sample().documents.embeddings
    assert points is not None
    before = untouched(points)
    low = np.asarray(part.fit_transform(points))
    _finite(part, "fit_transform", low, len(points))
    fit_transform_holds(low.shape[1] <= points.shape[1], f"{low.shape[1]} columns", "no more than before")
    new = np.asarray(part.transform(points[:7]))
    _finite(part, "transform", new, 7)
    promise(new.shape[1] == low.shape[1], part, "transform", f"{new.shape[1]} columns", f"{low.shape[1]}")
    fit_transform_holds(untouched(points) == before, "changed points", "the caller's array left alone")


def check_clusterer(part: Any) -> None:
    """A clusterer: a whole number per point, -1 for outliers, and points apart kept apart."""
    holds = promised(part, "fit")
    made = sample()
    points = made.documents.embeddings
    assert points is not None
    before = untouched(points)
    part.fit(points)
    labels = np.asarray(part.labels_)
    _whole(part, "labels_", labels, len(points))
    holds(untouched(points) == before, "changed points", "the caller's array left alone")
    inside = labels >= 0
    pure = all(len(np.unique(made.labels[labels == group])) == 1 for group in np.unique(labels[inside]))
    expected = "groups across three clear clusters"
    holds(pure or len(np.unique(labels[inside])) < 3, expected, "each within one of them")


def check_relater(part: Any) -> None:
    """A relater: symmetric weights in 0..1, nobody its own neighbor, the same graph each time."""
    holds = promised(part, "relate")
    made = sample()
    graph = part.relate(made.documents)
    _graph(part, graph, made.documents.n_docs)
    again = part.relate(made.documents)
    holds((graph.weights != again.weights).nnz == 0, "another graph the second time", "the same")
    inside = graph.weights.tocoo()
    share = inside.data[made.labels[inside.row] == made.labels[inside.col]].sum() / max(
        inside.data.sum(), 1e-9
    )
    holds(share > 0.6, f"{share:.0%} of weight within the subjects", "most of it")
    for n in (1, 2, 5):
        few = made.documents.take(range(n))
        _graph(part, part.relate(few), n)
    alike = made.documents.take([0] * 30)
    _graph(part, part.relate(alike), 30)


def check_foreseer(part: Any) -> None:
    """A relater or a grouper that looks ahead: told what it saw, or that it saw nothing, it answers as it does untold."""
    made = sample()
    early = made.documents.having(terms=None)
    graphs: tuple[NeighborGraph, ...] = ()
    if hasattr(part, "relate"):
        method, ask = "relate", part.relate
    else:
        method, ask, graphs = "group", part.group, (made.graph,)
    untold = vars(ask(made.documents, *graphs))
    for seen in (part.foresee(early, *graphs), None):
        product = vars(ask(made.documents, *graphs, foreseen=lambda seen=seen: seen))
        same = all(_same(product[name], value) for name, value in untold.items())
        promise(same, part, method, f"another answer when told {seen!r:.40}", "the same as untold")


def check_grouper(part: Any) -> None:
    """A grouper: a group or -1 per document, layers nested from fine to coarse, the same groups each time."""
    holds = promised(part, "group")
    made = sample()
    docs, graph = made.documents, made.graph
    before = untouched(docs.embeddings, graph.weights.data)
    clusters = _grouped(part, docs, graph)
    holds(
        untouched(docs.embeddings, graph.weights.data) == before,
        "changed documents or graph",
        "what it was given left alone",
    )
    again = _grouped(part, docs, graph)
    holds((clusters.labels == again.labels).all(), "other groups the second time", "the same")
    fine = clusters.labels
    for place, layer in enumerate(clusters.layers):
        _whole(part, "group", np.asarray(layer), docs.n_docs)
        if place:
            holds(_nested(clusters.layers[place - 1], layer), f"layer {place} across", "nested layers")
    holds(len(np.unique(fine[fine >= 0])) >= 1, "no group in three clear clusters", "some")


def check_assigner(part: Any) -> None:
    """A grouper that places new documents itself: by ids it has given, most fitted ones where they were."""
    holds = promised(part, "assign")
    made = sample()
    clusters = _grouped(part, made.documents, made.graph)
    assert made.documents.embeddings is not None
    ids, strength = part.assign(made.documents.embeddings)
    ids, strength = np.asarray(ids), np.asarray(strength)
    _whole(part, "assign", ids, made.documents.n_docs)
    known = set(np.unique(clusters.labels).tolist()) | {-1}
    holds(set(ids.tolist()) <= known, "ids that group never gave", "its own, or -1")
    inside = clusters.labels >= 0
    agreed = float((ids[inside] == clusters.labels[inside]).mean()) if inside.any() else 1.0
    holds(agreed >= 0.8, f"{agreed:.0%} of fitted documents their group", "80 % or more")
    bounded = strength.shape == ids.shape and ((strength >= 0) & (strength <= 1)).all()
    holds(bounded, "other strengths", "one in 0..1 per document")
    holds(len(part.assign(made.documents.embeddings[:0])[0]) == 0, "ids for nothing", "none")


def check_layout(part: Any) -> None:
    """A layout: two finite coordinates per document, the same each time, for few and equal documents too."""
    made = sample()
    placed = _placed(part, made.documents, made.graph, made.topics)
    again = _placed(part, made.documents, made.graph, made.topics)
    promise((placed == again).all(), part, "lay_out", "other places the second time", "the same")
    for rows in ([0], [0, 1], [0, 1, 2, 3, 4], [0] * 30):
        few = made.documents.take(rows)
        _placed(part, few, sample_graph(few), Topics.of(few, np.zeros(len(rows), dtype=int)))
    none = Topics.of(made.documents, np.full(made.documents.n_docs, -1))
    _placed(part, made.documents, made.graph, none)


def _encoded(part: Any, texts: list[str]) -> np.ndarray[Any, Any]:
    points = np.asarray(part.encode(texts))
    _finite(part, "encode", points, len(texts))
    return points


def _same(first: Any, other: Any) -> bool:
    if first is None or other is None:
        return first is other
    if hasattr(first, "nnz"):
        return bool((first != other).nnz == 0)
    if isinstance(first, np.ndarray):
        return np.array_equal(first, other)
    return len(first) == len(other) and all(map(np.array_equal, first, other))


def _grouped(part: Any, docs: Documents, graph: NeighborGraph) -> Clusters:
    return clusters_of(part, docs, graph)


def _placed(part: Any, docs: Documents, graph: NeighborGraph, topics: Topics) -> np.ndarray[Any, Any]:
    return validation.coords(part, part.lay_out(docs, graph, topics), docs)


def _finite(part: Any, method: str, points: np.ndarray[Any, Any], n: int) -> None:
    holds = promised(part, method)
    shape = f"{points.shape} of {points.dtype}"
    holds(points.ndim == 2 and len(points) == n and points.dtype.kind == "f", shape, f"({n}, dim) floats")
    holds(np.isfinite(points).all(), "NaN or infinity", "finite numbers")


def _whole(part: Any, method: str, labels: np.ndarray[Any, Any], n: int) -> None:
    shape = f"{labels.shape} of {labels.dtype}"
    promise(labels.shape == (n,) and labels.dtype.kind in "iu", part, method, shape, f"({n},) whole numbers")


def _graph(part: Any, graph: Any, n: int) -> None:
    holds = promised(part, "relate")
    holds(isinstance(graph, NeighborGraph), type(graph).__name__, "a NeighborGraph")
    weights = graph.weights
    holds(weights.shape == (n, n), f"weights of {weights.shape}", f"({n}, {n})")
    holds(abs(weights - weights.T).max() < 1e-6 if n else True, "one-sided weights", "symmetry")
    holds(not weights.diagonal().any(), "loops", "nobody linked to themselves")
    bounded = not weights.nnz or 0 < weights.data.min() <= weights.data.max() <= 1 + 1e-6
    holds(bounded, "other weights", "weights in 0..1")
    near = np.asarray(graph.neighbors)
    shapes = f"neighbors {near.shape}, similarities {np.shape(graph.similarities)}"
    holds(
        near.ndim == 2 and len(near) == n and near.shape == np.shape(graph.similarities), shapes, "rows alike"
    )
    holds(not near.size or (near.min() >= -1 and near.max() < n), "other rows", "-1 or a document")
    holds(not (near == np.arange(n)[:, None]).any(), "a document as its own neighbor", "others")
    origin = np.asarray(graph.origin)
    holds(origin.shape == (n,) and (origin <= np.arange(n)).all(), "origins after their copies", "first ones")


def _nested(fine: Int1d, coarse: Int1d) -> bool:
    pairs = np.unique(np.stack([fine, coarse])[:, np.asarray(fine) >= 0], axis=1)
    return len(np.unique(pairs[0])) == int(pairs.shape[1])


def _cosine(first: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    if not first.any() and not other.any():
        return 1.0
    return float((unit_rows(first[None]) @ unit_rows(other[None]).T)[0, 0])
