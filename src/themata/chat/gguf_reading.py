"""What a GGUF file holds, read fast: the fields of its header, the model's config, and weights in float32."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from struct import Struct
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt

from themata.core.library_output import quiet_loading

# Weights that a thread makes at once: its steps in between stay in the processor's cache
CHUNK = 2**16
_LENGTH = Struct("<Q")
_KIND_AND_LENGTH = Struct("<IQ")


def gguf_reader(path: Path) -> Any:
    """gguf's own reader, which takes an array of the header as a whole: of itself it makes two arrays for every token."""
    from gguf import GGUFReader, GGUFValueType

    class Reader(GGUFReader):
        """Its memory map is looked at as a plain array, which is cheap to slice."""

        def _get(self, offset: int, dtype: Any, count: int = 1, override_order: Any = None) -> Any:
            end = int(offset) + np.dtype(dtype).itemsize * int(count)
            return self.data.view(np.ndarray)[int(offset) : end].view(dtype)

        def _get_field_parts(self, orig_offs: int, raw_type: int) -> Any:
            start, data = int(orig_offs), memoryview(self.data)  # type: ignore[arg-type]  # an array is a buffer
            if raw_type != GGUFValueType.ARRAY:
                return super()._get_field_parts(start, raw_type)
            raw_kind, length = _KIND_AND_LENGTH.unpack_from(data, start)
            kind, at = GGUFValueType(raw_kind), start + _KIND_AND_LENGTH.size
            if kind == GGUFValueType.STRING:
                parts: list[Any] = list(_strings(data, at, length))
                size = sum(map(len, parts)) + length * _LENGTH.size
            elif kind in self.gguf_scalar_to_np:
                parts = [self._get(at, self.gguf_scalar_to_np[kind], length)]
                size = parts[0].nbytes
            else:
                return super()._get_field_parts(start, raw_type)
            return at + size - start, parts, list(range(len(parts))), [GGUFValueType.ARRAY, kind]

    return Reader(path)


def _strings(data: memoryview, at: int, n: int) -> Iterator[memoryview]:
    for _ in range(n):
        (length,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        yield data[at : at + length]
        at += length


def config_of(reader: Any, architecture: str) -> Any:
    """The model's config, as transformers reads it: of a copy without tokenizer and weights, as it would read every token."""
    from gguf import GGUFValueType, GGUFWriter
    from transformers import AutoConfig

    with TemporaryDirectory() as folder:
        writer = GGUFWriter(Path(folder) / "header.gguf", architecture)
        for key, field in reader.fields.items():
            is_array = field.types[0] == GGUFValueType.ARRAY
            if not key.startswith(("GGUF.", "general.architecture")) and not (
                is_array and "tokenizer." in key
            ):
                kind_of_items = field.types[-1] if is_array else None
                writer.add_key_value(key, field.contents(), field.types[0], kind_of_items)
        for tensor in reader.tensors:  # some architectures are told by which weights there are
            writer.add_tensor(tensor.name, np.zeros(1, np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        tokens = reader.fields.get("tokenizer.ggml.tokens")
        counted = f"{architecture}.vocab_size" in reader.fields or tokens is None
        with quiet_loading():
            return AutoConfig.from_pretrained(
                folder, gguf_file="header.gguf", **{} if counted else {"vocab_size": len(tokens.data)}
            )


def dequantized(tensor: Any, pool: Executor) -> npt.NDArray[np.float32]:
    """Weights in float32, made by all threads of a pool: numpy leaves the interpreter to others while it computes.

    tensor : gguf's; the array is the file's own where that holds float32
    """
    from gguf import GGML_QUANT_SIZES, dequantize

    kind = tensor.tensor_type
    n_weights, n_bytes = GGML_QUANT_SIZES[kind]
    if n_weights == 1:  # not quantized
        return np.asarray(dequantize(tensor.data, kind))
    blocks = np.asarray(tensor.data).reshape(-1, n_bytes)
    weights = np.empty((len(blocks), n_weights), dtype=np.float32)
    step = CHUNK // n_weights

    def fill(start: int) -> None:
        # As one row, since gguf takes many rows by sixteen
        row = blocks[start : start + step].reshape(1, -1)
        weights[start : start + step] = dequantize(row, kind).reshape(-1, n_weights)

    list(pool.map(fill, range(0, len(blocks), step)))
    return weights.reshape([int(n) for n in tensor.shape[::-1]])
