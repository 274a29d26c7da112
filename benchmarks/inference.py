"""Ways to have a small language model on this machine name topics, with real weights, on a quiet machine and beside another process.

python benchmarks/inference.py MODEL_FOLDER [MODEL_FOLDER ...]    writes results/inference.json
python benchmarks/inference.py MODEL_FOLDER --topics 6 --ways padded loop --states busy --threads 1 2 --into inference_busy
python benchmarks/inference.py MODEL_FOLDER --ways padded loop --device cuda --quantize nf4 --into inference_cuda

MODEL_FOLDER holds a model as transformers reads it. The prompts are those of themata's own labeler (documents of the abstracts
of ../shared/data, cut to 200 tokens), in the model's own chat template; every way reads the same tokens and writes the same
number of them, greedily. Each way runs in a process of its own, one after the other. busy: beside a process that only counts,
one for each two processors.

padded         rows of one width by transformers' own cache, what they share read once (themata's own decoder)
generate       transformers' batched `generate`, left-padded
generate+prefix    the same, the shared beginning read once and its cache repeated
loop           `generate`, one prompt at a time, as peers do
llama.cpp      the GGUF in the folder, one prompt at a time after what it shares with the one before, where xllamacpp is installed
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import corpus, in_own_process, peak_gb, timed, write

WAYS = ("padded", "generate", "generate+prefix", "loop", "llama.cpp")
STATES = ("quiet", "busy")


def prompts(n_topics: int) -> list[list[tuple[str, str]]]:
    """Messages of the labeler's prompts for topics of abstracts."""
    from sklearn.feature_extraction.text import CountVectorizer

    from themata import LLM, Documents, Topics
    from themata.pipeline.describe import Description, describe

    texts, points, _ = corpus("arxiv")
    rng = np.random.default_rng(42)
    centers = points[rng.choice(len(texts), n_topics, replace=False)]
    nearest = np.unique(np.argsort(-centers @ points.T, axis=1)[:, :30].ravel())
    chosen = [texts[i] for i in nearest]
    vectorizer = CountVectorizer(stop_words="english", min_df=2)
    terms = vectorizer.fit_transform(chosen)
    docs = Documents(chosen, points[nearest], terms=terms, vocabulary=vectorizer.get_feature_names_out())
    topics = Topics.of(docs, np.argmax(points[nearest] @ centers.T, axis=1))
    topics = describe(topics, docs, Description())
    return [list(prompt.messages) for prompt in LLM("echo").prompts(topics, docs).values()]


def tokens_of(folder: str, talks: list[list[tuple[str, str]]]) -> tuple[Any, list[list[int]]]:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = []
    for talk in talks:
        messages = [{"role": role, "content": text} for role, text in talk]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        rows.append(tokenizer(text, add_special_tokens=False)["input_ids"])
    return tokenizer, rows


def decoded(chat: Any, rows: list[list[int]], n_tokens: int) -> list[str]:
    """By themata's own decoder."""
    from themata.chat.decoding import Asked

    decoder = chat._loaded()
    decoder.ends = set()
    answers: dict[int, str] = {}
    asked = [Asked(place, row, n_tokens) for place, row in enumerate(rows)]
    decoder.decode(asked, lambda place, answer: answers.__setitem__(place, answer.text))
    return [answers[place] for place in range(len(rows))]


