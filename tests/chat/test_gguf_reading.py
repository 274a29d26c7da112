"""The header and the weights of a GGUF file, read faster than gguf and transformers read them, and just so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from themata.chat.gguf_reading import CHUNK, config_of, dequantized, gguf_reader

gguf = pytest.importorskip("gguf")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Qwen without the number of its tokens, as llama.cpp's converter writes it, and with fields of all kinds."""
    writer = gguf.GGUFWriter(tmp_path_factory.mktemp("reading") / "small.gguf", "qwen2")
    writer.add_context_length(640)
    writer.add_embedding_length(64)
    writer.add_block_count(1)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(5000.0)
    writer.add_token_list(["whale", "Ġä", "你好", ""])
    writer.add_token_scores([0.5, -1.0, 0.0, 2.0])
    writer.add_token_types([1, 1, 1, 3])
    writer.add_array("general.tags", ["small", "größer"])
    writer.add_array("themata.flags", [True, False])
    writer.add_tensor("token_embd.weight", np.ones((4, 64), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return writer.path


def test_the_header_is_read_as_gguf_reads_it(path: Path) -> None:
    ours, theirs = gguf_reader(path), gguf.GGUFReader(path)
    assert {key: field.contents() for key, field in ours.fields.items()} == {
        key: field.contents() for key, field in theirs.fields.items()
    }
    assert [field.types for field in ours.fields.values()] == [
        field.types for field in theirs.fields.values()
    ]
    assert [(tensor.name, tensor.data_offset) for tensor in ours.tensors] == [
        (tensor.name, tensor.data_offset) for tensor in theirs.tensors
    ]


def test_the_config_is_that_of_the_whole_file(path: Path) -> None:
    transformers = pytest.importorskip("transformers")
    ours = config_of(gguf_reader(path), "qwen2").to_dict()
    theirs = transformers.AutoConfig.from_pretrained(path.parent, gguf_file=path.name).to_dict()
    assert ours | {"_name_or_path": ""} == theirs | {"_name_or_path": ""}
    assert ours["vocab_size"] == 4 and ours["max_position_embeddings"] == 640 and ours["tie_word_embeddings"]


@pytest.mark.parametrize(
    "kind", ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q6_K", "BF16", "F16", "F32"]
)
def test_weights_are_gguf_s_own_whatever_the_number_of_threads(kind: str) -> None:
    quantization = gguf.GGMLQuantizationType[kind]
    n_weights, n_bytes = gguf.GGML_QUANT_SIZES[quantization]
    n_blocks = 3 * (2 * CHUNK // n_weights // 3 + 5)  # more than two chunks, and the last is not full
    data = np.random.default_rng(0).integers(0, 60, (3, n_blocks // 3 * n_bytes)).astype(np.uint8)
    data = data.view({"F32": np.float32, "F16": np.float16}.get(kind, np.uint8))
    shape = np.array(
        [n_blocks // 3 * n_weights, 3], dtype=np.uint64
    )  # a file names the length of a row first
    tensor = SimpleNamespace(data=data, tensor_type=quantization, shape=shape)
    expected = gguf.dequantize(data, quantization)
    for n_threads in (1, 3):
        with ThreadPoolExecutor(n_threads) as pool:
            weights = dequantized(tensor, pool)
        assert weights.dtype == np.float32 and weights.shape == (3, n_blocks // 3 * n_weights)
        np.testing.assert_array_equal(weights, expected)
