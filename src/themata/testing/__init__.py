"""What every part promises, as checks that anyone can run over a part of their own.

    from themata import testing

    def test_my_embedder_keeps_its_promise():
        testing.check_embedder(MyEmbedder())

Each check uses the part as the pipeline does, over a small corpus and over odd ones, and raises an AssertionError that says
what came and what was expected. Nothing but the part is needed: neither pytest nor a network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from themata.core.errors import UnknownPartError
from themata.testing.points import (
    check_assigner,
    check_clusterer,
    check_embedder,
    check_foreseer,
    check_grouper,
    check_layout,
    check_learner,
    check_reducer,
    check_relater,
    check_word_embedder,
)
from themata.testing.powers import POWERS
from themata.testing.sample_corpus import Sample, sample
from themata.testing.seeders import check_image_embedder, check_placer, check_seeder
from themata.testing.words import (
    check_asker,
    check_borrower,
    check_chat,
    check_checkable,
    check_holding,
    check_labeler,
    check_layer_labeler,
    check_representer,
    check_tokens,
    check_vectorizer,
)

__all__ = [
    "SUITES",
    "Sample",
    "check",
    "check_asker",
    "check_assigner",
    "check_borrower",
    "check_chat",
    "check_checkable",
    "check_clusterer",
    "check_embedder",
    "check_foreseer",
    "check_grouper",
    "check_holding",
    "check_image_embedder",
    "check_labeler",
    "check_layer_labeler",
    "check_layout",
    "check_learner",
    "check_placer",
    "check_reducer",
    "check_relater",
    "check_representer",
    "check_seeder",
    "check_tokens",
    "check_vectorizer",
    "check_word_embedder",
    "sample",
]

# By the name of the promise
SUITES: dict[str, Callable[[Any], None]] = {
    name.removeprefix("check_"): suite for name, suite in globals().items() if name.startswith("check_")
} | POWERS


def check(kind: str, part: Any) -> None:
    """Check a part by the name of its promise.

    >>> from themata.reduce.pca import PCA
    >>> check("reducer", PCA(3))
    """
    if kind not in SUITES:
        raise UnknownPartError("promise", kind, SUITES)
    SUITES[kind](part)
