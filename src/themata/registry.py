"""Names of parts: "minilm" instead of Sentence("minilm"). Other packages add their own by entry points.

An entry point in the group `themata.<kind>` (themata.embedder, themata.chat, ...) makes a name known:

    [project.entry-points."themata.embedder"]
    mine = "my_package.module:MyEmbedder"
"""

from __future__ import annotations

import inspect
import json
import logging
import os
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from themata import protocols
from themata.errors import InputError, UnknownPartError
from themata.homes import HOMES, PARTS

log = logging.getLogger(__name__)

# kind -> name -> public name, where a name after "=" is handed on as the first argument
_OURS: dict[str, dict[str, str]] = {
    "embedder": {
        "minilm": "Sentence=minilm",
        "sentence": "Sentence",
        "static": "Static",
        "openai": "OpenAIEmbedder",
        "lexical": "Lexical",
        "clip": "Clip",
    },
    "vectorizer": {"words": "Words"},
    "relater": {"two_views": "TwoViews"},
    "grouper": {
        "communities": "Communities",
        "classic": "ReduceThenCluster",
    },
    "seeder": {
        "zero_shot": "ZeroShot",
        "words": "SeedWords",
        "classes": "Classes",
        "both": "Both",
    },
    "reducer": {"umap": "UMAP", "pca": "PCA"},
    "clusterer": {
        "hdbscan": "HDBSCAN",
        "kmeans": "KMeans",
    },
    "representer": {
        "keybert": "KeyBERT",
        "mmr": "MMR",
        "pos": "PartOfSpeech",
    },
    "labeler": {
        "phrases": "Phrases",
        "llm": "LLM",
    },
    "layout": {
        "multilevel": "Multilevel",
        "umap": "UMAPLayout",
    },
    "chat": {
        "transformers": "Transformers",
        "openai": "OpenAIChat",
        "llamacpp": "LlamaCpp",
        "vllm": "VLLM",
        "litellm": "LiteLLM",
        "echo": "Echo",
    },
}


_PROMISES = {
    "embedder": protocols.Embedder,
    "vectorizer": protocols.Vectorizer,
    "relater": protocols.Relater,
    "grouper": protocols.Grouper,
    "seeder": protocols.Seeder,
    "reducer": protocols.Reducer,
    "clusterer": protocols.Clusterer,
    "representer": protocols.Representer,
    "labeler": protocols.Labeler,
    "layout": protocols.Layout,
    "chat": protocols.Chat,
}


def known(kind: str) -> dict[str, str]:
    """Names of a kind of part and where each lives, ours and other packages'."""
    others = {point.name: point.value for point in entry_points(group=f"themata.{kind}")}
    return {**others, **{name: f"themata:{public}" for name, public in _OURS.get(kind, {}).items()}}


def make(kind: str, part: Any, **options: Any) -> Any:
    """The part of this name; anything that is not a string is the part itself.

    part : "name" or "name:argument", as in "static:my/model"; for an embedder and a chat also the name or folder of
        a model
    options : for the part's constructor, used only when it is made from its name

    >>> make("relater", "two_views", lexical=0.0).lexical
    0.0
    """
    if not isinstance(part, str):
        return _promising(kind, part)
    name, _, argument = part.partition(":")
    places = known(kind)
    if name not in places:
        name, argument = _by_model_name(kind, part, places), part
    place, _, given = places[name].partition("=")
    module, _, attribute = place.partition(":")
    first = [value for value in (given or argument,) if value]
    made = getattr(import_module(module), attribute)
    lacking = None if first else _needed(made)
    if lacking is not None and lacking not in options:
        raise InputError(f"the {kind} {name!r} needs its {lacking}: {name}:{lacking.upper()}")
    return made(*first, **options)


_LATER = {("vectorizer", "transform")}  # a fit does without it

# What makes a part of a kind from another library's object
_ADOPTED = {"embedder": "themata.parts.embed.adopted:adopt"}


def _promising(kind: str, part: Any) -> Any:
    """The part itself, or what is made of it, once it has the methods that its kind promises; None passes."""
    if kind in _ADOPTED:
        module, _, attribute = _ADOPTED[kind].partition(":")
        part = getattr(import_module(module), attribute)(part)
    if part is None:
        return part
    methods = [
        name for name, one in vars(_PROMISES[kind]).items() if not name.startswith("_") and callable(one)
    ]
    lacking = [name for name in methods if not hasattr(part, name) and (kind, name) not in _LATER]
    if lacking:
        raise InputError(
            f"{part!r:.60} is no {kind}: it has no {' and no '.join(lacking)} (a name is one of {', '.join(known(kind))})"
        )
    return part


def _needed(made: Any) -> str | None:
    """The first parameter of a constructor, where there is no doing without it."""
    first = next(iter(inspect.signature(made).parameters.values()), None)
    plain = first is not None and first.kind is first.POSITIONAL_OR_KEYWORD
    return first.name if first is not None and plain and first.default is first.empty else None


# A part whose first argument names a model: an unknown name is taken for a model's when it can be one
_OF_MODELS = {"embedder": "sentence", "chat": "transformers"}


def _by_model_name(kind: str, part: str, places: dict[str, str]) -> str:
    looks_like_a_model = any(sign in part for sign in "/\\-._") or os.path.isdir(part)
    if kind not in _OF_MODELS or not looks_like_a_model:
        models = "a model is named by a folder that is there, or as owner/name" if kind in _OF_MODELS else ""
        raise UnknownPartError(kind, part, places, models)
    return _OF_MODELS[kind]


