"""B12: cutting documents by a function raised an UnboundLocalError."""

from __future__ import annotations

import re

import pytest

from themata import LLM, Echo


class ByLetters(Echo):
    """A chat that knows its tokens: letters."""

    context = 100_000

    def count(self, text: str) -> int:
        return len(text)

    def cut(self, text: str, n_tokens: int) -> str:
        return text[:n_tokens]


@pytest.mark.parametrize(
    ("chat", "size"), [(Echo(), lambda text: len(text.split())), (ByLetters(), len)], ids=["words", "tokens"]
)
def test_documents_in_a_prompt_are_as_long_as_asked(model_of, chat, size):
    model = model_of()
    labeler = LLM(chat, doc_length=9, fallback=None)
    bare = model.result_.having(labels=(None,) * 4)
    text = next(iter(labeler.prompts(bare, model.documents_).values())).messages[-1][1]
    shown = re.findall(r"^<doc>(.*?)…?</doc>$", text, re.MULTILINE)
    assert len(shown) == 4 and all(0 < size(one) <= 9 for one in shown)
    assert all(labeler.label(bare, model.documents_))
