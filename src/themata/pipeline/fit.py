"""From documents to described, named and placed topics: `fit` is the order of the steps, a function below it each step.

embed -> count -> (seed) -> relate -> group -> describe -> label -> lay out
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from themata.core import powers
from themata.core.arrays import MANY, Int1d
from themata.core.documents import Documents
from themata.core.errors import ThemataError
from themata.core.graph import NeighborGraph
from themata.core.protocols import (
    ClassSeeder,
    Clusters,
    Embedder,
    EstimatingEmbedder,
    Grouper,
    Labeler,
    Layout,
    Learner,
    Progress,
    Relater,
    RelearningVectorizer,
    ReportingLabeler,
    Seeds,
    Vectorizer,
)
from themata.core.topics import Aspect, Label, Topics
from themata.group import constrained
from themata.group.checked_clusters import clusters_of
from themata.languages.nonanswers import mute_rows
from themata.naming.llm.questions import Ask
from themata.pipeline import arguments, automatic_embedder, fading, seeding, validation
from themata.pipeline.describe import Description, describe, label, questions
from themata.pipeline.embedding import Work, learn, n_cut, readable
from themata.pipeline.multimodal import IMAGE, points_of
from themata.pipeline.prefetch import Ahead, Beside
from themata.pipeline.recipe import Recipe
from themata.pipeline.step_cache import Steps
from themata.pipeline.vocabulary import learned_counts
from themata.relate import subgraphs
from themata.seed.known_classes import Classes

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fitted:
    """documents, their topics, and the neighbor graph that both came from (None on roads that need none)."""

    documents: Documents
    topics: Topics
    graph: NeighborGraph | None


def fit(docs: Documents, recipe: Recipe, steps: Steps, *, y: Any = None) -> Fitted:
    """Find, describe, name and place the topics of documents.

    docs : texts, and the embeddings when they are known
    y : (n_docs,) known classes, -1 or None for unknown
    """
    docs, voters = embedded(docs, recipe, steps)
    with Ahead(recipe.relater, recipe.grouper, voters) as ahead:
        docs = counted(docs, recipe, steps, ahead if y is None and recipe.seeder is None else None)
        seeds = seeded(docs, recipe, y)
        seen = seeding.drawn(docs, seeds)
        graph = related(seen, recipe, steps, ahead)
        clusters = grouped(seen, graph, recipe, steps, seeds, y, ahead)
    topics = with_seed_names(as_topics(docs, clusters), seeds)
    if not topics.n_topics:
        log.warning(
            "no topic was found, all %d documents are outliers (-1): ask for smaller topics%s, or give more documents",
            docs.n_docs,
            _size_asked(recipe.grouper),
        )
    with Beside() as beside:
        _lay_out_beside(beside, docs, graph, topics, recipe, steps)
        topics = described(docs, topics, recipe, steps)
        topics = labeled(docs, topics, recipe, steps)
        return Fitted(laid_out(docs, graph, topics, recipe, steps, beside), topics, graph)


def embedded(docs: Documents, recipe: Recipe, steps: Steps) -> tuple[Documents, Int1d | None]:
    """The documents with embeddings, made where they are missing and an embedder is there.

    returns : beside them, rows of those whose embeddings are more than estimates, which decide how fine topics are; None
        for all
    """
    if docs.embeddings is not None:
        return docs, None
    embedder = recipe.embedder.part
    if embedder is None and IMAGE not in docs.columns:
        return docs, None
    with steps.timed("embed"):
        read = readable(docs, recipe.ignore)
        work = Work(steps.work("learn"), steps.listener.progress("embed"), partial(steps.timed, "load"))
        if recipe.embedder.is_automatic and not isinstance(embedder, Learner):
            embedder = automatic_embedder.chosen(read.texts, embedder, work)
            recipe.embedder.settle(embedder)
        elif isinstance(embedder, Learner):
            learn(read.texts, embedder, work)
        points = points_of(
            read,
            embedder,
            keep=steps.work("embed"),
            progress=steps.listener.progress("embed"),
            loading=partial(steps.timed, "load"),
        )
        _tell_cut(read, embedder, steps)
        if isinstance(embedder, EstimatingEmbedder):
            steps.facts["fidelity"] = asdict(embedder.fidelity_)
    return docs.having(embeddings=arguments.embeddings(points, docs.n_docs)), _voters(read.texts, embedder)


def _voters(texts: Sequence[str], embedder: Embedder | None) -> Int1d | None:
    if not isinstance(embedder, EstimatingEmbedder):
        return None
    exact = embedder.is_exact(texts)
    return None if exact.all() else np.flatnonzero(exact)


def _tell_cut(docs: Documents, embedder: Embedder | None, steps: Steps) -> None:
    """Say how many documents are longer than the embedder reads; what comes after is not looked at for their topic."""
    n, reads = n_cut(docs.texts, embedder, steps.work("embed"))
    steps.facts["n_cut"] = n
    if n:
        are = "1 document is" if n == 1 else f"{n:,} documents are"
        log.warning(
            "%s longer than the embedder reads (%s): --passages (themata.read.passages.split) splits %s",
            are,
            reads,
            "it" if n == 1 else "them",
        )


def counted(docs: Documents, recipe: Recipe, steps: Steps, ahead: Ahead | None = None) -> Documents:
    """ahead : begins when the counting does; None where the parts are given something else than the documents"""
    if docs.terms is not None:
        return docs
    vectorizer = recipe.vectorizer
    # What another's vectorizer has learned cannot be kept
    if not isinstance(vectorizer, RelearningVectorizer):
        steps = steps.without_keeper()
    begin = None if ahead is None else partial(ahead.begin, docs)
    made = steps.do("count", _count, helpers={"begin": begin}, texts=docs.texts, vectorizer=vectorizer)
    if isinstance(vectorizer, RelearningVectorizer):
        vectorizer.relearn(made["vocabulary"].tolist(), made["facts"])
    return fading.without_faded(docs.having(terms=made["terms"], vocabulary=made["vocabulary"]), vectorizer)


def _count(
    texts: Sequence[str], vectorizer: Vectorizer, *, begin: Callable[[], None] | None
) -> dict[str, Any]:
    """begin : called when the step is not reused"""
    if begin is not None:
        begin()
    terms = learned_counts(vectorizer, texts)
    return {"terms": terms, "vocabulary": _column_names(vectorizer), "facts": powers.facts(vectorizer)}


def recounted(docs: Documents, vectorizer: Vectorizer) -> Documents:
    """The same documents, their terms counted by another vectorizer."""
    terms = learned_counts(vectorizer, docs.texts)
    return docs.having(terms=terms, vocabulary=_column_names(vectorizer))


def related(
    docs: Documents, recipe: Recipe, steps: Steps, ahead: Ahead | None = None
) -> NeighborGraph | None:
    """The graph of the documents, None where neither grouper nor layout reads one."""
    if not powers.needs_graph(recipe.grouper) and recipe.layout is None:
        return None
    made = steps.do("relate", _relate, helpers={"ahead": ahead}, docs=docs, relater=recipe.relater)
    return NeighborGraph(**made)


def _relate(docs: Documents, relater: Relater, *, ahead: Ahead | None) -> dict[str, Any]:
    return dict(vars(relater.relate(docs, **({} if ahead is None else ahead.near()))))


def seeded(docs: Documents, recipe: Recipe, y: Any) -> Seeds | None:
    """What is known beforehand; classes without a seeder are for a grouper that takes them, else a seeder's."""
    seeder = recipe.seeder
    if y is not None and isinstance(seeder, ClassSeeder):
        seeder = seeder.given(y)
    if y is not None and seeder is None and not powers.takes_classes(recipe.grouper):
        seeder = Classes(y)
    if seeder is None:
        return None
    embedder = _embedder_of_names(docs, recipe) if powers.needs_embedder(seeder) else None
    return seeding.checked_seeds(seeder, seeder.seed(docs, embedder), docs.n_docs)


