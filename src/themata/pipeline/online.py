"""More documents for topics that were found, and documents that are forgotten.

The topics there are stay, and stay apart, as known classes do (see group/constrained.py); the grouper finds what is new.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from themata.core import powers
from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.graph import NeighborGraph
from themata.core.images import IMAGE
from themata.core.layers import of_topics
from themata.core.membership import membership
from themata.core.protocols import Assigner, ClassSeeder, Clusters, Embedder, Placer
from themata.core.topics import Label, Topics
from themata.group import constrained
from themata.group.known_labels import Given
from themata.languages.nonanswers import mute_rows
from themata.pipeline import fading
from themata.pipeline.assignment import assign
from themata.pipeline.concatenation import all_documents, counted_with_new_words
from themata.pipeline.describe import Showable, describe, label
from themata.pipeline.fit import Fitted
from themata.pipeline.recipe import Recipe
from themata.relate import subgraphs

CHANGED = 0.2  # share of a topic's documents that are new, or gone, from which it is described and named anew

STAYS = 0.5  # strength from which a document stays in its topic whatever is found


def grow(
    fitted: Fitted, new: Documents, recipe: Recipe, embedder: Embedder | None = None
) -> tuple[Fitted, Recipe]:
    """Add documents: each gets a topic that is there, or one that is new.

    new : texts, with embeddings if the fitted documents have them
    embedder : of the documents, lent to the labeler
    returns : old documents keep their topics, but outliers may get one; topics keep their numbers, and new ones come
        last; and the recipe with a vectorizer that knows the new terms
    """
    old = fitted.topics
    vectorizer, terms, vocabulary = counted_with_new_words(recipe.vectorizer, new.texts)
    known = fading.faded(fitted.documents, vectorizer)
    docs = fading.without_faded(
        all_documents([known, new.having(terms=terms, vocabulary=vocabulary)]), vectorizer
    )
    showable = Showable(vectorizer)
    recipe = replace(
        recipe, vectorizer=vectorizer, description=replace(recipe.description, showable=showable)
    )
    graph = None
    if fitted.graph is not None:
        graph = subgraphs.grown_graph(fitted.graph, docs, lexical=powers.lexical_weight(recipe.relater))
    held, names = _held(old, new, recipe)
    assignment, strength, origin = _assigned(fitted, docs, graph, held, recipe)
    topics = _over(old, docs, assignment, strength, graph)
    topics = _renewed(topics, _share_changed(old.assignment, topics))
    topics = topics.relabel({row: name for row, name in names.items() if topics.labels[row] is None})
    topics = topics.having(origin={**topics.origin, **origin, **_origins(old, held, new, recipe)})
    topics = describe(topics, docs, recipe.description)
    topics = label(topics, docs, recipe.labeler, recipe.description, embedder=embedder)
    if fitted.documents.coords is not None and graph is not None:
        docs = docs.having(coords=_placed(fitted.documents.coords, graph, topics))
    return Fitted(docs, topics, graph), recipe


def forget(fitted: Fitted, kept: Int1d, recipe: Recipe, embedder: Embedder | None = None) -> Fitted:
    """Take documents away, and the topics that only they had.

    kept : rows of the documents that stay, rising
    embedder : of the documents, lent to the labeler
    """
    old, docs = fitted.topics, fitted.documents.take(kept)
    place = np.full(old.n_docs, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    shown = [place[rows] for rows in old.exemplars]
    topics = Topics.of(
        docs,
        old.assignment[kept],
        n_topics=old.n_topics,
        strength=old.strength[kept],
        layers=[layer[kept] for layer in old.layers],
        origin=old.origin,
    ).having(
        aspects=old.aspects,
        labels=old.labels,
        exemplars=tuple(rows[rows >= 0] for rows in shown),
        layer_labels=old.layer_labels,
    )
    gone = 1 - topics.sizes / np.maximum(old.sizes, 1)
    there = topics.sizes > 0
    topics = _renewed(topics, gone).regroup(np.where(there, np.cumsum(there) - 1, -1))
    topics = describe(topics, docs, recipe.description)
    topics = label(topics, docs, recipe.labeler, recipe.description, embedder=embedder)
    graph = None if fitted.graph is None else subgraphs.subgraph(fitted.graph, kept)
    return Fitted(docs, topics, graph)


def _held(old: Topics, new: Documents, recipe: Recipe) -> tuple[Int1d, dict[int, Label]]:
    """The topic each document is known to have, -1 for the others; and names of topics that there were none of yet."""
    named = np.full(new.n_docs, -1, dtype=np.int64)
    names: dict[int, Label] = {}
    if isinstance(recipe.seeder, Placer) and new.embeddings is not None:
        ids = recipe.seeder.place(new.embeddings)[0]
        row_of = dict(old.origin)
        for id in np.unique(ids[ids >= 0]).tolist():
            if id not in row_of:  # a name that no document was near before
                row_of[id] = old.n_topics + len(names)
                names[row_of[id]] = Label(recipe.seeder.topics[id])
            named[ids == id] = row_of[id]
    return np.concatenate([old.assignment, named]), names


def _origins(old: Topics, held: Int1d, new: Documents, recipe: Recipe) -> dict[int, int]:
    """Ids of seeds that got their first documents."""
    if not (held >= old.n_topics).any() or not isinstance(recipe.seeder, Placer) or new.embeddings is None:
        return {}
    ids = recipe.seeder.place(new.embeddings)[0]
    return {
        int(id): int(held[old.n_docs :][ids == id][0])
        for id in np.unique(ids[ids >= 0])
        if id not in old.origin
    }


def _assigned(
    fitted: Fitted, docs: Documents, graph: NeighborGraph | None, held: Int1d, recipe: Recipe
) -> tuple[Int1d, Float1d, dict[int, int]]:
    """(n_docs,) topic rows, new ones after those there are, strengths, and the grouper's ids of the new ones.

    What says nothing has no topic.
    """
    rows, strength, origin = _joining(fitted, docs, graph, held, recipe)
    if powers.needs_graph(recipe.grouper):
        mute = np.array(mute_rows(docs.texts, docs.columns.get(IMAGE)), dtype=np.int64)
        lost = mute[(mute >= fitted.topics.n_docs) & (held[mute] < 0)]
        rows[lost], strength[lost] = -1, 0
        rows = _without_gaps(rows, fitted.topics.n_topics)
    return rows, strength, origin


def _without_gaps(rows: Int1d, n_old: int) -> Int1d:
    """Rows numbered on end after the old topics, where a new one has lost all its documents."""
    new = np.unique(rows[rows >= n_old])
    return np.where(rows >= n_old, n_old + np.searchsorted(new, rows), rows)


def _joining(
    fitted: Fitted, docs: Documents, graph: NeighborGraph | None, held: Int1d, recipe: Recipe
) -> tuple[Int1d, Float1d, dict[int, int]]:
    old, n_old = fitted.topics, fitted.topics.n_docs
    grouper = recipe.grouper
    if graph is not None and _discovers(grouper):
        clusters = _discovered(docs, graph, held, old.strength, grouper)
        strength = np.concatenate([old.strength, clusters.strength[n_old:]])
        moved = old.assignment != clusters.labels[:n_old]
        strength[:n_old][moved] = clusters.strength[:n_old][moved]
        return clusters.labels.copy(), strength, {}
    new = docs.embeddings[n_old:] if docs.embeddings is not None else None
    known = held[n_old:]
    first = max(old.n_topics, int(held.max(initial=-1)) + 1)
    placed = _by_grouper(recipe, new, known, old, first)
    if placed is None:
        points = docs.embeddings if docs.embeddings is not None else _lexical(docs)
        placed = (*assign(points[n_old:], points[:n_old], old.assignment), {})
    theirs, sure, origin = placed
    rows = np.where(known >= 0, known, theirs)
    strength = np.where(rows >= 0, np.where(known >= 0, np.maximum(sure, 0.5), sure), 0)
    assignment = np.concatenate([old.assignment, rows])
    return assignment, np.concatenate([old.strength, strength]).astype(np.float32), origin


def _discovers(grouper: Any) -> bool:
    """Whether a grouper finds topics besides those that are held. One told how many there are does not."""
    finds = powers.needs_graph(grouper) and not isinstance(grouper, Given)
    return finds and powers.n_topics(grouper) is None


def _discovered(
    docs: Documents, graph: NeighborGraph, held: Int1d, strength: Float1d, grouper: Any
) -> Clusters:
    """Labels are rows: held ones as they are, others after the last of them.

    strength : of the old documents. One with fewer than half of its links in its topic follows a new topic, if it is
        in the group that becomes one; all others stay

    All documents are grouped anew, and each topic is the group that most of its documents are in. Groups that are no
    topic's become new ones. Holding the topics fast while grouping found fewer new ones: 13 for 19, AMI 0.29 for 0.32.
    """
    grouper = powers.same_resolution(grouper)
    known = subgraphs.of_copies(graph, held)
    weak = np.zeros(docs.n_docs, dtype=bool)
    weak[: len(strength)] = strength < STAYS
    # A topic of weak documents alone stays as it is
    sure = np.where(weak & np.isin(known, known[~weak]), -1, known)
    flat = {"layered": False} if powers.takes(grouper.group, "layered") else {}
    clusters = grouper.group(docs, graph, **flat)  # the layers there are stay
    groups, _ = constrained.seed_groups(clusters.labels, sure, graph.weights, docs.embeddings)
    there = np.unique(sure[sure >= 0])
    n_held, n_more = int(held.max(initial=-1)) + 1, int(groups.max(initial=-1)) + 1 - len(there)
    rows = np.concatenate([there, n_held + np.arange(n_more), [-1]])[groups]
    labels = np.where((known >= 0) & (rows < n_held), known, rows)
    labels = _large_enough(labels, known, n_held, graph, _smallest(grouper, docs.n_docs))
    inner = np.where(labels >= 0, constrained.share_in_topic(graph, labels), 0)
    return Clusters(labels, inner.astype(np.float32))


def _smallest(grouper: Any, n_docs: int) -> int:
    return powers.min_topic_size(grouper) or max(2, min(10, n_docs // 50))


def _large_enough(labels: Int1d, known: Int1d, n_held: int, graph: NeighborGraph, smallest: int) -> Int1d:
    """The labels with the documents of new topics that are too small back in the topics they had, or are linked to."""
    sizes = np.bincount(labels[labels >= 0], minlength=n_held)
    small = np.flatnonzero((sizes < smallest) & (np.arange(len(sizes)) >= n_held))
    lost = np.isin(labels, small)
    labels = np.where(lost, known, labels)
    inside, free = np.flatnonzero(labels >= 0), np.flatnonzero(lost & (known < 0))
    if len(free) and len(inside):
        votes = (graph.weights[free] @ membership(labels, len(sizes)).T.astype(np.float32)).toarray()
        labels[free] = np.where(votes.max(axis=1) > 0, votes.argmax(axis=1), -1)
    there = np.setdiff1d(np.arange(len(sizes)), small)
    return np.where(labels >= 0, np.searchsorted(there, labels), -1)


def _by_grouper(
    recipe: Recipe, new: Float2d | None, known: Int1d, old: Topics, first: int
) -> tuple[Int1d, Float1d, dict[int, int]] | None:
    """Rows by the grouper's own way to learn from more documents, or to place them; None where it has neither.

    known : (n_new,) topics that are known beforehand; a cluster that has only such documents makes no topic
    returns : rows, from `first` for clusters that no document was in before; strengths; and the ids of these clusters
    """
    grouper, seeder = recipe.grouper, recipe.seeder
    # Classes are numbered beside the clusters, so that no number of a cluster says which topic it became
    if new is None or not isinstance(grouper, Assigner) or isinstance(seeder, ClassSeeder):
        return None
    if grouper.can_grow:
        ids, strength = grouper.grow(new)
    elif grouper.can_assign:
        ids, strength = grouper.assign(new)
    else:
        return None
    ids = np.where(ids >= 0, ids + len(powers.topic_names(seeder)), -1)  # as seeds are numbered
    fresh = np.setdiff1d(ids[(ids >= 0) & (known < 0)], list(old.origin))
    origin = {id: first + row for row, id in enumerate(fresh.tolist())}
    row_of = {**old.origin, **origin}
    rows = np.array([row_of.get(id, -1) for id in ids.tolist()], dtype=np.int64)
    return rows, strength, origin


def _over(
    old: Topics, docs: Documents, assignment: Int1d, strength: Float1d, graph: NeighborGraph | None
) -> Topics:
    """The old topics over all documents, and rows for the new ones that await description."""
    n_topics = max(old.n_topics, int(assignment.max(initial=-1)) + 1)
    n_more = n_topics - old.n_topics
    topics = Topics.of(
        docs,
        assignment,
        n_topics=n_topics,
        strength=strength,
        layers=[_layer(layer, old, assignment) for layer in old.layers],
        origin=old.origin,
    )
    return topics.having(
        aspects={name: (*rows, *((),) * n_more) for name, rows in old.aspects.items()},
        labels=(*old.labels, *(None,) * n_more),
        exemplars=(*old.exemplars, *(np.empty(0, dtype=np.int64),) * n_more),
        layer_labels=old.layer_labels,
    )


def _layer(layer: Int1d, old: Topics, assignment: Int1d) -> Int1d:
    """A layer over all documents: new ones have the group that most of their topic have, a new topic is its own."""
    n_topics = max(old.n_topics, int(assignment.max(initial=-1)) + 1)
    above = of_topics(layer, old.assignment, n_topics)
    above = np.where(above >= 0, above, int(layer.max(initial=-1)) + 1 + np.arange(n_topics))
    whole = np.concatenate([layer, np.full(len(assignment) - len(layer), -1)])
    return np.where((whole < 0) & (assignment >= 0), above[np.maximum(assignment, 0)], whole)


def _share_changed(before: Int1d, topics: Topics) -> Float1d:
    """(n_topics,) share of each topic's documents that it did not have."""
    stayed = before == topics.assignment[: len(before)]
    kept = np.bincount(before[stayed & (before >= 0)], minlength=topics.n_topics)
    return 1 - kept / np.maximum(topics.sizes, 1)


