"""Texts as embedders can take them, and how many are longer than they read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

SAMPLE = 2000  # texts that are looked at where more must be: all of them would take as long as a tenth of the embedding


def encodable(texts: Sequence[str]) -> list[str]:
    """The texts with a question mark for what UTF-8 has no bytes for: lone surrogates, which tokenizers refuse.

    >>> encodable(["caf\u00e9", "\\ud800"])
    ['caf\u00e9', '?']
    """
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]


def n_longer(model: Any, texts: Sequence[str]) -> tuple[int, str]:
    """How many texts are cut, estimated from a sample where many are about as long as the limit, and what is read.

    model : has `max_seq_length` and `tokenizer`, as a SentenceTransformer
    """
    limit = int(model.max_seq_length or 0)
    if not limit:
        return 0, ""
    # A word is a piece or more, and a piece a character or more: only what lies between must be cut into pieces
    open_ = [text for text in texts if len(text) > limit - 2 and len(text.split()) > limit // 6]
    surely = [text for text in open_ if len(text.split()) > limit]
    unsure = [text for text in open_ if len(text.split()) <= limit]
    step = -(-len(unsure) // SAMPLE) or 1
    looked = unsure[::step]
    longer = sum(len(ids) > limit for ids in _pieces(model.tokenizer, looked))
    return len(surely) + round(longer * len(unsure) / max(1, len(looked))), f"{limit:,} word pieces"


def _pieces(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    if not texts:
        return []
    token_ids: list[list[int]] = tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
    return token_ids
