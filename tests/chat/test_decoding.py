"""Prompts of a batch are answered as transformers answers each alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from needing import Late
from themata.chat.decoding import Asked, Decoder, Settings
from themata.chat.padded_batch import PaddedBatch
from themata.chat.shared_prefixes import families
from themata.core.protocols import Answer

transformers, torch = Late("transformers"), Late("torch")

SHAPE: dict[str, Any] = {
    "vocab_size": 211,
    "hidden_size": 48,
    "intermediate_size": 96,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "initializer_range": 0.5,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
KINDS: dict[str, Callable[[], Any]] = {
    "llama": lambda: transformers.LlamaConfig(**SHAPE),
    "mistral": lambda: transformers.MistralConfig(**SHAPE, sliding_window=None),
    "qwen2": lambda: transformers.Qwen2Config(**SHAPE),
    "qwen3": lambda: transformers.Qwen3Config(**SHAPE, head_dim=16),
    "phi3": lambda: transformers.Phi3Config(**SHAPE),
    "mistral, window of 8": lambda: transformers.MistralConfig(**SHAPE, sliding_window=8),
    "gemma2, softcap": lambda: transformers.Gemma2Config(**SHAPE, head_dim=16),
    "gpt2": lambda: transformers.GPT2Config(
        vocab_size=211, n_embd=48, n_layer=2, n_head=4, n_positions=512, bos_token_id=1, eos_token_id=2
    ),
}
# Of unlike lengths, all with a beginning worth sharing
PROMPTS = [
    [1, *range(20, 50), *tail]
    for tail in ([3, 4, 5], [90, 7, 8, 9, 10, 11, 12], [100 + (i * i) % 90 for i in range(150)], [200])
]


class Spaced:
    """A tokenizer whose text is the tokens' numbers."""

    eos_token_id = 2

    def decode(self, tokens: list[int], skip_special_tokens: bool = True) -> str:
        return " ".join(str(token) for token in tokens if token > 2)


def built(kind: str, dtype: Any = None) -> Any:
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(KINDS[kind]()).eval()
    return model.to(dtype or torch.float32)


def answered(model: Any, prompts: list[list[int]], n: int, **settings: Any) -> list[str]:
    found: dict[int, Answer] = {}
    asked = [Asked(place, prompt, n) for place, prompt in enumerate(prompts)]
    Decoder(model, Spaced(), Settings(**settings)).decode(asked, found.__setitem__)
    return [found[place].text for place in range(len(prompts))]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_answers_as_transformers_does(kind: str) -> None:
    model = built(kind)
    theirs = []
    for prompt in PROMPTS:
        ids = torch.tensor([prompt])
        output = model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=40, do_sample=False)
        theirs.append(Spaced().decode(output[0, len(prompt) :].tolist()))
    assert answered(model, PROMPTS, 40) == theirs


