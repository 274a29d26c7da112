"""What of a model goes into a saved folder, and the model again from there."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import Float1d
from themata.core.documents import Documents
from themata.core.part_descriptions import describe, left_out, restore, without_addresses
from themata.core.protocols import (
    ConfigurablePart,
    LearnedEmbedder,
    SettlingVectorizer,
    StoredEmbedder,
    StoredSeeder,
)
from themata.core.topics import Topics
from themata.languages.catalog import DEFAULT
from themata.pipeline.fit import Fitted
from themata.store import bertopic_folder
from themata.store import model_folder as store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Loaded:
    """What was fitted, the parameters of the model, and its vectorizer.

    embedder : the one that made the embeddings; None: the parameters name it
    outliers : (dim,) centroid of the outliers, where no document is known
    """

    fitted: Fitted
    parameters: Mapping[str, Any]
    vectorizer: Any
    embedder: Any = None
    outliers: Float1d | None = None


def saved_of(
    fitted: Fitted,
    parameters: Mapping[str, Any],
    vectorizer: Any,
    embedder: Any,
    outliers: Float1d | None = None,
) -> store.Saved:
    """Everything that transform and the tables need, as arrays and plain values."""
    states: dict[str, dict[str, np.ndarray[Any, Any]]] = {}
    seeder = parameters.get("seeder")
    if isinstance(seeder, StoredSeeder):
        states["seeder"], parameters = seeder.state(), {**parameters, "seeder": seeder.settled()}
    lost = _left_out(parameters, vectorizer)
    learned = isinstance(embedder, LearnedEmbedder) and embedder.has_learned
    if learned and not any(name_lost.startswith("embed") for name_lost in lost):
        name = "embedder" if parameters.get("familiar") is None else "embedding_model"
        lost.append(f"{name} (what {type(embedder.model).__name__} has learned)")
    if lost:
        log.warning("not saved, because no file may hold code: %s; %s", ", ".join(lost), _hand_over(lost))
    if isinstance(embedder, StoredEmbedder):
        states["embedder"] = embedder.state()
    if outliers is not None:
        states["outliers"] = {"centroid": outliers}
    # What one learned is among the states, with which it needs no other part
    is_whole = isinstance(embedder, StoredEmbedder) or not left_out("embedder", embedder)
    return store.Saved(
        documents=fitted.documents,
        topics=fitted.topics,
        graph=fitted.graph,
        parameters={
            **{name: describe(value) for name, value in parameters.items()},
            "fitted_vectorizer": _without_vocabulary(vectorizer),
            "fitted_embedder": describe(embedder) if is_whole else None,
            "left_out": lost,
        },
        states=states,
    )


def unfitted(parameters: Mapping[str, Any]) -> store.Saved:
    """The parameters of a model that has no topics yet."""
    nothing = Documents([])
    return saved_of(
        Fitted(nothing, Topics.of(nothing, []), None), {**parameters, "unfitted": True}, None, None
    )


def _without_vocabulary(vectorizer: Any) -> Any:
    """What is told of a vectorizer; the words that it knows are among the topics already."""
    described = describe(vectorizer.settled() if isinstance(vectorizer, SettlingVectorizer) else vectorizer)
    if isinstance(described, dict):
        described.get("options", {}).pop("vocabulary", None)
    return described


def _left_out(parameters: Mapping[str, Any], vectorizer: Any) -> list[str]:
    """What is not saved, by the names of the constructor that the user knows."""
    theirs = parameters.get("familiar")  # BERTopic's parameters are the same by other names
    named = {**parameters, "vectorizer": vectorizer} if theirs is None else theirs
    return [lost for name, value in named.items() for lost in left_out(name, value)]


def _hand_over(lost: Sequence[str]) -> str:
    first = re.split(r"[^\w]", lost[0])[0]
    return f"hand it over when loading, as in load(folder, {first}=...)"


def load_folder(path: str | Path, *, shared: bool = False) -> Loaded:
    """Read a folder of ours, or one that BERTopic wrote.

    shared : it came from somebody else, so that no part of it may speak to a server
    """
    if bertopic_folder.is_theirs(Path(path)):
        return _of_bertopic(Path(path))
    saved = store.load(path)
    described = dict(saved.parameters)
    if shared:
        described = {name: without_addresses(value) for name, value in described.items()}
    lost = described.pop("left_out", [])
    if lost:
        log.warning("the model was saved without %s; %s", ", ".join(lost), _hand_over(lost))
    said = {name.rpartition("(")[2].rstrip(")") for name in lost}
    fitted = Fitted(saved.documents, saved.topics, saved.graph)
    vectorizer = knowing(restore(described.pop("fitted_vectorizer", None), said), fitted)
    embedder = restore(described.pop("fitted_embedder", None), said)
    if isinstance(embedder, StoredEmbedder) and "embedder" in saved.states:
        embedder = embedder.from_state(saved.states["embedder"])
    parameters = {name: restore(value, said) for name, value in described.items()}
    seeder = parameters.get("seeder")
    if isinstance(seeder, StoredSeeder):
        parameters["seeder"] = seeder.with_state(saved.states.get("seeder", {}))
    outliers = saved.states.get("outliers", {}).get("centroid")
    return Loaded(fitted, parameters, vectorizer, embedder, outliers)


def knowing(vectorizer: Any, fitted: Fitted) -> Any:
    """A copy of a vectorizer with the vocabulary that the one before it had learned; None: one of ours."""
    from themata.words.vectorizer import Words

    of_documents = fitted.documents.vocabulary
    known = (fitted.topics.vocabulary if of_documents is None else of_documents).tolist()
    if vectorizer is None:
        return Words(vocabulary=known)
    if not isinstance(vectorizer, ConfigurablePart):
        return vectorizer
    return copy(vectorizer).set_params(vocabulary=known)


def _of_bertopic(folder: Path) -> Loaded:
    foreign = bertopic_folder.read(folder)
    parameters = {
        "embedder": foreign.config.get("embedding_model"),
        "weighting": foreign.weighting,
        "top_n_words": int(foreign.config.get("top_n_words") or 10),
        "labeler": None,
        "layout": None,
    }
    vectorizer = _counter(foreign.counting, foreign.topics.vocabulary.tolist())
    return Loaded(
        Fitted(foreign.documents, foreign.topics, None), parameters, vectorizer, outliers=foreign.outliers
    )


def _counter(options: Mapping[str, Any] | None, vocabulary: list[str]) -> Any:
    """The CountVectorizer that a folder tells of; its own functions (tokenizer, preprocessor) are in no folder."""
    from themata.words.vectorizer import Words

    if options is None:
        return Words(DEFAULT, vocabulary=vocabulary)
    from sklearn.feature_extraction.text import CountVectorizer

    known = {name: value for name, value in options.items() if name in CountVectorizer().get_params()}
    known |= {"ngram_range": tuple(options.get("ngram_range", (1, 1))), "vocabulary": vocabulary}
    return CountVectorizer(**known)
