"""Texts as every embedder can take them."""

from __future__ import annotations

from collections.abc import Sequence


def encodable(texts: Sequence[str]) -> list[str]:
    """The texts with a question mark for what UTF-8 has no bytes for: lone surrogates, which tokenizers refuse.

    >>> encodable(["caf\u00e9", "\\ud800"])
    ['caf\u00e9', '?']
    """
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
