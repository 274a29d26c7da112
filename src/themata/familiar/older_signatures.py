"""Calls whose arguments stand in the order that an older version of BERTopic had."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np

from themata.core.errors import InputError, ThemataError
from themata.pipeline import arguments

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


def also_in_order(
    *older: str, gave: Callable[[Any], Any] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A method that also takes its arguments in older orders, where they fit no parameter of the order of now.

    older : the parameters of each older order by name, those that are gone among them
    gave : what the older version returned, from the model, where that is something else
    """

    def adopt(method: Callable[P, R]) -> Callable[P, R]:
        parameters = inspect.signature(method).parameters.values()
        now = [p.name for p in parameters if p.name != "self" and p.kind is not p.VAR_KEYWORD]

        @wraps(method)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            model, given = args[0], args[1:]
            if _fits(model, now, given, kwargs):
                return method(*args, **kwargs)
            for names in map(str.split, older):
                if _fits(model, names, given, kwargs):
                    log.warning(
                        "%s(%s) is an order of older versions, and taken as such: now it is %s(%s)",
                        method.__name__,
                        ", ".join(names[: len(given)]),
                        method.__name__,
                        ", ".join(now),
                    )
                    named = {**dict(zip(names, given, strict=False)), **kwargs}
                    _check_gone(model, {name: named.pop(name) for name in list(named) if name not in now})
                    result = method(model, **named)  # type: ignore[arg-type]
                    return result if gave is None else gave(model)
            return method(*args, **kwargs)

        return call

    return adopt


def _fits(model: Any, names: Sequence[str], given: Sequence[Any], named: Mapping[str, Any]) -> bool:
    """Whether arguments are what the parameters of an order take, each at its place."""
    if len(given) > len(names) or any(name in named for name in names[: len(given)]):
        return False
    return all(_KINDS.get(name, _anything)(model, value) for name, value in zip(names, given, strict=False))


def _check_gone(model: Any, gone: Mapping[str, Any]) -> None:
    """Topics were handed over where the model has its own now: others than these cannot be meant."""
    topics = gone.get("topics")
    if topics is not None and list(topics) != model.topics_:
        raise InputError(
            "the topics given are not the model's: update_topics(docs, topics=topics) moves its documents first"
        )


def _anything(model: Any, value: Any) -> bool:
    return True


def _topics(model: Any, value: Any) -> bool:
    """A topic of the model for each document."""
    if value is None:
        return True
    try:
        numbers = arguments.assignment(value, len(value))
    except (TypeError, ThemataError):
        return False
    n_topics = model.result_.n_topics if model.__sklearn_is_fitted__() else np.inf
    return not len(numbers) or (numbers.min() >= -1 and numbers.max() < n_topics)


def _codes(model: Any, value: Any) -> bool:
    """Whole numbers, as classes were known by."""
    return _listed(model, value) and all(isinstance(item, int | np.integer) for item in value)


def _listed(model: Any, value: Any) -> bool:
    return not isinstance(value, str | bytes | bool) and hasattr(value, "__iter__")


def _images(model: Any, value: Any) -> bool:
    """Images, and no numbers, lists of numbers or words that stood in their place before there were any."""
    return value is None or (
        _listed(model, value)
        and not any(isinstance(item, int | float | np.number | list | tuple) for item in list(value)[:5])
    )


def _one_image(model: Any, value: Any) -> bool:
    return not isinstance(value, int | np.integer)


def _switch(model: Any, value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _word(model: Any, value: Any) -> bool:
    return isinstance(value, str)


def _number(model: Any, value: Any) -> bool:
    return value is None or (isinstance(value, int | np.integer) and not isinstance(value, bool))


def _number_or_word(model: Any, value: Any) -> bool:
    return _number(model, value) or isinstance(value, str)


def _function(model: Any, value: Any) -> bool:
    return value is None or callable(value)


def _range(model: Any, value: Any) -> bool:
    return value is None or isinstance(value, tuple | list)


_KINDS: dict[str, Callable[[Any, Any], bool]] = {
    "topics": _topics,
    "y": _codes,
    "timestamps": _listed,
    "classes": _listed,
    "topics_to_merge": _listed,
    "images": _images,
    "image": _one_image,
    "nr_bins": _number_or_word,
    "nr_topics": _number_or_word,
    "top_n": _number,
    "top_n_words": _number,
    "n_gram_range": _range,
    "evolution_tuning": _switch,
    "global_tuning": _switch,
    "use_ctfidf": _switch,
    "linkage_function": _function,
    "distance_function": _function,
    "strategy": _word,
    "serialization": _word,
}
