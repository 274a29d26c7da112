"""BERT's encoder in NumPy: the embeddings of MiniLM and its kin without torch, as fast as float32 can be computed.

No text is padded: the linear layers, nine tenths of the work, are products over the tokens of a batch, whatever texts they are
of, and a batch is small enough for the processor's cache. Each batch is one thread's, so that no thread waits for another, on
a busy machine neither. benchmarks/README.md has figures beside torch, ONNX Runtime and OpenVINO.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from themata.core.arrays import Float1d, Float2d, Int1d
from themata.core.graph import unit_rows
from themata.embed.batches import side_by_side

_ACTIVATIONS = ("gelu", "gelu_new", "gelu_pytorch_tanh")
_POOLING = {"mean": "pooling_mode_mean_tokens", "cls": "pooling_mode_cls_token"}


@dataclass(frozen=True)
class _Linear:
    """weights : (n_in, n_out); bias : (n_out,)"""

    weights: Float2d
    bias: Float1d

    def __call__(self, rows: Float2d) -> Float2d:
        made = rows @ self.weights
        made += self.bias
        return made


@dataclass(frozen=True)
class _Norm:
    """Rows of mean 0 and variance 1, then scaled and moved: of an array of one's own, in place."""

    scale: Float1d
    offset: Float1d
    epsilon: float

    def __call__(self, rows: Float2d) -> Float2d:
        rows -= rows.mean(axis=1, keepdims=True)
        variance = np.einsum("nd,nd->n", rows, rows)[:, None] / rows.shape[1]
        rows *= 1 / np.sqrt(variance + np.float32(self.epsilon))
        rows *= self.scale
        rows += self.offset
        return rows


@dataclass(frozen=True)
class _Layer:
    """One layer of the encoder. asked : queries, keys and values at once, queries divided by the root of a head's width"""

    asked: _Linear
    mixed: _Linear
    mixed_norm: _Norm
    wide: _Linear
    narrow: _Linear
    norm: _Norm

    def __call__(self, rows: Float2d, lengths: Sequence[int], n_heads: int) -> Float2d:
        """rows : (n_tokens, dim), text after text; lengths : tokens of each text"""
        made = self.mixed(_attention(self.asked(rows), lengths, n_heads))
        made += rows
        rows = self.mixed_norm(made)
        made = self.narrow(_gelu(self.wide(rows)))
        made += rows
        return self.norm(made)


