"""What of a model goes into a saved folder, and the model again from there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from themata.pipeline.fit import Fitted
from themata.registry import describe, restore
from themata.store import folder as store


def saved_of(fitted: Fitted, parameters: Mapping[str, Any], vectorizer: Any, embedder: Any) -> store.Saved:
    """Everything that transform and the tables need, as arrays and plain values."""
    states: dict[str, dict[str, np.ndarray[Any, Any]]] = {}
    if hasattr(embedder, "state"):
        states["embedder"] = embedder.state()
    return store.Saved(
        documents=fitted.documents,
        topics=fitted.topics,
        graph=fitted.graph,
        parameters={
            **{name: describe(value) for name, value in parameters.items()},
            "fitted_vectorizer": describe(
                vectorizer.settled() if hasattr(vectorizer, "settled") else vectorizer
            ),
            "fitted_embedder": describe(embedder),
        },
        states=states,
    )


def save(path: str | Path, saved: store.Saved, *, overwrite: bool) -> None:
    store.save(path, saved, overwrite=overwrite)


def load(path: str | Path) -> tuple[Fitted, dict[str, Any], Any, Any]:
    """returns : what was fitted, the model's parameters, its vectorizer and the embedder that made the embeddings"""
    saved = store.load(path)
    told = dict(saved.parameters)
    vectorizer = _with_vocabulary(told.pop("fitted_vectorizer", None), saved)
    embedder = restore(told.pop("fitted_embedder", None))
    if embedder is not None and "embedder" in saved.states:
        embedder = type(embedder).from_state(saved.states["embedder"])
    parameters = {name: restore(value) for name, value in told.items()}
    return Fitted(saved.documents, saved.topics, saved.graph), parameters, vectorizer, embedder


def _with_vocabulary(told: Any, saved: store.Saved) -> Any:
    """The vectorizer with the vocabulary it had learned."""
    vectorizer = restore(told)
    if vectorizer is None or saved.documents.vocabulary is None:
        return vectorizer
    return vectorizer.set_params(vocabulary=saved.documents.vocabulary.tolist())
