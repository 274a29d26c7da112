"""The same documents grouped again, from another seed: what is found twice is no accident."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

from themata.documents import Documents
from themata.graph import Int1d
from themata.pipeline.fit import Recipe, grouped, related
from themata.pipeline.steps import Steps


def group_again(docs: Documents, recipe: Recipe, rows: Int1d, seed: int) -> Int1d:
    """Topics of some of the documents, found as the recipe finds them; nothing is embedded, counted or named anew.

    returns : (n_rows,) the grouper's own ids, -1 for outliers
    """
    part = docs.take(rows)
    relater, grouper = reseeded(recipe.relater, seed), reseeded(recipe.grouper, seed)
    again = replace(recipe, relater=relater, grouper=grouper, layout=None)
    graph = related(part, again, Steps())
    return grouped(part, graph, again, Steps(), None).labels


def reseeded(part: Any, seed: int) -> Any:
    """A copy of a part, and of the parts it is made of, with another random_state; the part itself stays as it is."""
    if not hasattr(part, "__dict__") or isinstance(part, type):
        return part
    made = copy(part)
    for name, value in vars(part).items():
        if name == "random_state":
            made.random_state = seed
        elif not name.endswith("_") and hasattr(value, "random_state"):
            setattr(made, name, reseeded(value, seed))
    return made
