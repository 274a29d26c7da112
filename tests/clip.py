"""A tiny CLIP built by the test, and images drawn by Pillow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np


def tiny_clip(folder: Path) -> str:
    """A random CLIP of 16 dimensions that sentence-transformers loads: a real model, and nothing downloaded."""
    import torch
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, CLIPTokenizer

    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    signs = [chr(code) for code in range(33, 127)]
    words = [*signs, *(f"{sign}</w>" for sign in signs), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {word: place for place, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    layers = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
    start, end = len(words) - 2, len(words) - 1
    text = {
        "vocab_size": len(words),
        "max_position_embeddings": 77,
        "bos_token_id": start,
        "eos_token_id": end,
    }
    config = CLIPConfig(
        text_config={**layers, **text, "pad_token_id": end, "projection_dim": 16},
        vision_config={**layers, "image_size": 32, "patch_size": 8, "projection_dim": 16},
        projection_dim=16,
    )
    CLIPModel(config).save_pretrained(folder)
    tokenizer = CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)
    sizes = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    CLIPProcessor(CLIPImageProcessor(**sizes), tokenizer).save_pretrained(folder)
    return str(folder)


COLORS = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (40, 40, 220)}


def drawn(kind: int, seed: int) -> Any:
    """A picture of one of three kinds: red discs, green stripes, blue squares."""
    from PIL import Image, ImageDraw

    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (48, 40), "white")
    pen = ImageDraw.Draw(image)
    color = tuple(COLORS.values())[kind]
    for _ in range(5):
        x, y = (int(value) for value in rng.integers(0, 30, 2))
        box = (x, y, x + 14, y + 14)
        if kind == 0:
            pen.ellipse(box, fill=color)
        elif kind == 1:
            pen.line((0, y, 48, y), fill=color, width=5)
        else:
            pen.rectangle(box, fill=color)
    return image
