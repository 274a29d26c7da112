"""GGUF files read by transformers: their weights, and the tokenizer of their own tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llama import SYSTEM, build, to_gguf
from needing import needs
from prompting import limited
from themata.chat.gguf_tokenizer import check_tokenizer, ends_of_answers, gguf_tokenizer
from themata.chat.transformers import Transformers
from themata.core.errors import InputError, Refused, UnknownPartError
from themata.core.packaged_models import gguf_file
from themata.core.protocols import Prompt
from themata.core.registry import make

needs("torch", "transformers", "gguf")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build(tmp_path_factory.mktemp("gguf") / "tiny", [SYSTEM, "whales, ships and 12 other words"])
    to_gguf(folder)
    return folder


def test_a_gguf_file_answers_as_the_folder_that_it_was_made_of(tiny: Path) -> None:
    prompts = limited([Prompt.of("whales and ships", system=SYSTEM), Prompt.of("12 words")], max_tokens=20)
    of_folder = Transformers(str(tiny), device="cpu", stop=()).complete(prompts)
    of_file = Transformers(str(tiny / "model.gguf"), device="cpu", stop=()).complete(prompts)
    assert [answer.text for answer in of_file] == [answer.text for answer in of_folder]  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["llama", "qwen2", "phi3", "gemma2", "bloom", "falcon", "gpt2", "qwen2_moe"])
def test_weights_have_the_names_that_transformers_finds_in_all_modules(kind: str) -> None:
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers import modeling_gguf_pytorch_utils as ggufs

    from themata.chat.gguf_model import _Models

    sizes = {
        "vocab_size": 99,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "pad_token_id": 0,
    }
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.for_model(kind, **sizes))
    processor = ggufs.TENSOR_PROCESSORS.get(kind, ggufs.TensorProcessor)(config=model.config.to_dict())
    whole = ggufs.get_gguf_hf_weights_map(model, processor)
    assert len(whole) > 10
    assert ggufs.get_gguf_hf_weights_map(_Models(model), processor) == whole


def test_a_folder_is_read_for_the_file_in_it(tiny: Path, tmp_path: Path) -> None:
    assert gguf_file(str(tiny)) is None  # it is a folder of transformers' own
    (tmp_path / "one.gguf").symlink_to(tiny / "model.gguf")
    assert gguf_file(str(tmp_path)) == tmp_path / "one.gguf"
    assert make("chat", str(tmp_path), device="cpu").check() is None
    (tmp_path / "two.gguf").symlink_to(tiny / "model.gguf")
    with pytest.raises(InputError, match=r"holds 2 GGUF files: give the path of one of one\.gguf, two\.gguf"):
        gguf_file(str(tmp_path))


def test_no_package_is_a_model_that_holds_none() -> None:
    assert gguf_file("json") is None and gguf_file("no_such_package") is None
    with pytest.raises(UnknownPartError):
        make("chat", "json")


def test_a_file_too_large_for_float32_is_read_in_four_bits(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("bitsandbytes")
    from themata.chat import model_loading
    from themata.chat.gguf_model import GGUF

    file = tiny / "model.gguf"
    monkeypatch.setattr(model_loading, "bfloat16_units", dict)  # a processor of float32
    whole = model_loading.memory_needed(GGUF(file).config, None, itemsize=4).total
    monkeypatch.setattr(model_loading, "free_memory", lambda device: whole - 1)
    _, options = model_loading.look_at(str(file), None, "cpu")
    assert options["quantize"] == "nf4"


def test_what_is_no_gguf_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"nothing")
    with pytest.raises(Refused, match=r"bad\.gguf cannot be read: .*: llama\.cpp may"):
        Transformers(str(tmp_path / "bad.gguf"), device="cpu").load()
    with pytest.raises(Refused, match="there is no such file"):
        Transformers(str(tmp_path / "none.gguf"), device="cpu").load()


def of_bytes(**more: Any) -> dict[str, Any]:
    """A table of GPT-2's kind: all bytes, two merges and the marks of a chat."""
    from tokenizers import pre_tokenizers

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*letters, "wh", "whale", "<|end|>", "<|im_start|>", "<|im_end|>"]
    told = {
        "model": "gpt2",
        "pre": "qwen2",
        "tokens": tokens,
        "merges": ["w h"],
        "token_type": [1] * (len(tokens) - 3) + [3, 3, 3],
        "eos_token_id": len(tokens) - 1,
    }
    return {f"tokenizer.ggml.{key}": value for key, value in {**told, **more}.items()}


