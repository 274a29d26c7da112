"""Embedding models as BERTopic wraps them: what its users inherit, and what they make."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import MissingExtraError
from themata.core.protocols import Learner, WordEmbedder
from themata.embed.clip import Clip, together
from themata.familiar.language_embedders import languages as languages
from themata.pipeline.lazy_embedder import embedder_of


@dataclass(eq=False, repr=False)
class BaseEmbedder:
    """What an embedding model of the user's own inherits: it overrides `embed`.

    embedding_model : the model; word_embedding_model : another one for words
    """

    embedding_model: Any = None
    word_embedding_model: Any = None

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
        self._of_documents = embedder_of(embedding_model)
        self._of_words = embedder_of(word_embedding_model)

    def learn(self, texts: Sequence[str]) -> None:
        """Hand the documents on to those of the two that learn from them."""
        for model in (self._of_documents, self._of_words):
            if isinstance(model, Learner):
                model.learn(texts)

    def embed_words(self, words: list[str], verbose: bool = False) -> Float2d:
        model = self._of_words
        return np.asarray((model.encode_words if isinstance(model, WordEmbedder) else model.encode)(words))

    def embed_documents(self, document: list[str], verbose: bool = False) -> Float2d:
        return np.asarray(self._of_documents.encode(document))


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
            response = self.client.embeddings.create(input=[text or " " for text in texts], **given)
            return [row.embedding for row in response.data]

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

    def learn(self, texts: Sequence[str]) -> None:
        """Distill with the words of the documents, where a vectorizer says which those are."""
        if self.distill and self.distill_vectorizer is not None:
            self._loaded = self._distilled(list(texts))

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


def _static(model: Any) -> Any:
    if not isinstance(model, str):
        return model
    from themata.embed.static import Static

    return Static(model)


def _in_batches(
    texts: Sequence[str], size: int, delay: float | None, ask: Callable[[list[str]], Any]
) -> Float2d:
    rows: list[Any] = []
    for start in range(0, len(texts), size):
        if start and delay:
            time.sleep(delay)
        rows += ask(list(texts[start : start + size]))
    return np.array(rows, dtype=np.float32)
