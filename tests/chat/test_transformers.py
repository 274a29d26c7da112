"""Local models: a small Llama with a trained tokenizer and Llama 2's template, built here and saved to disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from llama import SYSTEM, build
from needing import Late, needs
from prompting import limited
from themata.chat.model_loading import memory_needed, unloadable
from themata.chat.transformers import Transformers
from themata.core.errors import ChatError, InputError, PromptTooLong, Refused
from themata.core.protocols import Answer, Prompt

needs("transformers")
torch = Late("torch")

PROMPTS = [
    Prompt.of(f"Keywords: {words}. Answer with a label.", system=SYSTEM)
    for words in (
        "cats, kittens",
        "stocks, bonds, markets and many other words besides",
        "x",
        "rocket, moon",
        "soup",
    )
]


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    spoken = [text for prompt in PROMPTS for _, text in prompt.messages]
    return build(tmp_path_factory.mktemp("llama") / "tiny-llama", spoken)


def texts(answers: list[Answer | ChatError]) -> list[str]:
    assert all(isinstance(answer, Answer) for answer in answers), answers
    return [answer.text for answer in answers if isinstance(answer, Answer)]


@pytest.mark.parametrize("batch_size", [None, 1, 2])
def test_a_batch_answers_as_one_at_a_time(llama: Path, batch_size: int | None) -> None:
    chat = Transformers(str(llama), device="cpu", batch_size=batch_size, stop=())
    together = texts(chat.complete(limited(PROMPTS, max_tokens=24)))
    alone = [texts(chat.complete(limited([prompt], max_tokens=24)))[0] for prompt in PROMPTS]
    assert together == alone
    assert len(set(together)) > 1


def test_answers_are_those_of_transformers_itself(llama: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, tokenizer = AutoModelForCausalLM.from_pretrained(llama), AutoTokenizer.from_pretrained(llama)
    for penalty in (1.0, 1.3):
        chat = Transformers(str(llama), device="cpu", repetition_penalty=penalty, stop=())
        ours = texts(chat.complete(limited(PROMPTS[:1], max_tokens=20)))[0]
        ids = torch.tensor([chat._tokens(PROMPTS[0])])
        theirs = model.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            max_new_tokens=20,
            do_sample=False,
            repetition_penalty=penalty,
        )
        told = tokenizer.decode(theirs[0, ids.shape[1] :], skip_special_tokens=True).strip()
        assert ours == told


def test_four_bits_are_loaded_and_answer_on_the_cpu(llama: Path) -> None:
    pytest.importorskip("bitsandbytes")
    chat = Transformers(str(llama), quantize="nf4", device="cpu")
    assert len(texts(chat.complete(limited(PROMPTS, max_tokens=8)))) == len(PROMPTS)
    config = chat._loaded().model.config.quantization_config
    assert (config.bnb_4bit_quant_type, config.bnb_4bit_use_double_quant) == ("nf4", True)
    assert config.bnb_4bit_compute_dtype is torch.bfloat16
    chat.close()


def test_eight_bits_are_loaded_and_answer_on_the_cpu(llama: Path) -> None:
    pytest.importorskip("bitsandbytes")
    chat = Transformers(str(llama), quantize="int8", device="cpu")
    assert len(texts(chat.complete(limited(PROMPTS, max_tokens=8)))) == len(PROMPTS)
    weight = chat._loaded().model.model.layers[0].mlp.up_proj.weight
    assert weight.dtype is torch.int8


@pytest.fixture(scope="module")
def made(llama: Path) -> Any:
    from transformers import pipeline

    told = {"temperature": 0.1, "max_new_tokens": 7, "repetition_penalty": 1.3}
    return pipeline("text-generation", model=str(llama), device="cpu", **told)


def test_the_tutorials_pipeline_is_taken_as_it_is(llama: Path, made: Any) -> None:
    chat = Transformers(made, stop=())
    same = Transformers(str(llama), device="cpu", stop=(), temperature=0.1, repetition_penalty=1.3)
    assert texts(chat.complete(limited(PROMPTS, max_tokens=30))) == texts(
        same.complete(limited(PROMPTS, max_tokens=7))
    )
    assert (chat.temperature, chat.repetition_penalty) == (0.1, 1.3)
    assert chat.name
    assert Transformers(made, temperature=0.0).temperature == 0.0


def test_what_transformers_itself_sets_of_a_pipeline_is_not_the_users(llama: Path) -> None:
    from transformers import pipeline

    plain = Transformers(pipeline("text-generation", model=str(llama), device="cpu"))
    assert (plain.temperature, plain.repetition_penalty, plain.most_tokens) == (0.0, 1.0, None)


def test_each_answer_is_told_and_counted(llama: Path) -> None:
    heard: dict[int, Any] = {}
    chat = Transformers(str(llama), device="cpu")
    found = chat.complete(limited(PROMPTS, max_tokens=5), on_answer=heard.__setitem__)
    assert [heard[place] for place in range(len(PROMPTS))] == found
    assert all(answer.n_prompt_tokens > 20 and 1 <= answer.n_answer_tokens <= 5 for answer in heard.values())
    assert chat.name == "tiny-llama"


def test_an_answer_is_over_at_the_stop(llama: Path) -> None:
    whole = texts(
        Transformers(str(llama), device="cpu", stop=()).complete(limited(PROMPTS[:1], max_tokens=30))
    )[0]
    stop = whole[8:10]
    cut = Transformers(str(llama), device="cpu", stop=(stop,)).complete(limited(PROMPTS[:1], max_tokens=30))[
        0
    ]
    assert isinstance(cut, Answer)
    assert cut.text == whole.split(stop)[0].strip()
    assert cut.n_answer_tokens is not None
    assert cut.n_answer_tokens < 30


def test_drawn_answers_repeat_with_their_seed(llama: Path) -> None:
    def draw(seed: int) -> list[str]:
        chat = Transformers(str(llama), device="cpu", temperature=3.0, random_state=seed, stop=())
        return texts(chat.complete(limited(PROMPTS, max_tokens=12)))

    assert draw(1) == draw(1) != draw(2)


def test_a_prompt_too_long_costs_itself_alone(llama: Path) -> None:
    chat = Transformers(str(llama), device="cpu")
    found = chat.complete(limited([PROMPTS[0], Prompt.of("word " * 2000), PROMPTS[1]], max_tokens=4))
    assert [type(answer) for answer in found] == [Answer, PromptTooLong, Answer]


def test_documents_are_cut_by_the_models_own_tokens(llama: Path) -> None:
    chat = Transformers(str(llama), device="cpu")
    text = "Labels are short, specific and true. " * 20
    cut = chat.cut(text, 15)
    assert text.startswith(cut)
    assert chat.count(cut) <= 15 < chat.count(text)
    assert chat.cut("short", 15) == "short"
    assert chat.context == 512


def test_a_model_that_is_not_there_is_an_error_in_every_place(tmp_path: Path) -> None:
    found = Transformers(str(tmp_path / "nothing")).complete(PROMPTS)
    assert all(isinstance(answer, Refused) for answer in found)
    assert "cannot be loaded" in str(found[0])
    with pytest.raises(InputError, match="'nf4', 'int8' or None"):
        Transformers("x", quantize="q4")


def test_a_gated_model_names_the_page_and_the_command() -> None:
    told = str(unloadable("meta-llama/Llama-2-7b-chat-hf", OSError("You are trying to access a gated repo.")))
    assert "meta-llama/Llama-2-7b-chat-hf" in told
    assert "hf auth login" in told


def test_a_token_of_the_hub_is_never_repeated(caplog: pytest.LogCaptureFixture) -> None:
    told = str(unloadable("my/model", OSError("Invalid user token hf_abcDEF123: no such model")))
    assert "no such model" in told
    assert "hf_" not in told + caplog.text


def test_memory_is_estimated_before_anything_is_loaded(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from transformers import LlamaConfig

    seven = LlamaConfig(
        hidden_size=4096, intermediate_size=11008, num_hidden_layers=32, num_attention_heads=32
    )
    assert 12 < memory_needed(seven, None).weights / 2**30 < 13.5
    assert 3.5 < memory_needed(seven, "nf4").weights / 2**30 < 4.5
    monkeypatch.setattr("themata.chat.model_loading.free_memory", lambda device: 1000.0)
    found = Transformers(str(llama), device="cpu").complete(PROMPTS[:1])[0]
    assert isinstance(found, Refused)
    assert "quantize='nf4'" in str(found)


@pytest.mark.parametrize(
    ("stored", "units", "free", "expected"),
    [
        ("bfloat16", False, 1e12, "float32"),
        ("bfloat16", False, None, "bfloat16"),
        ("bfloat16", True, 1e12, "bfloat16"),
        ("float16", True, 1e12, "bfloat16"),
        ("float16", False, 1e12, "float32"),
        ("float32", True, 1e12, "float32"),
    ],
)
def test_half_precision_is_computed_as_the_processor_can(
    llama: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stored: str,
    units: bool,
    free: float | None,
    expected: str,
) -> None:
    from transformers import AutoConfig, AutoModelForCausalLM

    folder = shutil.copytree(llama, tmp_path / "half")
    AutoModelForCausalLM.from_pretrained(llama, dtype=getattr(torch, stored)).save_pretrained(folder)
    if free is None:  # room for weights of two bytes, not of four
        config = AutoConfig.from_pretrained(folder)
        free = 1.5 * memory_needed(config, None).total
    monkeypatch.setattr("themata.chat.model_loading.bfloat16_units", lambda: {"amx_bf16": units})
    monkeypatch.setattr("themata.chat.model_loading.free_memory", lambda device: free)
    chat = Transformers(str(folder), device="cpu")
    chat.load()
    assert chat._loaded().model.dtype == getattr(torch, expected)


def test_a_base_model_without_a_template_is_asked_plainly(llama: Path) -> None:
    chat = Transformers(str(llama), device="cpu", template="plain")
    text = chat._loaded().tokenizer.decode(chat._tokens(PROMPTS[0]))
    assert "### Answer" in text
    llama2 = Transformers(str(llama), device="cpu", template="llama2")
    assert "<<SYS>>" in llama2._loaded().tokenizer.decode(llama2._tokens(PROMPTS[0]))


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("model.safetensors", "cannot be loaded: Error while deserializing"),
        ("tokenizer", "there is no tokenizer with it"),
        ("./nowhere", "there is no such folder"),
        ("some/x.gguf", "there is no such file"),
    ],
)
def test_what_is_wrong_with_a_folder_is_a_sentence(
    llama: Path, tmp_path: Path, broken: str, told: str
) -> None:
    folder = shutil.copytree(llama, tmp_path / "broken")
    for path in folder.glob(f"{broken}*"):
        path.write_bytes(b"no") if broken.startswith("model") else path.unlink()
    name = broken if "/" in broken else str(folder)
    with pytest.raises(Refused, match=told):
        Transformers(name, device="cpu").load()


def test_an_answer_says_whether_the_limit_cut_it(llama: Path) -> None:
    chat = Transformers(str(llama), device="cpu", stop=())
    for n in (3, 12):
        for answer in chat.complete(limited(PROMPTS, max_tokens=n)):
            assert isinstance(answer, Answer)
            assert answer.cut_at == (n if answer.n_answer_tokens == n else None)


def test_thoughts_that_the_limit_cut_are_given_more_room(
    llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Transformers(str(llama), device="cpu", stop=())
    # What these random weights say within 6 tokens is taken for thoughts, as a tag would mark them
    monkeypatch.setattr(
        "themata.chat.transformers.is_silent", lambda answer: bool(answer.cut_at and answer.cut_at < 20)
    )
    heard: dict[int, Any] = {}
    found = chat.complete(limited(PROMPTS, max_tokens=6), on_answer=heard.__setitem__)
    assert heard == dict(enumerate(found))
    assert all(answer.cut_at in (None, 24) for answer in found if isinstance(answer, Answer))
    assert any(answer.cut_at == 24 for answer in found if isinstance(answer, Answer))
    again = Transformers(str(llama), device="cpu", stop=()).complete(limited(PROMPTS, max_tokens=24))
    assert texts(found) == texts(again)


def test_a_blank_line_among_thoughts_ends_no_answer() -> None:
    from themata.chat.stop_sequences import upto_stop

    said = "<think>\nShips.\n\nHarpoons.\n</think>\n\nLabel: Whales\n\nAnything else?"
    assert upto_stop(said, ["\n\n"]) == "<think>\nShips.\n\nHarpoons.\n</think>\n\nLabel: Whales"
    assert upto_stop("<think>\nShips.\n\nHarpoons", ["\n\n"]) is None