def grouped(
    docs: Documents,
    graph: NeighborGraph | None,
    recipe: Recipe,
    steps: Steps,
    seeds: Seeds | None = None,
    y: Any = None,
    ahead: Ahead | None = None,
) -> Clusters:
    """The documents in groups, with what is known of them beforehand."""
    mute = _mute(docs) if graph is not None and seeds is None and y is None else np.empty(0, dtype=np.int64)
    if len(mute):
        log.warning(
            "%s of %s documents say nothing, the first is %r: they have no topic",
            f"{len(mute):,}",
            f"{docs.n_docs:,}",
            docs.texts[mute[0]],
        )
    made = steps.do(
        "group",
        _group,
        helpers={"mute": mute, "ahead": ahead},
        docs=docs,
        graph=graph,
        grouper=recipe.grouper,
        seeds=seeds,
        y=y,
    )
    origin = dict(made["origin"].tolist()) if "origin" in made else {}
    return Clusters(made["labels"], made["strength"], tuple(made["layers"]), origin or None)


def _group(
    docs: Documents,
    graph: NeighborGraph | None,
    grouper: Grouper,
    seeds: Seeds | None,
    y: Any,
    *,
    mute: Int1d,
    ahead: Ahead | None,
) -> dict[str, Any]:
    """mute : rows of documents that say nothing, which follow from the documents"""
    if len(mute) and graph is not None:
        known = {} if ahead is None else ahead.vote(docs, graph)
        clusters = _without(mute, docs, graph, grouper, known)
    elif seeds is None:
        known = {} if y is None else {"y": y}
        known |= {} if ahead is None else ahead.fineness(docs, graph)
        clusters = clusters_of(grouper, docs, graph, **known)
    else:
        clusters = constrained.grouped_with_seeds(docs, graph, grouper, seeds)
    layers = np.array(clusters.layers, dtype=np.int64).reshape(-1, docs.n_docs)
    origin = np.array(list((clusters.origin or {}).items()), dtype=np.int64).reshape(-1, 2)
    return {"labels": clusters.labels, "strength": clusters.strength, "layers": layers, "origin": origin}


