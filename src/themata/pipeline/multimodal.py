"""Documents that are a text, an image, or both, in one space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.documents import Documents
from themata.core.errors import AlignmentError, InputError, PartError
from themata.core.images import IMAGE, kept_image
from themata.core.protocols import ImageEmbedder, Progress
from themata.embed.clip import images_by, together
from themata.pipeline import arguments
from themata.pipeline.embedding import embed

__all__ = ["IMAGE", "image_points", "points_of", "texts_and_images"]


def texts_and_images(documents: Any, images: Any) -> tuple[Any, list[Any] | None]:
    """Texts, and the images as documents keep them; images alone are documents without a text."""
    if images is None:
        if documents is None:
            raise InputError("no documents: give texts, images=, or both")
        return documents, None
    if isinstance(images, str | bytes | Path):
        raise InputError("images must be a list of paths or of Pillow's images, got one: put it in a list")
    shown = [
        None if arguments.is_missing(image) else kept_image(image)
        for image in arguments.column(images, "images")
    ]
    texts = [""] * len(shown) if documents is None else arguments.texts(documents)
    if len(texts) != len(shown):
        raise AlignmentError(
            f"one image per document is needed, or None: {len(texts)} documents came with {len(shown)} images"
        )
    return texts, shown


def points_of(
    docs: Documents,
    embedder: Any,
    *,
    keep: Path | None = None,
    progress: Progress | None = None,
    loading: Callable[[], AbstractContextManager[None]] | None = None,
) -> Float2d:
    """(n_docs, dim) embeddings: of the text, of the image, or of both, counting alike."""
    images = docs.columns.get(IMAGE)
    if images is None or all(image is None for image in images):
        return embed(docs.texts, embedder, keep=keep, progress=progress, loading=loading)
    seen = np.array([image is not None for image in images])
    read = np.array([bool(text.strip()) for text in docs.texts]) | ~seen
    of_images = image_points([image for image in images if image is not None], embedder)
    points = np.zeros((docs.n_docs, of_images.shape[1]), dtype=np.float32)
    points[seen] = of_images
    if read.any():
        texts = [docs.texts[row] for row in np.flatnonzero(read).tolist()]
        of_texts = embed(texts, embedder, keep=keep, progress=progress, loading=loading)
        if of_texts.shape[1] != points.shape[1]:
            raise PartError(
                embedder,
                "encode",
                f"{of_texts.shape[1]} dimensions of texts",
                f"{points.shape[1]} as of images",
            )
        both = seen & read
        points[read & ~seen] = of_texts[~seen[read]]
        points[both] = together(of_texts[seen[read]], points[both])
    return points


def image_points(images: Sequence[Any], embedder: Any) -> Float2d:
    """(n, dim) embeddings of images, by an embedder that has `encode_images`, or whose `encode` takes images."""
    if embedder is None:
        raise InputError("images must be embedded: give TopicModel(embedder='clip:MODEL') or embeddings=")
    if not isinstance(embedder, ImageEmbedder):
        try:
            return images_by(embedder, images)
        except (TypeError, ValueError, AttributeError) as error:
            if isinstance(error, PartError | InputError):
                raise
            raise InputError(
                f"the embedder {type(embedder).__name__} takes no images ({error}): give "
                "TopicModel(embedder='clip:MODEL'), or an object whose encode takes Pillow's images"
            ) from error
    points = np.asarray(embedder.encode_images(list(images)), dtype=np.float32)
    if points.ndim != 2 or len(points) != len(images) or not np.isfinite(points).all():
        raise PartError(
            embedder, "encode_images", f"shape {points.shape}", f"a finite row per image ({len(images)})"
        )
    return points
