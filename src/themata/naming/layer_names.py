"""Names for the layers above the topics: children first, parents from their children's names and exemplars."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

import numpy as np

from themata.core.documents import Documents
from themata.core.layers import Level
from themata.core.progress_reports import share
from themata.core.protocols import Labeler, LayerLabeler
from themata.core.topics import MAIN, Aspect, Label, Namer, Origin, Topics

Describe = Callable[[Topics], Aspect]

N_EXEMPLARS = 10
LayerLabels = tuple[Mapping[int, Label], ...]


@dataclass(frozen=True)
class Parents:
    """The groups of one level as topics, and what they are made of.

    groups : a row per group, with keywords and exemplars; one of a single child has its child's label
    below : a row per group of the level below, or per topic
    children : per group, its rows in `below`, the largest first
    """

    level: Level
    groups: Topics
    below: Topics
    children: tuple[tuple[int, ...], ...]


def plain_keywords(topics: Topics) -> Aspect:
    """Keywords by the default weights."""
    return topics.words()


def label_layers(topics: Topics, docs: Documents, labeler: Labeler, keywords: Describe) -> LayerLabels:
    """Name the groups of every level that have no label, from fine to coarse.

    topics : all named
    keywords : describes groups as topics are described
    returns : labels of all layers, as Topics keeps them; those there were stay
    """
    labels_of_layers = [dict(labels) for labels in topics.layer_labels]
    for done, parents in enumerate(walk(topics, keywords, labels_of_layers)):
        with share(done / len(topics.levels), (done + 1) / len(topics.levels)):
            given = _asked(parents, docs, labeler)
        known = labels_of_layers[parents.level.layer]
        for group, children, label in zip(parents.level.ids.tolist(), parents.children, given, strict=True):
            if len(children) > 1 and group not in known and label is not None:
                known[group] = label
    return tuple(labels_of_layers)


def lacking(topics: Topics) -> bool:
    """Whether some group of two or more children has no label."""
    return any(
        group not in topics.layer_labels[level.layer] and len(level.children(row)) > 1
        for level in topics.levels
        for row, group in enumerate(level.ids.tolist())
    )


def walk(topics: Topics, keywords: Describe, labels: Sequence[Mapping[int, Label]]) -> Iterator[Parents]:
    """Each level in turn, from fine to coarse.

    labels : per layer; read anew for each level, so that names given to one are seen by the next
    """
    below = topics.having(layers=())
    for level in topics.levels:
        sizes = below.sizes
        groups = below.regroup(level.into)
        children = tuple(
            tuple(sorted(level.children(row).tolist(), key=lambda child: (-int(sizes[child]), child)))
            for row in range(groups.n_topics)
        )
        groups = groups.with_aspect(MAIN, keywords(groups)).having(exemplars=_exemplars(below, children))
        yield Parents(level, _named(groups, level, labels), below, children)
        groups = _named(groups, level, labels)
        joined = ("; ".join(below.names[child] for child in rows[:2]) for rows in children)
        stood_in = (
            old or Label(name, origin=Origin(Namer.CHILDREN))
            for old, name in zip(groups.labels, joined, strict=True)
        )
        below = groups.having(labels=tuple(stood_in))


def _asked(parents: Parents, docs: Documents, labeler: Labeler) -> Sequence[Label | None]:
    if all(parents.groups.labels):
        return parents.groups.labels
    if isinstance(labeler, LayerLabeler):
        return labeler.label_layer(parents.groups, docs, parents.below, parents.children)
    return labeler.label(parents.groups, docs)


def _named(groups: Topics, level: Level, labels: Sequence[Mapping[int, Label]]) -> Topics:
    """The groups with the labels they have: a person's before a child's, a child's before any other."""
    known = labels[level.layer]
    labels_made = []
    for group, childs in zip(level.ids.tolist(), groups.labels, strict=True):
        label = known.get(group)
        labels_made.append(label if label and (label.by_person or childs is None) else childs)
    return groups.having(labels=tuple(labels_made))


def _exemplars(below: Topics, children: Sequence[Sequence[int]]) -> tuple[np.ndarray, ...]:
    """The best exemplar of each child, then the second of each, and so on."""
    shown = []
    for children_of_group in children:
        turns = zip_longest(*(below.exemplars[child].tolist() for child in children_of_group))
        rows = [doc for doc in chain.from_iterable(turns) if doc is not None]
        shown.append(np.array(rows[:N_EXEMPLARS], dtype=np.int64))
    return tuple(shown)