def _mute(docs: Documents) -> Int1d:
    """Rows of documents that say nothing: empty ones and answers that are none, such as "n/a"; none where all are so."""
    mute = mute_rows(docs.texts, docs.columns.get(IMAGE))
    return np.array(mute if len(mute) < docs.n_docs else [], dtype=np.int64)


def _without(
    rows: Int1d, docs: Documents, graph: NeighborGraph, grouper: Grouper, known: Mapping[str, Any]
) -> Clusters:
    """The groups of all documents but some, which are in none."""
    others = np.setdiff1d(np.arange(docs.n_docs), rows)
    part = docs.take(others)
    clusters = clusters_of(grouper, part, subgraphs.subgraph(graph, others), **known)

    def whole(values: Any, rest: float) -> Any:
        every = np.full(docs.n_docs, rest, dtype=np.asarray(values).dtype)
        every[others] = values
        return every

    return Clusters(
        whole(clusters.labels, -1),
        whole(clusters.strength, 0),
        [whole(layer, -1) for layer in clusters.layers],
        clusters.origin,
    )


def as_topics(docs: Documents, clusters: Clusters) -> Topics:
    """Number the groups 0, 1, ... by falling size, however the grouper named them."""
    ids = np.unique(clusters.labels[clusters.labels >= 0])
    rows = np.where(clusters.labels >= 0, np.searchsorted(ids, clusters.labels), -1)
    row_of = {int(label): row for row, label in enumerate(ids)}
    topics = Topics.of(
        docs,
        rows,
        n_topics=len(ids),
        strength=np.where(rows >= 0, clusters.strength, 0).astype(np.float32),
        layers=clusters.layers,
        origin=row_of
        if clusters.origin is None
        else {id: row_of[label] for id, label in clusters.origin.items() if label in row_of},
    )
    return topics.by_size()


def with_seed_names(topics: Topics, seeds: Seeds | None) -> Topics:
    """The topics of named seeds with their names, which are kept as if a person had given them."""
    if seeds is None or seeds.hold == "loosely":
        return topics
    names = {id: name for id, name in zip(seeds.ids.tolist(), seeds.names, strict=True) if name}
    far = [name.name for id, name in names.items() if id not in topics.origin]
    if far:
        log.warning(
            "no document is near %d of %d names: %s; a lower min_similarity finds more",
            len(far),
            len(names),
            ", ".join(far[:5]) + (" ..." if len(far) > 5 else ""),
        )
    return topics.relabel({topics.origin[id]: name for id, name in names.items() if id in topics.origin})


def _size_asked(grouper: Grouper) -> str:
    """The smallest size of a topic that was asked for, for a sentence; empty where it is not known."""
    size = powers.min_topic_size(grouper)
    return f" (min_topic_size is {size})" if size else ""


def described(docs: Documents, topics: Topics, recipe: Recipe, steps: Steps) -> Topics:
    """The topics with keywords, aspects and exemplars."""
    made = steps.do("describe", _describe, topics=topics, docs=docs, how=recipe.description)
    for name, aspect in made["aspects"].items():
        topics = topics.with_aspect(name, aspect)
    shown = tuple(np.array(rows, dtype=np.int64) for rows in made["exemplars"])
    return topics.having(exemplars=shown, common=tuple(made["common"]))


