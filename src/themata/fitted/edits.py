"""Edits of a fitted model: each gives the model that comes of it, described and named, and changes none."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from themata.analysis.over_time import read_times
from themata.analysis.reduction import finer, nearest_joined, spherical_parts
from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.progress_reports import report_share, share
from themata.core.topics import Label, Topics
from themata.core.weighting import Weighting
from themata.fitted.fitted_model import FittedModel, topic_weights, with_labels
from themata.pipeline import arguments, multimodal, online, validation
from themata.pipeline.describe import Showable, describe, label
from themata.pipeline.fit import recounted
from themata.pipeline.recipe import representer_of, weighting_of

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Edit:
    """What an edit comes to.

    description : as the history tells it
    model : the model after it
    parameters : of the constructor, those that it changed, by name
    kept : rows of the documents before that are still there, in the order of those that are; None: all, and perhaps more
    """

    description: str
    model: FittedModel
    parameters: Mapping[str, Any] = field(default_factory=dict)
    kept: Int1d | None = None


@dataclass(frozen=True)
class PastEdit:
    """An edit that was made, and what it replaced: the model, and the parameters of the constructor that it changed."""

    description: str
    before: FittedModel
    parameters: Mapping[str, Any]
    kept: Int1d | None

    def restored(self, now: FittedModel) -> FittedModel:
        """The model before the edit, its documents where they are on the map now."""
        docs, coords = self.before.documents, now.documents.coords
        if docs.coords is None and coords is not None and len(coords) == docs.n_docs:
            return self.before.having(documents=docs.having(coords=coords))  # an edit moves nobody on the map
        return self.before

    def topics_after(self, after: Topics) -> Int1d:
        """(topics before,) the topic that most documents of each have after it, -1 for none."""
        before = self.before.topics
        now = np.full(before.n_topics, -1, dtype=np.int64)
        old = before.assignment if self.kept is None else before.assignment[self.kept]
        inside = old >= 0
        width = after.n_topics + 1
        pairs = old[inside] * width + after.assignment[: len(old)][inside] + 1
        keys, counts = np.unique(pairs, return_counts=True)
        for place in np.argsort(counts, kind="stable"):  # the most come last
            now[keys[place] // width] = keys[place] % width - 1
        return now


def replaced(model: FittedModel, description: str, topics: Topics) -> Edit:
    """These topics as they are, in the place of the model's."""
    return Edit(description, model.having(topics=topics))


def _described(model: FittedModel, description: str, topics: Topics) -> Edit:
    """These topics, described and named where an edit left them bare."""
    after = describe(topics, model.documents, model.description)
    n_lost = sum(map(bool, model.topics.keywords)) - sum(map(bool, after.keywords))
    if model.documents.is_bare and n_lost > max(0, model.topics.n_topics - after.n_topics):
        raise InputError(
            f"{description} needs counts of words for the keywords, and this model holds none: save it again from "
            "BERTopic with save_ctfidf=True"
        )
    return replaced(model, description, with_labels(model, after))


def merge_topics(model: FittedModel, topics: Sequence[int] | Sequence[Sequence[int]]) -> Edit:
    shared = _in_several(topics)
    if shared:
        log.warning(
            "topics %s are in more than one list: lists that share a topic are merged into one", shared
        )
    return _described(model, f"merge {_listed(topics)}", model.topics.merge(topics).by_size())


def delete_topics(model: FittedModel, topics: int | Sequence[int]) -> Edit:
    listed = [topics] if isinstance(topics, int | np.integer) else topics
    return _described(model, f"delete {_listed(listed)}", model.topics.delete(listed).by_size())


def reduce_topics(model: FittedModel, n_topics: int | str, by: str) -> Edit:
    topics = model.topics
    if not isinstance(n_topics, str) and n_topics > topics.n_topics:
        log.warning(
            "%d topics were asked for and there are %d: reduce joins topics and makes none; split(topic, into=2) "
            "divides one, and a fit with a smaller min_topic_size finds more",
            n_topics,
            topics.n_topics,
        )
    rows = nearest_joined(topics, topic_weights(model), n_topics, by=by)
    is_same = len(np.unique(rows)) == topics.n_topics  # then no number changes either
    return _described(model, f"reduce to {n_topics}", topics if is_same else topics.regroup(rows).by_size())


def split_topic(model: FittedModel, topic: int, into: int | None, random_state: int) -> Edit:
    topics, docs = model.topics, model.known_documents
    topics.check(topic)
    if into is None:
        parts = finer(topics, topic)
        if parts is None:
            raise InputError(
                f"topic {topic} has no finer layer: say into how many parts, split({topic}, into=2)"
            )
    else:
        parts = spherical_parts(model.space.known[topics.assignment == topic], into, random_state)
    divided = topics.split(topic, parts, docs)
    return _described(model, f"split {topic} into {int(parts.max()) + 1}", divided.by_size())


def rename_topics(
    model: FittedModel, names: Mapping[int, str | Label | None], layer: int | None = None
) -> Edit:
    """layer : rename the groups of this coarser layer instead"""
    description = f"relabel {_listed(list(names))}"
    if layer is not None:
        return _described(model, f"{description} of layer {layer}", model.topics.relabel_layer(layer, names))
    # Names change no word: keywords that were set by hand stay
    return replaced(model, description, with_labels(model, model.topics.relabel(names)))


def move_documents(model: FittedModel, assignment: Sequence[int] | Int1d, *, to_new: bool = False) -> Edit:
    """to_new : also to topics that there are not yet"""
    topics = _reassigned(model.topics, assignment, model.known_documents, to_new)
    n_moved = int((topics.assignment != model.topics.assignment).sum())
    return _described(model, f"reassign {n_moved} documents", topics)


