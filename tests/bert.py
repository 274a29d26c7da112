"""A small BERT of random weights with trained word pieces, built and saved to disk: a sentence transformer without a download."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def small_bert(folder: Path, texts: Sequence[str]) -> Path:
    """texts : what the word pieces are learned from"""
    import torch
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    pieces = BertWordPieceTokenizer()
    pieces.train_from_iterator(texts, vocab_size=500, min_frequency=1, show_progress=False)
    folder.mkdir(parents=True)
    pieces.save_model(str(folder))
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
