"""Embedding models of any library, as BERTopic takes them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from themata.errors import InputError, MissingExtraError
from themata.graph import Float2d
from themata.parts.embed.image import Clip, together
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


class BaseEmbedder:
    """What an embedding model of the user's own inherits: it overrides `embed`.

    embedding_model : the model; word_embedding_model : another one for words
    """

    def __init__(self, embedding_model: Any = None, word_embedding_model: Any = None) -> None:
        self.embedding_model = embedding_model
        self.word_embedding_model = word_embedding_model

    def embed(self, documents: list[str], verbose: bool = False) -> Float2d:
        """returns : (n, dim)"""
        raise NotImplementedError(f"{type(self).__name__} must have embed(documents, verbose)")

    def embed_words(self, words: list[str], verbose: bool = False) -> Float2d:
        return self.embed(words, verbose)

    def embed_documents(self, document: list[str], verbose: bool = False) -> Float2d:
        return self.embed(document, verbose)


class WordDocEmbedder(BaseEmbedder):
    """One model for documents, another for words."""

    def __init__(self, embedding_model: Any, word_embedding_model: Any) -> None:
        super().__init__(embedding_model, word_embedding_model)

    def embed_words(self, words: list[str], verbose: bool = False) -> Float2d:
        return _encode_words(embedder_for(self.word_embedding_model))(words)

    def embed_documents(self, document: list[str], verbose: bool = False) -> Float2d:
        return np.asarray(embedder_for(self.embedding_model).encode(document))


class OpenAIBackend(BaseEmbedder):
    """Embeddings by a client of the openai package."""

    def __init__(
        self,
        client: Any,
        embedding_model: str = "text-embedding-ada-002",
        delay_in_seconds: float | None = None,
        batch_size: int | None = None,
        generator_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(embedding_model)
        self.client = client
        self.delay_in_seconds = delay_in_seconds
        self.batch_size = batch_size
        self.generator_kwargs = generator_kwargs

    def embed(self, documents: list[str], verbose: bool = False) -> Float2d:
        def ask(texts: list[str]) -> Any:
            given = {"model": self.embedding_model, **(self.generator_kwargs or {})}
            found = self.client.embeddings.create(input=[text or " " for text in texts], **given)
            return [one.embedding for one in found.data]

        return _in_batches(documents, self.batch_size or 512, self.delay_in_seconds, ask)


class CohereBackend(BaseEmbedder):
    """Embeddings by a client of the cohere package."""

    def __init__(
        self,
        client: Any,
        embedding_model: str = "large",
        delay_in_seconds: float | None = None,
        batch_size: int | None = None,
        embed_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(embedding_model)
        self.client = client
        self.delay_in_seconds = delay_in_seconds
        self.batch_size = batch_size
        self.embed_kwargs = embed_kwargs

    def embed(self, documents: list[str], verbose: bool = False) -> Float2d:
        def ask(texts: list[str]) -> Any:
            return self.client.embed(
                texts=texts, model=self.embedding_model, **(self.embed_kwargs or {})
            ).embeddings

        return _in_batches(documents, self.batch_size or 96, self.delay_in_seconds, ask)


class LangChainBackend(BaseEmbedder):
    """Embeddings by LangChain: an object with `embed_documents`."""

    def __init__(self, embedding_model: Any) -> None:
        super().__init__(embedding_model)

    def embed(self, documents: list[str], verbose: bool = False) -> Float2d:
        return np.array(self.embedding_model.embed_documents(list(documents)), dtype=np.float32)


class Model2VecBackend(BaseEmbedder):
    """Static embeddings by model2vec: a model by name or loaded, or distilled now from a sentence transformer."""

    def __init__(
        self,
        embedding_model: Any,
        distill: bool = False,
        distill_kwargs: Mapping[str, Any] | None = None,
        distill_vectorizer: Any = None,
    ) -> None:
        super().__init__(embedding_model)
        self.distill = distill
        self.distill_kwargs = distill_kwargs
        self.distill_vectorizer = distill_vectorizer

    def embed(self, documents: list[str], verbose: bool = False) -> Float2d:
        return np.asarray(self._model(list(documents)).encode(list(documents)), dtype=np.float32)

    def _model(self, documents: list[str]) -> Any:
        if not hasattr(self, "_loaded"):
            self._loaded = self._distilled(documents) if self.distill else _static(self.embedding_model)
        return self._loaded

    def _distilled(self, documents: list[str]) -> Any:
        try:
            from model2vec.distill import distill
        except ImportError as error:
            raise MissingExtraError("distilling a static embedder", extra="static") from error
        words: dict[str, Any] = dict(self.distill_kwargs or {})
        if self.distill_vectorizer is not None:
            words["vocabulary"] = list(self.distill_vectorizer.fit(documents).get_feature_names_out())
        return distill(self.embedding_model, **words)


class FastEmbedBackend(BaseEmbedder):
    """Embeddings by fastembed."""

    def __init__(self, embedding_model: str = "BAAI/bge-small-en-v1.5") -> None:
        super().__init__(embedding_model)
        try:
            from fastembed import TextEmbedding
        except ImportError as error:
            raise ImportError("FastEmbedBackend needs: pip install fastembed") from error
        self._loaded = TextEmbedding(model_name=embedding_model)

    def embed(self, documents: list[str], verbose: bool = False) -> Float2d:
        return np.array(list(self._loaded.embed(list(documents))), dtype=np.float32)


class MultiModalBackend(BaseEmbedder):
    """Texts and images in one space, by a sentence-transformers model of both such as "clip-ViT-B-32".

    image_model : another model for the images, whose space is the same
    """

    def __init__(self, embedding_model: Any, image_model: Any = None, batch_size: int = 32) -> None:
        super().__init__(embedding_model)
        self.image_model = image_model
        self.batch_size = batch_size
        self._texts = Clip(embedding_model, batch_size=batch_size)
        self._images = self._texts if image_model is None else Clip(image_model, batch_size=batch_size)

    def embed(self, documents: list[str], images: Any = None, verbose: bool = False) -> Float2d:  # type: ignore[override]
        """returns : (n, dim) of texts, of images, or of both together"""
        if images is None:
            return self._texts.encode(documents)
        if documents is None:
            return self.embed_images(images)
        return together(self._texts.encode(documents), self.embed_images(images))

    def embed_documents(self, documents: list[str], verbose: bool = False) -> Float2d:
        return self._texts.encode(documents)

    def embed_images(self, images: Any, verbose: bool = False) -> Float2d:
        return self._images.encode_images(images)

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        return self._texts.encode(texts)

    def encode_images(self, images: Sequence[Any]) -> Float2d:
        """returns : (n, dim) float32"""
        return self.embed_images(images)


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


def _encode_words(embedder: Any) -> Callable[[list[str]], Any]:
    return getattr(embedder, "encode_words", embedder.encode)


def _static(model: Any) -> Any:
    if not isinstance(model, str):
        return model
    from themata.parts.embed.static import Static

    return Static(model)


def _in_batches(
    texts: Sequence[str], size: int, delay: float | None, ask: Callable[[list[str]], Any]
) -> Float2d:
    found: list[Any] = []
    for start in range(0, len(texts), size):
        if start and delay:
            time.sleep(delay)
        found += ask(list(texts[start : start + size]))
    return np.array(found, dtype=np.float32)


def _dense(points: Any) -> Float2d:
    rows = points.toarray() if hasattr(points, "toarray") else points
    return np.asarray([np.asarray(row) for row in rows] if isinstance(rows, list) else rows, dtype=np.float32)
