"""What a seeder says of topics: looked at, and its points put where documents are drawn to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from themata.core.documents import Documents
from themata.core.errors import PartError
from themata.core.graph import unit_rows
from themata.core.protocols import Seeds


def checked_seeds(part: object, seeds: Any, n_docs: int) -> Seeds:
    """What a seeder returned."""
    if not isinstance(seeds, Seeds):
        raise PartError(part, "seed", f"{seeds!r:.60}", "Seeds(assignment, ids, names)")
    places = np.asarray(seeds.assignment)
    n_seeds = len(seeds.ids)
    if places.shape != (n_docs,) or (n_docs and not -1 <= places.min() <= places.max() < n_seeds):
        raise PartError(
            part,
            "seed",
            f"assignment of shape {places.shape}",
            f"a seed of {n_seeds}, or -1, for each of {n_docs}",
        )
    if len(seeds.names) != n_seeds:
        raise PartError(
            part, "seed", f"{len(seeds.names)} names", f"one for each of {n_seeds} seeds, or None"
        )
    return seeds


def drawn(docs: Documents, seeds: Seeds | None) -> Documents:
    """The documents as they are to be grouped: a copy of the embeddings, drawn to the seeds by loose ones."""
    if seeds is not None and seeds.rest is not None:
        seeds = seeds.rest
    if seeds is None or seeds.hold != "loosely" or docs.embeddings is None or seeds.points is None:
        return docs
    inside = np.flatnonzero(seeds.assignment >= 0)
    points = unit_rows(docs.embeddings) if len(inside) else docs.embeddings
    if len(inside):
        points[inside] = (1 - seeds.pull) * points[inside] + seeds.pull * seeds.points[
            seeds.assignment[inside]
        ]
    return docs.having(embeddings=points)
