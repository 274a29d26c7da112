"""Images and texts in one space, by a model such as CLIP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import PartError
from themata.core.graph import unit_rows
from themata.core.images import opened_image
from themata.embed.sentence_transformer import Sentence

BATCH = 64  # images in memory at once


@dataclass(eq=False, repr=False)
class Clip:
    """A sentence-transformers model of images and texts, by name or folder, or any object with `encode`.

    model : "clip-ViT-B-32", for one; an object's `encode` takes a list of texts, and a list of Pillow's images
    device, batch_size : as Sentence takes them, for a model that is named
    """

    model: Any
    _: KW_ONLY
    device: str | None = None
    batch_size: int | None = None

    @property
    def name(self) -> str:
        return f"clip {self.model}" if isinstance(self.model, str) else f"clip {type(self.model).__name__}"

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32, of texts. A text longer than the model reads is cut"""
        return np.asarray(self._texts().encode(list(texts)))

    def preload(self) -> None:
        """Load a model that is named, rather than at the first text or image."""
        self._images()

    def encode_images(self, images: Sequence[Any]) -> Float2d:
        """returns : (n, dim) float32, of paths, bytes or Pillow's images"""
        return images_by(self._images(), images)

    def _texts(self) -> Any:
        if not isinstance(self.model, str):
            return self.model
        if not hasattr(self, "_sentence"):
            # float32: the vision half of CLIP has no bfloat16 on every processor
            self._sentence = Sentence(
                self.model, device=self.device, batch_size=self.batch_size, dtype="float32"
            )
        return self._sentence

    def _images(self) -> Any:
        return self._texts()._loaded() if isinstance(self.model, str) else self.model


def images_by(model: Any, images: Sequence[Any]) -> Float2d:
    """(n, dim) float32 of images by any model whose `encode` takes Pillow's images."""
    rows = []
    for start in range(0, len(images), BATCH):
        batch = [opened_image(image) for image in images[start : start + BATCH]]
        points = np.asarray(model.encode(batch), dtype=np.float32)
        if points.ndim != 2 or len(points) != len(batch):
            raise PartError(model, "encode", f"shape {points.shape}", f"one row per image ({len(batch)})")
        rows.append(points)
    return np.vstack(rows)


def together(texts: Float2d, images: Float2d) -> Float2d:
    """Points of documents that are a text and an image: between the two, both counting alike."""
    return unit_rows(unit_rows(texts) + unit_rows(images))
