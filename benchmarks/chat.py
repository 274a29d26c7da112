"""48 topics named by a Llama of about 130 M random parameters in bfloat16: prompts in a loop as peers do, and our batch.

python benchmarks/chat.py      measures both, one process each, and writes results/chat.json
python benchmarks/chat.py 1    the same in one thread

The prompts are those of the tutorial (a system prompt, a worked example, four abstracts in full and ten keywords: about a
quarter is alike in all), and those of themata's own labeler (documents cut to 200 tokens, a longer instruction). Abstracts are
real, and tokens are those of a vocabulary of 32,000 learned from them, as large as Llama 2's. Both sides are handed the very
same texts and write the same number of tokens: random weights never end an answer, and nothing is stopped early. The loop is a
transformers text-generation pipeline, called once for each prompt.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from common import corpus, in_own_process, timed, write

N_TOPICS, N_TOKENS = 48, 24
KINDS = ("tutorial", "labeler")
SYSTEM = "You are a helpful, careful and honest assistant who finds labels for topics."
EXAMPLE = """Here is a topic that holds the following documents:
- For most of history people ate plants above all, with little meat; farming at the scale of industry made meat a daily food.
- Of all that we eat, meat and beef most of all stand for the largest share of the gases that warm the planet.
- Whether somebody eats meat or does not says nothing about whether he or she is a good person.

These keywords describe the topic: 'meat, beef, eat, eating, emissions, steak, food, health, processed, chicken'.

From what is told of the topic above, give it a short label. Return the label alone and nothing else."""
MAIN = """Here is a topic that holds the following documents:
{documents}

These keywords describe the topic: '{keywords}'.

From what is told of the topic above, give it a short label. Return the label alone and nothing else."""


def prompts() -> tuple[dict[str, list[str]], list[str]]:
    """Texts of each kind of prompt, in Llama 2's format, and abstracts for the tokenizer to learn from."""
    from sklearn.feature_extraction.text import CountVectorizer

    from themata.chat.chat_template import llama2
    from themata.core.documents import Documents
    from themata.core.protocols import Prompt
    from themata.core.topics import Topics
    from themata.naming.llm.llm_labeler import LLM
    from themata.pipeline.describe import Description, describe

    texts, points, _ = corpus("arxiv")
    rng = np.random.default_rng(42)
    centers = points[rng.choice(len(texts), N_TOPICS, replace=False)]
    nearest = np.argsort(-centers @ points.T, axis=1)[:, :30]
    chosen = np.unique(nearest.ravel())
    assignment = np.argmax(points[chosen] @ centers.T, axis=1)
    kept = [texts[i] for i in chosen]
    vectorizer = CountVectorizer(stop_words="english", min_df=2)
    terms = vectorizer.fit_transform(kept)
    docs = Documents(kept, points[chosen], terms=terms, vocabulary=vectorizer.get_feature_names_out())
    topics = describe(Topics.of(docs, assignment), docs, Description())
    tutorial = []
    for row, keywords in enumerate(topics.keywords):
        exemplars = "\n".join(f"- {texts[i]}" for i in nearest[row, :4])
        main = MAIN.format(documents=exemplars, keywords=", ".join(word for word, _ in keywords[:10]))
        talk = (
            ("system", SYSTEM),
            ("user", EXAMPLE),
            ("assistant", "What eating meat does to the environment"),
        )
        tutorial.append(llama2(Prompt((*talk, ("user", main)))))
    ours = [llama2(prompt) for prompt in LLM("echo").prompts(topics, docs).values()]
    return {"tutorial": tutorial, "labeler": ours}, texts[:20_000]


def tokenizer_and_prompts(folder: Path) -> dict[str, list[str]]:
    """Both are kept in the folder."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    asked, texts = prompts()
    (folder / "prompts.json").write_text(json.dumps(asked))
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer, bpe.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    special, alphabet = ["<unk>", "<s>", "</s>"], pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        texts, trainers.BpeTrainer(vocab_size=32_000, special_tokens=special, initial_alphabet=alphabet)
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=bpe, unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="</s>"
    )
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }}{% endfor %}"
    tokenizer.save_pretrained(folder)
    return asked


def model(folder: Path) -> str:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer_and_prompts(folder)
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


def batch(folder: str, kind: str) -> dict[str, float]:
    from themata.chat.shared_prefixes import families
    from themata.chat.transformers import Transformers
    from themata.core.protocols import Prompt

    chat = Transformers(folder, device="cpu", stop=())
    chat.load()
    asked = [Prompt.of(text) for text in json.loads((Path(folder) / "prompts.json").read_text())[kind]]
    used = time.process_time()
    answers, seconds = timed(
        lambda: chat.complete([replace(prompt, max_tokens=N_TOKENS) for prompt in asked])
    )
    used = time.process_time() - used
    assert all(answer.n_answer_tokens == N_TOKENS for answer in answers)
    tokens = [answer.n_prompt_tokens for answer in answers]
    return {
        "seconds": seconds,
        "processor_seconds": round(used, 2),
        "prompt_tokens": round(sum(tokens) / len(tokens)),
        "alike_tokens": len(families([chat._tokens(prompt) for prompt in asked])[0].prefix),
    }


def loop(folder: str, kind: str) -> dict[str, float]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

    generate = pipeline(
        "text-generation",
        model=AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16),
        tokenizer=AutoTokenizer.from_pretrained(folder),
    )
    asked = json.loads((Path(folder) / "prompts.json").read_text())[kind]

    def all_of_them() -> None:
        for text in asked:
            generate(text, max_new_tokens=N_TOKENS, min_new_tokens=N_TOKENS, do_sample=False)

    used = time.process_time()
    seconds = timed(all_of_them)[1]
    return {"seconds": seconds, "processor_seconds": round(time.process_time() - used, 2)}


if __name__ == "__main__":
    if len(sys.argv) > 3:
        import torch

        torch.set_num_threads(int(sys.argv[4]))
        print(json.dumps({"batch": batch, "loop": loop}[sys.argv[1]](sys.argv[2], sys.argv[3])))
    else:
        threads = sys.argv[1] if len(sys.argv) > 1 else "2"
        found = {}
        with tempfile.TemporaryDirectory() as folder:
            place = model(Path(folder))
            for kind in KINDS:
                each = {
                    name: in_own_process(__file__, name, place, kind, threads) for name in ("batch", "loop")
                }
                each["times_faster"] = round(each["loop"]["seconds"] / each["batch"]["seconds"], 2)
                found[kind] = each
        name = "chat" if threads == "2" else f"chat_{threads}_thread"
        write(name, {**found, "threads": int(threads), "n_topics": N_TOPICS, "answer_tokens": N_TOKENS})
        print(json.dumps(found, indent=2))
