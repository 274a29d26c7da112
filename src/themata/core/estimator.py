"""scikit-learn's estimator contract, kept without importing it, which takes a second."""

from __future__ import annotations

import inspect
from typing import Any, Self

from themata.core.errors import InputError


class Estimator:
    """Parameters are the arguments of `__init__`, kept under their names: get, set and show them; `clone` makes another."""

    @classmethod
    def _parameters(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; with `deep` also those of parts that have any, as in "vectorizer__min_df"."""
        params = {name: getattr(self, name) for name in self._parameters()}
        inner = {
            f"{name}__{key}": value
            for name, part in params.items()
            if deep and _is_configurable(part)
            for key, value in part.get_params().items()
        }
        return {**params, **inner}

    def set_params(self, **params: Any) -> Self:
        """Change parameters, those of parts by "part__parameter".

        params : by name
        raises : InputError for a parameter that there is not
        """
        for name in sorted(params, key=lambda name: "__" in name):  # a part before what is set in it
            outer, _, inner = name.partition("__")
            part: Any = self.get_params(deep=False).get(outer)
            if outer not in self._parameters() or (inner and not _is_configurable(part)):
                raise InputError(
                    f"{type(self).__name__} has no parameter {name!r}: it has {', '.join(self._parameters())}"
                )
            if inner:
                part.set_params(**{inner: params[name]})
            else:
                setattr(self, outer, params[name])
        return self

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        plain = (str, int, float)
        changed = {
            name: value
            for name, value in self.get_params(deep=False).items()
            if not (
                value is defaults[name].default
                or (isinstance(value, plain) and value == defaults[name].default)
            )
        }
        return f"{type(self).__name__}({', '.join(f'{k}={_shown(v)}' for k, v in changed.items())})"


def _shown(value: Any) -> str:
    from themata.core.part_descriptions import written

    return written(value)


def _is_configurable(part: Any) -> bool:
    from themata.core.protocols import ConfigurablePart

    return isinstance(part, ConfigurablePart)
