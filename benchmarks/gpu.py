"""What naming topics with Llama 2's 13B in four bits takes on a graphics card, in one command of a few minutes.

python benchmarks/gpu.py                          writes results/gpu.json; nothing is downloaded
python benchmarks/gpu.py --shape tiny --device cpu    the same in small, to see that it runs

Weights are random, of the real shape, and made of 4 bits layer by layer: memory and speed are those of the real model, the
answers are noise. Prompts are those of themata's own labeler, about docstrings of the installed packages. `memory_gb` is to
be held against the 16 GB of the card that BERTopic's tutorial runs on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from types import SimpleNamespace
from typing import Any

import numpy as np
from common import write

# hidden, intermediate, layers, heads
SHAPES = {"13b": (5120, 13824, 40, 40), "7b": (4096, 11008, 32, 32), "tiny": (64, 128, 2, 4)}
VOCABULARY = 32000
CARD_GB = 16.0


def prompts(n_topics: int) -> list[Any]:
    """The labeler's prompts about the docstrings of so many packages."""
    from sklearn.feature_extraction.text import CountVectorizer

    from themata import LLM, Documents, Topics
    from themata.cli.docstrings import docstrings
    from themata.pipeline.describe import Description, describe

    records = docstrings(60 * n_topics, seed=42)
    packages = [record["label"] for record in records]
    largest = sorted(set(packages), key=lambda name: (-packages.count(name), name))[:n_topics]
    kept = [record for record in records if record["label"] in largest]
    texts = [record["text"] for record in kept]
    vectorizer = CountVectorizer(stop_words="english", min_df=2)
    terms = vectorizer.fit_transform(texts)
    docs = Documents(texts, terms=terms, vocabulary=vectorizer.get_feature_names_out())
    topics = Topics.of(docs, np.array([largest.index(record["label"]) for record in kept]))
    topics = describe(topics, docs, Description())
    return list(LLM("echo").prompts(topics, docs).values())


def tokenizer_of(texts: Sequence[str]) -> Any:
    """Byte pairs learned from the prompts, in about as many tokens as Llama 2's own would have."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    pairs = Tokenizer(models.BPE())
    pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pairs.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(vocab_size=4000, special_tokens=special, initial_alphabet=alphabet)
    pairs.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=pairs, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )


def model_of(shape: str, device: str) -> Any:
    """Llama 2 of random weights, its linear layers in NF4 with double quantization, the rest in half precision."""
    import torch
    from accelerate import init_empty_weights
    from bitsandbytes import nn
    from transformers import LlamaConfig, LlamaForCausalLM

    hidden, inner, layers, heads = SHAPES[shape]
    dtype = torch.float32 if device == "cpu" else torch.bfloat16
    config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=heads, max_position_embeddings=4096,
    )  # fmt: skip
    with init_empty_weights(include_buffers=False):
        model = LlamaForCausalLM(config)
    torch.manual_seed(42)

    def drawn(*size: int) -> Any:
        return torch.randn(*size, dtype=dtype, device=device) * 0.02

    for name, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and name != "lm_head":
            four = nn.Linear4bit(
                module.in_features, module.out_features, bias=False, compute_dtype=dtype, quant_type="nf4"
            )
            weight = drawn(module.out_features, module.in_features)
            four.weight = nn.Params4bit(
                weight, requires_grad=False, quant_type="nf4", compress_statistics=True
            ).to(device)
            parent, _, own = name.rpartition(".")
            setattr(model.get_submodule(parent), own, four)
        elif next(module.parameters(recurse=False), None) is not None:
            module.weight = torch.nn.Parameter(drawn(*module.weight.shape), requires_grad=False)
    return model.to(device).eval()


def inner_weights(shape: str) -> int:
    """Weights of the linear layers: four of attention, three of the rest."""
    hidden, inner, layers, _ = SHAPES[shape]
    return layers * (4 * hidden * hidden + 3 * hidden * inner)


def used_gb(device: str) -> float:
    import torch

    return torch.cuda.max_memory_allocated() / 2**30 if device == "cuda" else 0.0


def measured(chat: Any, asked: Sequence[Any], device: str, minutes: float) -> dict[str, Any]:
    """Topics per second, all together or one batch after another, and the highest memory; stops when time is up."""
    import torch

    if device == "cuda":
        torch.cuda.reset_peak_memory_stats()
    started, n_done, n_tokens = time.perf_counter(), 0, 0
    waiting = iter(asked)
    size = chat.batch_size or len(asked)
    while batch := list(islice(waiting, size)):
        answers = chat.complete(batch)
        n_done += len(answers)
        n_tokens += sum(answer.n_answer_tokens or 0 for answer in answers)
        if time.perf_counter() - started > 60 * minutes:
            break
    seconds = time.perf_counter() - started
    return {
        "topics": n_done, "seconds": round(seconds, 2), "topics_per_second": round(n_done / seconds, 3),
        "answer_tokens": n_tokens, "memory_gb": round(used_gb(device), 2),
    }  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> dict[str, Any]:
    import torch

    from themata.chat.transformers import Transformers

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="13b")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--topics", type=int, default=64)
    parser.add_argument("--tokens", type=int, default=40, help="of each answer")
    parser.add_argument("--into", default="gpu", help="the file in results/; empty: none")
    given = parser.parse_args(arguments)

    asked = prompts(given.topics)
    tokenizer = tokenizer_of([text for prompt in asked for _, text in prompt.messages])
    started = time.perf_counter()
    model = model_of(given.shape, given.device)
    told: dict[str, Any] = {
        "shape": given.shape, "device": torch.cuda.get_device_name() if given.device == "cuda" else given.device,
        "topics": len(asked), "built_seconds": round(time.perf_counter() - started, 1),
        "weights_gb": round(sum(weight.nbytes for weight in model.parameters()) / 2**30, 2), "card_gb": CARD_GB,
    }  # fmt: skip
    inner = [w for name, w in model.named_parameters() if "proj" in name]
    told["bytes_of_an_inner_weight"] = round(sum(w.nbytes for w in inner) / inner_weights(given.shape), 3)
    asked = [replace(prompt, max_tokens=given.tokens, schema=None) for prompt in asked]
    ready = SimpleNamespace(model=model, tokenizer=tokenizer)
    for name, size in (("warm", None), ("batched", None), ("one_by_one", 1)):
        chat = Transformers(ready, template="llama2", stop=(), batch_size=size)
        some = asked[:2] if name == "warm" else asked
        told[name] = measured(chat, some, given.device, minutes=2.0)
        print(json.dumps({name: told[name]}), flush=True)
    told["batched_is_faster_by"] = round(
        told["batched"]["topics_per_second"] / told["one_by_one"]["topics_per_second"], 2
    )
    told["fits_the_card"] = told["batched"]["memory_gb"] < CARD_GB
    if given.into:
        write(given.into, told)
    return told


if __name__ == "__main__":
    print(json.dumps(main(), indent=2))
