"""What naming 18 topics of docstrings and their layers takes on this machine: seconds, loading included, and memory.

python benchmarks/naming_speed.py QWEN.gguf smollm2 --dtypes bfloat16 float32    writes results/naming_speed.json
python benchmarks/naming_speed.py QWEN.gguf --dtypes float32 --avx2              with no wider instructions than AVX2

weights_gb : of the model as it is loaded; peak_times_weights : highest memory of the whole process over that
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

from common import AVX2_ONLY, CACHE, RESULTS, in_own_process, peak_gb, write
from names import texts_of

from themata import LLM, TopicModel
from themata.chat import model_loading
from themata.chat.transformers import Transformers
from themata.embed.sentence_transformer import Sentence

N_TOPICS = 18


def fitted() -> TopicModel:
    folder = CACHE / f"names-demo-{N_TOPICS}"
    if not folder.exists():
        texts, points = texts_of("demo")
        TopicModel(embedder=Sentence("minilm"), n_topics=N_TOPICS, random_state=42).fit(texts, points).save(
            folder
        )
    return TopicModel.load(folder)


def measured(name: str, dtype: str) -> dict[str, Any]:
    """Names, seconds by the clock and of the processor, and memory; in a process of its own."""
    model_loading.bfloat16_units = lambda: {"asked for": dtype == "bfloat16"}
    model = fitted()
    before, started, worked = peak_gb(), time.perf_counter(), time.process_time()
    chat = Transformers(name, device="cpu")
    chat.load()
    loaded, weights = time.perf_counter() - started, list(chat._loaded().model.parameters())
    labeler = LLM(chat, embedder=Sentence("minilm"))
    model.label(labeler)
    seconds, report = time.perf_counter() - started, labeler.report_
    held = sum(weight.nbytes for weight in weights) / 2**30
    return {
        "topics": model.result_.n_topics, "groups": report.n_groups, "seconds": round(seconds, 1),
        "loading": round(loaded, 1), "processor_seconds": round(time.process_time() - worked, 1),
        "prompt_tokens": report.prompt_tokens, "answer_tokens": report.answer_tokens, "again": report.again,
        "dtype": str(weights[0].dtype), "weights_gb": round(held, 2), "peak_gb_before": before,
        "peak_gb": peak_gb(), "peak_times_weights": round(peak_gb() / held, 2), "names": model.result_.names,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--dtypes", nargs="+", default=["bfloat16", "float32"])
    parser.add_argument("--avx2", action="store_true", help="use no wider instructions of the processor")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(measured(given.models[0], given.dtypes[0])))
        return
    fitted()
    kept = RESULTS / "naming_speed.json"  # to which more is added
    told: dict[str, Any] = json.loads(kept.read_text())["measured"] if kept.exists() else {}
    for name in given.models:
        for dtype in given.dtypes:
            limits = AVX2_ONLY if given.avx2 else {}
            found = in_own_process(__file__, name, "--dtypes", dtype, "--alone", **limits)
            told[f"{name.rpartition('/')[2]}, {dtype}{', AVX2 only' * given.avx2}"] = found
            print(json.dumps(told), file=sys.stderr, flush=True)
            write("naming_speed", told)


if __name__ == "__main__":
    main()
