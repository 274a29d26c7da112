"""Layers of merged models: the first model's, with those groups of the others that come over whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from themata.core.arrays import Int1d
from themata.core.layers import Level, of_topics
from themata.core.topics import Label, Topics
from themata.pipeline.online import CHANGED


@dataclass(frozen=True)
class Carried:
    """A group of another model that none of the first's topics has a part in.

    layer : of the first model, that it is put into
    topics : rows of its topics among all
    """

    layer: int
    topics: Int1d
    label: Label | None


def with_layers(topics: Topics, models: Sequence[Topics], rows: Sequence[Int1d], home: Int1d) -> Topics:
    """All topics in the layers of the first model, whose topics come first among all.

    rows : for each model the row that each of its topics has among all
    home : (n_topics,) the most alike of the first model's topics

    A topic that only another model has lies where `home` does, unless its group comes over: that stays a group of its own,
    with its heading, in the layer whose groups hold about as many topics, below the group that most of it is alike to. A
    group of the first keeps its name, but for one of a machine's where others' own topics are more than a fifth of it. A
    heading that a person gave to a group which does not come over whole goes to the group that is mostly the same.
    """
    first = models[0]
    if not first.n_topics:
        return topics
    carried = [piece for place in range(1, len(models)) for piece in _carried(models, rows, place)]
    home = home.copy()
    for piece in carried:  # from fine to coarse, so that the coarsest group of a topic decides
        homes, columns = np.unique(home[piece.topics], return_inverse=True)
        home[piece.topics] = homes[np.bincount(columns.ravel(), topics.sizes[piece.topics]).argmax()]
    lowest = min((level.layer for level in first.levels), default=len(first.layers))
    highest = np.full(topics.n_topics, -1)  # layer below which a topic shares no group with the first's
    highest[first.n_topics :] = lowest
    for piece in carried:
        highest[piece.topics] = np.maximum(highest[piece.topics], piece.layer)
    unit = np.arange(topics.n_topics)  # equal for topics that must stay together from here on
    layers, labels = [], []
    for place, (layer, known) in enumerate(zip(first.layers, first.layer_labels, strict=True)):
        groups = np.append(of_topics(layer, first.assignment, first.n_topics), -1)[home]
        here = [piece for piece in carried if piece.layer == place]
        for piece in here:
            unit[piece.topics] = piece.topics[0]
        alone = np.flatnonzero(highest > place)
        alone = np.union1d(alone, np.concatenate([alone[:0], *(piece.topics for piece in here)]))
        fresh = int(layer.max(initial=-1)) + 1
        groups[alone] = fresh + np.unique(unit[alone], return_inverse=True)[1].ravel()
        whole = np.concatenate([layer, np.append(groups, -1)[topics.assignment[len(layer) :]]])
        layers.append(whole)
        label_of = {int(groups[piece.topics[0]]): piece.label for piece in here if piece.label is not None}
        labels.append({**_kept(known, whole, topics.assignment >= first.n_topics), **label_of})
    for place, label, docs in _by_hand(models):
        group = _mostly(layers[place], docs)
        if group is not None:
            named = labels[place].get(group)
            labels[place][group] = named if named is not None and named.by_person else label
    return topics.having(layers=tuple(layers), layer_labels=tuple(labels))


def _by_hand(models: Sequence[Topics]) -> Iterator[tuple[int, Label, Int1d]]:
    """The headings that persons gave in all models but the first: layer of the first, label, rows of the documents."""
    first, begins = models[0], models[0].n_docs
    for theirs in models[1:]:
        for level in theirs.levels if first.levels else ():
            for group, label in theirs.layer_labels[level.layer].items():
                if label.by_person:
                    docs = begins + np.flatnonzero(theirs.layers[level.layer] == group)
                    yield _as_wide(first, theirs, level), label, docs
        begins += theirs.n_docs


def _mostly(layer: Int1d, docs: Int1d) -> int | None:
    """The group that holds more than half of some documents, which are more than half of it; else a heading would lie."""
    inside = layer[docs][layer[docs] >= 0]
    if not len(inside):
        return None
    group = int(np.bincount(inside).argmax())
    shared = int((inside == group).sum())
    return group if 2 * shared > len(docs) and 2 * shared > int((layer == group).sum()) else None


def _carried(models: Sequence[Topics], rows: Sequence[Int1d], place: int) -> Iterator[Carried]:
    """The groups of a model, from fine to coarse, of which hardly anything was joined to topics of those before it."""
    first, theirs, into = models[0], models[place], rows[place]
    n_known = 1 + max((int(row.max(initial=-1)) for row in rows[:place]), default=-1)
    for level in theirs.levels:
        if not first.levels:
            return
        layer = _as_wide(first, theirs, level)
        for row, group in enumerate(level.ids.tolist()):
            topics = level.topics(row)
            new = topics[into[topics] >= n_known]
            n_docs = theirs.sizes[topics].sum()
            if len(new) > 1 and theirs.sizes[new].sum() >= (1 - CHANGED) * n_docs:
                yield Carried(layer, into[new], theirs.layer_labels[level.layer].get(group))


def _as_wide(first: Topics, theirs: Topics, level: Level) -> int:
    """The first model's layer whose groups hold about as many topics as those of another's level."""
    return min(
        first.levels, key=lambda level_of_first: abs(_width(first, level_of_first) - _width(theirs, level))
    ).layer


def _width(topics: Topics, level: Level) -> float:
    """How many topics a group of a level holds, as a logarithm."""
    return float(np.log(topics.n_topics / len(level.ids)))


def _kept(known: Mapping[int, Label], layer: Int1d, theirs: np.ndarray) -> dict[int, Label]:
    """The labels of groups that are still what they were, and a person's.

    theirs : (n_docs,) documents of topics that only others have
    """
    return {
        group: label
        for group, label in known.items()
        if label.by_person or theirs[layer == group].sum() <= CHANGED * (layer == group).sum()
    }
