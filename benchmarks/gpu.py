"""A Llama of 1 B random parameters in NF4 on a graphics card: memory, and topics named per second.

python benchmarks/gpu.py      writes results/gpu.json; needs CUDA, bitsandbytes and ../shared/data
The tutorial's four settings (4 bits, NF4, double quantization, bfloat16 compute), in the shape of Llama 3.2 1B with a
vocabulary of 32,000. The prompts are those of chat.py; random weights never end an answer, so that each has 24 tokens. One batch
is answered before it is timed. The loop is a transformers pipeline over the same model in memory, called once for each prompt.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from common import timed, write

from chat import N_TOKENS, tokenizer_and_prompts

SHAPE = {
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 16,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
}


def model(folder: Path) -> None:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=32_000, max_position_embeddings=4096, bos_token_id=1, eos_token_id=2, **SHAPE
    )
    with torch.device("cuda"):
        LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    torch.cuda.empty_cache()


def measure(folder: str, asked: list[str]) -> dict[str, float]:
    import torch
    from transformers import pipeline

    from themata.chat.transformers import Transformers
    from themata.core.protocols import Prompt

    torch.cuda.reset_peak_memory_stats()
    chat = Transformers(folder, quantize="nf4", device="cuda", stop=())
    chat.load()
    weights = torch.cuda.memory_allocated()
    prompts = [Prompt.of(text) for text in asked]
    chat.complete([replace(prompt, max_tokens=4) for prompt in prompts[:8]])
    answers, seconds = timed(
        lambda: chat.complete([replace(prompt, max_tokens=N_TOKENS) for prompt in prompts])
    )
    assert all(answer.n_answer_tokens == N_TOKENS for answer in answers)
    peak = torch.cuda.max_memory_allocated()
    decoder = chat._loaded()
    generate = pipeline("text-generation", model=decoder.model, tokenizer=decoder.tokenizer)
    few = asked[:12]
    told = {"max_new_tokens": N_TOKENS, "min_new_tokens": N_TOKENS, "do_sample": False}
    generate(few[0], **told)
    loop = timed(lambda: [generate(text, **told) for text in few])[1] * len(asked) / len(few)
    return {
        "packs": decoder.packs,
        "weights_gb": round(weights / 2**30, 2),
        "peak_gb": round(peak / 2**30, 2),
        "topics_per_second": round(len(asked) / seconds, 2),
        "loop_topics_per_second": round(len(asked) / loop, 2),
        "times_faster": round(loop / seconds, 2),
    }


if __name__ == "__main__":
    import torch

    if not torch.cuda.is_available():
        sys.exit("gpu.py needs a graphics card with CUDA")
    with tempfile.TemporaryDirectory() as place:
        asked = tokenizer_and_prompts(Path(place))
        model(Path(place))
        found = {kind: measure(place, texts) for kind, texts in asked.items()}
    write("gpu", {**found, "card": torch.cuda.get_device_name(0), "answer_tokens": N_TOKENS})
    print(json.dumps(found, indent=2))
