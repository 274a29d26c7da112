"""Images that show a topic, beside its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from themata.core.documents import Documents
from themata.core.errors import InputError, MissingExtraError
from themata.core.images import opened_image
from themata.core.protocols import Embedder
from themata.core.topics import Aspect, Topics
from themata.familiar.representation.base import BaseRepresentation


@dataclass(eq=False, repr=False)
class VisualRepresentation(BaseRepresentation):
    """The images that show each topic best, side by side in one: the aspect holds a Pillow image per topic.

    nr_repr_images : images of a topic
    image_height : of the whole, in pixels
    image_to_text_model : captions documents that are images alone, so that their topics have words: a function from
        Pillow's images to texts, or the name of a model for transformers' image-to-text
    batch_size : images captioned at once
    nr_samples, image_squares : change nothing here: images are chosen among all of a topic, and keep their shape
    """

    nr_repr_images: int = 9
    nr_samples: int = 500
    image_height: int = 600
    image_squares: bool = False
    image_to_text_model: Any = None
    batch_size: int = 32

    def represent(self, topics: Topics, docs: Documents, *, embedder: Embedder | None = None) -> Aspect:
        """returns : no words; BERTopic shows the images that `shown` makes"""
        return ((),) * topics.n_topics

    def shown(self, model: Any, topic: int) -> Any:
        """The images of a topic, side by side."""
        columns = max(1, round(self.nr_repr_images**0.5))
        return model.collage(topic, self.nr_repr_images, columns=columns, size=self.image_height // columns)

    def image_to_text(self, images: list[Any]) -> list[str]:
        """A caption of each image."""
        model = self._captioner()
        captions: list[str] = []
        for start in range(0, len(images), self.batch_size):
            captions += [
                _text(output)
                for output in model(
                    [opened_image(image) for image in images[start : start + self.batch_size]]
                )
            ]
        return captions

    def _captioner(self) -> Any:
        if not isinstance(self.image_to_text_model, str):
            return self.image_to_text_model
        try:
            import transformers
        except ImportError as error:
            raise MissingExtraError("captions of images", extra="llm") from error
        pipeline: Any = transformers.pipeline
        try:
            return pipeline("image-to-text", model=self.image_to_text_model)
        except KeyError as error:  # transformers 5 has no such task any more
            raise InputError(
                "this transformers makes no captions: give image_to_text_model= a function from images to texts"
            ) from error


def _text(answer: Any) -> str:
    """The caption in what a pipeline gives."""
    first = answer[0] if isinstance(answer, list) else answer
    return str(first["generated_text"]) if isinstance(first, dict) else str(first)
