"""Names for the layers above the topics: children first, parents from their children's names and exemplars."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np

from themata.documents import Documents
from themata.graph import Int1d
from themata.topics import Label, Topics

Naming = Callable[[Topics, Sequence[Sequence[str]]], Sequence[Label]]

OWN = 0.9  # of a topic's documents that must share a group of a layer that is coarser than the topics
N_CHILDREN = 12  # shown to the model, the largest first


@dataclass(frozen=True)
class LayerLabels:
    """The names of one layer.

    layer : its place in Topics.layers
    labels : {group of the layer: Label}
    topics : {group of the layer: rows of its topics, the largest first}
    """

    layer: int
    labels: Mapping[int, Label]
    topics: Mapping[int, tuple[int, ...]]


def label_tree(topics: Topics, docs: Documents, name: Naming) -> list[LayerLabels]:
    """Name the groups of every layer coarser than the topics, from fine to coarse.

    topics : all named
    name : names a coarser layer's Topics, told the names of each one's children
    returns : a group that is one topic, or one group of the layer below, has its name
    """
    found: list[LayerLabels] = []
    below: Topics = topics
    rows_below: Int1d = np.arange(topics.n_topics)
    for place, layer in enumerate(topics.layers):
        groups = _groups(topics, np.asarray(layer))
        if groups is None:
            continue
        ids, rows = np.unique(groups, return_inverse=True)
        if len(ids) > below.n_topics:
            continue
        kept, into = _nested(rows_below, rows, below)
        coarse = below.regroup(into)
        children = [_biggest(below, into, row) for row in range(coarse.n_topics)]
        coarse = _with_exemplars(coarse, below, children)
        labels = name(coarse, [[below.names[child] for child in own[:N_CHILDREN]] for own in children])
        below, rows_below = coarse.having(labels=tuple(labels)), into[rows_below]
        own_topics = [_biggest(topics, rows_below, row) for row in range(coarse.n_topics)]
        named = ids[kept].tolist()
        found.append(
            LayerLabels(
                place,
                dict(zip(named, labels, strict=True)),
                {group: tuple(own) for group, own in zip(named, own_topics, strict=True)},
            )
        )
    return found


def _groups(topics: Topics, layer: Int1d) -> Int1d | None:
    """The group of a layer that each topic lies in; None for a layer that cuts topics apart, or has none of them."""
    inside = (topics.assignment >= 0) & (layer >= 0)
    if not inside.any():
        return None
    ids, columns = np.unique(layer[inside], return_inverse=True)
    table = np.zeros((topics.n_topics, len(ids)), dtype=np.int64)
    np.add.at(table, (topics.assignment[inside], columns), 1)
    if table.max(axis=1).sum() < OWN * table.sum() or (table.sum(axis=1) == 0).any():
        return None
    return ids[table.argmax(axis=1)]


def _nested(rows_below: Int1d, rows: Int1d, below: Topics) -> tuple[Int1d, Int1d]:
    """The groups of this layer that stay, and for each row of the layer below which of them it goes to.

    rows_below, rows : (n_topics,) rows of each topic in the layer below and in this one
    """
    into = np.array([np.bincount(rows[rows_below == row]).argmax() for row in range(below.n_topics)])
    kept, inverse = np.unique(into, return_inverse=True)
    return kept, inverse


def _biggest(below: Topics, into: Int1d, row: int) -> list[int]:
    """The topics that go to a row, the largest first."""
    children = np.flatnonzero(into == row)
    return children[np.argsort(-below.sizes[children], kind="stable")].tolist()


def _with_exemplars(coarse: Topics, below: Topics, children: Sequence[Sequence[int]]) -> Topics:
    """The best exemplar of each child, then the second of each, and so on."""
    shown = []
    for own in children:
        turns = zip_longest(*(below.exemplars[child].tolist() for child in own))
        rows = [doc for doc in chain.from_iterable(turns) if doc is not None]
        shown.append(np.array(rows[:10], dtype=np.int64))
    return coarse.having(exemplars=tuple(shown))
