"""TopicModel: documents in, topics out. It holds the parts and the latest result, and nothing else changes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from themata.core.arrays import Float1d
from themata.core.documents import Documents
from themata.core.errors import InputError
from themata.core.parameter_checks import between, one_of
from themata.core.protocols import ResolutionGrouper
from themata.pipeline import arguments, merging, multimodal, online, validation
from themata.pipeline.centroid_assignment import Centroids
from themata.pipeline.embedding_space import Later, Lent, Space
from themata.pipeline.fit import Fitted, Recipe
from themata.pipeline.fit import fit as fit_recipe
from themata.pipeline.progress import Lines
from themata.pipeline.recipe import embedder_of, recipe_of
from themata.pipeline.step_cache import Silent, Steps
from themata.verbs.edits import Edits
from themata.verbs.pictures import Pictures
from themata.verbs.quality import Quality
from themata.verbs.sharing import Sharing
from themata.verbs.tables import Tables

if TYPE_CHECKING:
    from themata.pipeline.saving import Loaded


class TopicModel(Tables, Quality, Edits, Pictures, Sharing):
    """Topics of documents: found, described, named and laid out.

    embedder : "auto" (all-MiniLM-L6-v2 if sentence-transformers is installed, else a lexical one), the name or folder
        of a sentence-transformers model, "static:MODEL", "openai:MODEL", "lexical", None for none, or an object with
        `encode`, such as a SentenceTransformer
    vectorizer : counts terms; None: one for every language. Any object with scikit-learn's interface
    relater : builds the neighbor graph from embeddings and terms
    grouper : finds the topics; None: communities of the graph. ReduceThenCluster is the classic road
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

    After fit:
    topics_ : topic of each document, -1 for outliers
    probabilities_ : (n_docs,) how well each document sits in its topic
    result_ : Topics
    documents_ : Documents
    graph_ : NeighborGraph, or None on roads that need none
    """

    def __init__(
        self,
        *,
        embedder: Any = "auto",
        vectorizer: Any = None,
        relater: Any = "two_views",
        grouper: Any = None,
        seeder: Any = None,
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
        ignore: str | Sequence[str] | None = "all",
    ) -> None:
        self.embedder = embedder
        self.vectorizer = vectorizer
        self.relater = relater
        self.grouper = grouper
        self.seeder = seeder
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
        self.ignore = ignore

    # scikit-learn's estimator contract

    @classmethod
    def _parameters(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; with `deep` also those of parts that have any, as in "vectorizer__min_df"."""
        own = {name: getattr(self, name) for name in self._parameters()}
        parts = {name: part for name, part in own.items() if hasattr(part, "get_params") and deep}
        inner = {
            f"{name}__{key}": value
            for name, part in parts.items()
            for key, value in part.get_params().items()
        }
        return {**own, **inner}

    def set_params(self, **params: Any) -> Self:
        """Change parameters, those of parts by "part__parameter"."""
        for name in sorted(params, key=lambda name: "__" in name):  # a part before what is set in it
            own, _, inner = name.partition("__")
            if own not in self._parameters() or (inner and not hasattr(getattr(self, own), "set_params")):
                raise InputError(
                    f"{type(self).__name__} has no parameter {name!r}: it has {', '.join(self._parameters())}"
                )
            if inner:
                getattr(self, own).set_params(**{inner: params[name]})
            else:
                setattr(self, own, params[name])
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_state")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type="clusterer",
            target_tags=TargetTags(required=False),
            input_tags=InputTags(string=True, one_d_array=True, two_d_array=False),
        )

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        plain = (str, int, float)
        changed = {
            name: value
            for name, value in self.get_params(deep=False).items()
            if not (
                value is defaults[name].default
                or (isinstance(value, plain) and value == defaults[name].default)
            )
        }
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in changed.items())})"

    # Fit and transform

    def fit(
        self,
        documents: Iterable[str] | None,
        embeddings: Any = None,
        *,
        y: Any = None,
        images: Sequence[Any] | None = None,
        **others: Any,
    ) -> Self:
        """Find, describe and name the topics of documents.

        documents : n_docs strings; None for images alone
        embeddings : (n_docs, dim) when they are known; else the embedder makes them
        y : (n_docs,) known classes, numbers or names, -1 or None for unknown. Documents of a class share a topic and no
            two classes do; classes for all give exactly these topics. The classic road hands them to its reducer alone,
            unless TopicModel(seeder=Classes())
        images : (n_docs,) paths or Pillow's images, None where a document has none; for an embedder such as "clip:MODEL"
        others : times, coords, columns (title, id, class) of the documents; verbose=True for a line per step on
            standard error, and one now and then with the time left; for a run that is kept, its steps and whether the
            map is one of them (lay_out=True), which otherwise waits until it is asked for
        """
        listener = Lines() if others.pop("verbose", False) else Silent()
        steps, placed = others.pop("steps", None) or Steps(listener=listener), others.pop("lay_out", False)
        docs = _documents(documents, images, others)
        texts = docs.texts
        if embeddings is not None:
            docs = docs.having(embeddings=arguments.embeddings(embeddings, docs.n_docs))
        recipe = recipe_of(self._recipe_params(), embed=embeddings is None)
        validation.ready(recipe.grouper, recipe.seeder, recipe.labeler, *recipe.description.aspects.values())
        now = recipe if placed else replace(recipe, layout=None)
        fitted = fit_recipe(docs, now, steps, y=arguments.classes(y, len(texts)))
        self.seconds_ = steps.seconds
        # An image and its caption may be embedded in more ways than one, so that no look tells
        return self._set(fitted, recipe, embedded_here=embeddings is None or images is not None)

    def fit_transform(
        self, documents: Iterable[str], embeddings: Any = None, *, y: Any = None, **others: Any
    ) -> tuple[list[int], Float1d]:
        """Fit; returns the topic of each document and its strength there."""
        self.fit(documents, embeddings, y=y, **others)
        return self.topics_, self.probabilities_

    def fit_predict(
        self, documents: Iterable[str], embeddings: Any = None, *, y: Any = None, **others: Any
    ) -> list[int]:
        """Fit; returns the topic of each document."""
        return self.fit(documents, embeddings, y=y, **others).topics_

    def transform(
        self,
        documents: str | Iterable[str] | None,
        embeddings: Any = None,
        *,
        images: Sequence[Any] | None = None,
        min_similarity: float = 0.0,
    ) -> tuple[list[int], Float1d]:
        """Assign new documents to the topics that exist, by their neighbors among the fitted documents.

        documents, images : as `fit` takes them
        min_similarity : cosine to the nearest document that has a topic, from which a document may get one. A copy of a
            fitted document has its topic, and one near a name of ZeroShot that topic, whatever the cosine
        returns : the topic of each, -1 where nothing resembles it, and its strength in 0..1
        """
        self.result_.check()  # a model without topics says so before it looks at the documents
        between("min_similarity", min_similarity, -1, 1)
        given, shown = multimodal.checked([documents] if isinstance(documents, str) else documents, images)
        rows, strength = self._place(arguments.texts(given), embeddings, shown, min_similarity)
        return rows.tolist(), strength

    def partial_fit(
        self,
        documents: Iterable[str] | None,
        embeddings: Any = None,
        *,
        y: Any = None,
        images: Sequence[Any] | None = None,
        keep: int | None = None,
        **others: Any,
    ) -> Self:
        """Add a batch of documents: the first is fitted, later ones join the topics there are or make new ones.

        Every document keeps its topic, and every topic its number and name; `topics_` is of all documents seen. A
        topic is described and named anew, unless a person named it, when a fifth of its documents is new. `undo` takes
        the batch back, but no edit before it.
        y : known classes, with the first batch
        keep : the latest so many documents are kept, and those before them forgotten
        others : times and columns of the documents, as in `fit`
        """
        if not self.__sklearn_is_fitted__():
            return self.fit(documents, embeddings, y=y, images=images, **others)
        others.pop("verbose", None)  # a later batch has no steps
        if y is not None:
            raise InputError(
                "known classes come with the first batch: later documents join the topics there are"
            )
        if keep is not None and keep < 1:
            raise InputError(f"keep must be 1 document or more, got {keep}")
        new = _documents(documents, images, others)
        if self._known_documents.embeddings is not None:
            points = self._space.place(new.texts, embeddings, new.columns.get(multimodal.IMAGE))
            new = new.having(embeddings=points)
        elif embeddings is not None:
            raise InputError("this model was fitted without embeddings: give texts alone")
        lent = Lent(self._space)
        fitted, recipe = online.grow(self._fitted, new, self._recipe, lent)
        told, kept = f"partial_fit of {new.n_docs} documents", np.arange(self.documents_.n_docs)
        n_over = 0 if keep is None else fitted.documents.n_docs - keep
        if n_over > 0:
            fitted = online.forget(fitted, np.arange(n_over, fitted.documents.n_docs), recipe, lent)
            kept = kept[n_over:]
        self._past = []  # a stream of batches must not keep a copy of everything for each
        space = self._space.counted_by(fitted.documents, recipe.vectorizer)
        # A vectorizer that was handed over is shown as it is after the batch, with the terms it has learned
        handed = self.vectorizer is self._recipe.vectorizer
        parameters = {"vectorizer": recipe.vectorizer} if handed else None
        return self._keep_all(told, fitted, recipe=recipe, space=space, kept=kept, parameters=parameters)

    @classmethod
    def merged(cls, models: Sequence[TopicModel], min_similarity: float = 0.7) -> Self:
        """One model of several: documents, words, exemplars and names of all, topics that are alike joined.

        models : fitted; the first one's parts, parameters and coarser layers are the new model's. A group of another's
            topics that the first has hardly any of comes over whole, with its heading; other new topics lie in the layers
            where the most alike of the first one's do
        min_similarity : cosine from which a topic is the same as one of the models before it
        """
        models = [model for model in models if model._known_documents]  # one that holds none says so
        fitted, recipe = merging.merge(
            [model._fitted for model in models], [model._recipe for model in models], min_similarity
        )
        first = models[0]
        return cls(**first.get_params(deep=False))._set(fitted, recipe)

    def predict(self, documents: Iterable[str], embeddings: Any = None) -> list[int]:
        """The topic of each new document."""
        return self.transform(documents, embeddings)[0]

    # Files

    def save(self, folder: str | Path, *, overwrite: bool = False, texts: bool = True) -> None:
        """Save to a folder of safetensors, Parquet and JSON: everything that transform and the tables need.

        texts : False leaves the texts and titles of the documents out, for a model that others are to have

        Of a model that is not fitted its parameters are saved.

        Edits are in it, the history of them is not: a loaded model has nothing to undo. A part that is a function or
        object of your own is named in a warning, and handed over again when loading.
        """
        from themata.pipeline import saving

        saving.save(folder, self._saved(), overwrite=overwrite, texts=texts)

    @classmethod
    def load(cls, folder: str | Path, **parts: Any) -> Self:
        """The model saved in a folder, by `save` or by BERTopic with serialization="safetensors".

        folder : or "hf:owner/name" for one on the Hugging Face hub, as `from_hub`
        parts : what a file cannot hold, such as embedder=SentenceTransformer(...), or takes the place of what it holds

        BERTopic's folders hold topics and no documents: tables, transform (by the nearest centroid), find_topics,
        merges and pictures of topics work, as far as the folder tells; what needs the documents says so.
        """
        from themata.pipeline import saving
        from themata.store import hub

        if str(folder).startswith(hub.PREFIX):
            return cls.from_hub(str(folder).removeprefix(hub.PREFIX), **parts)
        return cls._of_loaded(saving.load(folder), parts)

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
        from themata.pipeline import saving
        from themata.store import hub

        return cls._of_loaded(
            saving.load(hub.fetch(repo_id, token=token, revision=revision), shared=True), parts
        )

    # Helpers

    def _embedder_named(self) -> Any:
        return embedder_of(self.embedder)

    def _recipe_params(self) -> dict[str, Any]:
        """The parameters that a recipe is made of."""
        return self.get_params(deep=False)

    def _saved_params(self) -> dict[str, Any]:
        """What a file tells of the parameters."""
        return self.get_params(deep=False)

    @classmethod
    def _loaded_params(cls, told: Mapping[str, Any]) -> dict[str, Any]:
        """The constructor's parameters among what a file tells."""
        return {name: value for name, value in told.items() if name in cls._parameters()}

    @classmethod
    def _of_loaded(cls, found: Loaded, parts: Mapping[str, Any]) -> Self:
        from themata.pipeline.saving import knowing

        model = cls(**{**cls._loaded_params(found.parameters), **parts})
        if found.parameters.get("unfitted"):
            return model
        vectorizer = (
            knowing(parts["vectorizer"], found.fitted) if parts.get("vectorizer") else found.vectorizer
        )
        recipe = recipe_of({**model._recipe_params(), "vectorizer": vectorizer}, embed=False)
        theirs = not parts.keys() & {"embedder", "embedding_model"}
        recipe = replace(recipe, embedder=found.embedder) if theirs else recipe
        resolution = found.parameters.get("fitted_resolution")
        if resolution is not None and isinstance(recipe.grouper, ResolutionGrouper):
            recipe.grouper.resolution_ = resolution
        return model._set(found.fitted, recipe, found.outliers, embedded_here=theirs)

    def _set(
        self,
        fitted: Fitted,
        recipe: Recipe,
        outliers: Float1d | None = None,
        *,
        embedded_here: bool = True,
    ) -> Self:
        """embedded_here : the recipe's embedder, if it has one, made the embeddings, so that no look at it is needed"""
        self._state, self._recipe = fitted, recipe
        self._past = []
        made_here = recipe.embedder is not None and embedded_here
        embedder = Later(self._embedder_named) if recipe.embedder is None else recipe.embedder
        docs, centroids = fitted.documents, fitted.topics.centroids
        if docs.is_bare and centroids is not None:
            dim = centroids.shape[1]
            self._space = Centroids(docs, recipe.vectorizer, embedder, dim=dim, outliers=outliers)
        else:
            self._space = Space(docs, recipe.vectorizer, embedder, made_here=made_here, ignore=recipe.ignore)
        return self


_ARGUMENTS = ("times", "coords", "columns", "embeddings", "images", "y", "keep", "steps", "lay_out")


def _documents(texts: Any, images: Any, others: Mapping[str, Any]) -> Documents:
    """The documents of a call: texts, images or both, and what else is known of them."""
    given, shown = multimodal.checked(texts, images)
    for name in others:
        one_of("an argument", name, _ARGUMENTS)
    documents = arguments.corpus(given)
    others = {**others, **arguments.beside(others, len(documents))}
    if shown is not None:
        others["columns"][multimodal.IMAGE] = shown
    return Documents(documents, **others)