TEMPLATE = "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"


def test_the_end_of_a_turn_ends_an_answer_where_the_file_names_another() -> None:
    end = len(of_bytes()["tokenizer.ggml.tokens"]) - 3
    fields = of_bytes(eos_token_id=end) | {"tokenizer.chat_template": TEMPLATE}
    tokenizer = gguf_tokenizer(fields, "m.gguf")
    check_tokenizer(tokenizer, "m.gguf")
    assert ends_of_answers(tokenizer, fields, "m.gguf") == [
        end,
        tokenizer.convert_tokens_to_ids("<|im_end|>"),
    ]


def test_a_mark_that_is_no_token_and_an_unknown_kind_are_one_clear_error() -> None:
    fields = of_bytes() | {"tokenizer.chat_template": TEMPLATE.replace("im_start", "begin")}
    with pytest.raises(Refused, match=r"the chat template of m\.gguf writes <\|begin\|>, which is no token"):
        check_tokenizer(gguf_tokenizer(fields, "m.gguf"), "m.gguf")
    with pytest.raises(Refused, match=r"by a pattern 'klingon' that is not known here: .*llamacpp:m\.gguf"):
        gguf_tokenizer(of_bytes(pre="klingon"), "m.gguf")
    with pytest.raises(Refused, match=r"of the kind 'bert'"):
        gguf_tokenizer(of_bytes(model="bert"), "m.gguf")
    fields = {key: value for key, value in of_bytes().items() if "eos" not in key}
    with pytest.raises(Refused, match="does not tell which token ends an answer"):
        ends_of_answers(gguf_tokenizer(fields, "m.gguf"), fields, "m.gguf")
    with pytest.raises(Refused, match="holds no tokenizer"):
        gguf_tokenizer({}, "m.gguf")


def test_a_table_that_loses_letters_is_found_out_before_it_is_used() -> None:
    table = of_bytes()
    tokens = table["tokenizer.ggml.tokens"]
    tokens[tokens.index("Ġ")] = "<gone>"  # the blank
    with pytest.raises(Refused, match=r"makes .Whalesandships.*the file is damaged"):
        check_tokenizer(gguf_tokenizer(table, "m.gguf"), "m.gguf")


def of_pieces(**more: Any) -> dict[str, Any]:
    """A table of SentencePiece's kind, as Llama 2 and Gemma have it: pieces with scores, and the bytes."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    pieces = ["▁", "w", "h", "a", "l", "e", "s", "al", "wh", "▁wh", "ale", "whale", "▁whale", "▁whales"]
    tokens = ["<unk>", "<s>", "</s>", *bytes_, *pieces, "[INST]"]
    scores = (
        [0.0] * 259 + [-float(place) for place in (99, 90, 91, 92, 93, 94, 95, 1, 2, 3, 4, 5, 6, 7)] + [0.0]
    )
    told = {
        "model": "llama",
        "tokens": tokens,
        "scores": scores,
        "token_type": [2, 3, 3, *[6] * 256, *[1] * len(pieces), 4],
        "bos_token_id": 1,
        "eos_token_id": 2,
        "unknown_token_id": 0,
    }
    return {f"tokenizer.ggml.{key}": value for key, value in {**told, **more}.items()}


def test_pieces_are_merged_by_their_scores_and_the_rest_is_bytes() -> None:
    tokenizer = gguf_tokenizer(of_pieces(), "m.gguf")
    check_tokenizer(tokenizer, "m.gguf")
    assert tokenizer.tokenize("whales") == ["▁whales"]
    assert tokenizer.tokenize("whale é") == ["▁whale", "▁", "<0xC3>", "<0xA9>"]
    assert tokenizer("whales")["input_ids"][0] == 1  # <s> begins every text of such a model
    assert len(tokenizer("[INST]", add_special_tokens=False)["input_ids"]) == 1
    without = gguf_tokenizer(of_pieces(add_space_prefix=False, add_bos_token=False), "m.gguf")
    assert without.tokenize("whale") == ["whale"] and without("whale")["input_ids"][0] != 1
    check_tokenizer(without, "m.gguf")
