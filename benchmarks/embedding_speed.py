"""Documents per second of MiniLM by each way of computing it, on abstracts, and how near each comes to float32.

python benchmarks/embedding_speed.py [N_DOCS]     writes results/embedding_speed.json

NumPy and torch are themata's own ways. ONNX Runtime and OpenVINO are measured where they are installed, with onnx and
onnxscript, which write the model for them: pip install onnxruntime openvino onnx onnxscript.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from common import corpus, write

from themata import Sentence
from themata.core.graph import unit_rows
from themata.core.processor import bfloat16_units, usable_processors
from themata.embed.packaged_weights import packaged_minilm

Embed = Callable[[Sequence[str]], np.ndarray]


def ways(folder: Path) -> Iterator[tuple[str, Embed]]:
    """Each way's name, and its function from texts to embeddings."""
    yield "NumPy, float32", Sentence(backend="numpy").encode
    dtypes = ("float32", "bfloat16") if any(bfloat16_units().values()) else ("float32",)
    for dtype in dtypes:
        yield f"torch, {dtype}, side by side", Sentence(backend="torch", dtype=dtype, device="cpu").encode
        for size in (32, 4):
            embedder = Sentence(backend="torch", dtype=dtype, device="cpu", batch_size=size)
            yield f"torch, {dtype}, batches of {size}", embedder.encode
    if any(find_spec(name) is None for name in ("onnx", "onnxscript")):
        return
    write_onnx(folder)
    if find_spec("onnxruntime") is not None:
        for name in ("float32", "int8"):
            yield f"ONNX Runtime, {name}", padded(onnx_runtime(folder / f"{name}.onnx"))
    if find_spec("openvino") is not None:
        for precision in ("f32", "bf16"):
            yield f"OpenVINO, {precision}", padded(openvino(folder / "float32.onnx", precision))


def write_onnx(folder: Path) -> None:
    """MiniLM's layers as float32.onnx, and with weights of 8 bits as int8.onnx."""
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModel

    model = AutoModel.from_pretrained(packaged_minilm(), attn_implementation="eager").eval()

    class Layers(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    names, ones = ["input_ids", "attention_mask"], torch.ones(2, 8, dtype=torch.int64)
    axes = {name: {0: "texts", 1: "tokens"} for name in (*names, "rows")}
    torch.onnx.export(
        Layers(), (ones, ones), str(folder / "float32.onnx"), input_names=names, output_names=["rows"],
        dynamic_axes=axes, dynamo=False, opset_version=17,
    )  # fmt: skip
    quantize_dynamic(
        folder / "float32.onnx", folder / "int8.onnx", weight_type=QuantType.QInt8, per_channel=True
    )


def onnx_runtime(path: Path) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_processors()
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda ids, mask: session.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def openvino(path: Path, precision: str) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    from openvino import Core

    model = Core().compile_model(path, "CPU", {"INFERENCE_PRECISION_HINT": precision})
    return lambda ids, mask: model([ids, mask])[0]


def padded(layers: Callable[[np.ndarray, np.ndarray], np.ndarray], size: int = 4) -> Embed:
    """Embeddings by a model's layers, in batches of a few texts of like length."""
    from tokenizers import Tokenizer

    folder = packaged_minilm()
    assert folder is not None
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.no_padding()

    def embed(texts: Sequence[str]) -> np.ndarray:
        pieces = [piece.ids for piece in tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(pieces)), key=lambda row: -len(pieces[row]))
        found = np.empty((len(texts), 384), dtype=np.float32)
        for start in range(0, len(order), size):
            batch = order[start : start + size]
            ids = np.zeros((len(batch), len(pieces[batch[0]])), dtype=np.int64)
            for row, text in enumerate(batch):
                ids[row, : len(pieces[text])] = pieces[text]
            mask = np.arange(ids.shape[1]) < np.array([len(pieces[text]) for text in batch])[:, None]
            rows = layers(ids, mask.astype(np.int64))
            found[batch] = np.einsum("ntd,nt->nd", rows, mask.astype(np.float32))
        return unit_rows(found)

    return embed


def main(n_docs: int) -> None:
    texts, _, _ = corpus("arxiv")
    texts = texts[:: len(texts) // n_docs][:n_docs]
    found: dict[str, dict[str, float]] = {}
    exact = None
    with TemporaryDirectory() as folder:
        for name, embed in ways(Path(folder)):
            embed(texts[:4])
            start, cpu = time.perf_counter(), time.process_time()
            points = unit_rows(embed(texts))
            seconds = time.perf_counter() - start
            exact = points if exact is None else exact
            cosines = (points * exact).sum(axis=1)
            found[name] = {
                "docs_per_second": round(n_docs / seconds, 1),
                "docs_per_processor_second": round(n_docs / (time.process_time() - cpu), 1),
                "cosine_mean": round(float(cosines.mean()), 5),
                "cosine_least": round(float(cosines.min()), 5),
            }
            print(name, found[name], flush=True)
    write("embedding_speed", {"n_docs": n_docs, "processor": processor(), "ways": found})
    print(json.dumps(found, indent=2))


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    flags = next(line for line in lines if line.startswith("flags")).split()
    kinds = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8")
    return f"{usable_processors()} processors, " + " ".join(kind for kind in kinds if kind in flags)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
