"""Checks of parts that know topics before they are found, and of embedders of images."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.protocols import Seeds
from themata.testing.sample_corpus import Letters, promise, promised, sample, untouched

HOLDS = ("alone", "together", "loosely")


def check_seeder(part: Any) -> None:
    """A seeder: a seed or -1 per document, an id and a name or None per seed, the same each time."""
    holds = promised(part, "seed")
    docs = sample().documents
    before = untouched(docs.embeddings)
    seeds, again = part.seed(docs, Letters()), part.seed(docs, Letters())
    holds(untouched(docs.embeddings) == before, "changed embeddings", "what it was given left alone")
    holds(isinstance(seeds, Seeds), type(seeds).__name__, "Seeds")
    assignment, ids = np.asarray(seeds.assignment), np.asarray(seeds.ids)
    n_seeds = len(ids)
    whole = assignment.shape == (docs.n_docs,) and assignment.dtype.kind in "iu"
    holds(whole, f"{assignment.shape} of {assignment.dtype}", f"({docs.n_docs},) whole numbers")
    holds(assignment.min() >= -1 and assignment.max() < n_seeds, "places of no seed", f"-1 to {n_seeds - 1}")
    holds(len(set(ids.tolist())) == n_seeds and (ids >= 0).all(), f"ids {ids}", "different ones from 0")
    holds(len(seeds.names) == n_seeds, f"{len(seeds.names)} names", f"{n_seeds}")
    holds(seeds.hold in HOLDS, f"hold {seeds.hold!r}", " or ".join(HOLDS))
    holds((assignment == np.asarray(again.assignment)).all(), "other seeds the second time", "the same")
    if seeds.strength is not None:
        _strong(part, "seed", np.asarray(seeds.strength), docs.n_docs)
    if seeds.hold == "loosely":
        shape = np.shape(seeds.points)
        assert docs.embeddings is not None
        holds(shape == (n_seeds, docs.embeddings.shape[1]), f"points {shape}", "one for each seed")
        holds(0 <= seeds.pull <= 1, f"a pull of {seeds.pull}", "0..1")


def check_placer(part: Any) -> None:
    """A seeder that places new documents: by ids of its seeds, those of the fit where they were."""
    holds = promised(part, "place")
    docs = sample().documents
    assert docs.embeddings is not None
    seeds = part.seed(docs, Letters())
    ids, strength = (np.asarray(values) for values in part.place(docs.embeddings))
    holds(ids.shape == (docs.n_docs,), f"ids of {ids.shape}", "one for each document")
    holds(set(ids.tolist()) <= {-1, *np.asarray(seeds.ids).tolist()}, "ids of no seed", "its own, or -1")
    _strong(part, "place", strength, docs.n_docs)
    were = np.where(seeds.assignment >= 0, np.append(seeds.ids, -1)[seeds.assignment], -1)
    holds((ids == were).mean() >= 0.95, "documents of the fit elsewhere", "95 % where they were")


def check_image_embedder(part: Any) -> None:
    """An embedder of images: a finite row per image, as wide as those of texts, whatever stands beside it."""
    holds = promised(part, "encode_images")
    from PIL import Image

    images = [Image.new("RGB", (24 + i, 16), (40 * i, 255 - 40 * i, 90)) for i in range(5)]
    points = np.asarray(part.encode_images(images))
    texts = np.asarray(part.encode(["a text"]))
    holds(points.shape == (5, texts.shape[1]), f"{points.shape}", f"(5, {texts.shape[1]})")
    holds(np.isfinite(points).all(), "NaN or infinity", "finite numbers")
    turned = np.asarray(part.encode_images(images[::-1]))[::-1]
    holds(np.allclose(points, turned, atol=1e-3), "other points in another order", "row i for image i")


def _strong(part: Any, method: str, strength: np.ndarray[Any, Any], n: int) -> None:
    bounded = strength.shape == (n,) and ((strength >= 0) & (strength <= 1)).all()
    promise(bounded, part, method, "other strengths", "one in 0..1 per document")
