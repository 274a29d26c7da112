"""Names of parts: "minilm" instead of Sentence("minilm"). Other packages add their own by entry points.

An entry point in the group `themata.<kind>` (themata.embedder, themata.chat, ...) makes a name known:

    [project.entry-points."themata.embedder"]
    mine = "my_package.module:MyEmbedder"
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import Any

from themata.core import protocols
from themata.core.errors import InputError, UnknownPartError
from themata.core.packaged_models import gguf_file

# kind -> name -> public name, where a name after "=" is handed on as the first argument
_OURS: dict[str, dict[str, str]] = {
    "embedder": {
        "minilm": "Sentence=minilm",
        "fast": "Student",
        "sentence": "Sentence",
        "static": "Static",
        "openai": "OpenAIEmbedder",
        "lexical": "Lexical",
        "clip": "Clip",
    },
    "vectorizer": {"words": "Words"},
    "relater": {"two_views": "TwoViews"},
    "grouper": {"communities": "Communities", "classic": "ReduceThenCluster"},
    "seeder": {"zero_shot": "ZeroShot", "words": "SeedWords", "classes": "Classes", "both": "Both"},
    "reducer": {"umap": "UMAP", "pca": "PCA"},
    "clusterer": {"hdbscan": "HDBSCAN", "kmeans": "KMeans"},
    "representer": {"keybert": "KeyBERT", "mmr": "MMR", "pos": "PartOfSpeech"},
    "labeler": {"phrases": "Phrases", "llm": "LLM"},
    "layout": {"multilevel": "Multilevel", "umap": "UMAPLayout"},
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
    name, argument = (
        _by_llama_cpp(*checked_name(kind, part), options) if kind == "chat" else checked_name(kind, part)
    )
    place, _, given = known(kind)[name].partition("=")
    module, _, attribute = place.partition(":")
    first = [value for value in (given or argument,) if value]
    made = getattr(import_module(module), attribute)
    lacking = None if first else _needed(made)
    if lacking is not None and lacking not in options:
        raise InputError(f"the {kind} {name!r} needs its {lacking}: {name}:{lacking.upper()}")
    return made(*first, **options)


def checked_name(kind: str, part: str) -> tuple[str, str]:
    """A part's name and its argument, without making it; a name that nothing has is an UnknownPartError.

    >>> checked_name("embedder", "static:my/model"), checked_name("embedder", "all-mpnet-base-v2")
    (('static', 'my/model'), ('sentence', 'all-mpnet-base-v2'))
    """
    name, _, argument = part.partition(":")
    places = known(kind)
    return (name, argument) if name in places else (_by_model_name(kind, part, places), part)


_LATER = {("vectorizer", "transform"), ("reducer", "transform")}  # a fit does without it

# What serves in the place of a method
_INSTEAD = {("reducer", "fit_transform"): ("transform",), ("clusterer", "fit"): ("partial_fit",)}

# What makes a part of a kind from another library's object
_ADOPTED = {"embedder": "themata.embed.third_party:adopt", "chat": "themata.chat.third_party:adopt"}


def _promising(kind: str, part: Any) -> Any:
    """The part itself, or what is made of it, once it has the methods that its kind promises; None passes."""
    if inspect.isclass(part):
        raise InputError(f"a class is no {kind}, make one of it: {part.__name__}(...)")
    if kind in _ADOPTED:
        module, _, attribute = _ADOPTED[kind].partition(":")
        part = getattr(import_module(module), attribute)(part)
    if part is None:
        return part
    methods = [
        name
        for name, member in vars(_PROMISES[kind]).items()
        if not name.startswith("_") and callable(member)
    ]
    lacking = [name for name in methods if not _has(kind, part, name)]
    if lacking:
        raise InputError(
            f"{part!r:.60} is no {kind}: it has no {' and no '.join(lacking)} (a name is one of {', '.join(known(kind))})"
        )
    return part


def _has(kind: str, part: Any, name: str) -> bool:
    """Whether a part has a method, or what serves in its place."""
    instead = _INSTEAD.get((kind, name), (name,))
    return hasattr(part, name) or (kind, name) in _LATER or all(hasattr(part, method) for method in instead)


def _needed(made: Any) -> str | None:
    """The first parameter of a constructor, where there is no doing without it."""
    first = next(iter(inspect.signature(made).parameters.values()), None)
    plain = first is not None and first.kind is first.POSITIONAL_OR_KEYWORD
    return first.name if first is not None and plain and first.default is first.empty else None


# A part whose first argument names a model: an unknown name is taken for a model's when it can be one
_OF_MODELS = {"embedder": "sentence", "chat": "transformers"}
_BARE = ("LaBSE",)  # models of sentence-transformers whose names are one word


def _by_model_name(kind: str, part: str, places: dict[str, str]) -> str:
    looks_like_a_model = any(sign in part for sign in "/\\-._") or part in _BARE or os.path.isdir(part)
    looks_like_a_model = looks_like_a_model or (kind == "chat" and gguf_file(part) is not None)
    if kind not in _OF_MODELS or not looks_like_a_model:
        models = "a model is named by a folder that is there, or as owner/name" if kind in _OF_MODELS else ""
        raise UnknownPartError(kind, part, places, models)
    return _OF_MODELS[kind]


def _by_llama_cpp(name: str, argument: str, options: Mapping[str, Any]) -> tuple[str, str]:
    """A GGUF file goes to llama.cpp where that is installed, and where nothing is wanted that only transformers does."""
    if name != "transformers" or "quantize" in options or find_spec("llama_cpp") is None:
        return name, argument
    file = gguf_file(argument)
    return (name, argument) if file is None else ("llamacpp", str(file))


def entry_point_places() -> list[str]:
    """Where the parts of other packages live, as "module:class"."""
    return [point.value for kind in _OURS for point in entry_points(group=f"themata.{kind}")]
