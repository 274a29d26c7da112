"""Checks of parts that know topics before they are found, and of embedders of images."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.protocols import Seeds
from themata.testing.sample_corpus import Letters, promise, sample, untouched

HOLDS = ("alone", "together", "loosely")


def check_seeder(part: Any) -> None:
    """A seeder: a seed or -1 per document, an id and a name or None per seed, the same each time."""
    docs = sample().documents
    before = untouched(docs.embeddings)
    seeds, again = part.seed(docs, Letters()), part.seed(docs, Letters())
    promise(
        untouched(docs.embeddings) == before,
        part,
        "seed",
        "changed embeddings",
        "what it was given left alone",
    )
    promise(isinstance(seeds, Seeds), part, "seed", type(seeds).__name__, "Seeds")
    assignment, ids = np.asarray(seeds.assignment), np.asarray(seeds.ids)
    n_seeds = len(ids)
    whole = assignment.shape == (docs.n_docs,) and assignment.dtype.kind in "iu"
    promise(
        whole, part, "seed", f"{assignment.shape} of {assignment.dtype}", f"({docs.n_docs},) whole numbers"
    )
    promise(
        assignment.min() >= -1 and assignment.max() < n_seeds,
        part,
        "seed",
        "places of no seed",
        f"-1 to {n_seeds - 1}",
    )
    promise(
        len(set(ids.tolist())) == n_seeds and (ids >= 0).all(),
        part,
        "seed",
        f"ids {ids}",
        "different ones from 0",
    )
    promise(len(seeds.names) == n_seeds, part, "seed", f"{len(seeds.names)} names", f"{n_seeds}")
    promise(seeds.hold in HOLDS, part, "seed", f"hold {seeds.hold!r}", " or ".join(HOLDS))
    promise(
        (assignment == np.asarray(again.assignment)).all(),
        part,
        "seed",
        "other seeds the second time",
        "the same",
    )
    if seeds.strength is not None:
        _strong(part, "seed", np.asarray(seeds.strength), docs.n_docs)
    if seeds.hold == "loosely":
        shape = np.shape(seeds.points)
        assert docs.embeddings is not None
        promise(
            shape == (n_seeds, docs.embeddings.shape[1]), part, "seed", f"points {shape}", "one for each seed"
        )
        promise(0 <= seeds.pull <= 1, part, "seed", f"a pull of {seeds.pull}", "0..1")


def check_placer(part: Any) -> None:
    """A seeder that places new documents: by ids of its seeds, those of the fit where they were."""
    docs = sample().documents
    assert docs.embeddings is not None
    seeds = part.seed(docs, Letters())
    ids, strength = (np.asarray(values) for values in part.place(docs.embeddings))
    promise(ids.shape == (docs.n_docs,), part, "place", f"ids of {ids.shape}", "one for each document")
    promise(
        set(ids.tolist()) <= {-1, *np.asarray(seeds.ids).tolist()},
        part,
        "place",
        "ids of no seed",
        "its own, or -1",
    )
    _strong(part, "place", strength, docs.n_docs)
    were = np.where(seeds.assignment >= 0, np.append(seeds.ids, -1)[seeds.assignment], -1)
    promise(
        (ids == were).mean() >= 0.95, part, "place", "documents of the fit elsewhere", "95 % where they were"
    )


def check_image_embedder(part: Any) -> None:
    """An embedder of images: a finite row per image, as wide as those of texts, whatever stands beside it."""
    from PIL import Image

    images = [Image.new("RGB", (24 + i, 16), (40 * i, 255 - 40 * i, 90)) for i in range(5)]
    points = np.asarray(part.encode_images(images))
    texts = np.asarray(part.encode(["a text"]))
    promise(
        points.shape == (5, texts.shape[1]),
        part,
        "encode_images",
        f"{points.shape}",
        f"(5, {texts.shape[1]})",
    )
    promise(np.isfinite(points).all(), part, "encode_images", "NaN or infinity", "finite numbers")
    turned = np.asarray(part.encode_images(images[::-1]))[::-1]
    promise(
        np.allclose(points, turned, atol=1e-3),
        part,
        "encode_images",
        "other points in another order",
        "row i for image i",
    )


def _strong(part: Any, method: str, strength: np.ndarray[Any, Any], n: int) -> None:
    bounded = strength.shape == (n,) and ((strength >= 0) & (strength <= 1)).all()
    promise(bounded, part, method, "other strengths", "one in 0..1 per document")