def _describe(topics: Topics, docs: Documents, how: Description) -> dict[str, Any]:
    described = describe(topics, docs, how)
    shown = [rows.tolist() for rows in described.exemplars]
    return {"aspects": dict(described.aspects), "exemplars": shown, "common": list(described.common)}


def labeled(docs: Documents, topics: Topics, recipe: Recipe, steps: Steps) -> Topics:
    """The topics and their coarser layers with names, and answers to what else is asked about them."""

    def whole(made: Mapping[str, Any]) -> bool:  # else it is asked again by the next run
        named = recipe.labeler is None or all(made["labels"])
        return named and all(all(rows) for rows in made["answers"].values())

    if powers.keeps_answers(recipe.labeler):  # and asks again for those that failed
        steps = steps.without_keeper()
    made = steps.do(
        "label",
        _label,
        worth_keeping=whole,
        helpers={"recipe": recipe, "progress": steps.listener.progress("label")},
        topics=topics,
        docs=docs,
        labeler=recipe.labeler,
        asks=questions(recipe.description),
        keywords=topics.keywords,
    )
    layers = tuple({group: Label.from_dict(label) for group, label in labels} for labels in made["layers"])
    labels = tuple(None if label is None else Label.from_dict(label) for label in made["labels"])
    for name, rows in made["answers"].items():
        topics = topics.with_aspect(name, rows)
    return topics.having(labels=labels, layer_labels=layers)


def _label(
    topics: Topics,
    docs: Documents,
    labeler: Labeler | None,
    asks: Mapping[str, Ask],
    keywords: Aspect,
    *,
    recipe: Recipe,
    progress: Progress | None,
) -> dict[str, Any]:
    """keywords : what of the recipe's description decides names besides the questions"""
    with _followed(labeler, progress):
        named = label(topics, docs, labeler, recipe.description, embedder=recipe.space(docs))
    layers = [[[group, name.to_dict()] for group, name in labels.items()] for labels in named.layer_labels]
    labels = [None if name is None else name.to_dict() for name in named.labels]
    return {"labels": labels, "layers": layers, "answers": {name: named.aspects[name] for name in asks}}


@contextmanager
def _followed(labeler: Labeler | None, progress: Progress | None) -> Iterator[None]:
    """A labeler that tells how far it is tells it here, unless it was told whom to tell."""
    if not isinstance(labeler, ReportingLabeler) or labeler.progress is not None:
        yield
        return
    labeler.progress = progress
    try:
        yield
    finally:
        labeler.progress = None


def laid_out(
    docs: Documents,
    graph: NeighborGraph | None,
    topics: Topics,
    recipe: Recipe,
    steps: Steps,
    beside: Beside | None = None,
) -> Documents:
    """The documents with their places on the map, where a layout is there.

    beside : looks for them already; names have no say in them
    """
    if recipe.layout is None or graph is None:
        return docs
    made = steps.do(
        "layout",
        _lay_out,
        helpers={"beside": beside},
        docs=docs,
        graph=graph,
        topics=topics,
        layout=recipe.layout,
    )
    return docs.having(coords=made["coords"])


def _lay_out(
    docs: Documents, graph: NeighborGraph, topics: Topics, layout: Layout, *, beside: Beside | None = None
) -> dict[str, Any]:
    known = None if beside is None else beside.answer()
    if known is not None:
        return dict(known)
    return {"coords": validation.coords(layout, layout.lay_out(docs, graph, topics), docs)}


def _lay_out_beside(
    beside: Beside,
    docs: Documents,
    graph: NeighborGraph | None,
    topics: Topics,
    recipe: Recipe,
    steps: Steps,
) -> None:
    """Begin the map of many documents, unless an earlier run has made it."""
    layout = recipe.layout
    if docs.n_docs < MANY or layout is None or graph is None:
        return
    if not steps.is_kept("layout", docs=docs, graph=graph, topics=topics, layout=layout):
        beside.begin(partial(_lay_out, docs, graph, topics, layout))


def _embedder_of_names(docs: Documents, recipe: Recipe) -> Any:
    """The embedder of the documents, for names and seed words; None where it cannot be had."""
    if recipe.has_embedder:  # who hands it over for the names beside embeddings knows why
        return recipe.embedder.part
    if docs.embeddings is None:
        return None
    try:
        return recipe.space(docs).embedder()
    except ThemataError as error:
        log.warning("nothing but the documents is embedded: %s", error)
        return None


def _column_names(vectorizer: Vectorizer) -> np.ndarray[Any, Any]:
    return np.asarray(list(vectorizer.get_feature_names_out()), dtype=object)
