"""Static embeddings by model2vec: a vector per token, hundreds of times faster than a transformer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import InputError, MissingExtraError
from themata.embed.packaged_weights import NAMES, packaged_minilm
from themata.embed.readable_texts import encodable


@dataclass(eq=False, repr=False)
class Static:
    """A model2vec model, loaded when first used.

    model : a name of the Hub's, or a folder, such as `distill` makes
    raises : InputError where there is no such model, MissingExtraError without model2vec, both when a text is embedded
    """

    model: str

    @property
    def name(self) -> str:
        return f"static {self.model}"

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32"""
        if not hasattr(self, "_model"):
            self._model = self._load()
        return np.asarray(
            self._model.encode(encodable(texts), max_length=None, use_multiprocessing=False), dtype=np.float32
        )

    def _load(self) -> Any:
        try:
            from model2vec import StaticModel
        except ImportError as error:
            raise MissingExtraError(f"the static embedder {self.model!r}", extra="static") from error
        try:
            return StaticModel.from_pretrained(self.model)
        except (OSError, ValueError) as error:
            raise InputError(
                f"no static model at {self.model!r}: `themata distill minilm --out {self.model}` makes one ({error})"
            ) from error


def distill(model: str = "minilm", folder: str | Path = "static", *, dim: int = 256) -> Static:
    """Distill a static model from a sentence transformer and save it to a folder.

    model : "minilm", a name or a folder
    folder : where to write the static model
    dim : dimensions kept, by principal components
    returns : the static model, ready to embed
    raises : MissingExtraError without model2vec
    """
    try:
        from model2vec.distill import distill as theirs
    except ImportError as error:
        raise MissingExtraError("distilling a static embedder", extra="static") from error
    place = packaged_minilm() if model in NAMES else None
    made = theirs(model_name=str(place or (NAMES[-1] if model in NAMES else model)), pca_dims=dim)
    made.save_pretrained(str(folder))
    return Static(str(folder))
