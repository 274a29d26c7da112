"""Embeddings by sentence transformers: by torch, in bfloat16 where the processor computes it, or by NumPy."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from themata.core.arrays import Float2d
from themata.core.errors import InputError, MissingExtraError, first_line
from themata.core.library_output import no_widget_advice, quiet_loading
from themata.core.processor import bfloat16_units, patient_threads
from themata.embed import bert
from themata.embed.batches import side_by_side
from themata.embed.bert import Bert
from themata.embed.packaged_weights import NAMES, PACKAGE, packaged_minilm
from themata.embed.readable_texts import encodable, n_longer


def has_minilm() -> bool:
    """Whether all-MiniLM-L6-v2 can be computed here, for all that is installed."""
    return find_spec("sentence_transformers") is not None or (
        bert.available() and find_spec(PACKAGE) is not None
    )


@dataclass(eq=False, repr=False)
class Sentence:
    """A sentence-transformers model, by name or folder, loaded when first used.

    A processor without units for bfloat16 computes a BERT of a folder by NumPy, as fast as torch and without it; everything
    else is sentence-transformers' and torch's. Batches are computed side by side, each by one thread.

    model : "minilm" is all-MiniLM-L6-v2, from the installed package where there is one and else from the Hub
    device : "cpu", "cuda", "mps"; None chooses
    batch_size : texts that torch computes at once; None: on a graphics card 32, else about 1,024 tokens
    dtype : "float32", "bfloat16", or "auto": bfloat16 on processors with AMX or AVX-512 BF16 and on graphics cards.
        There it is three times as fast, and embeddings keep a cosine above 0.996 to those of float32
    max_length : tokens read of each text; None: as many as the model was trained for
    prompt : put before every text, for models that want one
    backend : "numpy", "torch", or "auto": NumPy where that is as fast, and torch elsewhere
    """

    model: str = "minilm"
    _: KW_ONLY
    device: str | None = None
    batch_size: int | None = None
    dtype: str = "auto"
    max_length: int | None = None
    prompt: str | None = None
    backend: str = "auto"

    def __post_init__(self) -> None:
        if self.backend not in ("auto", "numpy", "torch"):
            raise InputError(f"backend must be 'auto', 'numpy' or 'torch', got {self.backend!r}")

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
        loaded, read = self._loaded(), encodable(texts)
        if isinstance(loaded, Bert):
            return loaded.encode([(self.prompt or "") + text for text in read])
        if self.batch_size is None and self.prompt is None and _is_plain(loaded):
            return _side_by_side(loaded, read)
        points = loaded.encode(
            read,
            batch_size=self.batch_size or 32,
            prompt=self.prompt,
            show_progress_bar=False,
            convert_to_numpy=False,
            convert_to_tensor=True,
        )
        return np.ascontiguousarray(points.float().cpu().numpy(), dtype=np.float32)

    @property
    def chunk(self) -> int:
        """Texts between two savings: a few seconds' of a processor's work."""
        return 2048 if self._is_on_card() else 128

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
        place = self._place()
        if self._is_by_numpy(Path(place)):
            return Bert(Path(place), self.max_length)
        try:
            with patient_threads(), no_widget_advice():
                import torch
                from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingExtraError(f"the embedder {self.model!r}", extra="minilm") from error

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

    def _is_by_numpy(self, folder: Path) -> bool:
        able = bert.available() and bert.readable(folder)
        if self.backend == "numpy" and not able:
            raise InputError(
                f"NumPy computes a BERT of a folder, with tokenizers installed, and {self.model!r} is none: "
                "leave backend out, or give 'torch'"
            )
        usual = self._dtype() == "float32" and not self._is_on_card()
        return able and (self.backend == "numpy" or (self.backend == "auto" and usual))

    def _place(self) -> str:
        if self.model in NAMES:
            folder = packaged_minilm()
            return str(folder) if folder is not None else NAMES[-1]
        return self.model

    def _dtype(self) -> str:
        if self.backend == "numpy":
            return "float32"
        return self.dtype if self.dtype != "auto" else _fast_dtype(self.device)

    def _is_on_card(self) -> bool:
        return self.device not in (None, "cpu") or (self.device is None and _has_card())


def _fast_dtype(device: str | None) -> str:
    if device != "cpu" and _has_card():
        import torch

        return "bfloat16" if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else "float32"
    return "bfloat16" if find_spec("torch") is not None and any(bfloat16_units().values()) else "float32"


@lru_cache(maxsize=1)
def _has_card() -> bool:
    """Whether sentence-transformers would choose a graphics card."""
    if find_spec("torch") is None or version("torch").endswith("+cpu"):  # to import it takes seconds
        return False
    with patient_threads():
        import torch

    return torch.cuda.is_available() or torch.backends.mps.is_available()


def _is_plain(model: Any) -> bool:
    """Whether a SentenceTransformer embeds a text on the processor by nothing but its modules."""
    return model.device.type == "cpu" and not model.default_prompt_name and model.truncate_dim is None


def _side_by_side(model: Any, texts: Sequence[str]) -> Float2d:
    """As `model.encode`, in batches of about BATCH_TOKENS tokens that are each one thread's."""
    import torch

    prepare = getattr(model, "preprocess", None) or model.tokenize
    lock = Lock()  # tokenizers cannot be used by two threads at once
    most = int(model.max_seq_length or sys.maxsize)
    before = torch.get_num_threads()

    def embed(rows: list[int]) -> Float2d:
        torch.set_num_threads(1)  # of this thread
        with torch.inference_mode():
            with lock:
                features = prepare([texts[row] for row in rows])
            return np.asarray(model(features)["sentence_embedding"].float().numpy(), dtype=np.float32)

    try:
        return side_by_side(embed, [min(most, 2 + len(text) // 4) for text in texts], dim=_width(model))
    finally:
        torch.set_num_threads(before)


def _width(model: Any) -> int | None:
    ask = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
    width: int | None = ask()
    return width
