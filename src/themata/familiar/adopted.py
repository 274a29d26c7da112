"""Embedders made of embedding models of any library, as BERTopic takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from themata.errors import InputError
from themata.graph import Float2d
from themata.protocols import Embedder
from themata.registry import known

# fmt: off
languages = [
    "arabic", "bulgarian", "catalan", "czech", "danish", "german", "greek", "english", "spanish", "estonian",
    "persian", "finnish", "french", "canadian french", "galician", "gujarati", "hebrew", "hindi", "croatian",
    "hungarian", "armenian", "indonesian", "italian", "japanese", "georgian", "korean", "kurdish", "lithuanian",
    "latvian", "macedonian", "mongolian", "marathi", "malay", "burmese", "norwegian bokmal", "dutch", "polish",
    "portuguese", "brazilian portuguese", "romanian", "russian", "slovak", "slovenian", "albanian", "serbian",
    "swedish", "thai", "turkish", "ukrainian", "urdu", "vietnamese", "chinese (simplified)", "chinese (traditional)",
]
# fmt: on
MULTILINGUAL = "sentence:paraphrase-multilingual-MiniLM-L12-v2"


class Embedded:
    """An Embedder around a model that embeds texts in another library's way.

    encode_documents, encode_words : from texts to points
    learn : fits the model to the corpus first; None where it is ready
    """

    def __init__(
        self,
        encode_documents: Callable[[list[str]], Any],
        encode_words: Callable[[list[str]], Any] | None = None,
        learn: Callable[[list[str]], Any] | None = None,
    ) -> None:
        self._documents = encode_documents
        self._words = encode_words or encode_documents
        if learn is not None:
            self.fit = learn

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        return _dense(self._documents(list(texts)))

    def encode_words(self, words: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32, where the words lie among the documents"""
        return _dense(self._words(list(words)))


def embedder_for(model: Any, language: str | None = "english") -> Any:
    """An Embedder, or its name, from whatever BERTopic takes for an embedding model.

    model : None for the language's, a name, an object with `encode`, a BaseEmbedder, a scikit-learn pipeline, a model
        of gensim, spaCy, flair, fastembed, a feature-extraction pipeline of transformers, or a function

    >>> embedder_for(None), embedder_for("LaBSE")
    ('auto', 'sentence:LaBSE')
    """
    if model is None:
        return _of_language(language)
    if isinstance(model, str):
        return model if model.partition(":")[0] in known("embedder") else f"sentence:{model}"
    if hasattr(model, "encode_images"):
        return model
    if hasattr(model, "embed_words") and hasattr(model, "embed_documents"):
        return Embedded(model.embed_documents, model.embed_words)
    if isinstance(model, Embedder):
        return model
    for fits, adopt in _ADOPTED:
        if fits(model):
            return adopt(model)
    raise InputError(
        f"embedding_model must be a name, have encode(texts) or embed(texts), or be a function: got {model!r:.80}"
    )


def _of_language(language: str | None) -> str:
    name = (language or "multilingual").lower()
    if name in ("english", "en"):
        return "auto"
    if name == "multilingual" or name in languages:
        return MULTILINGUAL
    raise InputError(
        f"language must be 'english', 'multilingual' or one of {', '.join(languages)}, got {language!r}"
    )


def _is_of(*libraries: str) -> Callable[[Any], bool]:
    return lambda model: type(model).__module__.split(".")[0] in libraries


def _of_sklearn(model: Any) -> Embedded:
    return Embedded(model.transform, learn=model.fit)


def _of_gensim(model: Any) -> Embedded:
    def point(text: str) -> Any:
        vectors = [model[word] for word in text.split() if word in model]
        return np.mean(vectors, axis=0) if vectors else np.zeros(model.vector_size)

    return Embedded(lambda texts: [point(text) for text in texts])


def _of_spacy(model: Any) -> Embedded:
    return Embedded(lambda texts: [parsed.vector for parsed in model.pipe(text or " " for text in texts)])


def _of_flair(model: Any) -> Embedded:
    from flair.data import Sentence

    def point(text: str) -> Any:
        sentence = Sentence(text or " ")
        model.embed(sentence)
        return sentence.embedding.detach().cpu().numpy()

    return Embedded(lambda texts: [point(text) for text in texts])


def _of_pipeline(model: Any) -> Embedded:
    """The mean of the tokens' points."""
    return Embedded(
        lambda texts: [np.mean(np.asarray(found)[0], axis=0) for found in model(texts, truncation=True)]
    )


_ADOPTED: list[tuple[Callable[[Any], bool], Callable[[Any], Embedded]]] = [
    (lambda model: hasattr(model, "fit") and hasattr(model, "transform"), _of_sklearn),
    (_is_of("gensim"), _of_gensim),
    (_is_of("spacy"), _of_spacy),
    (_is_of("flair"), _of_flair),
    (_is_of("transformers"), _of_pipeline),
    (lambda model: hasattr(model, "embed"), lambda model: Embedded(lambda texts: list(model.embed(texts)))),
    (callable, Embedded),
]


def words_encoder(embedder: Any) -> Callable[[list[str]], Any]:
    """How an embedder encodes words, where it has another way with them than with documents."""
    return getattr(embedder, "encode_words", embedder.encode)


def _dense(points: Any) -> Float2d:
    rows = points.toarray() if hasattr(points, "toarray") else points
    return np.asarray([np.asarray(row) for row in rows] if isinstance(rows, list) else rows, dtype=np.float32)
