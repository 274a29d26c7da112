"""Topics: the second of the two tables, one row per topic, and the column that links the documents to it.

Topics change in two ways only. `regroup` sends topic rows to other rows: merge, delete, reduce, sort, a cut of a tree.
`reassign` moves documents. Everything else about them is derived, or described anew by the parts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias, cast

import numpy as np
from scipy import sparse

from themata.core import html_views
from themata.core.arrays import Bool1d, Csr, Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError, UnknownTopicError
from themata.core.graph import unit_rows
from themata.core.layers import Level, same_documents, tree_levels
from themata.core.membership import carried, in_rows, means, put, regrouped, sent, summed
from themata.core.weighting import BY_CONTRAST, top_ideas

Keywords: TypeAlias = tuple[tuple[str, float], ...]
Aspect: TypeAlias = tuple[Keywords, ...]

MAIN = "Main"  # the aspect every topic is described by first, as its users know it
LONGEST_REASON = 100  # characters


class Namer(StrEnum):
    """Who or what gives a name."""

    PERSON = "person"
    PHRASES = "phrases"
    KEYWORDS = "keywords"
    CHILDREN = "children"  # a group's name is made of the names of what is in it
    ZERO_SHOT = "zero-shot"  # the topic was looked for by its name
    MODEL = "model"  # a language model, or a labeler of the user's


@dataclass(frozen=True)
class Failure:
    """Why a language model gave no name.

    model : its name
    reason : in words
    error : class of the ChatError, empty where an answer came that could not be used
    """

    model: str
    reason: str
    error: str = ""


@dataclass(frozen=True)
class Surpassed:
    """A name by a language model that gave way, since this one fits the topic better.

    model : its name
    name : what it called the topic
    """

    model: str
    name: str


@dataclass(frozen=True)
class Origin:
    """Where a name comes from.

    namer : who or what gave it
    failure : why the name stands in for a language model's
    model : the name of the language model or labeler that wrote it
    surpassed : the language model's name that gave way to this one
    """

    namer: Namer = Namer.PERSON
    failure: Failure | None = None
    model: str = ""
    surpassed: Surpassed | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.namer, Namer):
            raise InputError(
                f"a name comes from a Namer, got {self.namer!r:.60}: Origin.by_model(name) for a model or a labeler"
            )

    @classmethod
    def by_model(cls, name: str) -> Origin:
        """The origin of what a language model, or a labeler of the user's, wrote."""
        return cls(Namer.MODEL, model=name)

    @classmethod
    def called(cls, author: str, failure: Failure | None = None) -> Origin:
        """The origin that a word says, as folders of before named it: a kind of namer, or else a model.

        >>> Origin.called("phrases").namer, Origin.called("llama").model
        (<Namer.PHRASES: 'phrases'>, 'llama')
        """
        is_kind = author in set(Namer)
        return cls(Namer(author), failure) if is_kind else cls(Namer.MODEL, failure, author)

    @property
    def author(self) -> str:
        """The namer in a word: a model by its name."""
        return self.model if self.namer is Namer.MODEL else self.namer.value

    def __str__(self) -> str:
        """
        >>> str(Origin(Namer.PHRASES, Failure("llama", "no connection")))
        'phrases (llama failed: no connection)'
        >>> str(Origin(Namer.PHRASES, surpassed=Surpassed("llama", "Ships")))
        'phrases (fits better than "Ships" of llama)'
        """
        if self.surpassed is not None:
            return f'{self.author} (fits better than "{self.surpassed.name}" of {self.surpassed.model})'
        if self.failure is None:
            return self.author
        reason = self.failure.reason
        shown = reason if len(reason) <= LONGEST_REASON else reason[: LONGEST_REASON - 1] + "…"
        return f"{self.author} ({self.failure.model} failed: {shown})"


