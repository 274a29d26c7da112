"""48 prompts of the tutorial's length to a Llama of about 130 M random parameters in bfloat16: a loop as peers do, and our batch.

python benchmarks/chat.py      measures both, one process each, and writes results/chat.json
Both write the same number of tokens: random weights never end an answer, and nothing is stopped early.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from common import in_own_process, timed, write

N_TOPICS, N_TOKENS = 48, 24
SYSTEM = "You are a helpful, respectful and honest assistant for labeling topics. "


def prompts() -> list[str]:
    """About 700 tokens each, the first 250 alike, as system and example prompts are."""
    alike = (
        SYSTEM * 3
        + "The example topic holds documents about eating meat and what it does to land and water. " * 9
    )
    return [
        f"{alike} Topic {i}. Keywords: word{i}, other{i}. "
        + " ".join(f"document {i} says sentence {j} about it" for j in range(40 + i % 8))
        for i in range(N_TOPICS)
    ]


def model(folder: Path) -> str:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(
        vocab_size=2000, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    bpe.train_from_iterator(prompts(), trainer)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    shape = {
        "hidden_size": 768,
        "intermediate_size": 2048,
        "num_hidden_layers": 14,
        "num_attention_heads": 12,
    }
    config = LlamaConfig(
        vocab_size=32_000, max_position_embeddings=4096, bos_token_id=1, eos_token_id=2, **shape
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    return str(folder)


def batch(folder: str) -> dict[str, float]:
    from themata.parts.chat.transformers import Transformers
    from themata.protocols import Prompt

    chat = Transformers(folder, device="cpu", template="plain", stop=())
    chat.load()
    answers, seconds = timed(
        lambda: chat.complete([Prompt.of(text) for text in prompts()], max_tokens=N_TOKENS)
    )
    tokens = [answer.n_prompt_tokens for answer in answers]
    return {"seconds": seconds, "prompt_tokens": sum(tokens) / len(tokens)}


def loop(folder: str) -> dict[str, float]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

    tokenizer = AutoTokenizer.from_pretrained(folder)
    generate = pipeline(
        "text-generation",
        model=AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16),
        tokenizer=tokenizer,
    )

    def all_of_them() -> None:
        for text in prompts():
            generate(text, max_new_tokens=N_TOKENS, min_new_tokens=N_TOKENS, do_sample=False)

    return {"seconds": timed(all_of_them)[1]}


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps({"batch": batch, "loop": loop}[sys.argv[1]](sys.argv[2])))
    else:
        with tempfile.TemporaryDirectory() as folder:
            place = model(Path(folder))
            found = {name: in_own_process(__file__, name, place) for name in ("batch", "loop")}
        found["times_faster"] = round(found["loop"]["seconds"] / found["batch"]["seconds"], 2)
        write("chat", {**found, "n_topics": N_TOPICS, "answer_tokens": N_TOKENS})
        print(json.dumps(found, indent=2))