def _reassigned(
    topics: Topics, assignment: Sequence[int] | Int1d, docs: Documents, to_new: bool = False
) -> Topics:
    """The topics once documents have moved; with `to_new` the last ones go where they are left empty."""
    moved = topics.reassign(arguments.assignment(assignment, docs.n_docs), docs, more=to_new)
    n_left = int(moved.assignment.max(initial=-1)) + 1
    if not to_new or n_left == moved.n_topics:
        return moved
    rows = np.arange(moved.n_topics)
    return moved.regroup(np.where(rows < n_left, rows, -1))


def forget_documents(model: FittedModel, documents: Sequence[int] | Int1d | None, before: Any) -> Edit:
    docs = model.known_documents
    gone = np.zeros(docs.n_docs, dtype=bool)
    if documents is not None:
        gone[arguments.document_rows(documents, docs.n_docs)] = True
    if before is not None:
        if docs.times is None:
            raise InputError("the documents have no times: forget them by their rows")
        gone |= docs.times < read_times([before])[0]
    kept = np.flatnonzero(~gone)
    if not len(kept):
        raise InputError("every document would be forgotten: at least one must stay")
    tables = online.forget(model.tables, kept, model.recipe, model.space)
    space = model.space.counted_by(tables.documents, model.recipe.vectorizer)
    return Edit(f"forget {int(gone.sum())} documents", model.with_tables(tables, space=space), kept=kept)


def add_documents(model: FittedModel, new: Documents, embeddings: Any, keep: int | None) -> Edit:
    """keep : the latest so many documents are kept, and those before them forgotten; None keeps all"""
    if model.known_documents.embeddings is not None:
        with share(0.0, 0.8):
            points = model.space.place(
                new.texts,
                embeddings,
                new.columns.get(multimodal.IMAGE),
                progress=lambda done, of: report_share(done / of),
            )
        new = new.having(embeddings=points)
    elif embeddings is not None:
        raise InputError("this model was fitted without embeddings: give texts alone")
    with share(0.8, 1.0):
        tables, recipe = online.grow(model.tables, new, model.recipe, model.space)
    kept = np.arange(model.documents.n_docs)
    n_over = 0 if keep is None else tables.documents.n_docs - keep
    if n_over > 0:
        tables = online.forget(tables, np.arange(n_over, tables.documents.n_docs), recipe, model.space)
        kept = kept[n_over:]
    space = model.space.counted_by(tables.documents, recipe.vectorizer)
    return Edit(
        f"partial_fit of {new.n_docs} documents",
        model.with_tables(tables, recipe=recipe, space=space),
        kept=kept,
    )


def redescribe_topics(
    model: FittedModel,
    *,
    vectorizer: Any = None,
    weighting: Weighting | None = None,
    aspects: Mapping[str, Any] | None = None,
    top_n_words: int | None = None,
    assignment: Sequence[int] | Int1d | None = None,
    to_new: bool = False,
) -> Edit:
    """assignment, to_new : where documents move as well, as `move_documents` takes them"""
    how, docs, recipe, space = model.description, model.known_documents, model.recipe, model.space
    changed: dict[str, Any] = {"vectorizer": vectorizer, "weighting": weighting, "top_n_words": top_n_words}
    changed = {name: value for name, value in changed.items() if value is not None}
    if vectorizer is not None:
        docs = recounted(docs, vectorizer)
        how, recipe = replace(how, showable=Showable(vectorizer)), replace(recipe, vectorizer=vectorizer)
        space = space.counted_by(docs, vectorizer)
    if weighting is not None:
        how = replace(how, weighting=weighting_of(weighting, recipe.seeder))
    if top_n_words is not None:
        how = replace(how, top_n_words=top_n_words)
    bare = model.topics if assignment is None else _reassigned(model.topics, assignment, docs, to_new)
    if vectorizer is not None:
        bare = bare.recounted(docs)
    # An aspect that is asked for, or whose words were counted or weighed anew, is made again; others where they are bare
    again = set(bare.aspects) if changed else set(aspects or {})
    if aspects is not None:
        how = replace(how, aspects=_with_representers(how.aspects, aspects))
        changed["aspects"] = how.aspects
    bare = bare.having(aspects={name: rows for name, rows in bare.aspects.items() if name not in again})
    topics = label(describe(bare, docs, how), docs, recipe.labeler, how, embedder=space)
    what = ", ".join([*changed, *(["topics"] if assignment is not None else [])]) or "nothing new"
    after = model.having(documents=docs, topics=topics, recipe=replace(recipe, description=how), space=space)
    return Edit(f"redescribe by {what}", after, parameters=changed)


def _with_representers(before: Mapping[str, Any], aspects: Mapping[str, Any]) -> dict[str, Any]:
    """The aspects there are, and others beside them or in their place; None takes one away."""
    made = {name: representer_of(part) for name, part in aspects.items() if part is not None}
    validation.ready(*made.values())
    return {**{name: part for name, part in before.items() if name not in aspects}, **made}


def _listed(topics: Any) -> str:
    """Lists of numbers as people write them, whatever kind of number they hold."""
    return str([np.asarray(row).tolist() for row in topics])


def _in_several(lists: Any) -> list[int]:
    """Topics that several lists name."""
    counts = Counter(topic for topics in lists if not np.isscalar(topics) for topic in set(topics))
    return sorted(int(topic) for topic, n in counts.items() if n > 1)
