"""What a saved model tells of its parts, in JSON, and the parts again from there: every value of the type it had.

None, booleans, whole numbers, finite numbers, strings and lists are themselves. Everything else is an object:

    {"part": name of the class, "options": {name: value}, "arguments": [values without a name]}
    {"parts": {name: value}}, or {"pairs": [[key, value], ...]} where a key is no string
    {"tuple": [...]}, {"set": [...]}, {"frozenset": [...]}, {"path": text}, {"float": "nan"}
    {"scalar": value, "dtype": name}, {"array": rows, "dtype": name}, {"dtype": name}, {"type": name}
"""

from __future__ import annotations

import inspect
import json
import logging
import math
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from themata.core.public_names import HOMES, PARTS
from themata.core.registry import entry_point_places

log = logging.getLogger(__name__)

# A saved model names its parts; only these are ever made from a name found in a file. A BaseEstimator's constructor keeps
# its arguments and does nothing else
_FAMILIAR = tuple(
    f"themata.familiar.{name}"
    for name in (
        "representation:", "vectorizers:", "part_mapping:", "cluster:", "dimensionality:", "backend:BaseEmbedder",
        "backend:WordDocEmbedder", "backend:Model2VecBackend", "backend:MultiModalBackend",
    )
)  # fmt: skip
_ESTIMATORS = ("sklearn.", "umap.umap_:UMAP", "hdbscan.hdbscan_:HDBSCAN")
SECRET = ("key", "token", "password", "secret")
_BUILT_IN = {"bool": bool, "float": float, "int": int, "str": str}
_NUMBERS_AND_WORDS = "biufU"
LARGEST = 10_000  # entries of an array that is told in JSON


def describe(value: Any) -> Any:
    """What a saved model tells of a value: of an object its class and its parameters.

    Parameters that no file can hold, such as functions, and all that could be a secret, are left out.

    >>> from themata import PCA
    >>> describe(PCA(2))
    {'part': 'themata:PCA', 'options': {'n_components': 2, 'random_state': 42}}
    >>> describe({"ngram_range": (1, 2), "dtype": np.float32})
    {'parts': {'ngram_range': {'tuple': [1, 2]}, 'dtype': {'type': 'numpy:float32'}}}
    """
    if value is None or type(value) in (bool, int, str):
        return value
    for kind, describe_kind in _DESCRIBERS:
        if isinstance(value, kind) and (special := describe_kind(value)) is not None:
            return special
    named, unnamed = _arguments(value)
    options = {name: describe(entry) for name, entry in named.items()}
    described = {
        "part": public_name(type(value)),
        "options": {n: o for n, o in options.items() if _is_whole(o)},
    }
    arguments = [describe(entry) for entry in unnamed]
    return {**described, "arguments": arguments} if arguments else described


def restore(described: Any, said: Collection[str] = ()) -> Any:
    """The value again; None in the place of a part whose class is not one that themata makes from a name.

    said : names of classes of which the user knows already that they are missing
    """
    restored = _made(described, said)
    return None if restored is _LOST else restored


def written(value: Any) -> str:
    """A value as its constructor would be written, of a part the arguments that are not the usual ones; no secrets.

    >>> class Part:
    ...     def __init__(self, size=3, inner=None):
    ...         self.size, self.inner = size, inner
    >>> written(Part(4, Part())), written("umap")
    ('Part(size=4, inner=Part())', "'umap'")
    """
    kind: Any = type(value)
    if isinstance(value, list | tuple | dict | type) or kind.__repr__ is not object.__repr__:
        return repr(value)
    defaults = {name: parameter.default for name, parameter in _signature(kind).items()}
    named, unnamed = _arguments(value)
    options = [
        f"{name}={written(given)}"
        for name, given in named.items()
        if given is not defaults.get(name)
        and not (isinstance(given, str | int | float) and given == defaults.get(name))
    ]
    return f"{kind.__name__}({', '.join([*map(written, unnamed), *options])})"


def left_out(name: str, part: Any) -> list[str]:
    """What a saved model cannot hold of a part: functions, and objects of classes that no file may name.

    >>> from sklearn.feature_extraction.text import CountVectorizer
    >>> left_out("vectorizer", CountVectorizer(tokenizer=str.split, min_df=2))
    ["vectorizer's tokenizer (split)"]
    """
    if isinstance(part, list | tuple | set | frozenset):
        return [lost for entry in part for lost in left_out(name, entry)]
    if isinstance(part, Mapping):
        return [lost for key, entry in part.items() for lost in left_out(f"{name} {key!r}", entry)]
    if _is_whole(describe(part)):
        return [
            lost for option, entry in _given(part).items() for lost in left_out(f"{name}'s {option}", entry)
        ]
    return [f"{name} ({getattr(part, '__name__', type(part).__name__)})"]


