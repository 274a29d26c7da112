"""TopicModel: documents in, topics out. It holds the parts and the latest result, and nothing else changes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from themata.analysis import search, tables
from themata.documents import Documents
from themata.errors import InputError, NotFittedError
from themata.graph import Float1d, Float2d, Int1d, NeighbourGraph
from themata.pipeline import checks
from themata.pipeline.assign import assign
from themata.pipeline.describe import describe, keyword_weights, label
from themata.pipeline.fit import Fitted, Recipe
from themata.pipeline.fit import fit as fit_recipe
from themata.pipeline.recipe import embedder_of, recipe_of
from themata.pipeline.space import Space
from themata.pipeline.steps import Steps
from themata.registry import make
from themata.topics import MAIN, PERSON, Aspect, Label, Topics

if TYPE_CHECKING:
    import pandas as pd


class TopicModel:
    """Topics of documents: found, described, named and laid out.

    embedder : "auto" (all-MiniLM-L6-v2 if sentence-transformers is installed, else a lexical one), the name or folder
        of a sentence-transformers model, "static:MODEL", "openai:MODEL", "lexical", None for none, or an object with
        `encode`, such as a SentenceTransformer
    vectorizer : counts terms; None: one for every language. Any object with scikit-learn's interface
    relater : builds the neighbour graph from embeddings and terms
    grouper : finds the topics; None: communities of the graph. ReduceThenCluster is the classic road
    weighting : counts to weights of keywords; None: c-TF-IDF
    aspects : {name: representer, or a list of them to chain}; one named "Main" takes the place of the plain keywords
    labeler : names the topics; "phrases" takes the names from the documents, None leaves them unnamed
    layout : places documents on a plane for maps when first asked; None: never
    n_topics : exact number wanted; None finds it
    min_topic_size : no topic has fewer documents; None follows the size of the corpus
    max_outliers : largest share of documents left without a topic
    language : code such as "de"; None detects it
    random_state : the same seed, the same topics
    top_n_words : keywords kept of each topic

    After fit:
    topics_ : topic of each document, -1 for outliers
    probabilities_ : (n_docs,) how well each document sits in its topic
    result_ : Topics
    documents_ : Documents
    graph_ : NeighbourGraph, or None on roads that need none
    """

    def __init__(
        self,
        *,
        embedder: Any = "auto",
        vectorizer: Any = None,
        relater: Any = "two_views",
        grouper: Any = None,
        weighting: Any = None,
        aspects: Mapping[str, Any] | None = None,
        labeler: Any = "phrases",
        layout: Any = "multilevel",
        n_topics: int | None = None,
        min_topic_size: int | None = None,
        max_outliers: float = 0.05,
        language: str | None = None,
        top_n_words: int = 10,
        random_state: int = 42,
    ) -> None:
        self.embedder = embedder
        self.vectorizer = vectorizer
        self.relater = relater
        self.grouper = grouper
        self.weighting = weighting
        self.aspects = aspects
        self.labeler = labeler
        self.layout = layout
        self.n_topics = n_topics
        self.min_topic_size = min_topic_size
        self.max_outliers = max_outliers
        self.language = language
        self.top_n_words = top_n_words
        self.random_state = random_state

    # scikit-learn's estimator contract

    @classmethod
    def _parameters(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self._parameters()}

    def set_params(self, **params: Any) -> Self:
        for name, value in params.items():
            if name not in self._parameters():
                raise InputError(
                    f"{type(self).__name__} has no parameter {name!r}: it has {', '.join(self._parameters())}"
                )
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_state")

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        changed = {k: v for k, v in self.get_params().items() if v is not defaults[k].default}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in changed.items())})"

    # Fit and transform

    def fit(self, documents: Iterable[str], embeddings: Any = None, *, y: Any = None, **others: Any) -> Self:
        """Find, describe and name the topics of documents.

        documents : n_docs strings
        embeddings : (n_docs, dim) when they are known; else the embedder makes them
        y : (n_docs,) known classes, -1 for unknown, for a grouper that takes them
        others : times, coords, columns (title, id, class) of the documents; for a run that is kept, its steps and
            whether the map is one of them (lay_out=True), which otherwise waits until it is asked for
        """
        steps, placed = others.pop("steps", None) or Steps(), others.pop("lay_out", False)
        texts = checks.corpus(documents)
        points = None if embeddings is None else checks.embeddings(embeddings, len(texts))
        docs = Documents(texts, embeddings=points, **others)
        recipe = recipe_of(self.get_params(), embed=points is None)
        now = recipe if placed else replace(recipe, layout=None)
        fitted = fit_recipe(docs, now, steps, y=None if y is None else np.asarray(y))
        self.seconds_ = steps.seconds
        return self._set(fitted, recipe)

    def fit_transform(
        self, documents: Iterable[str], embeddings: Any = None, *, y: Any = None, **others: Any
    ) -> tuple[list[int], Float1d]:
        """Fit; returns the topic of each document and its strength there."""
        self.fit(documents, embeddings, y=y, **others)
        return self.topics_, self.probabilities_

    def transform(self, documents: str | Iterable[str], embeddings: Any = None) -> tuple[list[int], Float1d]:
        """Assign new documents to the topics that exist, by their neighbours among the fitted documents.

        returns : the topic of each, -1 where nothing resembles it, and its strength in 0..1
        """
        texts = checks.texts([documents] if isinstance(documents, str) else documents)
        if not texts:
            return [], np.empty(0, dtype=np.float32)
        points = self._space.place(texts, embeddings)
        rows, strength = assign(points, self._space.known, self.result_.assignment)
        return rows.tolist(), strength

    def predict(self, documents: Iterable[str], embeddings: Any = None) -> list[int]:
        """The topic of each new document."""
        return self.transform(documents, embeddings)[0]

    # The result

    @property
    def _fitted(self) -> Fitted:
        if not hasattr(self, "_state"):
            raise NotFittedError(f"this {type(self).__name__} has no topics yet: call fit(documents) first")
        return self._state

    @property
    def result_(self) -> Topics:
        return self._fitted.topics

    @property
    def documents_(self) -> Documents:
        return self._fitted.documents

    @property
    def graph_(self) -> NeighbourGraph | None:
        return self._fitted.graph

    @property
    def topics_(self) -> list[int]:
        return self.result_.assignment.tolist()

    @property
    def probabilities_(self) -> Float1d:
        return self.result_.strength

    @property
    def labels_(self) -> Int1d:
        """topics_ as an array, under scikit-learn's name for clusterers."""
        return self.result_.assignment

    # Tables, under the names BERTopic's users know

    def get_topic_info(self, topic: int | None = None) -> pd.DataFrame:
        """A row per topic: Topic, Count, Name, CustomName, Representation, aspects, Representative_Docs."""
        info = tables.topic_info(self.result_, self.documents_)
        return info if topic is None else info[info["Topic"] == self._checked(topic)].reset_index(drop=True)

    def get_topic(self, topic: int, full: bool = False) -> Any:
        """Keywords and weights of a topic; with `full`, of every aspect by name. False for a topic there is not."""
        if not 0 <= topic < self.result_.n_topics:
            return False
        if full:
            return {name: list(aspect[topic]) for name, aspect in self.result_.aspects.items()}
        return list(self.result_.keywords[topic])

    def get_topics(self, full: bool = False) -> dict[Any, Any]:
        """Keywords of every topic by number; with `full`, of every aspect by name."""
        by_aspect = {name: _by_number(aspect) for name, aspect in self.result_.aspects.items()}
        return by_aspect if full else by_aspect[MAIN]

    def get_topic_freq(self, topic: int | None = None) -> Any:
        """Topic and Count, most documents first; the count of one topic."""
        freq = tables.topic_freq(self.result_)
        if topic is None:
            return freq
        return int(freq.loc[freq["Topic"] == self._checked(topic), "Count"].sum())

    def get_document_info(
        self,
        docs: Sequence[str] | None = None,
        df: pd.DataFrame | None = None,
        metadata: Mapping[str, Sequence[Any]] | None = None,
    ) -> pd.DataFrame:
        """A row per document: its topic, name, keywords, strength and whether it represents its topic."""
        if docs is not None and len(docs) != self.documents_.n_docs:
            raise InputError(
                f"the documents the model was fitted on are needed ({self.documents_.n_docs}), got {len(docs)}"
            )
        return tables.document_info(self.result_, self.documents_, df=df, metadata=metadata)

    def get_representative_docs(self, topic: int | None = None) -> Any:
        """The three documents that show a topic best, best first; of every topic by number."""
        if topic is not None:
            return tables.representative_docs(self.result_, self.documents_, self._checked(topic))
        rows = tables.shown_rows(self.result_)
        return {row: tables.representative_docs(self.result_, self.documents_, row) for row in rows}

    def find_topics(self, search_term: str, top_n: int = 5) -> tuple[list[int], list[float]]:
        """The topics nearest to words: their numbers and cosines, nearest first."""
        words, point = self._space.query(search_term)
        if point is not None:
            found, cosines = search.nearest_topics(point, self.result_, top_n)
        else:
            weights = keyword_weights(self.result_, self._recipe.description)
            found, cosines = search.topics_with(words, weights, top_n)
        return found.tolist(), [float(cosine) for cosine in cosines]

    def search(self, query: str, n: int = 10) -> pd.DataFrame:
        """The documents that match words, by meaning and by the words themselves, best first.

        returns : Document, Topic, Name, Score, and Row in the corpus
        """
        import pandas as pd

        words, point = self._space.query(query)
        rows, scores = search.documents(self.documents_, words=words, point=point, n=n)
        topics = self.result_.assignment[rows]
        return pd.DataFrame(
            {
                "Document": [self.documents_.texts[row] for row in rows],
                "Topic": topics,
                "Name": tables.custom_names(self.result_, topics.tolist()),
                "Score": scores,
                "Row": rows,
            }
        )

    # Edits: each makes new Topics, describes what changed, and can be undone

    def merge(self, topics: Sequence[int] | Sequence[Sequence[int]]) -> Self:
        """Merge one list of topics, or several; topics are numbered anew by falling size."""
        return self._edit("merge", self.result_.merge(topics).by_size())

    def delete(self, topics: int | Sequence[int]) -> Self:
        """Make outliers of the documents of some topics."""
        listed = [topics] if isinstance(topics, int | np.integer) else topics
        return self._edit("delete", self.result_.delete(listed).by_size())

    def relabel(self, names: Mapping[int, str | Label | None]) -> Self:
        """Name topics by hand; None gives the name back to the labeler."""
        return self._edit("relabel", self.result_.relabel(names))

    def set_topic_labels(self, topic_labels: Sequence[str] | Mapping[int, str]) -> None:
        """Name topics by hand: {topic: name}, or a list in the order of the table, with -1 first if it has one."""
        if not isinstance(topic_labels, Mapping):
            rows, topics = tables.shown_rows(self.result_), list(range(self.result_.n_topics))
            listed = topics if len(topic_labels) == len(topics) else rows
            if len(topic_labels) != len(listed):
                raise InputError(
                    f"a name for each of {len(topics)} topics is needed, got {len(topic_labels)}"
                )
            topic_labels = dict(zip(listed, topic_labels, strict=True))
        self.relabel({topic: name for topic, name in topic_labels.items() if topic >= 0})

    def reassign(self, assignment: Sequence[int] | Int1d) -> Self:
        """Move documents to other topics: a topic number, or -1, for each."""
        return self._edit("reassign", self.result_.reassign(assignment, self.documents_))

    def label(self, labeler: Any = None) -> Self:
        """Ask a labeler for the name of every topic that no person named; None: the model's own."""
        part = self._recipe.labeler if labeler is None else make("labeler", labeler)
        bare = self.without_machine_labels()
        return self._keep("label", label(bare, self.documents_, part))

    def without_machine_labels(self) -> Topics:
        """The topics with only the names that a person gave: those without a label are the ones to ask about."""
        labels = (old if old and old.source == PERSON else None for old in self.result_.labels)
        return self.result_.having(labels=tuple(labels))

    def undo(self) -> Self:
        """Take the last edit back."""
        if not self.history:
            raise InputError("there is no edit to undo")
        self._state = Fitted(self.documents_, self._past.pop()[1], self.graph_)
        return self

    @property
    def history(self) -> list[str]:
        """The edits since fit, oldest first."""
        return [name for name, _ in getattr(self, "_past", [])]

    # Pictures and files

    def lay_out(self) -> Float2d:
        """Coordinates of the documents on a plane: (n_docs, 2), made when first asked for and kept."""
        docs = self.documents_
        if docs.coords is None:
            recipe = self._recipe
            graph = self.graph_ if self.graph_ is not None else recipe.relater.relate(docs)
            placed = recipe.layout.lay_out(docs, graph, self.result_)
            docs = docs.having(coords=checks.coords(recipe.layout, placed, docs))
            self._state = Fitted(docs, self.result_, graph)
        assert docs.coords is not None
        return docs.coords

    def visualize_documents(
        self,
        docs: Sequence[str] | None = None,
        topics: Sequence[int] | None = None,
        embeddings: Any = None,
        reduced_embeddings: Any = None,
        sample: float | None = None,
        hide_annotations: bool = False,
        hide_document_hover: bool = False,
        custom_labels: bool | str = False,
        title: str = "<b>Documents and Topics</b>",
        width: int = 1200,
        height: int = 750,
    ) -> Any:
        """The documents on a plane, colored by topic, as a Plotly figure.

        docs : what to show of each document on hover, its title for example
        topics : only these
        reduced_embeddings : (n_docs, 2) when the plane is known
        sample : share of each topic's documents to draw
        custom_labels : show the topics' labels rather than their keywords; a string names an aspect
        """
        from themata.plots import documents

        placed = self.lay_out() if reduced_embeddings is None else np.asarray(reduced_embeddings)
        return documents.documents(
            self.documents_,
            self.result_,
            titles=docs,
            coords=placed,
            only=topics,
            sample=sample,
            hide_annotations=hide_annotations,
            hide_hover=hide_document_hover,
            names=self._names(custom_labels),
            title=title,
            width=width,
            height=height,
        )

    def report(self, path: str | Path, *, title: str = "Topics") -> Path:
        """Write report.html: map, table and search in one file that needs no network."""
        from themata.atlas.build import write_report

        if self.layout is not None:
            self.lay_out()
        write_report(path, self.documents_, self.result_, title=title)
        return Path(path)

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Save to a folder of safetensors, Parquet and JSON: everything that transform and the tables need."""
        from themata.pipeline import saving

        saved = saving.saved_of(
            self._fitted, self.get_params(), self._recipe.vectorizer, self._recipe.embedder
        )
        saving.save(folder, saved, overwrite=overwrite)

    @classmethod
    def load(cls, folder: str | Path, **parts: Any) -> Self:
        """The model saved in a folder.

        parts : what a file cannot hold, such as embedder=SentenceTransformer(...), or takes the place of what it holds
        """
        from themata.pipeline import saving

        fitted, parameters, vectorizer, embedder = saving.load(folder)
        model = cls(**{**parameters, **parts})
        recipe = recipe_of({**model.get_params(), "vectorizer": vectorizer}, embed=False)
        recipe = replace(recipe, embedder=parts.get("embedder", embedder))
        return model._set(fitted, recipe)

    # Helpers

    def _set(self, fitted: Fitted, recipe: Recipe) -> Self:
        self._state, self._recipe = fitted, recipe
        self._past: list[tuple[str, Topics]] = []
        made_here = recipe.embedder is not None
        self._space = Space(
            fitted.documents,
            recipe.vectorizer,
            recipe.embedder if made_here else lambda: embedder_of(self.embedder),
            made_here=made_here,
        )
        return self

    def _checked(self, topic: int) -> int:
        self.result_.check(topic, outliers=True)
        return topic

    def _edit(self, name: str, topics: Topics) -> Self:
        """Describe and name what an edit left bare."""
        described = describe(topics, self.documents_, self._recipe.description)
        return self._keep(name, label(described, self.documents_, self._recipe.labeler))

    def _keep(self, name: str, topics: Topics) -> Self:
        self._past.append((name, self.result_))
        self._state = Fitted(self.documents_, topics, self.graph_)
        return self

    def _names(self, custom_labels: bool | str) -> list[str] | None:
        if isinstance(custom_labels, str):
            aspect = self.result_.aspects[custom_labels]
            return [", ".join(word for word, _ in words[:3]) for words in aspect]
        if custom_labels:
            return list(self.result_.names)
        return [tables.plain_name(self.result_, row) for row in range(self.result_.n_topics)]


def _by_number(aspect: Aspect) -> dict[int, list[tuple[str, float]]]:
    return {row: list(words) for row, words in enumerate(aspect)}