# A saved model names its parts; only these are ever made from a name found in a file
_FAMILIAR = tuple(
    f"themata.familiar.{name}:"
    for name in ("representation", "vectorizers", "road", "cluster", "dimensionality")
)
_THEIRS = (
    "sklearn.feature_extraction.text:CountVectorizer",
    "sklearn.cluster.",
    "sklearn.decomposition.",
    "umap.umap_:UMAP",
    "hdbscan.hdbscan_:HDBSCAN",
)
_SECRET = ("key", "token", "password", "secret")


def describe(part: Any) -> Any:
    """What a saved model tells of a part: plain values as they are, an object by its class and its parameters.

    Parameters that JSON cannot hold, and all that could be a secret, are left out.

    >>> from themata import PCA
    >>> describe(PCA(2))
    {'part': 'themata:PCA', 'options': {'n_components': 2, 'random_state': 42}}
    """
    if part is None or isinstance(part, str | bool | int | float):
        return part
    if isinstance(part, list | tuple):
        return [describe(one) for one in part]
    if isinstance(part, dict):
        return {"parts": {str(name): describe(one) for name, one in part.items()}}
    return {"part": public_name(type(part)), "options": _options(part)}


def public_name(kind: type) -> str:
    """How a file names a class: without the file it is in where it is ours, so that it may move.

    >>> from themata.parts.reduce.umap import UMAP
    >>> public_name(UMAP)
    'themata:UMAP'
    """
    module, name = kind.__module__, kind.__qualname__
    if HOMES.get(name) == module:
        return f"themata:{name}"
    if module.startswith("themata.familiar."):  # its namespaces are those of BERTopic, and stay
        module = ".".join(module.split(".")[:3])
    return f"{module}:{name}"


def restore(described: Any) -> Any:
    """The part again, or None where its class is not one that themata makes from a name."""
    if isinstance(described, list):
        return [restore(one) for one in described]
    if not isinstance(described, dict):
        return described
    if "parts" in described:
        return {name: restore(one) for name, one in described["parts"].items()}
    place = described.get("part", "")
    if not _may_be_made(place):
        log.warning("the saved model's %s is not made from a file: hand it over yourself to use it", place)
        return None
    module, _, attribute = place.partition(":")
    options = {name: restore(value) for name, value in described.get("options", {}).items()}
    try:
        kind = getattr(import_module(module), attribute)
        if (
            not isinstance(kind, type) or public_name(kind) != place
        ):  # only what `describe` could have told of
            raise TypeError(f"{attribute} is no class of {module}")
        return kind(**options)
    except (TypeError, ImportError, AttributeError) as error:
        log.warning("the saved model's %s cannot be made again: %s", place, error)
        return None


def left_out(name: str, part: Any) -> list[str]:
    """What a saved model cannot hold of a part: functions, and objects of classes that no file may name.

    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> left_out("vectorizer", CountVectorizer(tokenizer=str.split, min_df=2))
    ["vectorizer's tokenizer (split)"]
    """
    if isinstance(part, list | tuple):
        return [told for one in part for told in left_out(name, one)]
    if isinstance(part, dict):
        return [told for key, one in part.items() for told in left_out(f"{name} {key!r}", one)]
    if _is_saved(describe(part)):
        return [told for option, one in _given(part).items() for told in left_out(f"{name}'s {option}", one)]
    return [f"{name} ({getattr(part, '__name__', type(part).__name__)})"]


def without_addresses(described: Any) -> Any:
    """A description in which no part speaks to an address: whoever shares a model chooses no server for others.

    Texts and keys of the one who loads it would go there. Such a part is None, as one that must be handed over.
    """
    if isinstance(described, list):
        return [without_addresses(one) for one in described]
    if not isinstance(described, dict):
        return described
    if "parts" in described:
        return {**described, "parts": {k: without_addresses(v) for k, v in described["parts"].items()}}
    if "://" in json.dumps(described):
        log.warning(
            "the shared model's %s speaks to a server and is not made: hand one over yourself",
            described.get("part"),
        )
        return None
    return described


def _may_be_made(place: str) -> bool:
    module, _, name = place.partition(":")
    if module == "themata":
        return name in PARTS
    return place.startswith((*_FAMILIAR, *_THEIRS)) or place in _entry_points()


def _entry_points() -> list[str]:
    kinds = [entry_points(group=f"themata.{kind}") for kind in _OURS]
    return [point.value for points in kinds for point in points]


def _options(part: Any) -> dict[str, Any]:
    """The constructor's arguments as the part keeps them, by the convention of one attribute for each."""
    told = {name: describe(getattr(part, name)) for name in _named(part) if hasattr(part, name)}
    return {name: value for name, value in told.items() if _is_plain(value)}


def _given(part: Any) -> dict[str, Any]:
    """The arguments that are not as the constructor would have them anyway, but for the vocabulary, kept elsewhere."""
    if part is None or isinstance(part, str | bool | int | float):
        return {}
    named = {name: default for name, default in _named(part).items() if hasattr(part, name)}
    found = {name: getattr(part, name) for name in named if name != "vocabulary"}
    return {name: value for name, value in found.items() if value is not named[name]}


def _named(part: Any) -> dict[str, Any]:
    """{argument of the constructor: its default}; none that could be a secret."""
    try:
        named = inspect.signature(type(part).__init__).parameters
    except (TypeError, ValueError):  # a class written in C
        return {}
    return {name: one.default for name, one in named.items() if name != "self" and not name.endswith(_SECRET)}


def _is_saved(described: Any) -> bool:
    """Whether a description makes the part again."""
    if not isinstance(described, dict):
        return _is_plain(described)
    return _may_be_made(described.get("part", ""))


def _is_plain(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, dict) or _may_be_made(value.get("part", ""))
