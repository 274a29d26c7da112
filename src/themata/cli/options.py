"""Options that several commands share: a dataclass declares them once, and hands each command one value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from inspect import Parameter, Signature
from typing import Annotated, Any, get_args, get_origin, get_type_hints


class Without:
    """Beside a dataclass in an annotation: its fields that are no options of the command.

    Such a field has the value of the option of that name which the command declares itself, or else its default.
    """

    def __init__(self, *names: str) -> None:
        self.names = names


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer reads it, where a parameter that is a dataclass stands for the options of its fields.

    A field that is a dataclass stands for its own.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size:
    ...     width: Annotated[int, "an option"] = 2
    ...     depth: Annotated[int, "an option"] = 3
    >>> @with_options
    ... def command(name: str, size: Annotated[Size, Without("depth")]) -> None:
    ...     print(name, size)
    >>> command(name="box", width=5)
    box Size(width=5, depth=3)
    >>> list(inspect.signature(command).parameters)
    ['name', 'width']
    """
    hints = get_type_hints(command, include_extras=True)
    taken = inspect.signature(command).parameters
    parameters = [option for name in taken for option in _options(name, hints[name], taken[name].default)]

    def called(**given: Any) -> None:
        command(**{name: _value(name, hints[name], given) for name in taken})

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__annotations__ = {option.name: option.annotation for option in parameters}
    called.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return called


def given_options(options: Any) -> Iterator[tuple[str, Any]]:
    """The name and the value of each option that has a value, those of dataclasses in it too."""
    for name, value in vars(options).items():
        if is_dataclass(value):
            yield from given_options(value)
        elif value is not None:
            yield name, value


def _options(name: str, hint: Any, default: Any) -> Iterator[Parameter]:
    """The parameters that one parameter, or one field, stands for."""
    declared = _dataclass(hint)
    if declared is None:
        yield Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
        return
    hints = get_type_hints(declared, include_extras=True)
    without = {name for mark in get_args(hint) if isinstance(mark, Without) for name in mark.names}
    for field in fields(declared):
        if field.name not in without:
            default = Parameter.empty if field.default is MISSING else field.default
            yield from _options(field.name, hints[field.name], default)


def _value(name: str, hint: Any, given: Mapping[str, Any]) -> Any:
    """The value of a parameter or a field, made of the options that were given."""
    declared = _dataclass(hint)
    if declared is None:
        return given[name]
    hints = get_type_hints(declared, include_extras=True)
    names = (field.name for field in fields(declared))
    return declared(
        **{
            name: _value(name, hints[name], given)
            for name in names
            if name in given or _dataclass(hints[name])
        }
    )


def _dataclass(hint: Any) -> type[Any] | None:
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return kind if isinstance(kind, type) and is_dataclass(kind) else None
