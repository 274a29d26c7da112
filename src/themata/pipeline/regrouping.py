"""The same documents grouped again, from another seed: what is found twice is no accident."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.core.powers import reseeded
from themata.core.protocols import ClassSeeder
from themata.pipeline import seeding
from themata.pipeline.fit import grouped, related, seeded
from themata.pipeline.recipe import Recipe
from themata.pipeline.step_cache import Steps


def group_again(docs: Documents, recipe: Recipe, rows: Int1d, seed: int) -> Int1d:
    """Topics of some of the documents, found as the recipe finds them; nothing is embedded, counted or named anew.

    What a seeder knows beforehand is known again, but for classes that a single fit was told of.
    returns : (n_rows,) topics from 0, -1 for outliers
    """
    whole = docs.take(rows)
    relater, grouper = reseeded(recipe.relater, seed), reseeded(recipe.grouper, seed)
    again = replace(recipe, relater=relater, grouper=grouper, layout=None)
    seeder = recipe.seeder
    if isinstance(seeder, ClassSeeder) and seeder.classes is not None:
        again = replace(again, seeder=seeder.given([seeder.classes[row] for row in rows.tolist()]))
    seeds = seeded(whole, again, None)
    part = seeding.drawn(whole, seeds)
    labels = grouped(part, related(part, again, Steps()), again, Steps(), seeds).labels
    ids = np.unique(labels[labels >= 0])
    return np.where(labels >= 0, np.searchsorted(ids, labels), -1)
