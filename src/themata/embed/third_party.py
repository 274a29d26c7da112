"""Embedders made of what other libraries embed texts with, so that everything after sees one shape: `encode`.

What keeps the promise already, a SentenceTransformer or a model2vec model, stays as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any
from weakref import WeakSet

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import InputError, NotFittedError, PartError
from themata.core.graph import unit_rows
from themata.core.protocols import Embedder
from themata.embed.readable_texts import encodable


class Adopted:
    """An Embedder around a model that embeds texts in another library's way.

    model : theirs
    encode_documents, encode_words : from texts to points, which may be sparse, tensors or lists
    learn : what a Learner promises; None where the model is ready
    has_learned : it knows something that its parameters do not tell
    """

    def __init__(
        self,
        model: Any,
        encode_documents: Callable[[list[str]], Any],
        encode_words: Callable[[list[str]], Any] | None = None,
        learn: Callable[[Sequence[str]], Any] | None = None,
        *,
        has_learned: bool = False,
    ) -> None:
        self.model = model
        self._documents = encode_documents
        self._words = encode_words or encode_documents
        self.has_learned = has_learned
        if learn is not None:
            self.learn = learn

    @property
    def name(self) -> str:
        """What embeddings made by this part are kept under."""
        named = self.model if hasattr(self.model, "__qualname__") else type(self.model)
        return f"{named.__module__}.{named.__qualname__}"

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        return self._dense(self._documents(encodable(texts)), len(texts))

    def encode_words(self, words: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32, where the words lie among the documents"""
        return self._dense(self._words(encodable(words)), len(words))

    def _dense(self, points: Any, n: int) -> Float2d:
        rows = points.toarray() if hasattr(points, "toarray") else points
        try:
            if isinstance(rows, list | tuple):
                rows = [_on_cpu(row) for row in rows]
            return np.asarray(_on_cpu(rows), dtype=np.float32)
        except (TypeError, ValueError) as error:
            came = f"a {type(points).__name__} that is no table of numbers"
            raise PartError(self.model, "encode", came, f"one row per text ({n})") from error


# Pipelines that were fitted to a topic model's corpus, which the next corpus fits anew; those of the caller's fit stay
_TAUGHT_HERE: WeakSet[Any] = WeakSet()


def adopt(model: Any) -> Any:
    """An Embedder from whatever embeds texts; None stays None.

    model : has `encode`, or is an embedder as BERTopic's users write them (`embed_words` and `embed_documents`), a
        scikit-learn pipeline (fitted to the documents unless it is fitted), a feature-extraction pipeline of
        transformers, a model of gensim, spaCy, flair or fastembed, an Embeddings of LangChain, or a function from
        texts to points

    >>> adopt(lambda texts: [[1.0, 0.0] for _ in texts]).encode(["a", "b"]).shape
    (2, 2)
    """
    if model is None or hasattr(model, "encode_images"):
        return model
    for fits, adopted in _KINDS:
        if fits(model):
            return adopted(model)
    raise InputError(
        f"{model!r:.60} is no embedder: it has no encode(texts), and is neither a function from texts to points nor a "
        "pipeline or model of scikit-learn, transformers, sentence-transformers, model2vec, spaCy, gensim, flair, "
        "fastembed or LangChain"
    )


def _is_of(*libraries: str) -> Callable[[Any], bool]:
    return lambda model: type(model).__module__.split(".")[0] in libraries


def _has(*names: str) -> Callable[[Any], bool]:
    return lambda model: all(callable(getattr(model, name, None)) for name in names)


def _is_none(model: Any) -> bool:
    """A BaseEmbedder that nothing was made of: it says that no text is to be embedded."""
    return type(model).__name__ == "BaseEmbedder"


def _of_base(model: Any) -> Adopted:
    return Adopted(model, model.embed_documents, model.embed_words, getattr(model, "learn", None))


def _of_sklearn(model: Any) -> Adopted:
    from sklearn.exceptions import NotFittedError as Theirs

    def learn(texts: Sequence[str]) -> None:
        model.fit(list(texts))  # and no copy of it: the caller may want to keep what was learned
        _TAUGHT_HERE.add(model)

    def encode(texts: list[str]) -> Any:
        try:
            return model.transform(texts)
        except Theirs as error:
            raise NotFittedError(
                f"{type(model).__name__} learns from the documents it embeds and has seen none: hand over one that is "
                "fitted, or give no embeddings= when the topic model is fitted"
            ) from error

    return Adopted(model, encode, learn=None if _is_fitted(model) else learn, has_learned=True)


def _is_fitted(model: Any) -> bool:
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError as Theirs
    from sklearn.utils.validation import check_is_fitted

    if not isinstance(model, BaseEstimator) or model in _TAUGHT_HERE:
        return False
    try:
        check_is_fitted(model)
    except Theirs:
        return False
    return True


def _of_gensim(model: Any) -> Adopted:
    vectors = getattr(model, "wv", model)  # a whole Word2Vec keeps its vectors there

    def point(text: str) -> Any:
        known = [vectors[word] for word in text.split() if word in vectors]
        return np.mean(known, axis=0) if known else np.zeros(vectors.vector_size)

    return Adopted(model, lambda texts: [point(text) for text in texts])


def _of_spacy(model: Any) -> Adopted:
    def point(document: Any) -> Any:
        if document.has_vector or not document.has_extension("trf_data"):
            return document.vector
        return document._.trf_data.tensors[-1][0]

    return Adopted(
        model, lambda texts: [point(parsed) for parsed in model.pipe(text or " " for text in texts)]
    )


def _of_flair(model: Any) -> Adopted:
    from flair.data import Sentence

    def point(text: str) -> Any:
        sentence = Sentence(text or " ")
        model.embed(sentence)
        return sentence.embedding

    return Adopted(model, lambda texts: [point(text) for text in texts])


def _of_pipeline(model: Any) -> Adopted:
    """The mean of the tokens' points, rows of length 1."""

    def encode(texts: list[str]) -> Float2d:
        token_points = [
            np.asarray(_on_cpu(tokens), dtype=np.float32) for tokens in model(texts, truncation=True)
        ]
        return unit_rows(
            np.array([tokens.reshape(-1, tokens.shape[-1]).mean(axis=0) for tokens in token_points])
        )

    return Adopted(model, encode)


def _of_langchain(model: Any) -> Adopted:
    return Adopted(model, model.embed_documents)


def _of_fastembed(model: Any) -> Adopted:
    return Adopted(model, lambda texts: list(model.embed(texts)))


_KINDS: list[tuple[Callable[[Any], bool], Callable[[Any], Any]]] = [
    (_is_none, lambda model: None),
    (
        lambda model: type(model).__name__ == "SklearnEmbedder",
        lambda model: _of_sklearn(model.pipe),
    ),  # BERTopic's
    (_has("embed_words", "embed_documents"), _of_base),
    (lambda model: isinstance(model, Embedder) and not inspect.isclass(model), lambda model: model),
    (_has("fit", "transform"), _of_sklearn),
    (_is_of("gensim"), _of_gensim),
    (_is_of("spacy"), _of_spacy),
    (_is_of("flair"), _of_flair),
    (_is_of("transformers"), _of_pipeline),
    (_has("embed_documents", "embed_query"), _of_langchain),
    (_has("embed"), _of_fastembed),
    (lambda model: callable(model) and not inspect.isclass(model), lambda model: Adopted(model, model)),
]


def _on_cpu(points: Any) -> Any:
    """Torch's tensors as NumPy takes them, from wherever they are and whatever their precision."""
    return points.detach().cpu().float().numpy() if hasattr(points, "detach") else points