FAMILIES = [
    *PROMPTS,
    [7, 8, 9],
    *([1, *(200 - i for i in range(40)), *tail] for tail in ([5, 6], [6, 7, 8], [9] * 30)),
    [4] * 30,
]


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gemma2, softcap"])
@pytest.mark.parametrize("size", [None, 3])
def test_families_of_prompts_share_a_batch_and_are_answered_as_alone(kind: str, size: int | None) -> None:
    model = built(kind)
    alone = [answered(model, [prompt], 25)[0] for prompt in FAMILIES]
    assert answered(model, FAMILIES, 25, batch_size=size) == alone
    assert [len(family.prefix) for family in families(FAMILIES)] == [31, 0, 41]


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gpt2", "mistral, window of 8"])
def test_prompts_read_in_parts_are_answered_as_alone(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model, n_read = built(kind), []
    alone = [answered(model, [prompt], 25)[0] for prompt in FAMILIES]
    monkeypatch.setattr("themata.chat.padded_batch.AT_ONCE", 12)
    forward = PaddedBatch._forward
    monkeypatch.setattr(
        PaddedBatch,
        "_forward",
        lambda self, ids, places: (n_read.append(ids.shape[0]), forward(self, ids, places))[1],
    )
    assert answered(model, FAMILIES, 25) == alone
    assert n_read[0] == (4 if kind == "mistral, window of 8" else 2)  # of the first family's four


def test_heads_share_keys_while_tokens_are_written_and_the_model_is_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from transformers.integrations import sdpa_attention

    model, n_repeated = built("qwen2"), []
    repeat = sdpa_attention.repeat_kv
    monkeypatch.setattr(
        sdpa_attention, "repeat_kv", lambda keys, n: (n_repeated.append(keys.shape[2]), repeat(keys, n))[1]
    )
    answered(model, PROMPTS, 5)
    assert max(n_repeated) == max(map(len, PROMPTS)), "while prompts are read, and never later"
    assert model.config._attn_implementation == "sdpa"


def test_what_is_alike_is_read_once_for_each_family(monkeypatch: pytest.MonkeyPatch) -> None:
    model = built("llama")
    n_read: list[int] = []
    forward = model.forward

    def counted(input_ids: Any, **options: Any) -> Any:
        n_read.append(input_ids.numel())
        return forward(input_ids=input_ids, **options)

    monkeypatch.setattr(model, "forward", counted)
    outcomes: dict[int, Answer] = {}
    asked = [Asked(place, prompt, 1) for place, prompt in enumerate(FAMILIES)]
    Decoder(model, Spaced(), Settings()).decode(asked, outcomes.__setitem__)
    expected = 0
    for family in families(FAMILIES):
        n_prefix, longest = len(family.prefix), max(len(FAMILIES[place]) for place in family.places)
        expected += n_prefix + len(family.places) * (longest - n_prefix)
    assert sum(n_read) == expected
    assert [outcomes[place].n_prompt_tokens for place in range(len(FAMILIES))] == list(map(len, FAMILIES))


def test_each_answer_has_room_of_its_own() -> None:
    model = built("llama")
    whole = [answered(model, [prompt], 40)[0].split() for prompt in PROMPTS]
    rooms, found = [3, 40, 1, 17], {}
    asked = [Asked(place, PROMPTS[place], room) for place, room in enumerate(rooms)]
    Decoder(model, Spaced(), Settings()).decode(asked, found.__setitem__)
    assert [found[place].text.split() for place in range(4)] == [
        words[:room] for words, room in zip(whole, rooms, strict=True)
    ]


def test_rows_that_are_done_leave_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    model = built("llama")
    alone = [answered(model, [prompt], 40)[0] for prompt in PROMPTS]
    stops = tuple(text.split(" ")[place] for text, place in zip(alone, (3, 9, 14, 30), strict=True))
    n_kept: list[int] = []
    keep = PaddedBatch.keep
    monkeypatch.setattr(
        PaddedBatch, "keep", lambda self, rows: (n_kept.append(len(rows)), keep(self, rows))[1]
    )
    for stop in (stops, stops[:1]):
        cut = [answered(model, [prompt], 40, stop=stop)[0] for prompt in PROMPTS]
        assert answered(model, PROMPTS, 40, stop=stop) == cut
    assert n_kept and min(n_kept) < len(PROMPTS)


def test_a_penalty_and_a_draw_do_not_depend_on_the_batch() -> None:
    model = built("llama")
    for settings in ({"repetition_penalty": 1.5}, {"temperature": 2.0, "random_state": 3}):
        alone = [answered(model, [prompt], 20, **settings)[0] for prompt in PROMPTS]
        assert answered(model, PROMPTS, 20, **settings) == alone


def test_memory_that_runs_out_halves_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    model = built("llama")
    whole, sizes = answered(model, PROMPTS, 12), []
    read = PaddedBatch.read

    def narrow(self: PaddedBatch, prompts: Any) -> Any:
        sizes.append(len(prompts))
        if len(prompts) > 1:
            raise torch.OutOfMemoryError("full")
        return read(self, prompts)

    monkeypatch.setattr(PaddedBatch, "read", narrow)
    assert answered(model, PROMPTS, 12) == whole
    assert sizes == [4, 2, 1, 1, 1, 1]


def test_an_answer_is_told_when_it_ends_and_never_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = built("llama")
    whole = answered(model, PROMPTS, 12)
    asked = [Asked(place, prompt, 12 if place else 3) for place, prompt in enumerate(PROMPTS)]
    told: dict[int, str] = {}
    n_told, write = [], PaddedBatch.write

    def narrow(self: PaddedBatch, tokens: Any) -> Any:
        n_told.append(len(told))
        if len(n_told) == 7:  # when the first answer, of three tokens, has long ended
            raise torch.OutOfMemoryError("full")
        return write(self, tokens)

    decoder = Decoder(model, Spaced(), Settings())
    monkeypatch.setattr(PaddedBatch, "write", narrow)

    def heard(place: int, answer: Answer) -> None:
        assert place not in told
        told[place] = answer.text

    decoder.decode(asked, heard)
    assert n_told[:4] == [0, 0, 1, 1], "the first is told while the others are written"
    assert told == {0: " ".join(whole[0].split(" ")[:3]), **dict(enumerate(whole[1:], 1))}


def test_batches_are_as_large_as_half_of_the_free_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    model = built("llama")
    whole, sizes = answered(model, PROMPTS, 12), []
    longest = max(map(len, PROMPTS)) + 12
    cached, read = 2 * 3 * 2 * 12, 3 * 96  # numbers of a token: keys and values; what reading takes
    monkeypatch.setattr(
        "themata.chat.decoding.free_memory", lambda device: 2 * 4 * (cached + read) * longest * 3.5
    )
    read_batch = PaddedBatch.read
    monkeypatch.setattr(
        PaddedBatch, "read", lambda self, prompts: (sizes.append(len(prompts)), read_batch(self, prompts))[1]
    )
    assert answered(model, PROMPTS, 12) == whole
    assert sizes == [3, 1]


def test_bfloat16_says_what_float32_says() -> None:
    with torch.inference_mode():
        batch = PaddedBatch(built("llama", torch.bfloat16), PROMPTS[0][:20])
        logits = batch.read(PROMPTS).float()
        exact = built("llama")(torch.tensor([PROMPTS[2]])).logits[0, -1]
    assert torch.nn.functional.cosine_similarity(logits[2], exact, dim=0) > 0.98