def without_addresses(described: Any) -> Any:
    """A description in which no part speaks to an address: whoever shares a model chooses no server for others.

    Texts and keys of the one who loads it would go there. Such a part is None, as one that must be handed over.
    """
    if isinstance(described, list):
        return [without_addresses(entry) for entry in described]
    if not isinstance(described, dict):
        return described
    if "part" not in described:
        return {key: _each(entry, without_addresses) for key, entry in described.items()}
    if "://" in json.dumps(described):
        log.warning(
            "the shared model's %s speaks to a server and is not made: hand one over yourself",
            described.get("part"),
        )
        return None
    return described


def public_name(kind: type) -> str:
    """How a file names a class: without the file it is in where it is ours, so that it may move.

    >>> from themata.reduce.umap import UMAP
    >>> public_name(UMAP)
    'themata:UMAP'
    """
    module, name = kind.__module__, kind.__qualname__
    if HOMES.get(name) == module:
        return f"themata:{name}"
    if module.startswith("themata.familiar."):  # its namespaces are those of BERTopic, and stay
        module = ".".join(module.split(".")[:3])
    return f"{module}:{name}"


# To JSON


def _describe_number(value: Any) -> Any:
    return float(value) if math.isfinite(value) else {"float": repr(float(value))}


def _describe_scalar(value: Any) -> Any:
    if value.dtype.kind in "mM":
        ticks = value.astype(np.int64).item()  # NumPy does not read the words that it writes spans of time in
        return {"scalar": ticks, "dtype": value.dtype.str}
    plain = describe(value.item()) if value.dtype.kind in _NUMBERS_AND_WORDS else None
    return None if plain is None else {"scalar": plain, "dtype": value.dtype.str}


def _describe_array(value: Any) -> Any:
    if value.dtype.kind not in _NUMBERS_AND_WORDS or value.size > LARGEST:
        return None
    return {"array": describe(value.tolist()), "dtype": value.dtype.str}


def _describe_type(value: Any) -> Any:
    if issubclass(value, np.generic):
        return {"type": f"numpy:{value.__name__}"}
    return {"type": f"builtins:{value.__name__}"} if value in _BUILT_IN.values() else None


def _describe_mapping(value: Mapping[Any, Any]) -> Any:
    if not all(isinstance(key, str) for key in value):
        return {"pairs": [[describe(key), describe(entry)] for key, entry in value.items()]}
    return {"parts": {key: describe(entry) for key, entry in value.items() if not key.endswith(SECRET)}}


def _describe_set(value: Any) -> Any:
    entries = [describe(entry) for entry in value]
    return {type(value).__name__: sorted(entries, key=json.dumps)}


_DESCRIBERS: list[tuple[type | tuple[type, ...], Callable[[Any], Any]]] = [
    (np.generic, _describe_scalar),  # before Python's own, of which float64 and str_ are kinds
    (np.ndarray, _describe_array),
    (np.dtype, lambda value: {"dtype": value.str}),
    (str, str),
    (int, int),
    (float, _describe_number),
    (list, lambda value: [describe(entry) for entry in value]),
    (tuple, lambda value: {"tuple": [describe(entry) for entry in value]}),
    ((set, frozenset), _describe_set),
    (dict, _describe_mapping),
    (PurePath, lambda value: {"path": str(value)}),
    (type, _describe_type),
]


def _arguments(part: Any) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """The constructor's arguments as the part keeps them, one attribute for each: by name, and those without one."""
    named: dict[str, Any] = {}
    unnamed: tuple[Any, ...] = ()
    # scikit-learn's convention knows the arguments behind **kwargs, too
    if hasattr(part, "_get_param_names"):
        named = {name: getattr(part, name) for name in part._get_param_names() if hasattr(part, name)}
    else:
        for name, parameter in _signature(type(part)).items():
            value = getattr(part, name, None)
            if parameter.kind is parameter.VAR_KEYWORD:
                named |= value or {}
            elif parameter.kind is parameter.VAR_POSITIONAL:
                unnamed = tuple(value or ())
            elif hasattr(part, name):
                named[name] = value
    return {name: value for name, value in named.items() if not name.endswith(SECRET)}, unnamed


