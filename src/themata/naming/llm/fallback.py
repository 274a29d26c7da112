"""Names for what a model failed to name: from the documents, else from keywords; and each says why it is there."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from themata.core.documents import Documents
from themata.core.errors import ThemataError
from themata.core.protocols import Labeler, LayerLabeler, SuggestingLabeler
from themata.core.registry import make
from themata.core.topics import Failure, Label, Namer, Origin, Surpassed, Topics
from themata.core.words_of_names import key
from themata.naming.distinct import Distinct
from themata.naming.llm.rounds import Case

log = logging.getLogger(__name__)

N_CHILDREN = 12  # of a group that are shown to the model, the largest first


@dataclass(frozen=True)
class Family:
    """What groups of topics are made of: rows of `below` per group, the largest first."""

    below: Topics
    children: Sequence[Sequence[int]]

    def names(self) -> list[tuple[str, ...]]:
        named = self.below.names
        return [tuple(named[child] for child in rows[:N_CHILDREN]) for rows in self.children]


def with_stand_ins(
    labels: Sequence[Label | None],
    cases: Sequence[Case],
    stand_ins_of_topics: Sequence[Label | None],
    distinct: Distinct,
    model: str,
) -> list[Label | None]:
    """The labels, and one for each topic that the model failed to name.

    stand_ins_of_topics : as `stand_ins` gives them; None takes the topic's keywords
    """
    made = list(labels)
    for case in cases:
        if case.failed:
            stand_in = stand_ins_of_topics[case.topic]
            label = stand_in or Label(distinct.topics.names[case.topic], origin=Origin(Namer.KEYWORDS))
            error = "" if case.error is None else type(case.error).__name__
            made[case.topic] = replace(
                label,
                name=distinct.unlike(case.topic, label.name),
                origin=replace(label.origin, failure=Failure(model, case.failed, error)),
            )
    return made


def suggesting(fallback: Any) -> Labeler | None:
    """The labeler that stands in, where it has names in mind for every topic and asks nobody for them."""
    if fallback is None:
        return None
    try:
        labeler: Labeler = make("labeler", fallback)
    except ThemataError:  # which is told when it is needed
        return None
    return labeler if isinstance(labeler, SuggestingLabeler) else None


def giving_way(
    labels: Sequence[Label | None],
    cases: Sequence[Case],
    phrases: Sequence[Label | None],
    worse: Sequence[bool],
    model: str,
) -> list[Label | None]:
    """The labels, with a topic's phrase where its name by the model fits worse, or needed a keyword to be told apart.

    phrases : of each topic, as `stand_ins` gives them
    worse : (n_topics,) whether its name fits worse than its phrase
    """
    made = list(labels)
    taken = Counter(key(label.name) for label in labels if label is not None)

    def give(case: Case, name: str, label: Label) -> None:
        taken[key(name)] -= 1
        taken[key(label.name)] += 1
        made[case.topic] = label

    named = [case for case in cases if not case.failed]
    for case in sorted(named, key=lambda case: not worse[case.topic]):  # what they leave, others may have
        label, phrase = made[case.topic], phrases[case.topic]
        if label is None or not (worse[case.topic] or case.patched):
            continue
        name = label.name.rpartition(":")[0] if case.patched else label.name
        if not worse[case.topic] and not taken[key(name)]:
            give(case, label.name, replace(label, name=name))
        elif phrase is not None and not taken[key(phrase.name)]:
            origin = replace(phrase.origin, surpassed=Surpassed(model, name))
            give(case, label.name, replace(phrase, origin=origin))
    return made


def stand_ins(
    fallback: Any, topics: Topics, docs: Documents, family: Family | None = None
) -> Sequence[Label | None]:
    """What another labeler calls the topics, or groups of topics, that have no label."""
    if fallback is None:
        return topics.labels
    try:
        other: Labeler = make("labeler", fallback)
        if family is not None and isinstance(other, LayerLabeler):
            return other.label_layer(topics, docs, family.below, family.children)
        return other.label(topics, docs)
    except Exception:  # the stand-in of a stand-in is the topic's keywords
        log.exception("%r failed too: topics keep their keywords as names", fallback)
        return topics.labels


def rather(topics: Topics, before: Topics) -> Topics:
    """The topics named anew; where the model failed, the name that another model gave them before.

    before : the same topics and layers as they were named
    """

    def chosen(new: Label | None, old: Label | None, taken: Mapping[str, int]) -> Label | None:
        if new is None or old is None or not is_stand_in(new) or is_stand_in(old):
            return new
        by_the_same = old.origin.author == new.origin.author  # what stands in says why, which is worth more
        return new if by_the_same or taken.get(key(old.name)) else old

    def all_of(new: Mapping[int, Label | None], old: Mapping[int, Label | None]) -> dict[int, Label | None]:
        taken = Counter(key(label.name) for label in new.values() if label is not None)
        return {row: chosen(label, old.get(row), taken) for row, label in new.items()}

    labels = all_of(dict(enumerate(topics.labels)), dict(enumerate(before.labels)))
    layers = [all_of(new, old) for new, old in zip(topics.layer_labels, before.layer_labels, strict=True)]
    named = tuple(
        {group: label for group, label in labels_of_layer.items() if label is not None}
        for labels_of_layer in layers
    )
    return topics.having(labels=tuple(labels.values()), layer_labels=named)


def is_stand_in(label: Label | None) -> bool:
    """A name given since the model failed: worth asking for again.

    >>> is_stand_in(Label("Whales", origin=Origin(Namer.PHRASES, Failure("llama", "no connection"))))
    True
    """
    return label is not None and label.origin.failure is not None
