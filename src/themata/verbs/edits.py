"""Edits of a fitted model: each makes new Topics, describes what changed, and can be undone."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np

from themata.analysis import tables
from themata.analysis.over_time import read_times
from themata.analysis.reduction import finer, joined, parted
from themata.core.arrays import Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.protocols import Prompt
from themata.core.registry import make
from themata.core.topics import Label, Topics
from themata.core.weighting import Weighting
from themata.naming.llm.fallback import rather
from themata.naming.llm.llm_labeler import LLM
from themata.naming.llm.usage import LabelReport
from themata.pipeline import arguments, online, validation
from themata.pipeline.describe import Showable, describe, keyword_weights, keywords_by, label
from themata.pipeline.embedding_space import Lent
from themata.pipeline.fit import Fitted, recounted
from themata.pipeline.recipe import representer_of, weighting_of
from themata.verbs.result import Result, moved

log = logging.getLogger(__name__)


class Edits(Result):
    """Topics merged, deleted, renamed and moved by a person."""

    def merge(self, topics: Sequence[int] | Sequence[Sequence[int]]) -> Self:
        """Merge one list of topics, or several; topics are numbered anew by falling size (see `renumbered`).

        Lists that share a topic become one topic, which is logged.
        """
        shared = _in_several(topics)
        if shared:
            log.warning(
                "topics %s are in more than one list: lists that share a topic are merged into one", shared
            )
        return self._edit(f"merge {_listed(topics)}", self.result_.merge(topics).by_size())

    def delete(self, topics: int | Sequence[int]) -> Self:
        """Make outliers of the documents of some topics; topics are numbered anew by falling size."""
        listed = [topics] if isinstance(topics, int | np.integer) else topics
        return self._edit(f"delete {_listed(listed)}", self.result_.delete(listed).by_size())

    def reduce(self, n_topics: int | str = "auto", *, by: str = "embeddings") -> Self:
        """Join the nearest topics; topics are numbered anew by falling size.

        n_topics : topics to be left, or "auto" to join only those that are nearly one
        by : "embeddings" or "terms"
        """
        topics = self.result_
        if not isinstance(n_topics, str) and n_topics > topics.n_topics:
            log.warning(
                "%d topics were asked for and there are %d: reduce joins topics and makes none; split(topic, into=2) "
                "divides one, and a fit with a smaller min_topic_size finds more",
                n_topics,
                topics.n_topics,
            )
        rows = joined(topics, keyword_weights(topics, self._recipe.description), n_topics, by=by)
        nothing = len(np.unique(rows)) == topics.n_topics  # then no number changes either
        return self._edit(f"reduce to {n_topics}", topics if nothing else topics.regroup(rows).by_size())

    def split(self, topic: int, into: int | None = None) -> Self:
        """Divide a topic; topics are numbered anew by falling size.

        into : number of parts; None: those of its finer layer
        """
        topics, docs = self.result_, self._known_documents
        topics.check(topic)
        if into is None:
            parts = finer(topics, topic)
            if parts is None:
                raise InputError(
                    f"topic {topic} has no finer layer: say into how many parts, split({topic}, into=2)"
                )
        else:
            points = self._space.known[topics.assignment == topic]
            parts = parted(points, into, self.random_state)
        divided = topics.split(topic, parts, docs)
        return self._edit(f"split {topic} into {int(parts.max()) + 1}", divided.by_size())

    def redescribe(
        self,
        *,
        vectorizer: Any = None,
        weighting: Weighting | None = None,
        aspects: Mapping[str, Any] | None = None,
        top_n_words: int | None = None,
        topics: Sequence[int] | Int1d | None = None,
    ) -> Self:
        """Describe the topics another way. What is not asked for stays as it is: labels, too.

        vectorizer : counts the documents anew
        weighting : counts to weights of keywords
        aspects : {name: representer, or a list of them}; added to those there are, or in the place of one of the same
            name; None as a representer takes an aspect away
        top_n_words : keywords kept of each topic
        topics : (n_docs,) the topic of each document, when they are to move as well
        """
        how, docs, space = self._recipe.description, self._known_documents, None
        parameters: dict[str, Any] = {}
        recipe = self._recipe
        if vectorizer is not None:
            docs = recounted(docs, vectorizer)
            showable = Showable(vectorizer)
            how, recipe = replace(how, showable=showable), replace(recipe, vectorizer=vectorizer)
            space = self._space.counted_by(docs, vectorizer)
            parameters["vectorizer"] = vectorizer
        if weighting is not None:
            how = replace(how, weighting=weighting_of(weighting, recipe.seeder))
            parameters["weighting"] = weighting
        if top_n_words is not None:
            how, parameters["top_n_words"] = replace(how, top_n_words=top_n_words), top_n_words
        bare = self.result_ if topics is None else self._reassigned(topics, docs)
        if vectorizer is not None:
            bare = bare.recounted(docs)
        if aspects is not None:
            made = {name: representer_of(part) for name, part in aspects.items() if part is not None}
            validation.ready(*made.values())
            kept = {name: part for name, part in how.aspects.items() if name not in aspects}
            how = replace(how, aspects={**kept, **made})
            parameters["aspects"] = how.aspects
        # An aspect that is asked for, or whose words were counted anew, is made again; others only where they are bare
        again = set(bare.aspects) if vectorizer is not None or weighting is not None else set(aspects or {})
        if top_n_words is not None:
            again = set(bare.aspects)
        bare = bare.having(aspects={name: rows for name, rows in bare.aspects.items() if name not in again})
        found = label(
            describe(bare, docs, how), docs, recipe.labeler, how, embedder=Lent(space or self._space)
        )
        told = ", ".join([*parameters, *(["topics"] if topics is not None else [])]) or "nothing new"
        return self._keep_all(
            f"redescribe by {told}",
            Fitted(docs, found, self.graph_),
            recipe=replace(recipe, description=how),
            space=space,
            parameters=parameters,
        )

    def relabel(self, names: Mapping[int, str | Label | None], *, layer: int | None = None) -> Self:
        """Name topics by hand; None gives the name back to the labeler.

        layer : name groups of this coarser layer instead, both by the numbers that `contents` tells
        """
        if layer is not None:
            told = f"relabel {_listed(list(names))} of layer {layer}"
            return self._edit(told, self.result_.relabel_layer(layer, names))
        # Names change no word: keywords that were set by hand stay
        return self._keep(f"relabel {_listed(list(names))}", self._labeled(self.result_.relabel(names)))

    def set_topic_labels(self, topic_labels: Sequence[str] | Mapping[int, str]) -> None:
        """Name topics by hand: {topic: name}, or a list in the order of the table, with -1 first if it has one."""
        if not isinstance(topic_labels, Mapping):
            topic_labels = list(arguments.column(topic_labels, "names"))
            rows, topics = tables.shown_rows(self.result_), list(range(self.result_.n_topics))
            listed = topics if len(topic_labels) == len(topics) else rows
            if len(topic_labels) != len(listed):
                raise InputError(
                    f"a name for each of {len(topics)} topics is needed, got {len(topic_labels)}"
                )
            topic_labels = dict(zip(listed, topic_labels, strict=True))
        # Outliers are no topic: tables show them under a name of their own
        if topic_labels.get(-1) is not None:
            Label.by_hand(topic_labels[-1])
        self.relabel({topic: name for topic, name in topic_labels.items() if topic != -1})

    def reassign(self, assignment: Sequence[int] | Int1d) -> Self:
        """Move documents to other topics: a topic number, or -1, for each."""
        there = self._reassigned(assignment, self._known_documents)
        n_moved = int((there.assignment != self.result_.assignment).sum())
        return self._edit(f"reassign {n_moved} documents", there)

    def forget(self, documents: Sequence[int] | Int1d | None = None, *, before: Any = None) -> Self:
        """Take documents away for good, and topics that only they had; topics keep their order.

        documents : their rows
        before : a date; the documents of earlier times are forgotten, those without a time stay
        """
        docs = self._known_documents
        gone = np.zeros(docs.n_docs, dtype=bool)
        if documents is not None:
            gone[arguments.document_rows(documents, docs.n_docs)] = True
        if before is not None:
            if docs.times is None:
                raise InputError("the documents have no times: forget them by their rows")
            gone |= docs.times < read_times([before])[0]
        return self._keep_only(np.flatnonzero(~gone), f"forget {int(gone.sum())} documents")

    def _reassigned(self, assignment: Sequence[int] | Int1d, docs: Documents) -> Topics:
        """The topics once documents have moved."""
        return self.result_.reassign(arguments.assignment(assignment, docs.n_docs), docs)

    def _keep_only(self, kept: Int1d, told: str) -> Self:
        if not len(kept):
            raise InputError("every document would be forgotten: at least one must stay")
        fitted = online.forget(self._fitted, kept, self._recipe, Lent(self._space))
        space = self._space.counted_by(fitted.documents, self._recipe.vectorizer)
        return self._keep_all(told, fitted, space=space, kept=kept)

    def label(self, labeler: Any = None, *, aspects: Mapping[str, Any] | None = None) -> Self:
        """Ask a labeler for the name of every topic and every group of topics that no person named.

        labeler : None is the model's own
        aspects : {name: Ask}, asked for anew and added to those there are, as `redescribe` does; a language model that is
            asked for both gets names and aspects as one batch

        A topic that a language model fails to name keeps the name that another gave it; one that has only phrases is
        named by them anew, and its label's `source` says why.
        """
        part = self._recipe.labeler if labeler is None else make("labeler", labeler)
        made = {name: representer_of(one) for name, one in (aspects or {}).items()}
        validation.ready(part, *made.values())
        bare, how = self.without_machine_labels(), self._recipe.description
        if not made:
            return self._keep("label again", rather(self._labeled(bare, part), self.result_))
        how = replace(how, aspects={**how.aspects, **made})
        bare = bare.having(aspects={name: rows for name, rows in bare.aspects.items() if name not in made})
        docs = self._known_documents
        found = label(describe(bare, docs, how), docs, part, how, embedder=Lent(self._space))
        return self._keep_all(
            f"label again, with {', '.join(made)}",
            Fitted(docs, rather(found, self.result_), self.graph_),
            recipe=replace(self._recipe, description=how),
            parameters={"aspects": how.aspects},
        )

    def label_cost(self, labeler: Any = None) -> LabelReport:
        """What `label` would send to a language model and cost, asking nothing."""
        return self._llm(labeler).dry_run(
            self.without_machine_labels(), self.documents_, keywords=keywords_by(self._recipe.description)
        )

    def label_prompts(self, labeler: Any = None, *, layer: int | None = None) -> dict[int, Prompt]:
        """The exact prompt of every topic that no person named, by number, as a language model would get it first.

        layer : of the groups of this coarser layer instead, by the layer's own numbers; their children by the names
            they have now
        """
        bare = self.without_machine_labels()
        if layer is not None:
            bare = bare.having(labels=self.result_.labels)
            finer = (
                known if place < layer else bare.layer_labels[place]
                for place, known in enumerate(self.result_.layer_labels)
            )
            bare = bare.having(layer_labels=tuple(finer))
        keywords = keywords_by(self._recipe.description)
        return self._llm(labeler).prompts(bare, self.documents_, layer=layer, keywords=keywords)

    def _llm(self, labeler: Any) -> LLM:
        part = self._recipe.labeler if labeler is None else make("labeler", labeler)
        if not isinstance(part, LLM):
            raise InputError(f"{type(part).__name__} asks no language model: give labeler=LLM(...)")
        part.lend(Lent(self._space))
        return part

    def without_machine_labels(self) -> Topics:
        """The topics with only the names that a person gave: those without a label are the ones to ask about."""
        topics = self.result_
        return topics.having(
            labels=tuple(old if old and old.by_person else None for old in topics.labels),
            layer_labels=tuple(
                {group: old for group, old in labels.items() if old.by_person}
                for labels in topics.layer_labels
            ),
        )

    def undo(self) -> Self:
        """Take the last edit back."""
        if not self.history:
            raise InputError("there is no edit to undo")
        placed = self.documents_.coords
        before = self._past.pop()
        docs = before.fitted.documents
        if docs.coords is None and placed is not None and len(placed) == docs.n_docs:
            docs = docs.having(coords=placed)  # an edit moves nobody on the map
        self._state = Fitted(docs, before.fitted.topics, before.fitted.graph)
        self._recipe, self._space = before.recipe, before.space
        for name, value in before.parameters.items():
            setattr(self, name, value)
        return self

    @property
    def history(self) -> list[str]:
        """The edits since fit, oldest first, as a person would tell them."""
        return [moment.told for moment in getattr(self, "_past", [])]

    @property
    def renumbered(self) -> Int1d:
        """(topics before the last edit,) where each went: the topic that most of its documents have now, -1 for none."""
        if not self.history:
            return np.arange(self.result_.n_topics)
        before = self._past[-1]
        return moved(before.fitted.topics, self.result_, before.kept)


def _listed(topics: Any) -> str:
    """Lists of numbers as people write them, whatever kind of number they hold."""
    return str([np.asarray(row).tolist() for row in topics])


def _in_several(lists: Any) -> list[int]:
    """Topics that several lists name."""
    named = Counter(topic for topics in lists if not np.isscalar(topics) for topic in set(topics))
    return sorted(int(topic) for topic, n in named.items() if n > 1)