def _signature(kind: type) -> dict[str, inspect.Parameter]:
    try:
        named = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    except (TypeError, ValueError):  # a class written in C
        return {}
    return {name: parameter for name, parameter in named.items() if name != "self"}


def _given(part: Any) -> dict[str, Any]:
    """The arguments that are not as the constructor would have them anyway, but for the vocabulary, kept elsewhere."""
    if not isinstance(describe(part), dict) or "part" not in describe(part):
        return {}
    defaults = {name: parameter.default for name, parameter in _signature(type(part)).items()}
    named, unnamed = _arguments(part)
    arguments = {**named, **{str(place): entry for place, entry in enumerate(unnamed)}}
    return {
        name: v
        for name, v in arguments.items()
        if name != "vocabulary" and v is not defaults.get(name, _LOST)
    }


def _is_whole(described: Any) -> bool:
    """Whether a description makes the value again."""
    if isinstance(described, list):
        return all(map(_is_whole, described))
    if not isinstance(described, dict):
        return True
    if "part" in described:
        return _may_be_made(described["part"]) and _is_whole(described.get("arguments", []))
    return all(
        _is_whole(list(entry.values()) if isinstance(entry, dict) else entry) for entry in described.values()
    )


# From JSON


class _Lost:
    """What stands for a part that cannot be made again."""


_LOST: Any = _Lost()


def _made(described: Any, said: Collection[str]) -> Any:
    if isinstance(described, list):
        entries = [_made(entry, said) for entry in described]
        return _LOST if any(entry is _LOST for entry in entries) else entries
    if not isinstance(described, dict):
        return described
    if "part" in described:
        return _part(described, said)
    if "parts" in described:
        each = {name: _made(entry, said) for name, entry in described["parts"].items()}
        return {name: None if entry is _LOST else entry for name, entry in each.items()}
    kind = next((name for name in _AGAIN if name in described), None)
    if kind is None:
        return _LOST
    inner = _made(described[kind], said)
    return _LOST if inner is _LOST else _AGAIN[kind](inner, described)


def _part(described: Mapping[str, Any], said: Collection[str]) -> Any:
    place = str(described["part"])
    module, _, attribute = place.partition(":")
    if not _may_be_made(place):
        if attribute not in said:
            log.warning(
                "the saved model's %s is not made from a file: hand it over yourself to use it", place
            )
        return _LOST
    options = {name: restore(value, said) for name, value in described.get("options", {}).items()}
    arguments = [restore(value, said) for value in described.get("arguments", [])]
    try:
        kind = getattr(import_module(module), attribute)
        # Only what `describe` could have told of
        if not isinstance(kind, type) or public_name(kind) != place:
            raise TypeError(f"{attribute} is no class of {module}")
        if place.startswith(_ESTIMATORS):
            _must_be_estimator(kind)
        return kind(*arguments, **options)
    except (TypeError, ValueError, ImportError, AttributeError) as error:
        log.warning("the saved model's %s cannot be made again: %s", place, error)
        return _LOST


def _must_be_estimator(kind: type) -> None:
    from sklearn.base import BaseEstimator

    if not issubclass(kind, BaseEstimator):
        raise TypeError(f"{kind.__qualname__} is no estimator")


def _scalar(value: Any, dtype: np.dtype[Any]) -> Any:
    if dtype.kind in "mM" and isinstance(value, int):
        return np.array(value, dtype=np.int64).view(dtype)[()]
    return np.array(value, dtype=dtype)[()]


def _type(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return np.dtype(attribute).type if module == "numpy" else _BUILT_IN[attribute]


_AGAIN: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "pairs": lambda pairs, described: dict(pairs),
    "tuple": lambda values, described: tuple(values),
    "set": lambda values, described: set(values),
    "frozenset": lambda values, described: frozenset(values),
    "path": lambda text, described: Path(text),
    "float": lambda text, described: float(text),
    "scalar": lambda value, described: _scalar(value, np.dtype(described["dtype"])),
    "array": lambda rows, described: np.array(rows, dtype=described["dtype"]),
    "dtype": lambda name, described: np.dtype(name),
    "type": lambda name, described: _type(name),
}


def _each(entry: Any, change: Callable[[Any], Any]) -> Any:
    return {key: change(value) for key, value in entry.items()} if isinstance(entry, dict) else change(entry)


def _may_be_made(place: str) -> bool:
    module, _, name = place.partition(":")
    if module == "themata":
        return name in PARTS
    return place.startswith((*_FAMILIAR, *_ESTIMATORS)) or place in entry_point_places()
