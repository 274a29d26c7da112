"""Prompts in a model as rows of one width: what they share is read once, into transformers' own KV cache."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any


class PaddedBatch:
    """Batches of prompts that begin with the same tokens.

    n_prefix : tokens that are read once for all; 0 where a model sees only a window of tokens, which padding would shift
    """

    def __init__(self, model: Any, prefix: Sequence[int]) -> None:
        import torch

        self.model = model
        self._prefix_cache: Any = None
        self.n_prefix = 0 if _has_window(model.config) else len(prefix)
        if self.n_prefix:
            ids = torch.tensor([list(prefix)], device=model.device)
            self._prefix_cache = model(input_ids=ids, use_cache=True, logits_to_keep=1).past_key_values

    def read(self, prompts: Sequence[Sequence[int]]) -> Any:
        """Read what comes after the prefix; returns logits (n, vocabulary)."""
        import torch

        rests = [prompt[self.n_prefix :] for prompt in prompts]
        device, n = self.model.device, len(rests)
        width = max(len(rest) for rest in rests)
        ids = torch.tensor([[0] * (width - len(rest)) + list(rest) for rest in rests], device=device)
        self._mask = torch.ones(n, self.n_prefix + width, dtype=torch.long, device=device)
        for row, rest in enumerate(rests):
            self._mask[row, self.n_prefix : self.n_prefix + width - len(rest)] = 0
        self._cache: Any = None
        if self._prefix_cache is not None:
            self._cache = copy.deepcopy(self._prefix_cache)
            self._cache.batch_repeat_interleave(n)
        positions = (self._mask.cumsum(1) - 1).clamp(min=0)[:, self.n_prefix :]
        return self._forward(ids, positions)

    def write(self, tokens: Any) -> Any:
        """Add a token to every prompt, tokens : (n,); returns logits (n, vocabulary)."""
        import torch

        self._mask = torch.cat([self._mask, self._mask.new_ones(len(tokens), 1)], dim=1)
        return self._forward(tokens[:, None], self._mask.sum(1, keepdim=True) - 1)

    def keep(self, rows: Sequence[int]) -> None:
        """Forget all prompts but these."""
        import torch

        index = torch.tensor(list(rows), device=self.model.device)
        self._cache.batch_select_indices(index)
        self._mask = self._mask[index]

    def _forward(self, ids: Any, positions: Any) -> Any:
        outputs = self.model(
            input_ids=ids,
            attention_mask=self._mask,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
        )
        self._cache = outputs.past_key_values
        return outputs.logits[:, -1]


def _has_window(config: Any) -> bool:
    kinds = getattr(config, "layer_types", None) or ()
    return getattr(config, "sliding_window", None) is not None or any(
        kind != "full_attention" for kind in kinds
    )