@dataclass(frozen=True)
class Label:
    """A topic's name.

    summary : one sentence, or empty
    origin : who wrote it, and whether it stands in for a name that a model failed to give
    parts : the names that it lists, where it is a list of names
    """

    name: str
    summary: str = ""
    origin: Origin = Origin()
    parts: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The origin in words, such as "phrases" or "phrases (llama failed: no connection)"."""
        return str(self.origin)

    @property
    def by_person(self) -> bool:
        return self.origin.namer is Namer.PERSON

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as a file keeps them."""
        failure = self.origin.failure
        return {
            "name": self.name,
            "summary": self.summary,
            "author": self.origin.author,
            "namer": self.origin.namer.value,
            "failure": None if failure is None else dict(vars(failure)),
            "surpassed": None if self.origin.surpassed is None else dict(vars(self.origin.surpassed)),
            "parts": list(self.parts),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Label:
        """
        >>> label = Label("Whales", origin=Origin(Namer.PHRASES, Failure("llama", "no connection")))
        >>> Label.from_dict(label.to_dict()) == label
        True
        """
        failure = None if values["failure"] is None else Failure(**values["failure"])
        origin = Origin.called(values["author"], failure)
        if values.get("namer") == Namer.MODEL:  # whatever it is called
            origin = Origin(Namer.MODEL, failure, values["author"])
        before = values.get("surpassed")  # which folders of 0.2 and before lack
        if before is not None:
            origin = replace(origin, surpassed=Surpassed(**before))
        return cls(values["name"], values["summary"], origin, tuple(values["parts"]))

    @classmethod
    def by_hand(cls, name: str | Label) -> Label:
        """A name that a person gave, as a Label."""
        if not isinstance(name, str | Label):
            raise InputError(f"a topic's name is a string, got {name!r} ({type(name).__name__})")
        label = name if isinstance(name, Label) else cls(name)
        if not any(unicodedata.category(mark)[0] not in "ZC" for mark in label.name):
            raise InputError(
                f"a topic's name must show something, got {label.name!r}: give None to have the labeler's again"
            )
        return label


@dataclass(frozen=True)
class Topics:
    """A row per topic; row i is topic i everywhere, and the outlier group has no row.

    assignment : (n_docs,) int64, the topic row of each document, -1 for outliers
    strength : (n_docs,) float32 in 0..1, how well each document sits in its topic; 0 for outliers
    term_counts : (n_topics, n_terms) CSR, how often the documents of each topic use each term
    background : (n_terms,) how often all documents use each term, outliers among them
    vocabulary : (n_terms,) strings
    centroids : (n_topics, dim) float32, the mean embedding of each topic's documents; None without embeddings
    aspects : {name: keywords of each topic}, heaviest first; an empty tuple where a topic awaits description
    labels : a Label or None per topic
    exemplars : rows of the documents that show each topic best, best first; empty where it awaits description
    layers : (n_docs,) labelings by the grouper from fine to coarse, each nested in the next
    layer_labels : per layer, {the layer's own number of a group: its Label}; a group of one topic needs none
    origin : {the grouper's own id: topic row}
    common : terms that nearly every document of nearly every topic uses, a footer's or a greeting's: neither keywords
        nor names
    """

    assignment: Int1d
    strength: Float1d
    term_counts: Csr
    background: Float1d
    vocabulary: np.ndarray[Any, Any]
    centroids: Float2d | None = None
    aspects: Mapping[str, Aspect] = field(default_factory=dict)
    labels: tuple[Label | None, ...] = ()
    exemplars: tuple[Int1d, ...] = ()
    layers: tuple[Int1d, ...] = ()
    layer_labels: tuple[Mapping[int, Label], ...] = ()
    origin: Mapping[int, int] = field(default_factory=dict)
    common: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n_topics = self.n_topics
        for name, default in (("labels", None), ("exemplars", np.empty(0, dtype=np.int64))):
            if not getattr(self, name):
                object.__setattr__(self, name, (default,) * n_topics)
        if not self.layer_labels:
            object.__setattr__(self, "layer_labels", tuple({} for _ in self.layers))
        if len(self.layer_labels) != len(self.layers):
            raise AlignmentError(
                f"labels for each layer are needed: {len(self.layers)} layers came with {len(self.layer_labels)}"
            )
        per_topic = {"labels": self.labels, "exemplars": self.exemplars, **self.aspects}
        if self.centroids is not None:
            per_topic["centroids"] = self.centroids  # type: ignore[assignment]
        for name, rows in per_topic.items():
            if len(rows) != n_topics:
                raise AlignmentError(
                    f"one row per topic is needed: {n_topics} topics came with {len(rows)} {name}"
                )
        for name, column in [("strength", self.strength), *(("layers", layer) for layer in self.layers)]:
            if len(column) != self.n_docs:
                raise AlignmentError(
                    f"one row per document is needed: {self.n_docs} assignments came with {len(column)} {name}"
                )
        if self.n_docs and not (self.assignment.min() >= -1 and self.assignment.max() < n_topics):
            raise AlignmentError(f"assignments must be -1 or a row of the {n_topics} topics")

    @classmethod
    def of(
        cls,
        docs: Documents,
        assignment: Sequence[int] | Int1d,
        *,
        n_topics: int | None = None,
        strength: Float1d | None = None,
        layers: Iterable[Int1d] = (),
        origin: Mapping[int, int] | None = None,
    ) -> Topics:
        """The topics of documents whose rows are known: counts and centroids computed from the documents.

        n_topics : when the last topics may be empty; else the highest assignment plus 1

        >>> from scipy.sparse import csr_matrix
        >>> docs = Documents(["a", "b"], terms=csr_matrix([[1, 0], [0, 2]]), vocabulary=np.array(["a", "b"]))
        >>> Topics.of(docs, [0, 0]).term_counts.toarray().tolist()
        [[1, 2]]
        """
        rows = np.asarray(assignment, dtype=np.int64)
        if len(rows) != docs.n_docs:
            raise AlignmentError(
                f"one topic per document is needed: {docs.n_docs} documents, {len(rows)} topics"
            )
        count = int(rows.max(initial=-1)) + 1 if n_topics is None else n_topics
        terms = docs.terms if docs.terms is not None else sparse.csr_matrix((docs.n_docs, 0), dtype=np.int64)
        vocabulary = docs.vocabulary if docs.vocabulary is not None else np.empty(0, dtype=object)
        if strength is None:
            strength = (rows >= 0).astype(np.float32)
        return cls(
            assignment=rows,
            strength=np.asarray(strength, dtype=np.float32),
            term_counts=summed(terms, rows, count),
            background=np.asarray(terms.sum(axis=0)).ravel(),
            vocabulary=vocabulary,
            centroids=None if docs.embeddings is None else means(docs.embeddings, rows, count),
            layers=tuple(layers),
            origin=dict(origin) if origin is not None else {row: row for row in range(count)},
        )

    @property
    def n_docs(self) -> int:
        return len(self.assignment)

    @property
    def n_topics(self) -> int:
        return int(self.term_counts.shape[0])

    @property
    def n_terms(self) -> int:
        return int(self.term_counts.shape[1])

    @property
    def sizes(self) -> Int1d:
        """(n_topics,) documents of each topic."""
        return np.bincount(self.assignment[self.assignment >= 0], minlength=self.n_topics)

    @property
    def n_outliers(self) -> int:
        return int((self.assignment < 0).sum())

    @property
    def outlier_counts(self) -> Float1d:
        """(n_terms,) how often outliers use each term."""
        return np.asarray(self.background - np.asarray(self.term_counts.sum(axis=0)).ravel())

    @property
    def keywords(self) -> Aspect:
        """The main aspect."""
        return self.aspects.get(MAIN, ((),) * self.n_topics)

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every topic: its label's, else its first keywords, else its number."""
        return tuple(
            label.name if label else ", ".join(word for word, _ in words[:4]) or f"Topic {row}"
            for row, (label, words) in enumerate(zip(self.labels, self.keywords, strict=True))
        )

    @property
    def distinctive(self) -> Bool1d:
        """(n_terms,) whether a term is none of the common ones."""
        if not self.common:
            return np.ones(self.n_terms, dtype=bool)
        return ~np.isin(self.vocabulary.astype(str), list(self.common))

    def words(self, n: int = 10) -> Aspect:
        """n keywords of each topic by contrast with all documents, from the counts alone; common ones left out."""
        weights = BY_CONTRAST.weigh(self.term_counts, self.background, self.vocabulary)
        if self.common:
            weights = sparse.csr_matrix(weights @ sparse.diags(self.distinctive.astype(np.float64)))
        return tuple(ideas[:n] for ideas in top_ideas(weights, self.term_counts, self.vocabulary, 3 * n))

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The layers above the topics, from fine to coarse, with the topics that lie in each of their groups now."""
        return tree_levels(self.assignment, self.n_topics, self.layers)

    @property
    def level_names(self) -> tuple[tuple[str, ...], ...]:
        """A name for every group of every level: its label's, that of its only child, or those of its two largest."""
        names: list[tuple[str, ...]] = []
        below, sizes = self.names, self.sizes
        for level in self.levels:
            named = []
            for row, group in enumerate(level.ids.tolist()):
                children = level.children(row)
                label = self.layer_labels[level.layer].get(group)
                if label and len(children) == 1 and not label.by_person:
                    label = None  # it has become one with its only child
                largest = children[np.argsort(-sizes[children], kind="stable")][:2]
                named.append(label.name if label else "; ".join(below[child] for child in largest))
            inside = level.into >= 0
            sizes = np.bincount(level.into[inside], weights=sizes[inside], minlength=len(level.ids))
            below = tuple(named)
            names.append(below)
        return tuple(names)

    def _repr_html_(self, heading: str = "") -> str:
        """The largest topics, for notebooks."""
        words = [[word for word, _ in keywords] for keywords in self.keywords]
        sizes = self.sizes.tolist()
        return html_views.topics_table(
            self.names, sizes, words, n_docs=self.n_docs, n_outliers=self.n_outliers, heading=heading
        )

    def members(self, topic: int) -> Int1d:
        """Rows of the documents of one topic, strongest first."""
        self.check(topic, outliers=True)
        rows = np.flatnonzero(self.assignment == topic)
        return rows[np.argsort(-self.strength[rows], kind="stable")]

    def check(self, *topics: int, outliers: bool = False) -> None:
        """Raise UnknownTopicError for a number that is no topic's."""
        for topic in topics:
            if not isinstance(topic, int | np.integer):
                raise UnknownTopicError(f"topics are numbers, got {topic!r}")
            if not (-1 if outliers else 0) <= topic < self.n_topics:
                known = f"0 to {self.n_topics - 1}" if self.n_topics else "none"
                raise UnknownTopicError(f"no topic {topic}: this model's topics are {known}")

    def having(self, **fields: Any) -> Topics:
        """The same topics with some fields replaced; other layers come without labels unless these are given."""
        if "layers" in fields:
            fields.setdefault("layer_labels", ())
        return replace(self, **fields)

    def with_aspect(self, name: str, aspect: Iterable[Iterable[tuple[str, float]]]) -> Topics:
        """The same topics with one more aspect, or one replaced."""
        rows = tuple(tuple((str(word), float(weight)) for word, weight in words) for words in aspect)
        return replace(self, aspects={**self.aspects, name: rows})

    # The two ways topics change

    def regroup(self, rows: Sequence[int] | Int1d) -> Topics:
        """Send each topic row to another: rows that meet are merged, -1 makes outliers of the documents.

        rows : (n_topics,) target row of each topic; targets are 0, 1, ... without gaps
        returns : counts and centroids exact; label, aspects and exemplars survive where one topic alone fills a row

        >>> docs = Documents(["a", "b", "c"])
        >>> Topics.of(docs, [0, 1, 2]).regroup([0, 0, 1]).sizes.tolist()  # merge the first two of three
        [2, 1]
        """
        target = np.asarray(rows, dtype=np.int64)
        if len(target) != self.n_topics:
            raise AlignmentError(
                f"one target row per topic is needed: {self.n_topics} topics, {len(target)} rows"
            )
        filled = np.unique(target[target >= 0])
        if len(filled) and (target.min() < -1 or filled[-1] != len(filled) - 1):
            raise InputError(f"target rows must be -1 or 0, 1, ... without gaps, got {target.tolist()}")
        n_topics = len(filled)
        sources = [np.flatnonzero(target == row) for row in range(n_topics)]
        alone = [int(rows[0]) if len(rows) == 1 else -1 for rows in sources]
        return self._still_labeled(
            assignment=sent(self.assignment, target),
            strength=np.where(sent(self.assignment, target) >= 0, self.strength, 0).astype(np.float32),
            term_counts=summed(self.term_counts, target, n_topics),
            centroids=None if self.centroids is None else means(self.centroids, target, n_topics, self.sizes),
            aspects={name: carried(words, alone, ()) for name, words in self.aspects.items()},
            labels=carried(self.labels, alone, None),
            exemplars=carried(self.exemplars, alone, np.empty(0, dtype=np.int64)),
            origin={key: int(target[row]) if row >= 0 else -1 for key, row in self.origin.items()},
        )

    def reassign(self, assignment: Sequence[int] | Int1d, docs: Documents, *, more: bool = False) -> Topics:
        """Move documents to other topics, or out of all of them.

        assignment : (n_docs,) topic rows; a topic left without documents keeps its row
        more : rows after the last one are topics that there were none of yet
        returns : counts and centroids exact; strength of a moved document is its cosine to the centroid of its new
            topic, or 1 without embeddings; a topic whose documents changed keeps its label only if a person gave it
        """
        rows = np.unique(np.asarray(assignment))
        fresh = rows[rows >= self.n_topics] if more and rows.dtype.kind in "iu" else rows[:0]
        if len(fresh) and fresh[-1] - self.n_topics + 1 > len(fresh):
            raise InputError(
                f"new topics are numbered on from {self.n_topics} without gaps, got {fresh.tolist()}: number them with "
                "np.unique(topics, return_inverse=True)"
            )
        self.check(*np.setdiff1d(rows, fresh).tolist(), outliers=True)
        n_topics = self.n_topics + len(fresh)
        moved = Topics.of(docs, assignment, n_topics=n_topics, layers=self.layers, origin=self.origin)
        changed = np.flatnonzero(self.assignment != moved.assignment)
        touched = set(np.unique(np.r_[self.assignment[changed], moved.assignment[changed]]).tolist())
        alone = [-1 if row in touched else row for row in range(n_topics)]
        labels = tuple(
            label if row not in touched or (label and label.by_person) else None
            for row, label in enumerate((*self.labels, *(None,) * len(fresh)))
        )
        strength = np.array(self.strength)
        strength[changed] = moved._closeness(changed, docs)
        return self._still_labeled(
            assignment=moved.assignment,
            strength=strength,
            term_counts=moved.term_counts,
            background=moved.background,
            vocabulary=moved.vocabulary,
            centroids=moved.centroids,
            aspects={name: carried(words, alone, ()) for name, words in self.aspects.items()},
            labels=labels,
            exemplars=carried(self.exemplars, alone, np.empty(0, dtype=np.int64)),
        )

    def _closeness(self, rows: Int1d, docs: Documents) -> Float1d:
        """Cosine of some documents to their topics' centroids, in 0..1; 1 without embeddings, 0 for outliers."""
        topics_of_rows = self.assignment[rows]
        if docs.embeddings is None or self.centroids is None or not self.n_topics:
            return (topics_of_rows >= 0).astype(np.float32)
        centers = unit_rows(self.centroids)[np.maximum(topics_of_rows, 0)]
        cosines = np.einsum("nd,nd->n", unit_rows(docs.embeddings[rows]), centers)
        return np.where(topics_of_rows >= 0, np.clip(cosines, 0, 1), 0).astype(np.float32)

    def _still_labeled(self, **fields: Any) -> Topics:
        """The topics with these fields: a group of a layer keeps its label while it holds the same documents.

        A person's label stays: it was given to the group of the layer, which no edit of topics changes. A name made of
        the names of its topics goes when one of them does.
        """
        after = replace(self, **fields)
        if not any(self.layer_labels):
            return after
        labels = tuple(
            {group: label for group, label in known.items() if label.by_person or group in kept}
            for known, kept in zip(self.layer_labels, _same_groups(self, after), strict=True)
        )
        other = np.unique(
            after.assignment[(after.assignment >= 0) & regrouped(self.assignment, after.assignment)]
        )
        return replace(after, layer_labels=labels).renamed(other.tolist())

    def renamed(self, topics: Iterable[int]) -> Topics:
        """The same without the names of groups that are made of these topics' names."""
        labels = [dict(known) for known in self.layer_labels]
        rows = list(topics)
        for level in self.levels if rows and any(labels) else ():
            known = labels[level.layer]
            for group in {int(level.ids[row]) for row in level.groups[rows].tolist() if row >= 0}:
                if group in known and known[group].origin.namer is Namer.CHILDREN:
                    del known[group]
        return replace(self, layer_labels=tuple(labels))

    def recounted(self, docs: Documents) -> Topics:
        """The same topics over other counts of terms; aspects await description, exemplars and labels stay."""
        again = Topics.of(docs, self.assignment, n_topics=self.n_topics)
        return replace(
            self,
            term_counts=again.term_counts,
            background=again.background,
            vocabulary=again.vocabulary,
            aspects=dict.fromkeys(self.aspects, ((),) * self.n_topics),
        )

    def _checked(self, topics: Sequence[int]) -> list[int]:
        self.check(*topics)
        return list(topics)

    # Verbs: one regroup each

    def merge(self, groups: Sequence[int] | Sequence[Sequence[int]]) -> Topics:
        """Merge topics: one list of topics, or several. The others keep their order; sizes may no longer fall.

        A list that begins with -1 makes outliers of the documents of its topics.
        """
        scalar = [np.isscalar(group) for group in groups]
        if any(scalar) and not all(scalar):
            raise InputError(f"topics to merge are one list of numbers, or lists of them, got {groups!r:.80}")
        is_single = any(scalar)
        lists = cast("Sequence[Sequence[int]]", [groups] if is_single else groups)
        into = np.arange(self.n_topics)
        gone: list[int] = []
        for topics in lists:
            outside = len(topics) > 0 and topics[0] == -1
            members = np.isin(into, into[self._checked(topics[1:] if outside else topics)])
            into[members] = into[members].min(initial=self.n_topics)
            gone += np.flatnonzero(members).tolist() if outside else []
        into[gone] = -1
        return self.regroup(in_rows(into))

    def delete(self, topics: Sequence[int]) -> Topics:
        """Make outliers of the documents of some topics."""
        self.check(*topics)
        kept = np.setdiff1d(np.arange(self.n_topics), topics)
        rows = np.full(self.n_topics, -1)
        rows[kept] = np.arange(len(kept))
        return self.regroup(rows)

    def split(self, topic: int, parts: Sequence[int] | Int1d, docs: Documents) -> Topics:
        """Divide one topic.

        parts : (n_members,) part of each of its documents, in the order of the documents; the first part found keeps
            the number, the others follow the last topic. Label, aspects and exemplars of the topic are gone, a
            person's label too: it described the whole
        """
        self.check(topic)
        inside = np.flatnonzero(self.assignment == topic)
        if len(parts) != len(inside):
            raise AlignmentError(
                f"one part per document is needed: {len(inside)} documents, {len(parts)} parts"
            )
        part = np.unique(np.asarray(parts), return_inverse=True)[1].ravel()
        part = np.where(part == part[0], 0, np.where(part < part[0], part + 1, part)) if len(part) else part
        assignment = self.assignment.copy()
        assignment[inside] = np.where(part == 0, topic, self.n_topics - 1 + part)
        n_new = int(part.max(initial=0))
        return self._with_rows(n_new).reassign(assignment, docs).relabel({topic: None})

    def _with_rows(self, n: int) -> Topics:
        """The same topics and n empty ones after them."""
        empty = sparse.csr_matrix((n, self.n_terms), dtype=self.term_counts.dtype)
        missing = np.zeros((n, 0 if self.centroids is None else self.centroids.shape[1]), dtype=np.float32)
        return replace(
            self,
            term_counts=sparse.csr_matrix(sparse.vstack([self.term_counts, empty])),
            centroids=None if self.centroids is None else np.vstack([self.centroids, missing]),
            aspects={name: (*rows, *((),) * n) for name, rows in self.aspects.items()},
            labels=(*self.labels, *(None,) * n),
            exemplars=(*self.exemplars, *(np.empty(0, dtype=np.int64),) * n),
        )

    def outliers_first(self, docs: Documents, centroid: Float1d | None = None) -> Topics:
        """The outliers as topic 0 and topic i as i + 1, for those who count outliers as a topic; without any, the same.

        centroid : (dim,) of the outliers, where the documents have no embeddings to compute it from

        Counts and centroids of the outliers are exact; they have no label, aspects or exemplars yet.
        """
        if not self.n_outliers:
            return self
        centroids = self.centroids
        if centroids is not None:
            alone = np.where(self.assignment < 0, 0, -1)
            known = np.zeros_like(centroids[:1]) if centroid is None else centroid[None]
            outlier_centroid = known if docs.embeddings is None else means(docs.embeddings, alone, 1)
            centroids = np.vstack([outlier_centroid, centroids])
        counts = sparse.vstack([sparse.csr_matrix(self.outlier_counts), self.term_counts])
        return replace(
            self,
            assignment=self.assignment + 1,
            term_counts=sparse.csr_matrix(counts),
            centroids=centroids,
            aspects={name: ((), *rows) for name, rows in self.aspects.items()},
            labels=(None, *self.labels),
            exemplars=(np.empty(0, dtype=np.int64), *self.exemplars),
            origin={},
        )

    def by_size(self) -> Topics:
        """Number the topics by falling size; equal sizes keep their order."""
        rows = np.empty(self.n_topics, dtype=np.int64)
        rows[np.argsort(-self.sizes, kind="stable")] = np.arange(self.n_topics)
        return self.regroup(rows)

    def relabel(self, names: Mapping[int, str | Label | None]) -> Topics:
        """Name topics by hand; None takes a label away."""
        self.check(*names)
        labels = list(self.labels)
        for topic, name in names.items():
            labels[topic] = None if name is None else Label.by_hand(name)
        return replace(self, labels=tuple(labels)).renamed(names)

    def relabel_layer(self, layer: int, names: Mapping[int, str | Label | None]) -> Topics:
        """Name groups of a layer by hand, by the layer's own numbers; None takes a label away."""
        level = next((level for level in self.levels if level.layer == layer), None)
        if level is None:
            known = ", ".join(str(level.layer) for level in self.levels) or "none"
            raise UnknownTopicError(f"no layer {layer} above the topics: this model's are {known}")
        labels = dict(self.layer_labels[layer])
        for group, name in names.items():
            if group not in level.ids:
                raise UnknownTopicError(f"no group {group} in layer {layer}: it has {level.ids.tolist()}")
            labels.pop(group, None)
            if name is not None:
                labels[group] = Label.by_hand(name)
        renamed = self.renamed(np.flatnonzero(np.isin(level.ids[level.groups], list(names))).tolist())
        return replace(renamed, layer_labels=put(renamed.layer_labels, layer, labels))


def _same_groups(before: Topics, after: Topics) -> list[set[int]]:
    """For each layer the groups whose topics hold the same documents before and after."""

    def of_documents(topics: Topics) -> list[Int1d]:
        groups = {level.layer: level.of_documents(topics.assignment) for level in topics.levels}
        nowhere = np.full(topics.n_docs, -1)
        return [groups.get(layer, nowhere) for layer in range(len(topics.layers))]

    return same_documents(of_documents(before), of_documents(after))