def generated(model: Any, tokenizer: Any, rows: list[list[int]], way: str, n_tokens: int) -> list[str]:
    """By transformers' `generate`."""
    import torch
    from transformers import DynamicCache

    model.generation_config.eos_token_id = None  # what it would end with is written, as by the others
    options: dict[str, Any] = {
        "max_new_tokens": n_tokens,
        "do_sample": False,
        "repetition_penalty": 1.0,
        "pad_token_id": 0,
    }
    if way == "loop":
        outputs = [
            model.generate(torch.tensor([row], device=model.device), **options)[0, len(row) :] for row in rows
        ]
        return tokenizer.batch_decode(outputs, skip_special_tokens=True)
    n_shared = 0
    if way == "generate+prefix":
        shortest = min(rows, key=len)
        while n_shared < len(shortest) - 1 and len({row[n_shared] for row in rows}) == 1:
            n_shared += 1
    width = max(map(len, rows))
    pads = [width - len(row) for row in rows]
    padded = [row[:n_shared] + [0] * pad + row[n_shared:] for row, pad in zip(rows, pads, strict=True)]
    ids = torch.tensor(padded, device=model.device)
    mask = torch.ones_like(ids)
    for row, pad in enumerate(pads):
        mask[row, n_shared : n_shared + pad] = 0
    if n_shared:
        cache = DynamicCache(config=model.config)
        with torch.inference_mode():
            model(input_ids=ids[:1, :n_shared], past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache.batch_repeat_interleave(len(rows))
        options["past_key_values"] = cache
    answers = model.generate(ids, attention_mask=mask, **options)[:, width:]
    return tokenizer.batch_decode(answers, skip_special_tokens=True)


def llama_cpp_server(folder: str, threads: int) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(next(Path(folder).glob("*.gguf")))
    params.n_ctx, params.n_parallel, params.verbosity = 4096, 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.warmup = False
    return xllamacpp.Server(params)


def completed(server: Any, rows: list[list[int]], n_tokens: int) -> list[str]:
    """By llama.cpp, which reads only what a prompt does not share with the one before."""
    options = {"max_tokens": n_tokens, "temperature": 0, "ignore_eos": True, "cache_prompt": True}
    return [server.handle_completions({"prompt": row, **options})["choices"][0]["text"] for row in rows]


def measure(
    way: str, folder: str, file: str, n_tokens: int, threads: int, device: str, quantize: str | None
) -> dict[str, Any]:
    """Seconds of the answers alone, the model being loaded and warm."""
    import torch

    from themata.chat.transformers import Transformers

    torch.set_num_threads(threads)
    tokenizer, rows = tokens_of(folder, json.loads(Path(file).read_text()))
    if way == "llama.cpp":
        server = llama_cpp_server(folder, threads)

        def work(rows: list[list[int]], n_tokens: int) -> list[str]:
            return completed(server, rows, n_tokens)
    else:
        chat = Transformers(folder, device=device, quantize=quantize, stop=())

        def work(rows: list[list[int]], n_tokens: int) -> list[str]:
            if way == "padded":
                return decoded(chat, rows, n_tokens)
            return generated(chat._loaded().model, tokenizer, rows, way, n_tokens)

    work([row[:40] for row in rows[:2]], 2)
    used = time.process_time()
    answers, seconds = timed(lambda: work(rows, n_tokens))
    memory = torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else peak_gb()
    return {
        "seconds": seconds,
        "processor_seconds": round(time.process_time() - used, 1),
        "peak_gb": round(memory, 2),
        "prompt_tokens": round(sum(map(len, rows)) / len(rows)),
        "answers": [answer.strip() for answer in answers],
    }


def _spin() -> None:
    while True:
        pass


def compared(options: argparse.Namespace, folder: str, file: str, state: str, threads: int) -> dict[str, Any]:
    """Every way on one model; answers are compared with those of the loop, token for token."""
    n_beside = (os.cpu_count() or 2) // 2 if state == "busy" else 0
    beside = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(n_beside)]
    for process in beside:
        process.start()
    measured: dict[str, Any] = {}
    how = (str(options.tokens), str(threads), options.device, options.quantize or "")
    for way in options.ways:
        try:
            measured[way] = in_own_process(
                __file__, "measure", way, folder, file, *how, OMP_NUM_THREADS=str(threads)
            )
        except RuntimeError as error:
            measured[way] = {"failed": str(error).strip().splitlines()[-1]}
        print(Path(folder).name, state, threads, way, measured[way], flush=True)
    for process in beside:
        process.kill()
    alone = measured.get("loop", {}).get("answers")
    for result in measured.values():
        answers = result.pop("answers", None)
        if answers and alone:
            result["same_as_loop"] = sum(a == b for a, b in zip(answers, alone, strict=True)) / len(alone)
            result["first_answer"] = answers[0][:100]
    return measured


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--topics", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--states", nargs="+", choices=STATES, default=STATES)
    parser.add_argument("--threads", nargs="+", type=int, default=[os.cpu_count() or 1])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--quantize", choices=["nf4", "int8"])
    parser.add_argument("--into", default="inference")
    options = parser.parse_args()
    measured: dict[str, Any] = {"n_topics": options.topics, "answer_tokens": options.tokens}
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "prompts.json"
        file.write_text(json.dumps(prompts(options.topics)))
        for folder in options.folders:
            for state in options.states:
                for threads in options.threads:
                    case = f"{Path(folder).name}, {state}, {threads} threads"
                    measured[case] = compared(options, folder, str(file), state, threads)
                    write(options.into, measured)


if __name__ == "__main__":
    import sys

    if sys.argv[1:2] == ["measure"]:
        way, folder, file, n_tokens, threads, device, quantize = sys.argv[2:]
        print(json.dumps(measure(way, folder, file, int(n_tokens), int(threads), device, quantize or None)))
    else:
        main()