class Bert:
    """A sentence transformer whose model is BERT, of a folder for which `readable` holds.

    max_seq_length : tokens read of each text; None: as many as the model was trained for
    """

    def __init__(self, folder: Path, max_seq_length: int | None = None) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config = _json(folder / "config.json")
        of_library = _json(folder / "sentence_bert_config.json")
        most = config["max_position_embeddings"]
        usual = _json(folder / "tokenizer_config.json").get("model_max_length") or most
        self.max_seq_length = min(int(max_seq_length or of_library.get("max_seq_length") or usual), most)
        self._lower = bool(of_library.get("do_lower_case"))
        self._n_heads = config["num_attention_heads"]
        self._pools_mean = _pooling(folder) == "mean"
        self._normalizes = any(kind.endswith("Normalize") for kind in _modules(folder))
        self._whole = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._cutting = Tokenizer.from_file(str(folder / "tokenizer.json"))
        for tokenizer in (self._whole, self._cutting):
            tokenizer.no_padding()
            tokenizer.no_truncation()
        self._cutting.enable_truncation(self.max_seq_length)
        weights = load_file(folder / "model.safetensors")
        self._read({_name(name): values for name, values in weights.items()}, config)

    def encode(self, texts: Sequence[str]) -> Float2d:
        """returns : (n, dim) float32; the same bits whatever the number of threads"""
        read = [text.lower() for text in texts] if self._lower else list(texts)
        pieces = [np.array(piece.ids) for piece in self._cutting.encode_batch(read)]
        with threadpool_limits(1):
            embeddings = side_by_side(
                lambda rows: self._embedded([pieces[row] for row in rows]),
                [len(ids) for ids in pieces],
                self._words.shape[1],
            )
        return unit_rows(embeddings) if self._normalizes else embeddings

    def tokenizer(self, texts: Sequence[str], **_: Any) -> dict[str, list[list[int]]]:
        """The word pieces of texts, none cut, as transformers' tokenizers give them."""
        return {"input_ids": [piece.ids for piece in self._whole.encode_batch(list(texts))]}

    def _read(self, weights: dict[str, Any], config: dict[str, Any]) -> None:
        def array(name: str) -> Any:
            return np.ascontiguousarray(weights[name], dtype=np.float32)

        def linear(name: str) -> _Linear:
            return _Linear(np.ascontiguousarray(array(f"{name}.weight").T), array(f"{name}.bias"))

        def norm(name: str) -> _Norm:
            return _Norm(array(f"{name}.weight"), array(f"{name}.bias"), config["layer_norm_eps"])

        def asked(name: str) -> _Linear:
            query, key, value = (linear(f"{name}.{kind}") for kind in ("query", "key", "value"))
            scale = np.float32((config["hidden_size"] // config["num_attention_heads"]) ** -0.5)
            return _Linear(
                np.hstack([query.weights * scale, key.weights, value.weights]),
                np.hstack([query.bias * scale, key.bias, value.bias]),
            )

        self._words = array("embeddings.word_embeddings.weight")
        # Every token is of the first of two sentences
        self._places = (
            array("embeddings.position_embeddings.weight")
            + array("embeddings.token_type_embeddings.weight")[0]
        )
        self._norm = norm("embeddings.LayerNorm")
        self._layers = [
            _Layer(
                asked(f"{name}.attention.self"),
                linear(f"{name}.attention.output.dense"),
                norm(f"{name}.attention.output.LayerNorm"),
                linear(f"{name}.intermediate.dense"),
                linear(f"{name}.output.dense"),
                norm(f"{name}.output.LayerNorm"),
            )
            for name in (f"encoder.layer.{i}" for i in range(config["num_hidden_layers"]))
        ]

    def _embedded(self, pieces: Sequence[Int1d]) -> Float2d:
        """(n, dim) of one batch."""
        lengths = [len(ids) for ids in pieces]
        places = np.concatenate([np.arange(length) for length in lengths])
        rows = self._norm(self._words[np.concatenate(pieces)] + self._places[places])
        for layer in self._layers:
            rows = layer(rows, lengths, self._n_heads)
        starts = np.cumsum([0, *lengths[:-1]])
        if self._pools_mean:
            return np.asarray(np.add.reduceat(rows, starts, axis=0) / np.array(lengths, np.float32)[:, None])
        return np.asarray(rows[starts])


def available() -> bool:
    """Whether what cuts texts into word pieces is installed."""
    return find_spec("tokenizers") is not None


def readable(folder: Path) -> bool:
    """Whether a folder holds a sentence transformer that `Bert` computes as its authors do."""
    files = ("config.json", "modules.json", "tokenizer.json", "model.safetensors")
    if not all((folder / name).is_file() for name in files):
        return False
    config, asked = _json(folder / "config.json"), _json(folder / "config_sentence_transformers.json")
    kinds = [kind.rpartition(".")[2] for kind in _modules(folder)]
    return (
        config.get("model_type") == "bert"
        and not config.get("is_decoder")
        and config.get("position_embedding_type", "absolute") == "absolute"
        and config.get("hidden_act") in _ACTIVATIONS
        and kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        and _pooling(folder) is not None
        and not asked.get("default_prompt_name")
        and _has_plain_weights(folder / "model.safetensors")
    )


def _name(name: str) -> str:
    """The name of a weight, without the prefix of models that do more than embed and as it is called today."""
    name = name.removeprefix("bert.")
    return name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")


def _modules(folder: Path) -> list[str]:
    return [str(module["type"]) for module in _json(folder / "modules.json")]


def _pooling(folder: Path) -> str | None:
    """How a text's tokens become its embedding: "mean", "cls", or None for a way that is not ours."""
    place = next(
        (module["path"] for module in _json(folder / "modules.json") if module["type"].endswith("Pooling")),
        "",
    )
    config = _json(folder / place / "config.json")
    if "pooling_mode" in config:
        return config["pooling_mode"] if config["pooling_mode"] in _POOLING else None
    asked = [name for name, value in config.items() if name.startswith("pooling_mode_") and value]
    return next((way for way, name in _POOLING.items() if asked == [name]), None)


def _has_plain_weights(path: Path) -> bool:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as file:
        return all(file.get_slice(name).get_dtype() in ("F32", "F16", "I64") for name in file.keys())  # noqa: SIM118


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _attention(asked: Float2d, lengths: Sequence[int], n_heads: int) -> Float2d:
    """What each token takes from the tokens of its text (Vaswani et al. 2017, eq. 1).

    asked : (n_tokens, 3 * dim) queries, keys and values
    returns : (n_tokens, dim)
    """
    dim = asked.shape[1] // 3
    made = np.empty((len(asked), dim), dtype=np.float32)
    start = 0
    for length, texts in groupby(lengths):  # texts of one length are one product
        n_texts = sum(1 for _ in texts)
        rows = slice(start, start := start + n_texts * length)
        heads = asked[rows].reshape(n_texts, length, 3, n_heads, dim // n_heads)
        query, key, value = heads.transpose(2, 0, 3, 1, 4)
        scores = query @ key.swapaxes(2, 3)
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        taken = scores @ value
        taken /= scores.sum(axis=-1, keepdims=True)
        made[rows] = taken.swapaxes(1, 2).reshape(-1, dim)
    return made


def _gelu(rows: Float2d) -> Float2d:
    """The Gaussian error linear unit by tanh (Hendrycks and Gimpel 2016), a tenth of the exact one's time; in place of it
    embeddings keep a cosine of 0.99999."""
    made = rows * rows
    made *= np.float32(0.044715)
    made += 1
    made *= rows
    made *= np.float32((2 / np.pi) ** 0.5)
    np.tanh(made, out=made)
    made += 1
    made *= rows
    made *= np.float32(0.5)
    return made