def _renewed(topics: Topics, share: Float1d) -> Topics:
    """The topics, bare of machine-made descriptions and names where enough of their documents changed."""
    bare = share > CHANGED
    nobody = np.empty(0, dtype=np.int64)
    pairs = list(zip(bare, topics.labels, strict=True))
    return topics.having(
        aspects={
            name: tuple(() if b else r for b, r in zip(bare, rows, strict=True))
            for name, rows in topics.aspects.items()
        },
        labels=tuple(old if not b or (old and old.by_person) else None for b, old in pairs),
        exemplars=tuple(nobody if b else r for b, r in zip(bare, topics.exemplars, strict=True)),
        layer_labels=_headings_left(topics, share),
    ).renamed(np.flatnonzero(bare).tolist())


def _headings_left(topics: Topics, share: Float1d) -> tuple[dict[int, Label], ...]:
    """Names of the groups of each layer: a machine's goes where enough of the group's documents changed."""
    left = [dict(labels) for labels in topics.layer_labels]
    sizes = topics.sizes
    for level in topics.levels:
        for row, group in enumerate(level.ids.tolist()):
            rows, label = level.topics(row), left[level.layer].get(group)
            changed = (share[rows] * sizes[rows]).sum() > CHANGED * sizes[rows].sum()
            if label is not None and not label.by_person and changed:
                del left[level.layer][group]
    return tuple(left)


def _placed(coords: Float2d, graph: NeighborGraph, topics: Topics) -> Float2d:
    """The map as it was, and each new document among those it is linked to, else among those of its topic."""
    n_old = len(coords)
    links = graph.weights[n_old:][:, :n_old]
    total = np.asarray(links.sum(axis=1)).ravel()
    near = np.asarray(links @ coords) / np.maximum(total, 1e-12)[:, None]
    for i in np.flatnonzero(total == 0):
        fellows = np.flatnonzero(topics.assignment[:n_old] == topics.assignment[n_old + i])
        near[i] = coords[fellows].mean(axis=0) if len(fellows) else coords.mean(axis=0)
    return np.vstack([coords, near]).astype(np.float32)


def _lexical(docs: Documents) -> Float2d:
    from themata.relate.lexical_view import fit_lexical

    assert docs.terms is not None
    return fit_lexical(docs.terms).project(docs.terms)
