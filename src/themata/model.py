"""TopicModel: documents in, topics out. It holds the parts, the latest result and the history, and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack, overload

import numpy as np

from themata.analysis.by_class import ByClass
from themata.analysis.distribution import Mixture
from themata.analysis.hierarchy import Hierarchy
from themata.analysis.outliers import Moves
from themata.analysis.over_time import Timeline
from themata.core import errors, html_views
from themata.core.arrays import Csr, Float1d, Float2d, Int1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.estimator import Estimator
from themata.core.graph import NeighborGraph
from themata.core.parameter_checks import between, one_of
from themata.core.passages import document_sizes
from themata.core.protocols import EstimatingEmbedder, Prompt
from themata.core.table_of_contents import Contents, contents
from themata.core.topics import Label, Topics
from themata.core.weighting import Weighting
from themata.embed.precomputed import load_embeddings
from themata.evaluate.labels import LabelScores
from themata.evaluate.rejection import Rejection
from themata.evaluate.scores import Scores
from themata.familiar.shared_names import SharedNames
from themata.fitted import (
    edits,
    files,
    labeling,
    map_and_report,
    outlier_moves,
    quality,
    queries,
    results,
    streaming,
)
from themata.fitted.edits import Edit, PastEdit
from themata.fitted.fitted_model import FittedModel, fitted_model, place_texts, topic_weights, with_graph
from themata.fitted.result_table import batch_tables, topic_table, write_tables
from themata.fitted.streaming import Assigned
from themata.fitted.vectorizer_facts import vectorizer_languages
from themata.naming.llm.usage import LabelReport
from themata.pipeline import arguments, merging, multimodal, saving, validation
from themata.pipeline.fit import fit as fit_recipe
from themata.pipeline.progress import listening
from themata.pipeline.recipe import recipe_of
from themata.pipeline.step_cache import Silent, Steps
from themata.store import hub, model_folder
from themata.store.result_files import table_kind

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    import pandas as pd

    from themata.embed.student import Fidelity
    from themata.group.granularity import Granularity
    from themata.read.corpus import Corpus
    from themata.report.document_columns import Wanted
    from themata.report.page import Page


@dataclass(kw_only=True, eq=False, repr=False)
class TopicModel(Estimator, SharedNames):
    """Topics of documents: found, described, named and laid out.

    embedder : "auto" (all-MiniLM-L6-v2 if it is installed, else a lexical one; where it would take more than 3 minutes,
        "fast", if that loses little), the name or folder
        of a sentence-transformers model, "fast" or "fast:MODEL" (the model reads a sample, from which the embeddings of
        all others are learned: for many documents), "static:MODEL", "openai:MODEL", "lexical", None for none, or an
        object with `encode`, such as a SentenceTransformer
    vectorizer : counts terms; None: one for every language. Any object with scikit-learn's interface
    relater : builds the neighbor graph from embeddings and terms
    grouper : finds the topics; None: communities of the graph. ReduceThenCluster is the classic pipeline of UMAP and HDBSCAN
    seeder : what is known of the topics beforehand: ZeroShot(names), SeedWords(lists of words), Both(the one, the
        other), or Classes() for `fit(y=)`; None knows nothing
    weighting : counts to weights of keywords; None: by contrast with all documents, so that words of all topics are no
        keywords. Weighting() is c-TF-IDF
    aspects : {name: representer, or a list of them to chain}; one named "Main" takes the place of the plain keywords
    labeler : names the topics; "phrases" takes the names from the documents, None leaves them unnamed
    layout : places documents on a plane for maps when first asked; None: never
    n_topics : exact number wanted; None finds it
    min_topic_size : no topic has fewer documents; None follows the size of the corpus
    max_outliers : largest share of documents left without a topic
    language : code such as "de", or name such as "German"; None detects it
    random_state : the same seed, the same topics
    top_n_words : keywords kept of each topic
    ignore : what of the documents is told apart from words, and neither embedded, counted, named nor shown to a language
        model: "mail" (headers, quoted-printable, signatures), "markup" (tags, entities, the inside of scripts and
        styles), "handles" (who is quoted, "RT @name:"; whoever else is mentioned names a topic only where half of its
        documents do so), "addresses" (of pages and people), "codes" (hexadecimal ids, keys); a list of these, "all",
        or None for nothing. Tables show the documents as they came
    more_stop_words : words that are neither keywords nor begin or end a name, beside those of the language: the name of
        your firm, words of your form

    After fit:
    topics_ : topic of each document, -1 for outliers
    probabilities_ : (n_docs,) how well each document sits in its topic
    result_ : Topics
    documents_ : Documents
    graph_ : NeighborGraph, or None on roads that need none
    vectorizer_, languages_ : what counted the documents, and the codes of the languages that it detected or was given
    """

    embedder: Any = "auto"
    vectorizer: Any = None
    relater: Any = "two_views"
    grouper: Any = None
    seeder: Any = None
    weighting: Any = None
    aspects: Mapping[str, Any] | None = None
    labeler: Any = "phrases"
    layout: Any = "multilevel"
    n_topics: int | None = None
    min_topic_size: int | None = None
    max_outliers: float = 0.05
    language: str | None = None
    top_n_words: int = 10
    random_state: int = 42
    ignore: str | Sequence[str] | None = "all"
    more_stop_words: Sequence[str] = ()

    _current: FittedModel | None = field(default=None, init=False)
    _history: tuple[PastEdit, ...] = field(default=(), init=False)
    _assigns_to_new_topics = False  # whether a person may move documents to topics that there are not yet

    # scikit-learn's estimator contract

    def __sklearn_is_fitted__(self) -> bool:
        return self._current is not None

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type="clusterer",
            target_tags=TargetTags(required=False),
            input_tags=InputTags(string=True, one_d_array=True, two_d_array=False),
        )

    def _repr_html_(self) -> str:
        """The parameters and the largest topics, for notebooks."""
        if self._current is None:
            return html_views.text(repr(self))
        return self.result_._repr_html_(heading=repr(self))

    # The latest result

    @property
    def _fitted(self) -> FittedModel:
        if self._current is None:
            raise errors.NotFittedError(
                f"this {type(self).__name__} has no topics yet: call fit(documents) first"
            )
        return self._current

    @property
    def result_(self) -> Topics:
        return self._fitted.topics

    @property
    def documents_(self) -> Documents:
        return self._fitted.documents

    @property
    def graph_(self) -> NeighborGraph | None:
        return self._fitted.graph

    @property
    def labels_(self) -> Int1d:
        """topics_ as an array, under scikit-learn's name for clusterers."""
        return self.result_.assignment

    @property
    def fidelity_(self) -> Fidelity | None:
        """How true the embeddings of embedder="fast" are to its model's own; None of another embedder."""
        recipe = self._fitted.recipe
        embedder = recipe.embedder.part if recipe.embeds else None
        return embedder.fidelity_ if isinstance(embedder, EstimatingEmbedder) else None

    @property
    def vectorizer_(self) -> Any:
        """The vectorizer that counted the documents."""
        return self._fitted.recipe.vectorizer

    @property
    def languages_(self) -> list[str]:
        """Codes of the languages that the vectorizer detected or was given."""
        return vectorizer_languages(self.vectorizer_)

    # Fit and transform

    def fit(
        self,
        documents: Iterable[str] | None,
        embeddings: Any = None,
        *,
        y: Any = None,
        images: Sequence[Any] | None = None,
        **others: Unpack[FitArguments],
    ) -> Self:
        """Find, describe and name the topics of documents.

        documents : n_docs strings; None for images alone
        embeddings : (n_docs, dim) when they are known; else the embedder makes them. A number or name for each document
            is `y`, which scikit-learn hands over in this place
        y : (n_docs,) known classes, numbers or names, -1 or None for unknown. Documents of a class share a topic and no
            two classes do; classes for all give exactly these topics. The classic pipeline hands them to its reducer alone,
            unless TopicModel(seeder=Classes())
        images : (n_docs,) paths or Pillow's images, None where a document has none; for an embedder such as "clip:MODEL"
        raises : InputError for what are no texts or no vectors, AlignmentError where there is not one of each for every
            document, PartError for a part that breaks its promise, MissingExtraError for a library that is not there
        others : times, coords, columns (title, id, class) of the documents; verbose=True for a bar in a
            terminal, elsewhere a line per step on standard error and one now and then with the time left; lay_out=True
            for the map now, which otherwise waits until it is asked for
        """
        tells, lay_out = others.pop("verbose", False), others.pop("lay_out", False)
        docs = _documents(documents, images, others)
        if y is None and arguments.are_classes(embeddings):  # scikit-learn hands classes over in this place
            embeddings, y = None, embeddings
        with listening() if tells else nullcontext(Silent()) as listener:
            steps = Steps(listener=listener)
            return self.fit_documents(docs, steps, embeddings=embeddings, y=y, lay_out=lay_out)

    def fit_documents(
        self,
        documents: Documents,
        steps: Steps,
        *,
        embeddings: Any = None,
        y: Any = None,
        lay_out: bool = False,
    ) -> Self:
        """Fit what has been read: `fit` by its own values, for a run that is kept.

        documents : with what is known of them
        steps : where the products of steps are kept, and whom they tell how far they are
        embeddings, y, lay_out : as `fit` takes them
        """
        docs = documents
        if embeddings is not None:
            docs = docs.having(embeddings=arguments.embeddings(embeddings, docs.n_docs))
        recipe = recipe_of(self._recipe_params(), embeds=docs.embeddings is None)
        if multimodal.IMAGE in docs.columns:
            # An image and its caption may be embedded in more ways than one, so that no look tells
            recipe = replace(recipe, embeds=True)
        validation.ready(recipe.grouper, recipe.seeder, recipe.labeler, *recipe.description.aspects.values())
        now = recipe if lay_out else replace(recipe, layout=None)
        fitted = fit_recipe(docs, now, steps, y=arguments.classes(y, docs.n_docs))
        self.seconds_: dict[str, float] = steps.seconds
        return self._set(fitted_model(fitted, recipe))

    def fit_transform(
        self,
        documents: Iterable[str],
        embeddings: Any = None,
        *,
        y: Any = None,
        **others: Unpack[FitArguments],
    ) -> tuple[list[int], Float1d]:
        """Fit; returns the topic of each document and its strength there.

        documents, embeddings, y, others : as `fit` takes them
        """
        self.fit(documents, embeddings, y=y, **others)
        return self.topics_, self.probabilities_

    def fit_predict(
        self,
        documents: Iterable[str],
        embeddings: Any = None,
        *,
        y: Any = None,
        **others: Unpack[FitArguments],
    ) -> list[int]:
        """Fit; returns the topic of each document.

        documents, embeddings, y, others : as `fit` takes them
        """
        return self.fit(documents, embeddings, y=y, **others).topics_

    def transform(
        self,
        documents: str | Iterable[str] | None,
        embeddings: Any = None,
        *,
        images: Sequence[Any] | None = None,
        min_similarity: float = 0.0,
        min_strength: float = 0.0,
    ) -> tuple[list[int], Float1d]:
        """Assign new documents to the topics that exist, by their neighbors among the fitted documents.

        documents, images, embeddings : as `fit` takes them
        raises : NotFittedError before a fit, InputError where there is no embedder, or another than the fit's
        min_similarity : cosine to the nearest document that has a topic, from which a document may get one. A copy of a
            fitted document has its topic, and one near a name of ZeroShot that topic, whatever the cosine
        min_strength : strength below which a document gets none; `rejection().min_strength(0.9)` is the one from which nine
            assignments of ten are right
        returns : the topic of each, -1 where nothing resembles it, and its strength in 0..1
        """
        self.result_.check()  # a model without topics says so before it looks at the documents
        between("min_similarity", min_similarity, -1, 1)
        between("min_strength", min_strength, 0, 2)
        given, shown = multimodal.texts_and_images(
            [documents] if isinstance(documents, str) else documents, images
        )
        rows, strength = place_texts(self._fitted, arguments.texts(given), embeddings, shown, min_similarity)
        rows, strength = streaming.rejected(rows, strength, min_strength)
        return rows.tolist(), strength

    def transform_file(
        self,
        source: str | Path,
        out: str | Path,
        embeddings: str | Path | None = None,
        *,
        min_similarity: float = 0.0,
        min_strength: float = 0.0,
        **reading: Any,
    ) -> list[int]:
        """Assign the documents of a file, however many, and write every row of it with its topics beside it.

        source : anything that `themata.read.read` reads; reading : its options, such as text="body"
        out : .parquet, .csv or .xlsx: all rows in their order with all their columns, then what `results` gives, and why a
            row was set aside. The topics are in a second file, `out.topics.csv`; of a workbook on a second sheet
        embeddings : a .npy with a row per row of the source; None: each batch is embedded
        min_similarity, min_strength : as `transform` takes them
        returns : documents of each topic, and last of none

        A few thousand documents are in memory at a time, but for a workbook, which has all of them. From 50,000 fitted documents on each is compared with those of the
        cells around it, which find nineteen of twenty neighbors.
        """
        self.result_.check()
        between("min_similarity", min_similarity, -1, 1)
        between("min_strength", min_strength, 0, 2)
        table_kind(Path(out))
        points = None if embeddings is None else load_embeddings(embeddings)
        from themata.read.corpus import batches  # readers of files take a tenth of what a first fit imports

        read = batches(source, size=streaming.BATCH, **reading)
        sizes = np.zeros(self.result_.n_topics + 1, dtype=np.int64)

        def counted() -> Iterator[Assigned]:
            for batch in self.assigned(read, points, min_similarity, min_strength):
                np.add.at(sizes, batch.topics, 1)  # -1, which is no topic, is the last
                yield batch

        topics = topic_table(self.result_, self._fitted.documents)
        for sentence in write_tables(Path(out), batch_tables(self.result_, counted()), topics).notes:
            log.info("%s: %s", out, sentence)
        counts: list[int] = sizes.tolist()
        return counts

    def assigned(
        self,
        corpora: Iterable[Corpus],
        embeddings: Any,
        min_similarity: float,
        min_strength: float,
    ) -> Iterator[Assigned]:
        """The documents of each corpus with their topics, one corpus after the other, as they are asked for.

        embeddings : (n_rows, dim) of all rows that the corpora came from, or None
        min_similarity, min_strength : as `transform` takes them
        """
        return streaming.assigned(
            self._fitted, corpora, embeddings, min_similarity=min_similarity, min_strength=min_strength
        )

    def rejection(self) -> Rejection:
        """How often a document is given the topic it has when it is held out, by the strength it is given it with.

        >>> model.transform(texts, min_strength=model.rejection().min_strength(0.9))  # doctest: +SKIP
        """
        self.result_.check()
        return streaming.rejection(self._fitted, self.random_state)

    def partial_fit(
        self,
        documents: Iterable[str] | None,
        embeddings: Any = None,
        *,
        y: Any = None,
        images: Sequence[Any] | None = None,
        keep: int | None = None,
        **others: Unpack[FitArguments],
    ) -> Self:
        """Add a batch of documents: the first is fitted, later ones join the topics there are or make new ones.

        Every document keeps its topic, and every topic its number and name; `topics_` is of all documents seen. A
        topic is described and named anew, unless a person named it, when a fifth of its documents is new. `undo` takes
        the batch back, but no edit before it.
        documents, embeddings, images : as `fit` takes them
        y : known classes, with the first batch
        keep : the latest so many documents are kept, and those before them forgotten
        others : times and columns of the documents, and verbose, as in `fit`
        """
        if not self.__sklearn_is_fitted__():
            return self.fit(documents, embeddings, y=y, images=images, **others)
        tells = others.pop("verbose", False)
        others.pop("lay_out", None)  # and its map is made when asked for
        if y is not None:
            raise InputError(
                "known classes come with the first batch: later documents join the topics there are"
            )
        if keep is not None and keep < 1:
            raise InputError(f"keep must be 1 document or more, got {keep}")
        new = _documents(documents, images, others)
        before = self._fitted.recipe
        with _shown("update") if tells else nullcontext():
            edit = edits.add_documents(self._fitted, new, embeddings, keep)
        if self.vectorizer is before.vectorizer:
            # One that was handed over is shown as it is after the batch, with the terms it has learned
            edit = replace(edit, parameters={"vectorizer": edit.model.recipe.vectorizer})
        self._history = ()  # a stream of batches must not keep a copy of everything for each
        return self._apply(edit)

    @classmethod
    def merged(cls, models: Sequence[TopicModel], min_similarity: float = 0.7) -> Self:
        """One model of several: documents, words, exemplars and names of all, topics that are alike joined.

        models : fitted; the first one's parts, parameters and coarser layers are the new model's. A group of another's
            topics that the first has hardly any of comes over whole, with its heading; other new topics lie in the layers
            where the most alike of the first one's do
        min_similarity : cosine from which a topic is the same as one of the models before it
        """
        # One without any says so
        fitted = [model._fitted for model in models if model._fitted.known_documents]
        tables, recipe = merging.merge(
            [model.tables for model in fitted], [model.recipe for model in fitted], min_similarity
        )
        merged = cls(**models[0].get_params(deep=False))
        return merged._set(fitted_model(tables, recipe))

    def predict(self, documents: Iterable[str], embeddings: Any = None) -> list[int]:
        """The topic of each new document, as `transform` finds it from documents and embeddings."""
        return self.transform(documents, embeddings)[0]

    # Edits: each can be undone

    def merge(self, topics: Sequence[int] | Sequence[Sequence[int]]) -> Self:
        """Merge one list of topics, or several; topics are numbered anew by falling size (see `renumbered`).

        Lists that share a topic become one topic, which is logged.
        raises : UnknownTopicError for a number that is no topic's, as every edit does
        """
        return self._apply(edits.merge_topics(self._fitted, topics))

    def delete(self, topics: int | Sequence[int]) -> Self:
        """Make outliers of the documents of some topics; topics are numbered anew by falling size."""
        return self._apply(edits.delete_topics(self._fitted, topics))

    def reduce(self, n_topics: int | str = "auto", *, by: str = "embeddings") -> Self:
        """Join the nearest topics; topics are numbered anew by falling size.

        n_topics : topics to be left, or "auto" to join only those that are nearly one
        by : "embeddings" or "terms"
        """
        return self._apply(edits.reduce_topics(self._fitted, n_topics, by))

    def split(self, topic: int, into: int | None = None) -> Self:
        """Divide a topic; topics are numbered anew by falling size.

        into : number of parts; None: those of its finer layer
        raises : InputError where it has no finer layer, or fewer different documents than parts
        """
        return self._apply(edits.split_topic(self._fitted, topic, into, self.random_state))

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
        return self._apply(
            edits.redescribe_topics(
                self._fitted,
                vectorizer=vectorizer,
                weighting=weighting,
                aspects=aspects,
                top_n_words=top_n_words,
                assignment=topics,
                to_new=self._assigns_to_new_topics,
            )
        )

    def relabel(self, names: Mapping[int, str | Label | None], *, layer: int | None = None) -> Self:
        """Name topics by hand; None gives the name back to the labeler.

        names : {topic: name}
        layer : name groups of this coarser layer instead, both by the numbers that `contents` tells
        """
        return self._apply(edits.rename_topics(self._fitted, names, layer))

    def reassign(self, assignment: Sequence[int] | Int1d) -> Self:
        """Move documents to other topics.

        assignment : (n_docs,) a topic's number, or -1, for each
        raises : AlignmentError for another number of them, UnknownTopicError for a topic that is not there
        """
        return self._apply(edits.move_documents(self._fitted, assignment, to_new=self._assigns_to_new_topics))

    def forget(self, documents: Sequence[int] | Int1d | None = None, *, before: Any = None) -> Self:
        """Take documents away for good, and topics that only they had; topics keep their order.

        documents : their rows
        before : a date; the documents of earlier times are forgotten, those without a time stay
        """
        return self._apply(edits.forget_documents(self._fitted, documents, before))

    def label(self, labeler: Any = None, *, aspects: Mapping[str, Any] | None = None) -> Self:
        """Ask a labeler for the name of every topic and every group of topics that no person named.

        labeler : None is the model's own
        aspects : {name: Ask}, asked for anew and added to those there are, as `redescribe` does; a language model that is
            asked for both gets names and aspects as one batch

        A topic that a language model fails to name keeps the name that another gave it; one that has only phrases is
        named by them anew, and its label's `source` says why.
        """
        return self._apply(labeling.label_topics(self._fitted, labeler, aspects))

    def label_cost(self, labeler: Any = None) -> LabelReport:
        """What `label` would send to a language model and cost, asking nothing.

        labeler : an LLM; None is the model's own
        """
        return labeling.label_cost(self._fitted, labeler)

    def label_prompts(self, labeler: Any = None, *, layer: int | None = None) -> dict[int, Prompt]:
        """The exact prompt of every topic that no person named, by number, as a language model would get it first.

        labeler : an LLM; None is the model's own
        layer : of the groups of this coarser layer instead, by the layer's own numbers; their children by the names
            they have now
        """
        return labeling.label_prompts(self._fitted, labeler, layer)

    def undo(self) -> Self:
        """Take the last edit back."""
        if not self._history:
            raise InputError("there is no edit to undo")
        edit = self._history[-1]
        self._history = self._history[:-1]
        self._current = edit.restored(self._fitted)
        for name, value in edit.parameters.items():
            setattr(self, name, value)
        return self

    @property
    def history(self) -> list[str]:
        """The edits since fit, oldest first, as a person would tell them."""
        return [edit.description for edit in self._history]

    @property
    def renumbered(self) -> Int1d:
        """(topics before the last edit,) where each went: the topic that most of its documents have now, -1 for none."""
        if not self._history:
            return np.arange(self.result_.n_topics)
        return self._history[-1].topics_after(self.result_)

    # Questions: none changes the model

    def results(
        self,
        documents: Iterable[str] | None = None,
        embeddings: Any = None,
        *,
        min_similarity: float = 0.0,
    ) -> pd.DataFrame:
        """A row per document, to lay beside your own: its topic, what else it is about, its coarser groups.

        documents : None for the fitted ones; new ones get the topics that `transform` finds
        embeddings, min_similarity : as `transform` takes them
        returns : topic, topic_name, strength; topic_2, topic_2_name, topic_2_weight and the same of topic_3, the share of
            its neighbors that lie there; layer_1, layer_1_name and so on for coarser layers

        >>> pd.concat([frame, model.results()], axis=1).to_excel("results.xlsx")  # doctest: +SKIP
        """
        if documents is None:
            return results.document_results(self._fitted)
        between("min_similarity", min_similarity, -1, 1)
        given = [documents] if isinstance(documents, str) else arguments.texts(documents)
        return results.new_results(self._fitted, given, embeddings, min_similarity)

    def contents(self) -> Contents:
        """The topics under the named groups of their coarser layers, as a table of contents.

        >>> print(model.contents())  # doctest: +SKIP
        """
        return contents(self.result_, document_sizes(self.result_, self._fitted.documents)[:-1].tolist())

    def search(self, query: str | Sequence[str], n: int = 10) -> pd.DataFrame:
        """The documents that match words, by meaning and by the words themselves, best first.

        query : words, or a list of words that are looked for together
        n : documents at most
        returns : Document, Topic, Name, Score, and Row in the corpus
        """
        return queries.search_documents(self._fitted, query, n)

    def nearest_topics(
        self, query: str | Sequence[str] | None = None, n: int = 5, *, image: Any = None
    ) -> tuple[Int1d, Float1d]:
        """The topics nearest to words, or to an image: (n,) numbers and (n,) cosines, nearest first.

        query : words, or a list of words that are looked for together
        """
        return queries.topics_near(self._fitted, query, n, image)

    def term_weights(self) -> Csr:
        """(n_topics, n_terms) weights of the terms as keywords, columns as in `result_.vocabulary`."""
        return topic_weights(self._fitted)

    def hierarchy(
        self,
        *,
        by: str = "terms",
        linkage: Callable[[Any], Any] | None = None,
        distance: Callable[[Any], Any] | None = None,
    ) -> Hierarchy:
        """The tree of topics: which are joined first, and what each branch is about.

        by : "terms" or "embeddings"
        linkage : from condensed distances to scipy's linkage matrix; Ward's by default
        distance : from rows of weights or centroids to their distances; cosine by default

        >>> print(model.hierarchy().tree())  # doctest: +SKIP
        """
        return queries.topic_hierarchy(self._fitted, by, linkage, distance)

    def distribution(
        self,
        texts: Sequence[str] | None = None,
        *,
        window: int = 4,
        stride: int = 1,
        min_similarity: float = 0.1,
        batch_size: int | None = 1000,
        padding: bool = False,
        embeddings: bool = False,
        tokens: bool = False,
        separator: str = " ",
    ) -> Mixture:
        """The share of each topic in each document, by windows that slide over its words.

        texts : any documents; None: those of the model
        window, stride : words in a window, and words from one to the next
        min_similarity : cosine from which a window counts for a topic
        padding : windows begin before the first word and end after the last, so that all words count alike
        batch_size : documents at a time, which bounds the memory; None: all
        separator : put between the words of a window
        embeddings : compare by the meaning of the windows, which embeds every one of them, rather than by their terms
        tokens : also how far each word stands for each topic
        raises : InputError for a window or stride below 1
        """
        return queries.topic_mixture(
            self._fitted,
            texts,
            embeddings=embeddings,
            separator=separator,
            window=window,
            stride=stride,
            min_similarity=min_similarity,
            batch_size=batch_size,
            padding=padding,
            tokens=tokens,
        )

    def memberships(self, texts: Sequence[str] | None = None, embeddings: Any = None) -> Float2d:
        """How much of each document each topic holds: (n_docs, n_topics), by the votes of its neighbors.

        texts, embeddings : new documents, as `transform` takes them; None: those of the model
        returns : rows that sum to 1, or to 0 where no neighbor has a topic
        """
        return queries.memberships(self._fitted, texts, embeddings)

    def over_time(
        self,
        times: Any = None,
        *,
        bins: int | str | None = None,
        evolution: bool = True,
        tuning: bool = True,
        texts: Sequence[str] | None = None,
        topics: Sequence[int] | None = None,
        datetime_format: str | None = None,
    ) -> Timeline:
        """How much of each topic each period holds, and how its words change.

        times : (n_docs,) dates, times or what stands for them; None: the documents' own
        bins : number of periods of equal length, "day", "week", "month", "quarter" or "year", or None for every time
        evolution : average the words of a period with those of the one before
        tuning : average them with those of the topic in the whole corpus
        texts : other documents than the model's, counted by its vocabulary, with their topics; or some of the model's
        topics : (n_docs,) other topics than the model's, or those of `texts`, such as `transform` finds
        datetime_format : how to read strings, as strptime's; found out without it

        >>> model.over_time(bins="year").to_frame()  # doctest: +SKIP
        """
        return queries.topics_over_time(
            self._fitted,
            times,
            texts,
            topics,
            bins=bins,
            evolution=evolution,
            tuning=tuning,
            datetime_format=datetime_format,
        )

    def by_class(
        self,
        classes: Sequence[Any] | None = None,
        *,
        tuning: bool = True,
        texts: Sequence[str] | None = None,
        topics: Sequence[int] | None = None,
    ) -> ByClass:
        """How much of each topic each class holds, and in which words.

        classes : (n_docs,) anything; None: the documents' column "class"
        tuning : average the words with those of the topic in the whole corpus
        texts, topics : as `over_time` takes them
        """
        return queries.topics_by_class(self._fitted, classes, texts, topics, tuning=tuning)

    def reduce_outliers(
        self,
        strategy: str = "neighbors",
        threshold: float = 0.0,
        *,
        probabilities: Any = None,
        embeddings: Any = None,
        assignment: Sequence[int] | Int1d | None = None,
        texts: Sequence[str] | None = None,
        **windows: Any,
    ) -> Moves:
        """Find topics for the documents that have none. The model stays as it is: `reassign` moves them.

        strategy : "neighbors" votes in the neighbor graph (built now on roads without one), "probabilities" given, "distributions" of windows of
            words, "c-tf-idf" cosine of terms, or "embeddings" cosine to the centroids
        threshold : score below which an outlier stays one
        probabilities : (n_docs, n_topics), for that strategy
        embeddings : (n_docs, dim) other ones than the model's
        assignment : (n_docs,) other topics than the model's, such as those of an earlier strategy or of `transform`
        texts : other documents than the model's; they need their assignment
        windows : for "distributions", as `distribution` takes them

        >>> model.reassign(model.reduce_outliers().assignment)  # doctest: +SKIP
        """
        return outlier_moves.outlier_moves(
            self._with_graph() if strategy == "neighbors" and texts is None else self._fitted,
            strategy,
            threshold,
            probabilities=probabilities,
            embeddings=embeddings,
            assignment=assignment,
            texts=texts,
            windows=windows,
        )

    def label_scores(self, names: Sequence[str] | None = None) -> LabelScores:
        """How well each topic's name says what its documents are about, and which deserve a second look.

        names : (n_topics,) other names than the model's

        >>> model.label_scores().to_frame().head()  # doctest: +SKIP
        """
        return quality.name_scores(self._fitted, names)

    def evaluate(
        self,
        classes: Sequence[Any] | None = None,
        *,
        outliers: str = "group",
        top_n: int = 10,
        seeds: int = 0,
        share: float = 0.8,
    ) -> Scores:
        """Coherence and diversity of keywords, how telling names are, agreement with classes, and stability.

        classes : (n_docs,) known classes, None or NaN where there is none; None: the documents' column "class"
        outliers : "group" they are one group, "drop" they are not compared with the classes, "single" each is a group
        top_n : keywords of each topic that are looked at
        seeds : fits that are made again, from other seeds and samples, to see how much is found again; each takes as
            long as finding the topics did
        share : of the documents that each of these is given

        Coherence is counted in the model's own documents, as its vectorizer reads them.

        >>> model.evaluate().to_frame()  # doctest: +SKIP
        """
        return quality.quality_scores(
            self._fitted,
            classes,
            outliers=outliers,
            top_n=top_n,
            n_refits=seeds,
            share=share,
            random_state=self.random_state,
        )

    def granularity(self) -> Granularity:
        """How many topics there could be: how well they hold, from coarse to fine, and which number the default finds.

        Independent looks at the documents, each at half of what is known of them, are grouped at 15 resolutions.
        Where the looks agree, the groups are there; where they do not, they are cuts through something shapeless. Of
        more than 6,000 documents a sample is looked at, and its topics are counted. Several numbers can be about as
        good: TopicModel(n_topics=...) gives the one that you prefer, and `result_.layers` are there in any case.

        >>> model.granularity().to_frame()  # doctest: +SKIP
        """
        return quality.granularity_of(self._with_graph(), self.random_state)

    # Maps and images

    def lay_out(self) -> Float2d:
        """Coordinates of the documents on a plane: (n_docs, 2), made when first asked for and kept."""
        self._current = map_and_report.with_coords(self._fitted)
        assert self._current.documents.coords is not None
        return self._current.documents.coords

    @overload
    def report(
        self,
        path: str | Path,
        *,
        title: str = "Topics",
        columns: Wanted = None,
        color: str | None = None,
        marks: str | None = None,
        pictures: Sequence[Any] | None = None,
    ) -> Path: ...

    @overload
    def report(
        self,
        path: None = None,
        *,
        title: str = "Topics",
        columns: Wanted = None,
        color: str | None = None,
        marks: str | None = None,
        pictures: Sequence[Any] | None = None,
    ) -> Page: ...

    def report(
        self,
        path: str | Path | None = None,
        *,
        title: str = "Topics",
        columns: Wanted = None,
        color: str | None = None,
        marks: str | None = None,
        pictures: Sequence[Any] | None = None,
    ) -> Path | Page:
        """Map, table and search in one page that needs no network.

        title : heads the page
        path : where to write it; None: the page itself, which notebooks show, and whose `save` writes it
        columns : shown beside title, text, link, date and image, searched, and colors for the map where they hold
            classes or numbers: names of columns as given to `fit`, or others, as a mapping or a frame with a value per
            document; None: all that `fit` was given
        color, marks : the column that the map is colored by, or "date", and the one whose values, six at most, have
            marks of their own, when the page opens; its reader may choose others
        pictures : an image for each document, None for none: paths, bytes or Pillow's; those of each topic's examples are
            shown. None: the images that `fit` was given
        returns : the path, or the page
        raises : NotFittedError before a fit

        >>> model.report("report.html", columns=frame[["region", "rating"]], marks="region")  # doctest: +SKIP
        """
        if self._fitted.recipe.layout is not None:
            self.lay_out()
        page = map_and_report.page(self._fitted, title, columns, color, marks, pictures)
        return page if path is None else page.save(path)

    def image_exemplars(self, topic: int, n: int = 9) -> list[Any]:
        """The n images that show a topic best, best first: paths, or PNG bytes of images that had no file."""
        return queries.image_exemplars(self._fitted, topic, n)

    def collage(self, topic: int, n: int = 9, *, columns: int = 3, size: int = 160) -> Any:
        """The n images that show a topic best, side by side in `columns`, as a Pillow image of `size` pixels a tile."""
        from themata.core.images import collage

        return collage(self.image_exemplars(topic, n), columns=columns, size=size)

    # Files

    def save(self, folder: str | Path, *, overwrite: bool = False, texts: bool = True) -> None:
        """Save to a folder of safetensors, Parquet and JSON: everything that transform and the tables need.

        overwrite : replace the model that is there
        texts : False leaves the texts and titles of the documents out, for a model that others are to have
        raises : StoreError where something is there and `overwrite` is not said

        Of a model that is not fitted its parameters are saved.

        Edits are in it, the history of them is not: a loaded model has nothing to undo. A part that is a function or
        object of your own is named in a warning, and handed over again when loading.
        """
        saved = files.saved_model(self._current, self._saved_params())
        model_folder.save(folder, saved, overwrite=overwrite, texts=texts)

    @classmethod
    def load(cls, folder: str | Path, **parts: Any) -> Self:
        """The model saved in a folder, by `save` or by BERTopic with serialization="safetensors".

        folder : or "hf:owner/name" for one on the Hugging Face hub, as `from_hub`
        parts : what a file cannot hold, such as embedder=SentenceTransformer(...), or takes the place of what it holds
        raises : StoreError for a folder that is damaged, of a newer themata, or none of ours

        BERTopic's folders hold topics and no documents: tables, transform (by the nearest centroid), find_topics,
        merges and pictures of topics work, as far as the folder tells; what needs the documents says so.
        """
        if str(folder).startswith(hub.PREFIX):
            return cls.from_hub(str(folder).removeprefix(hub.PREFIX), **parts)
        return cls._of_loaded(saving.load_folder(folder), parts)

    @classmethod
    def from_hub(
        cls, repo_id: str, *, revision: str | None = None, token: str | bool | None = None, **parts: Any
    ) -> Self:
        """The model that `push_to_hub`, or BERTopic with safetensors, put on the Hugging Face hub.

        repo_id : "owner/name", or "owner/name@revision"
        revision : branch, tag or commit; a commit is a model that nobody can change any more
        token : for a private one; None: the one that `hf auth login` kept, or HF_TOKEN
        parts : as `load` takes them

        No file is read but safetensors, Parquet and JSON, and a part that would speak to a server is not made.
        """
        return cls._of_loaded(
            saving.load_folder(hub.fetch(repo_id, token=token, revision=revision), shared=True), parts
        )

    def push_to_hub(
        self,
        repo_id: str,
        *,
        commit_message: str = "Add a topic model",
        token: str | bool | None = None,
        revision: str | None = None,
        private: bool = False,
        create_pr: bool = False,
        model_card: bool = True,
        texts: bool = False,
    ) -> str:
        """Put the model on the Hugging Face hub; returns its address there.

        repo_id : "owner/name"; the repository is made if it is not there
        commit_message : what the hub's history says of it
        token : of an account that may write there; None: the one that `hf auth login` kept, or HF_TOKEN
        revision : a branch, made if it is not there; None: the main one
        private : make the repository a private one, if it is made
        create_pr : ask for the change instead of making it
        model_card : write a README.md with the table of topics and how to load them; one that a person wrote stays
        texts : share the texts and titles of the documents, too. They may be others' property or secrets, so without
            this they stay here: keywords, names, embeddings, counts of words and other columns go

        >>> model.push_to_hub("me/my-topics", private=True)  # doctest: +SKIP
        """
        return files.push_folder(
            files.saved_model(self._current, self._saved_params()),
            repo_id,
            languages=self.languages_ if model_card else [],
            model_card=model_card,
            texts=texts,
            commit_message=commit_message,
            token=token,
            revision=revision,
            private=private,
            create_pr=create_pr,
        )

    # Helpers

    def _recipe_params(self) -> dict[str, Any]:
        """The parameters that a recipe is made of."""
        return self.get_params(deep=False)

    def _saved_params(self) -> dict[str, Any]:
        """What a file says of the parameters."""
        return self.get_params(deep=False)

    @classmethod
    def _loaded_params(cls, saved: Mapping[str, Any]) -> dict[str, Any]:
        """The constructor's parameters among what a file says."""
        return {name: value for name, value in saved.items() if name in cls._parameters()}

    @classmethod
    def _of_loaded(cls, loaded: saving.Loaded, parts: Mapping[str, Any]) -> Self:
        model = cls(**{**cls._loaded_params(loaded.parameters), **parts})
        if loaded.parameters.get("unfitted"):
            return model
        same_embedder = not parts.keys() & {"embedder", "embedding_model"}
        recipe = files.restored_recipe(
            loaded, model._recipe_params(), parts.get("vectorizer"), same_embedder=same_embedder
        )
        return model._set(fitted_model(loaded.fitted, recipe, loaded.outliers))

    def _set(self, fitted: FittedModel) -> Self:
        """Begin anew with this result."""
        self._current, self._history = fitted, ()
        return self

    def _apply(self, edit: Edit) -> Self:
        """Make what an edit comes to the result; `undo` takes it back."""
        changed = {name: getattr(self, name) for name in edit.parameters}
        self._history = (*self._history, PastEdit(edit.description, self._fitted, changed, edit.kept))
        self._current = edit.model
        for name, value in edit.parameters.items():
            setattr(self, name, value)
        return self

    def _with_graph(self) -> FittedModel:
        """The result with a neighbor graph, which is kept."""
        self._current = with_graph(self._fitted)
        return self._current

    def _place(self, texts: Sequence[str]) -> tuple[Int1d, Float1d]:
        return place_texts(self._fitted, texts)


class FitArguments(TypedDict, total=False):
    """What `fit` can be told of documents, and how to go about it. For the values see there."""

    times: Any
    coords: Any
    columns: Mapping[str, Any]
    verbose: bool
    lay_out: bool


_ARGUMENTS = (*FitArguments.__annotations__, "embeddings", "images", "y", "keep")


@contextmanager
def _shown(step: str) -> Iterator[None]:
    """What is done inside is shown as this step, with the time left."""
    with listening() as listener, Steps(listener=listener).timed(step):
        yield


def _documents(texts: Any, images: Any, others: Mapping[str, Any]) -> Documents:
    """The documents of a call: texts, images or both, and what else is known of them."""
    given, shown = multimodal.texts_and_images(texts, images)
    for name in others:
        one_of("an argument", name, _ARGUMENTS)
    documents = arguments.corpus(given)
    others = {**others, **arguments.times_and_columns(others, len(documents))}
    if shown is not None:
        others["columns"][multimodal.IMAGE] = shown
    return Documents(documents, **others)
