"""Ways to have a small language model on this machine name topics, with real weights, on a quiet machine and beside another process.

python benchmarks/inference.py MODEL_FOLDER [MODEL_FOLDER ...]    writes results/inference.json

MODEL_FOLDER holds a model as transformers reads it. The prompts are those of themata's own labeler (documents of the abstracts
of ../shared/data, cut to 200 tokens), in the model's own chat template; every way reads the same tokens and writes the same
number of them, greedily. Each way runs in a process of its own, one after the other, in turn.

packed         prompts end to end in one row, what they share read once (today's default where a model can)
padded         rows of one width by transformers' own cache, what they share read once
generate       transformers' batched `generate`, left-padded
generate+prefix    the same, the shared beginning read once and its cache repeated
loop           `generate`, one prompt at a time, as peers do
llama.cpp      the GGUF beside the folder, where llama-cpp-python is installed
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import corpus, in_own_process, peak_gb, timed, write

N_TOPICS, N_TOKENS = 18, 32
WAYS = ("packed", "padded", "generate", "generate+prefix", "loop", "llama.cpp")


def prompts() -> list[list[tuple[str, str]]]:
    """Messages of the labeler's prompts for topics of abstracts."""
    from sklearn.feature_extraction.text import CountVectorizer

    from themata import LLM, Documents, Topics
    from themata.pipeline.describe import Description, describe

    texts, points, _ = corpus("arxiv")
    rng = np.random.default_rng(42)
    centers = points[rng.choice(len(texts), N_TOPICS, replace=False)]
    chosen = np.unique(np.argsort(-centers @ points.T, axis=1)[:, :30].ravel())
    kept = [texts[i] for i in chosen]
    vectorizer = CountVectorizer(stop_words="english", min_df=2)
    terms = vectorizer.fit_transform(kept)
    docs = Documents(kept, points[chosen], terms=terms, vocabulary=vectorizer.get_feature_names_out())
    topics = Topics.of(docs, np.argmax(points[chosen] @ centers.T, axis=1))
    topics = describe(topics, docs, Description())
    return [list(prompt.messages) for prompt in LLM("echo").prompts(topics, docs).values()]


def tokens_of(folder: str, asked: list[list[tuple[str, str]]]) -> tuple[Any, list[list[int]]]:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    talks = [[{"role": role, "content": text} for role, text in messages] for messages in asked]
    texts = [
        tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=True) for talk in talks
    ]
    return tokenizer, [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts]


def decoded(folder: str, rows: list[list[int]], way: str) -> list[str]:
    """By themata's own decoder."""
    from themata.chat.decoding import Asked
    from themata.chat.transformers import Transformers

    chat = Transformers(folder, device="cpu", stop=())
    decoder = chat._loaded()
    decoder.packs, decoder.ends = way == "packed", set()
    texts = [""] * len(rows)

    def keep(place: int, answer: Any) -> None:
        texts[place] = answer.text

    decoder.decode([Asked(place, row, N_TOKENS) for place, row in enumerate(rows)], keep)
    return texts


def generated(folder: str, tokenizer: Any, rows: list[list[int]], way: str) -> list[str]:
    """By transformers' `generate`."""
    import torch
    from transformers import AutoModelForCausalLM, DynamicCache

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    how = {"max_new_tokens": N_TOKENS, "min_new_tokens": N_TOKENS, "do_sample": False, "pad_token_id": 0}
    if way == "loop":
        outputs = [model.generate(torch.tensor([row]), **how)[0, len(row) :] for row in rows]
        return tokenizer.batch_decode(outputs, skip_special_tokens=True)
    n_shared = 0
    if way == "generate+prefix":
        shortest = min(rows, key=len)
        while n_shared < len(shortest) - 1 and len({row[n_shared] for row in rows}) == 1:
            n_shared += 1
    width = max(map(len, rows))
    pads = [width - len(row) for row in rows]
    ids = torch.tensor(
        [row[:n_shared] + [0] * pad + row[n_shared:] for row, pad in zip(rows, pads, strict=True)]
    )
    mask = torch.ones_like(ids)
    for row, pad in enumerate(pads):
        mask[row, n_shared : n_shared + pad] = 0
    if n_shared:
        cache = DynamicCache(config=model.config)
        with torch.inference_mode():
            model(input_ids=ids[:1, :n_shared], past_key_values=cache, use_cache=True, logits_to_keep=1)
        cache.batch_repeat_interleave(len(rows))
        how["past_key_values"] = cache
    return tokenizer.batch_decode(
        model.generate(ids, attention_mask=mask, **how)[:, width:], skip_special_tokens=True
    )


def llama_cpp(folder: str, tokenizer: Any, rows: list[list[int]]) -> list[str]:
    from llama_cpp import Llama

    file = next(Path(folder).glob("*.gguf"))
    model = Llama(str(file), n_ctx=4096, n_threads=2, verbose=False)
    texts = []
    for row in rows:
        tokens: list[int] = []
        for token in model.generate(row, temp=0.0):
            tokens.append(token)
            if len(tokens) == N_TOKENS:
                break
        texts.append(tokenizer.decode(tokens, skip_special_tokens=True))
    return texts


def measure(way: str, folder: str, file: str) -> dict[str, Any]:
    """Seconds from loading to the last answer, without importing, and of the answers alone where that can be told apart."""
    import torch
    import transformers  # noqa: F401

    asked = json.loads(Path(file).read_text())
    tokenizer, rows = tokens_of(folder, asked)
    used = time.process_time()
    if way in ("packed", "padded"):
        texts, seconds = timed(lambda: decoded(folder, rows, way))
    elif way == "llama.cpp":
        texts, seconds = timed(lambda: llama_cpp(folder, tokenizer, rows))
    else:
        texts, seconds = timed(lambda: generated(folder, tokenizer, rows, way))
    return {
        "seconds": seconds,
        "processor_seconds": round(time.process_time() - used, 1),
        "peak_gb": peak_gb(),
        "threads": torch.get_num_threads(),
        "prompt_tokens": round(sum(map(len, rows)) / len(rows)),
        "first_answer": texts[0][:120],
    }


def _spin() -> None:
    while True:
        pass


def measured(folder: str, file: str, *, busy: bool) -> dict[str, Any]:
    beside = [multiprocessing.Process(target=_spin, daemon=True) for _ in range(1 if busy else 0)]
    for process in beside:
        process.start()
    found: dict[str, Any] = {}
    for way in WAYS:
        try:
            found[way] = in_own_process(__file__, "measure", way, folder, file)
        except RuntimeError as error:
            found[way] = {"failed": str(error).strip().splitlines()[-1]}
        print(Path(folder).name, "busy" if busy else "quiet", way, found[way], flush=True)
    for process in beside:
        process.kill()
    return found


if __name__ == "__main__":
    if sys.argv[1] == "measure":
        print(json.dumps(measure(*sys.argv[2:])))
    else:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "prompts.json"
            file.write_text(json.dumps(prompts()))
            found = {
                Path(model).name: {
                    state: measured(model, str(file), busy=state == "busy") for state in ("quiet", "busy")
                }
                for model in sys.argv[1:]
            }
        write("inference", {**found, "n_topics": N_TOPICS, "answer_tokens": N_TOKENS})
