"""Embeddings by sentence-transformers, in bfloat16 where the processor computes it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import InputError, MissingExtraError, first_line
from themata.core.library_output import quiet_loading
from themata.core.processor import bfloat16_units
from themata.embed.clean_texts import encodable
from themata.embed.packaged_weights import NAMES, packaged_minilm
from themata.embed.truncation import n_longer


class Sentence:
    """A sentence-transformers model, by name or folder, loaded when first used.

    model : "minilm" is all-MiniLM-L6-v2, from the installed package where there is one and else from the Hub
    device : "cpu", "cuda", "mps"; None chooses
    batch_size : texts computed at once
    dtype : "float32", "bfloat16", or "auto": bfloat16 on processors with AMX or AVX-512 BF16 and on graphics cards.
        There it is three times as fast, and embeddings keep a cosine above 0.996 to those of float32
    max_length : tokens read of each text; None: as many as the model was trained for
    prompt : put before every text, for models that want one
    """

    def __init__(
        self,
        model: str = "minilm",
        *,
        device: str | None = None,
        batch_size: int = 32,
        dtype: str = "auto",
        max_length: int | None = None,
        prompt: str | None = None,
    ) -> None:
        self.model = model
        self.device = device
        self.batch_size = batch_size
        self.dtype = dtype
        self.max_length = max_length
        self.prompt = prompt

    @property
    def name(self) -> str:
        """What embeddings made by this part are kept under."""
        return f"{self.model} {self._dtype()} {self.max_length} {self.prompt}"

    @property
    def dim(self) -> int | None:
        """Dimensions of its embeddings, where they are known before it is loaded."""
        return 384 if self.model in NAMES else None

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32, rows of length 1 for models that normalize"""
        loaded = self._loaded()
        found = loaded.encode(
            encodable(texts),
            batch_size=self.batch_size,
            prompt=self.prompt,
            show_progress_bar=False,
            convert_to_numpy=False,
            convert_to_tensor=True,
        )
        return np.ascontiguousarray(found.float().cpu().numpy(), dtype=np.float32)

    def preload(self) -> None:
        """Load the model now, rather than at the first text."""
        self._loaded()

    def n_cut(self, texts: Sequence[str]) -> tuple[int, str]:
        """How many texts are longer than the model reads, about so many where it would take long, and what it reads."""
        return n_longer(self._loaded(), encodable(texts))

    def _loaded(self) -> Any:
        if not hasattr(self, "_model"):
            self._model = self._load()
        return self._model

    def _load(self) -> Any:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError(f"the embedder {self.model!r}", extra="minilm") from error
        import torch

        place = self._place()
        kind = {"dtype": getattr(torch, self._dtype())}
        try:
            with quiet_loading():
                model = SentenceTransformer(
                    place, device=self.device, model_kwargs=kind, local_files_only=Path(place).is_dir()
                )
        except (OSError, ValueError) as error:
            raise InputError(
                f"the embedder {self.model!r} cannot be loaded: {first_line(error)}. Give a folder, or a name "
                "that the Hub knows and a network; a gated model needs `hf auth login` first"
            ) from error
        if self.max_length is not None:
            model.max_seq_length = self.max_length
        return model.eval()

    def _place(self) -> str:
        if self.model in NAMES:
            folder = packaged_minilm()
            return str(folder) if folder is not None else NAMES[-1]
        return self.model

    def _dtype(self) -> str:
        return self.dtype if self.dtype != "auto" else _fast_dtype(self.device)


def _fast_dtype(device: str | None) -> str:
    import torch

    if device != "cpu" and torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if any(bfloat16_units().values()) else "float32"
